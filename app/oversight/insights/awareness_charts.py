"""Positions of the marks of a line chart: plain numbers for the SVG in the templates. Nothing hidden gets a place."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.evidence.results import words
from app.evidence.results.figures import Figure
from app.evidence.results.trend import Point

WIDTH, HEIGHT = 320, 190
LEFT, RIGHT, TOP, BOTTOM = 30, 10, 18, 148
"""Of the plot, in units of the picture; below it stand the month and n."""
SCOPE = 30
"""More below, where a survey of another scope says which."""
GRID = (0, 25, 50, 75, 100)


@dataclass(frozen=True)
class Mark:
    """A mark of a chart. `y` None: there is no figure to draw. `kind`: full, hollow for what stands in no line, apart
    for another scope than that of the line, which `scope` tells. `words` and `n` are written beside it, `above` the
    whisker."""

    x: float
    y: float | None
    low: float | None
    high: float | None
    kind: str
    words: str
    n: str
    month: str
    above: float
    breaks: bool
    scope: Sequence[str] = ()


@dataclass(frozen=True)
class LineChart:
    """A line chart, laid out. `paths`: "x,y x,y" for surveys that may be joined and whose figures are shown. `grid`:
    (y, percent)."""

    marks: Sequence[Mark]
    paths: Sequence[str]
    grid: Sequence[tuple[float, int]]
    height: int = HEIGHT


MONTHS = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")


def height_of(share: float) -> float:
    """Return the y of a share between 0 and 1."""
    return round(BOTTOM - (BOTTOM - TOP) * share, 1)


def whisker_x(share: float) -> float:
    """Return the x of a share between 0 and 1, for a whisker in a row of a table that is 100 wide."""
    return round(3 + 94 * min(max(share, 0.0), 1.0), 1)


def line_chart(points: Sequence[Point]) -> LineChart:
    """Lay out a line chart, its surveys evenly spaced and each with its month: the distances of time are told in
    words."""
    step = (WIDTH - LEFT - RIGHT) / max(1, len(points))
    marks = [_mark(point, LEFT + step * (place + 0.5)) for place, point in enumerate(points)]
    height = HEIGHT + SCOPE * any(mark.scope for mark in marks)
    return LineChart(marks, _paths(points, marks), [(height_of(percent / 100), percent) for percent in GRID], height)


def _paths(points: Sequence[Point], marks: Sequence[Mark]) -> list[str]:
    """No line over a survey of its run whose figure is not shown."""
    pieces: list[list[Mark]] = []
    last = None
    for point, mark in zip(points, marks, strict=True):
        if point.joined is None:
            continue
        if point.joined != last:
            pieces.append([])
        last = point.joined if mark.y is not None else None
        if mark.y is not None:
            pieces[-1].append(mark)
    return [" ".join(f"{one.x},{one.y}" for one in piece) for piece in pieces if len(piece) > 1]


def _mark(point: Point, x: float) -> Mark:
    figure, month = point.figure, f"{MONTHS[point.on.month - 1]} {point.on.year % 100:02d}"
    told = figure is not None and figure.value is not None
    value, low, high = (_place(getattr(figure, name) if told else None) for name in ("value", "low", "high"))
    kind = "full" if point.joined is not None else "apart" if point.apart else "hollow"
    top = min(one for one in (value, high, BOTTOM) if one is not None)
    return Mark(
        round(x, 1), value, low, high, kind, words.shown(figure) if told else "", _people(figure), month,
        max(TOP - 6.0, top - 7), point.breaks, point.scope.short if point.apart and point.scope else (),
    )  # fmt: skip


def _place(share: float | None) -> float | None:
    return None if share is None else height_of(share)


def _people(figure: Figure | None) -> str:
    return words.answered(figure).replace("sekitar ", "±") if figure else "–"
