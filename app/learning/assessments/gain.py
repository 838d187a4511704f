"""What a batch learnt between its two tests, with the limits of what so few people can show.

The participants stand for people like them who would take the same training: that is what the limits are about. Of the
participants themselves the number is exact, as far as the tests measure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import fsum, sqrt

from app.evidence.surveys.statistics.intervals import quantile
from app.learning.assessments.person_gain import FULL, LEAST, gain

__all__ = ["ENOUGH", "HIGH", "MEDIUM", "Gain", "Verdict", "batch_gain", "gain"]

CONFIDENCE = 0.95
ENOUGH = LEAST
"""Pairs from which on a batch's gain is judged in words."""
HIGH, MEDIUM = 0.7, 0.3
"""Hake's (1998) borders of high and medium gain."""


class Verdict(StrEnum):
    TOO_FEW = "too_few"
    FULL_BEFORE = "full_before"  # nothing was left to learn that this test could show
    NEARLY_FULL = "nearly_full"  # so little was left that no part of it can be told
    UNCERTAIN = "uncertain"  # may as well be no change
    FELL = "fell"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True)
class Gain:
    """What a batch learnt. `estimate`: Hake's <g>, a part of 1, with its 95 % interval `low` to `high` (None of fewer
    than two pairs). None where so little was missing before that it has no limits, and where the mean fell: what is
    gone is no part of what was missing, and is told in points. `before`, `after`: mean percentages; `change`: their
    difference in points of percent with its interval. `full`: participants among the `n` who had full marks before;
    `nearly_full`: what was missing before cannot be told from nothing."""

    n: int
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    before: float | None = None
    after: float | None = None
    change: float | None = None
    change_low: float | None = None
    change_high: float | None = None
    full: int = 0
    nearly_full: bool = False

    @property
    def verdict(self) -> Verdict:
        if self.n < ENOUGH or self.change_low is None or self.change_high is None:
            return Verdict.TOO_FEW
        if self.full == self.n:
            return Verdict.FULL_BEFORE
        if self.change_high < 0:
            return Verdict.FELL
        if self.nearly_full:
            return Verdict.NEARLY_FULL
        if self.estimate is None or self.change_low <= 0:
            return Verdict.UNCERTAIN
        return Verdict.HIGH if self.estimate >= HIGH else Verdict.MEDIUM if self.estimate >= MEDIUM else Verdict.LOW


def batch_gain(pairs: Sequence[tuple[float, float]]) -> Gain:
    """Compute the gain of a batch from (before, after) of the same person, percentages 0 to 100; who took only one test
    is no pair.

    <g> = (mean after - mean before) / (100 - mean before), the ratio of means (Hake 1998): unlike the mean of single
    gains it is not thrown about by those who had nearly everything right before. Numerator and denominator come from
    the same people, so the interval of the ratio is Fieller's (1954) with their covariance and Student's t of n - 1
    degrees; the mean change has the interval of the paired t test. Nobody learns more than was missing, so the limits
    end at 1.
    """
    n = len(pairs)
    if n == 0:
        return Gain(0)
    changes = [after - before for before, after in pairs]
    missing = [FULL - before for before, _after in pairs]
    change, left = fsum(changes) / n, fsum(missing) / n
    before = FULL - left
    about = {
        "n": n, "before": before, "after": before + change, "change": change, "full": sum(one <= 0 for one in missing),
    }  # fmt: skip
    rose = left > 0 and change >= 0
    if n < 2:
        return Gain(**about, estimate=change / left if rose else None)  # type: ignore[arg-type]
    t = quantile(n - 1, CONFIDENCE)
    half = t * sqrt(_covariance(changes, changes) / n)
    about |= {"change_low": change - half, "change_high": change + half}
    low, high = fieller(changes, missing, t)
    if low is None or high is None or not rose:
        return Gain(**about, nearly_full=low is None)  # type: ignore[arg-type]
    return Gain(**about, estimate=change / left, low=min(low, 1.0), high=min(high, 1.0))  # type: ignore[arg-type]


def fieller(over: Sequence[float], under: Sequence[float], t: float) -> tuple[float | None, float | None]:
    """Compute limits of mean(over) / mean(under) of paired values, by Fieller (J. R. Stat. Soc. B 16, 175, 1954).

    All r with (mean(over) - r * mean(under))² ≤ t² * its variance. (None, None) where mean(under) itself is not told
    apart from 0: the set has no end then.
    """
    n = len(over)
    top, bottom = fsum(over) / n, fsum(under) / n
    square = t * t / n
    a = bottom * bottom - square * _covariance(under, under)
    b = top * bottom - square * _covariance(over, under)
    c = top * top - square * _covariance(over, over)
    if a <= 0:
        return None, None
    root = sqrt(max(0.0, b * b - a * c))
    return (b - root) / a, (b + root) / a


def _covariance(one: Sequence[float], other: Sequence[float]) -> float:
    n = len(one)
    mean, beside = fsum(one) / n, fsum(other) / n
    return fsum((x - mean) * (y - beside) for x, y in zip(one, other, strict=True)) / (n - 1)
