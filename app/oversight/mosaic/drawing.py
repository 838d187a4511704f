"""Rings of longitude and latitude as paths of an SVG.

An equirectangular projection, true to scale at the middle of the regency: near the equator, and over two degrees, no
other one looks different. Points are rounded to the drawing's own units and repeated ones left out, which simplifies
lines and, unlike a simplification of each area by itself, leaves no gap between neighbours.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.oversight.mosaic.geojson import Ring

SIDE = 1200
"""The longer side, in units of the drawing; a page shows it at about a thousand pixels."""
MARGIN = 6

Point = tuple[int, int]


@dataclass(frozen=True)
class Drawing:
    """Areas as paths of an SVG. `paths`: code → (`d`, x, y, room): the path, a point inside it for a word, and how wide
    the area is there."""

    width: int
    height: int
    paths: Mapping[str, tuple[str, int, int, int]]


def draw(areas: Mapping[str, Sequence[Ring]]) -> Drawing:
    points = [point for rings in areas.values() for ring in rings for point in ring]
    west, east = min(x for x, _y in points), max(x for x, _y in points)
    south, north = min(y for _x, y in points), max(y for _x, y in points)
    narrowed = math.cos(math.radians((south + north) / 2))
    wide, high = max((east - west) * narrowed, 1e-9), max(north - south, 1e-9)
    scale = (SIDE - 2 * MARGIN) / max(wide, high)

    def placed(ring: Ring) -> list[Point]:
        made: list[Point] = []
        for x, y in ring:
            point = (MARGIN + round((x - west) * narrowed * scale), MARGIN + round((north - y) * scale))
            if not made or made[-1] != point:
                made.append(point)
        return _straightened(made[:-1] if len(made) > 1 and made[0] == made[-1] else made)

    paths = {}
    for code, rings in areas.items():
        drawn = sorted((placed(ring) for ring in rings), key=_area, reverse=True)
        shown = [ring for ring in drawn if len(ring) >= 3] or [_dot(drawn[0][0])]
        paths[code] = ("".join(_path(ring) for ring in shown), *_inside(shown[0]))
    return Drawing(round(wide * scale) + 2 * MARGIN, round(high * scale) + 2 * MARGIN, paths)


def _straightened(ring: list[Point]) -> list[Point]:
    """Without the points that lie on the line between their neighbours."""
    made: list[Point] = []
    for point in ring:
        while len(made) >= 2 and _turn(made[-2], made[-1], point) == 0:
            made.pop()
        made.append(point)
    return made


def _turn(a: Point, b: Point, c: Point) -> int:
    return (b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0])


def _area(ring: Sequence[Point]) -> float:
    pairs = zip(ring, [*ring[1:], *ring[:1]], strict=True)
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs)) / 2


def _dot(at: Point) -> list[Point]:
    """An area smaller than a unit is still to be seen."""
    x, y = at
    return [(x - 1, y - 1), (x + 1, y - 1), (x + 1, y + 1), (x - 1, y + 1)]


def _path(ring: Sequence[Point]) -> str:
    """Steps from point to point are shorter to write than points."""
    steps = [f"{b[0] - a[0]} {b[1] - a[1]}" for a, b in pairwise(ring)]
    return f"M{ring[0][0]} {ring[0][1]}l{' '.join(steps)}z"


def _inside(ring: Sequence[Point]) -> tuple[int, int, int]:
    """The middle of the widest stretch inside, of a few lines across: never outside a crooked area."""
    low, high = min(y for _x, y in ring), max(y for _x, y in ring)
    best = (-1.0, *ring[0])
    for part in (0.5, 0.4, 0.6, 0.3, 0.7):
        y = low + (high - low) * part + 0.01
        cuts = sorted(
            a[0] + (y - a[1]) * (b[0] - a[0]) / (b[1] - a[1])
            for a, b in zip(ring, [*ring[1:], *ring[:1]], strict=True)
            if (a[1] <= y) != (b[1] <= y)
        )
        for left, right in zip(cuts[::2], cuts[1::2], strict=False):
            if right - left > best[0] * 1.15:
                best = (right - left, round((left + right) / 2), round(y))
    return best[1], best[2], max(0, round(best[0]))
