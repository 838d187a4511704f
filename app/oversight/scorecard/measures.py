"""What an indicator of the scorecard is, what it found, and the records that it was counted from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.kernel.paging import Page
from app.kernel.periods import Period
from app.kernel.roles import Actor
from app.kernel.text import T

Text = T | str


class State(StrEnum):
    MET = "met"
    UNMET = "unmet"
    UNSURE = "unsure"  # there are records, or could be, but they do not decide it
    MISSING = "missing"  # nobody has recorded it yet


STATES: Mapping[State, T] = {
    State.MET: T("tercapai"),
    State.UNMET: T("belum tercapai"),
    State.UNSURE: T("belum dapat dinilai"),
    State.MISSING: T("belum dicatat"),
}
PERCENT, HOURS, ITEMS = "%", "hours", "items"


@dataclass(frozen=True)
class ScorecardScope:
    """Who looks, at which period, and when. `kept`: what several measures read is read once."""

    session: Session
    actor: Actor
    period: Period
    today: date
    now: datetime
    zone: ZoneInfo
    regency_code: str
    kept: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    def cached(self, what: str, make: "Callable[[ScorecardScope], Any]") -> Any:
        """Return what `make` gives for this period; made at the first asking and kept."""
        key = (what, self.period)
        if key not in self.kept:
            self.kept[key] = make(self)
        return self.kept[key]

    @property
    def before(self) -> "ScorecardScope":
        return replace(self, period=self.period.before)

    @property
    def running(self) -> bool:
        return self.today in self.period

    @property
    def borders(self) -> tuple[datetime, datetime]:
        return self.period.borders(self.zone)


@dataclass(frozen=True)
class Button:
    """A button: what it does, and where."""

    label: Text
    endpoint: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class MeasureResult:
    """What a measure gives: `value` in its unit, None where there is none; `met` of `n` where it is a share of things
    that were counted. `low`, `high`: between which it certainly (a part not read yet) or by a sample lies. `unsure`
    says why it does not decide, `missing` what nobody has recorded, `raises` and `do` what would raise it. `more`: a
    second figure beside. `do_missing`: the button that enters what is missing, `do_also` those of the other records."""

    value: float | None = None
    n: int = 0
    met: int | None = None
    low: float | None = None
    high: float | None = None
    unsure: T | None = None
    missing: T | None = None
    raises: T | None = None
    do: Button | None = None
    do_missing: Button | None = None
    do_also: Sequence[Button] = ()
    more: T | None = None
    link: Button | None = None
    counted: T | None = None  # in place of the measure's sentence
    simulated: bool = False


@dataclass(frozen=True)
class Record:
    """One thing that was counted: `met` whether it is as it should be, None where it is only counted."""

    title: Text
    detail: Text = ""
    met: bool | None = None
    endpoint: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


Records = Callable[[ScorecardScope, bool, int, int], Page[Record]]
"""(scope, only those that are not as they should be, page, size) → the page of records."""


@dataclass(frozen=True)
class Measure:
    """How one indicator is measured. `better`: "high" or "low". `yearly`: its target is meant for a whole year.
    `current`: it tells how things are today, whatever the period. `counted`: a sentence of `met` and `n`. `listed`:
    what the records are called, and `lacking` those that are not as they should be."""

    key: str
    label: T
    unit: str
    target: float
    formula: T
    counted: T
    listed: T
    lacking: T
    find: Callable[[ScorecardScope], MeasureResult]
    records: Records
    better: str = "high"
    yearly: bool = False
    current: bool = False
    page: Button | None = None  # where its records stand, if not on the page of this room
    compared: bool = True  # with the period before; what people know is compared by results/comparison.py alone


def share(met: int, n: int) -> float | None:
    return 100 * met / n if n else None


def page_of(rows: Sequence[Record], only_lacking: bool, number: int, size: int) -> Page[Record]:
    """Return a page of a list that is at hand."""
    kept = [row for row in rows if row.met is False] if only_lacking else rows
    number = min(max(1, number), max(1, -(-len(kept) // size)))
    return Page(kept[(number - 1) * size : number * size], len(kept), number, size)


def records_of_list(rows: Callable[[ScorecardScope], Sequence[Record]]) -> Records:
    """Return a reader of pages for a measure that makes its list whole: villages, OPDs, campaigns."""
    return lambda scope, only_lacking, number, size: page_of(rows(scope), only_lacking, number, size)


def count_met(rows: Sequence[Record]) -> tuple[int, int]:
    """Count (the records that are as they should be, all that are judged)."""
    judged = [row.met for row in rows if row.met is not None]
    return sum(judged), len(judged)
