"""What the chain of a campaign is made of: seven steps of lines, and numbers written as an Indonesian reads them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import lokal
from babel.dates import format_date
from babel.numbers import format_decimal

from app.kernel.site import LOCALE
from app.kernel.text import T
from app.outreach.campaigns.decisions import Board
from app.outreach.campaigns.models import Campaign

Words = T | str
KEYS = ("goals", "inputs", "outputs", "outtakes", "outcomes", "impact", "learning")


@dataclass(frozen=True)
class Amount:
    """What stands in a cell: `text` with its unit, and the `number` for a sheet where there is one."""

    text: Words
    number: float | int | None = None


NOW = T("Sampai sekarang")
NO_TARGET = T("tidak ada")
NO_MONTH = T("belum ada bulan pembanding")
UNAVAILABLE = Amount(T("tidak tersedia"))
"""A platform does not give it. What nobody entered is None instead."""


@dataclass(frozen=True)
class Trend:
    """How it went: in words, and by month as `points` [(first day of the month, value)] for a small chart. `verdict`:
    up, down or unsure where a survey or the book of a service says so; of a goal a key of
    `campaigns.goal_results.STATE_LABELS`."""

    text: Words
    points: Sequence[tuple[date, float]] = ()
    verdict: str = ""


@dataclass(frozen=True)
class Action:
    """A button that enters what is missing, for whom the page `endpoint` opens; `allowed` False: not for who looks."""

    label: T
    endpoint: str
    values: Mapping[str, Any] = field(default_factory=dict)
    icon: str = "plus"
    allowed: bool = True


@dataclass(frozen=True)
class ChainLine:
    """One thing that is looked at. `actual` None: nobody entered it, and `action` leads there. `endpoint` with `values`
    is the page of the records behind it. `n`: of how many. `apart`: shown beside, counted nowhere. `also`: a second
    button, for what else is missing of it. `still`: why there is no trend."""

    label: Words
    actual: Amount | None = None
    target: Amount | None = None
    trend: Trend | None = None
    n: Words = ""
    source_label: Words = ""
    endpoint: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    note: Words = ""
    group: Words = ""
    apart: bool = False
    action: Action | None = None
    also: Action | None = None
    still: Words = ""

    @property
    def aim(self) -> Words:
        """The target in words, also where there is none."""
        return self.target.text if self.target else NO_TARGET

    @property
    def course(self) -> Words:
        """Why there is no trend, in words."""
        return self.still or NO_MONTH


@dataclass(frozen=True)
class ChainStep:
    """A step of a chain. `said`: the sentences that tell it; `action`: what goes on from here. `actual_label` heads
    what is now."""

    key: str
    title: T
    about: T
    lines: Sequence[ChainLine] = ()
    said: Sequence[Words] = ()
    action: Action | None = None
    actual_label: T = NOW

    @property
    def filled(self) -> list[ChainLine]:
        return [line for line in self.lines if line.actual is not None]

    @property
    def missing(self) -> list[ChainLine]:
        return [line for line in self.lines if line.actual is None]


@dataclass(frozen=True)
class Chain:
    """The chain of a campaign. `decisions`: as `campaigns/_decisions.html` draws them. `simulated`: a survey in it is
    practice."""

    campaign: Campaign
    steps: Sequence[ChainStep]
    decisions: Board
    simulated: bool = False

    def step(self, key: str) -> ChainStep:
        return next(step for step in self.steps if step.key == key)


def number(value: float | int) -> str:
    """Write a number as `1.234,5`; a negative one with a real minus sign."""
    return format_decimal(value, "#,##0.##", LOCALE).replace("-", "−")


def rupiah(value: int) -> Amount:
    return Amount(lokal.format_rupiah(value), value)


def measured(value: float, unit: str) -> Amount:
    """Write a number with the unit that somebody typed."""
    return Amount(f"{number(value)} {unit}".strip(), value)


def day(on: date) -> str:
    return format_date(on, "d MMM y", LOCALE)


def month(on: date) -> str:
    return format_date(on, "MMM y", LOCALE)


def month_alone(on: date) -> str:
    return format_date(on, "MMMM", LOCALE)
