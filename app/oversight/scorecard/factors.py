"""Edwards III's four factors of carrying a policy out, each by indicators that are counted from records.

The factors are not summed: see docs/decisions/027.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.kernel.periods import Period
from app.kernel.roles import Actor
from app.kernel.text import T
from app.oversight.scorecard import changes
from app.oversight.scorecard.commitment import COMMITMENT
from app.oversight.scorecard.communication import COMMUNICATION
from app.oversight.scorecard.judging import decimals_for, judge
from app.oversight.scorecard.measures import Button, Measure, MeasureResult, ScorecardScope, State
from app.oversight.scorecard.resources import RESOURCES
from app.oversight.scorecard.structure import STRUCTURE
from app.oversight.scorecard.targets import Target, targets

FACTORS: Mapping[str, tuple[T, T, Sequence[Measure]]] = {
    "communication": (T("Komunikasi"), T("Sampai, jelas, dan sama di mana-mana."), COMMUNICATION),
    "resources": (T("Sumber daya"), T("Orang yang mampu, dan uang yang tercatat."), RESOURCES),
    "commitment": (T("Komitmen pelaksana"), T("Yang dijanjikan dan diputuskan, dijalankan."), COMMITMENT),
    "structure": (T("Struktur birokrasi"), T("Prosedur berjalan, dan OPD bekerja bersama."), STRUCTURE),
}
"""key → title, what it asks, measures. Disposition is "Komitmen pelaksana" on screen: "disposisi" is a routing note."""
MEASURES: Mapping[str, Measure] = {one.key: one for _title, _asks, listed in FACTORS.values() for one in listed}


@dataclass(frozen=True)
class Indicator:
    """One indicator of a period: `value` in `unit`: "%", "hours" (working hours) or "items"; None where there is none,
    and `reason` or `missing` says why. `n`: of how many. `endpoint` and `values`: the page of the records behind it,
    which counts the same. `change`: against the period before. `raises` and `do`: what would raise it."""

    key: str
    label: T
    value: float | None
    unit: str
    n: int
    target: float
    state: State
    formula: T
    raises: T | None
    endpoint: str
    values: Mapping[str, Any]
    missing: T | None
    met: int | None = None
    low: float | None = None
    high: float | None = None
    reason: T | None = None
    change: T | None = None
    do: Button | None = None
    do_missing: Button | None = None
    do_also: Sequence[Button] = ()
    more: T | None = None
    link: Button | None = None
    counted: T | None = None
    better: str = "high"
    current: bool = False
    simulated: bool = False
    decimals: int = 0
    set_by: Target | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Factor:
    key: str
    title: T
    asks: T
    indicators: Sequence[Indicator]

    def number_of(self, state: State) -> int:
        return sum(one.state == state for one in self.indicators)


def score(
    session: Session, actor: Actor, *, period: Period, today: date, now: datetime, zone: ZoneInfo, regency_code: str
) -> list[Factor]:
    """Compute every indicator of the period and of the one before; a number of queries that does not grow with the
    records."""
    scope = ScorecardScope(session, actor, period, today, now, zone, regency_code)
    wanted = targets(session, MEASURES.values())
    return [
        Factor(key, title, asks, [_indicator(one, scope, wanted[one.key]) for one in listed])
        for key, (title, asks, listed) in FACTORS.items()
    ]


def indicator(scope: ScorecardScope, key: str) -> Indicator:
    measure = MEASURES[key]
    return _indicator(measure, scope, targets(scope.session, [measure])[key])


def _indicator(measure: Measure, scope: ScorecardScope, wanted: Target) -> Indicator:
    found = measure.find(scope)
    before = measure.find(scope.before) if measure.compared and not measure.current else None
    state, reason = judge(measure, found, wanted.target, scope.period)
    lacks = state != State.MET
    behind = {"indikator": measure.key, "periode": str(scope.period)}
    page = measure.page or Button(measure.label, "scorecard.data", behind)
    return Indicator(
        key=measure.key,
        label=measure.label,
        value=found.value,
        unit=measure.unit,
        n=found.n,
        target=wanted.target,
        state=state,
        formula=measure.formula,
        raises=found.raises if lacks else None,
        endpoint=page.endpoint,
        values=page.values,
        missing=found.missing,
        met=found.met,
        low=found.low,
        high=found.high,
        reason=reason,
        change=changes.describe_change(measure, found, before, scope),
        do=found.do if lacks else None,
        do_missing=found.do_missing,
        do_also=found.do_also,
        more=found.more,
        link=found.link,
        counted=_counted(measure, found),
        better=measure.better,
        current=measure.current,
        simulated=found.simulated,
        decimals=decimals_for(measure, found, wanted.target),
        set_by=wanted,
    )


def _counted(measure: Measure, found: MeasureResult) -> T | None:
    if found.value is None or found.counted is not None:
        return found.counted
    return T(measure.counted.msgid, met=found.met if found.met is not None else 0, n=found.n)
