"""The values of a measure for a village, and the steps by which it is shaded."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from sqlalchemy.orm import Session

from app.kernel.periods import Period
from app.kernel.roles import Actor
from app.kernel.text import T


def day_words(day: date, precision: str = "day") -> str:
    """Write `24 Nov 2026`, `Nov 2026` or `2026`: no more than is known."""
    return format_date(day, {"year": "y", "month": "MMM y"}.get(precision, "d MMM y"), "id")


@dataclass(frozen=True)
class Step:
    """A step of a measure. `look`: a shade with a glyph of its own in frontend/src/mosaic.css: never, past, zero,
    unknown, s1 (pale, one dot) to s5 (dark, five dots)."""

    look: str
    label: T


@dataclass(frozen=True)
class Value:
    """What a measure says of one village. `step`: place among the steps of the measure. `said`: as a sentence begins
    after the village's name. `amount` sorts; `cell`: what stands in a spreadsheet, the sentence itself where that is
    None."""

    step: int
    said: T
    amount: float | None = None
    cell: int | date | None = None


UNRECORDED = Value(0, T("belum dicatat dalam masa ini"))
"""Of a village in a period of which the measure has no record anywhere: nobody knows, which is not 0."""
UNRECORDED_STEP = Step("unknown", T("Belum dicatat dalam masa ini"))


@dataclass(frozen=True)
class Source:
    """The source of figures that were not counted by village: the page says it and leads there. `items`: (key, label)
    of what else could be shown from it, `item` the one that is."""

    note: T
    endpoint: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    simulated: bool = False
    items: Sequence[tuple[str, str]] = ()
    item: str = ""

    @property
    def asked(self) -> str:
        """The label of `item`."""
        return dict(self.items).get(self.item, "")


@dataclass(frozen=True)
class Reading:
    """Village code → value; those without any are left out."""

    values: Mapping[str, Value]
    source: Source | None = None


@dataclass(frozen=True)
class MosaicScope:
    """Who looks, at which period, and when. `actor` None sees nothing that belongs to somebody. `item`: as in
    `Source.items`."""

    zone: ZoneInfo
    now: datetime
    period: Period
    actor: Actor | None = None
    item: str = ""

    @property
    def day(self) -> date:
        """From which ages are counted: today, or the last day of a period that is over."""
        return min(self.period.last, self.now.astimezone(self.zone).date())


@dataclass(frozen=True)
class Measure:
    """One way to shade the mosaic. `about`: what it counts, in one sentence. `nothing`: the value of a village that
    has none. `kind`: "reached" counts what really came to a village, "aimed" what was only meant for it, "district" is
    a figure of its district that all its villages share."""

    key: str
    label: T
    unit: T
    about: T
    steps: Sequence[Step]
    nothing: Value
    read: Callable[[Session, MosaicScope], Reading]
    kind: str = "reached"

    def knows(self, reading: Reading) -> bool:
        """Tell whether something was recorded; the figure of a district says by itself that nobody was asked."""
        return bool(reading.values) or self.kind == "district" or (self.kind == "aimed" and reading.source is not None)

    def of(self, reading: Reading, code: str) -> Value:
        return reading.values.get(code, self.nothing if self.knows(reading) else UNRECORDED)

    def values(
        self, session: Session, zone: ZoneInfo, now: datetime, period: Period, *, actor: Actor | None = None
    ) -> Mapping[str, Value]:
        return self.read(session, MosaicScope(zone, now, period, actor)).values


def ranges(bounds: Sequence[int]) -> list[Step]:
    """Return steps of counts that begin at these: (1, 2, 4) are “1”, “2–3” and “4 atau lebih”."""
    made = []
    for place, first in enumerate(bounds):
        last = bounds[place + 1] - 1 if place + 1 < len(bounds) else None
        words = f"{first}" if last == first else f"{first}–{last}"
        made.append(Step(f"s{place + 1}", T("%(n)s atau lebih", n=first) if last is None else T(words)))
    return made


def step_of(bounds: Sequence[int], number: float) -> int:
    """Return the place of a number among `ranges(bounds)`; −1 below the first."""
    return sum(number >= first for first in bounds) - 1
