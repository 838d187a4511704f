"""Compare an indicator with the period before, in words, and write its values."""

from datetime import date

from babel.dates import format_date

from app.kernel.periods import describe_period
from app.kernel.text import T
from app.oversight.scorecard.measures import HOURS, PERCENT, Measure, MeasureResult, ScorecardScope


def describe_change(
    measure: Measure, found: MeasureResult, before: MeasureResult | None, scope: ScorecardScope
) -> T | None:
    """Describe the change since the period before; None where nothing is to be compared. A sum over a period that still
    runs is not set against a whole one."""
    if before is None or before.value is None or found.value is None or found.simulated != before.simulated:
        return None
    name = describe_period(scope.period.before, scope.today)
    if measure.yearly and scope.running:
        return T("%(name)s seluruhnya: %(value)s", name=name, value=format_value(before.value, measure.unit))
    size = round(found.value) - round(before.value) if measure.unit == PERCENT else found.value - before.value
    if not round(size, 1):
        return T("sama dengan %(name)s", name=name)
    way = T("naik %(size)s dari %(name)s") if size > 0 else T("turun %(size)s dari %(name)s")
    return T(way.msgid, size=_size(abs(size), measure.unit), name=name)


def _size(size: float, unit: str) -> str:
    return f"{format_number(size)} poin" if unit == PERCENT else format_value(size, unit)


def format_value(value: float, unit: str, decimals: int | None = None) -> str:
    """Write a value with its unit: `78 %`, `6,5 jam kerja`, `12`."""
    if unit == PERCENT:
        return f"{format_number(value, decimals or 0)} %"
    return f"{format_number(value, 1)} jam kerja" if unit == HOURS else format_number(value)


def format_number(value: float, decimals: int = 0) -> str:
    """Write a number as `1.234,5`; a whole number without decimals."""
    text = f"{round(value, decimals):,.{decimals}f}".replace(",", " ").replace(".", ",").replace(" ", ".")
    return text.rstrip("0").rstrip(",") if "," in text else text


def day_of(day: date) -> str:
    """Write a day as `24 Nov 2026`."""
    return format_date(day, "d MMM y", "id")
