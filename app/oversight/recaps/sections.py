"""What a report is made of, whoever shows it: the page, the PDF and the workbook draw the same sections."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.base.documents.sheets import Cell

NO_LINK: Mapping[str, Any] = {}


@dataclass(frozen=True)
class Link:
    """The page that counts the same, or the button that enters what is missing."""

    label: str
    endpoint: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Fact:
    """One figure. `shown`: as it is read; `number`: as it stands in a sheet; `note`: of how many, or why there is none.
    `known` False: nobody recorded it, or it may not be told."""

    label: str
    shown: str
    note: str = ""
    number: float | int | None = None
    known: bool = True


@dataclass(frozen=True)
class Bar:
    """A bar of a chart. `part`: between 0 and 1, None where there is nothing to draw."""

    label: str
    shown: str
    part: float | None


@dataclass(frozen=True)
class Whisker:
    """A share before and after, each as (value, low, high) or None where it may not be told; drawn from 0 to `most`."""

    label: str
    before: tuple[float, float | None, float | None] | None
    after: tuple[float, float | None, float | None] | None


@dataclass(frozen=True)
class Tile:
    """A district: where its tile stands, and how each of its villages looks (as mosaic/values.py names it)."""

    name: str
    column: int
    row: int
    said: str
    looks: Sequence[tuple[str, bool]]
    """(look, without a network or with only some)"""


@dataclass(frozen=True)
class Tiles:
    """The mosaic by district. `legend`: (look, its words, how many villages)."""

    tiles: Sequence[Tile]
    legend: Sequence[tuple[str, str, int]]
    columns: int


@dataclass(frozen=True)
class Table:
    """Rows of cells; in a PDF and on a page they are written as `shown` says, in a sheet they stay numbers and days.
    `wide`: how much room each column takes of a page, as shares."""

    titles: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    wide: Sequence[int] = ()
    title: str = ""


@dataclass(frozen=True)
class Section:
    """A section of a report. `said`: sentences, the first of which leads. `missing`: instead of everything else, with
    `link` as its button."""

    key: str
    title: str
    said: Sequence[str] = ()
    facts: Sequence[Fact] = ()
    bars: Sequence[Bar] = ()
    bars_title: str = ""
    whiskers: Sequence[Whisker] = ()
    tiles: Tiles | None = None
    tables: Sequence[Table] = ()
    notes: Sequence[str] = ()
    link: Link | None = None
    missing: str = ""
    more: Callable[[], Sequence[Table]] | None = None
    """Only in the workbook, and asked for only there: too long for a page."""


@dataclass(frozen=True)
class Recap:
    """A whole report. `simulated`: something in it is practice, and every page of it says so. `wide`: its pages lie
    across."""

    title: str
    period: str
    made: datetime
    sections: Sequence[Section]
    notes: Sequence[str] = ()
    simulated: bool = False
    practice: bool = False
    wide: bool = False

    def section(self, key: str) -> Section:
        return next(one for one in self.sections if one.key == key)
