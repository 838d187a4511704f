"""Judge whether an indicator has reached its target. What does not decide it is said, and never guessed."""

from app.kernel.periods import Period
from app.kernel.text import T
from app.oversight.scorecard.measures import PERCENT, Measure, MeasureResult, State

NOTHING = T("Belum ada yang dapat dihitung pada periode ini.")
YEARLY = T("Targetnya untuk satu tahun. Pilih satu tahun untuk menilainya.")
BETWEEN = T("Target masih berada di dalam rentangnya.")


def judge(measure: Measure, found: MeasureResult, target: float, period: Period) -> tuple[State, T | None]:
    """Return the state of an indicator, and why it cannot be told where it cannot."""
    if found.value is None:
        if found.missing is not None and found.unsure is None:
            return State.MISSING, None
        return State.UNSURE, found.unsure or NOTHING
    if found.unsure is not None:
        return State.UNSURE, found.unsure
    if measure.yearly and period != Period.year(period.first.year):
        return State.UNSURE, YEARLY
    low, high = (found.low, found.high) if found.low is not None and found.high is not None else (found.value,) * 2
    reached = (low >= target, high >= target) if measure.better == "high" else (high <= target, low <= target)
    if reached[0]:
        return State.MET, None
    return (State.UNSURE, BETWEEN) if reached[1] else (State.UNMET, None)


def decimals_for(measure: Measure, found: MeasureResult, target: float) -> int:
    """Return how many decimals to show: one where a whole number would look as if it were the target and is not."""
    if found.value is None:
        return 0
    if measure.unit == PERCENT:
        return int(round(found.value) == target and found.value != target)
    return int(found.value != round(found.value))
