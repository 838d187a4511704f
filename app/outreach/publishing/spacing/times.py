"""The times of a plan: at equal distances, closer only where a post would be of no use any more."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

MARGIN = timedelta(minutes=1)
"""So long before "still useful until" a delivery leaves at the latest."""

Point = tuple[int, float]  # number of the row, seconds after the start


def spread(ends: Sequence[datetime | None], *, start: datetime, gap: timedelta) -> list[datetime]:
    """Return a time for each row, in their order: `start`, and then `gap` apart.

    `ends` is "still useful until" of each row, None for a row without one. Where the gap would put a row past its end,
    it and those before it are moved together, as little as that needs; what comes after it keeps the gap where it can.
    A row whose end is nearer than a minute, and all before it, leave at the start.
    """
    seconds = [0.0] if ends else []
    for (first, low), (last, high) in pairwise(_lowest_line(_limits(ends, start, gap))):
        step = min(gap.total_seconds(), (high - low) / (last - first))
        seconds += [seconds[-1] + step * number for number in range(1, last - first + 1)]
    return [start + timedelta(seconds=int(one)) for one in seconds]


def _limits(ends: Sequence[datetime | None], start: datetime, gap: timedelta) -> list[float]:
    """Return how many seconds after the start each row leaves at the latest, none later than the next."""
    own = [None if end is None else max(0.0, (end - MARGIN - start).total_seconds()) for end in ends]
    never = max((one for one in own if one is not None), default=0.0) + len(ends) * gap.total_seconds()
    limits: list[float] = []
    for one in reversed([never if one is None else one for one in own]):
        limits.append(min(one, limits[-1]) if limits else one)
    return limits[::-1]


def _lowest_line(limits: Sequence[float]) -> list[Point]:
    """Return the corners of the lower convex hull of the limits, from the start on: its slope only rises, so that the
    rows up to a corner are as far apart as that corner allows and no row passes its limit."""
    corners: list[Point] = [(0, 0.0)] if limits else []
    for number, limit in enumerate(limits[1:], 1):
        point = (number, limit)
        while len(corners) > 1 and _slope(corners[-2], corners[-1]) >= _slope(corners[-1], point):
            corners.pop()
        corners.append(point)
    return corners


def _slope(first: Point, last: Point) -> float:
    return (last[1] - first[1]) / (last[0] - first[0])
