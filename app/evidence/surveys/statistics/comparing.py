"""Before and after: how much changed, between which limits, and what may be said of it. Pure numpy.

Sources: R. G. Newcombe, Interval estimation for the difference between independent proportions, Statistics in
Medicine 17 (1998) 873–890, method 10; the same, Improved confidence intervals for the difference between binomial
proportions based on paired data, ibid. 2635–2650, method 10; S. Holm, A simple sequentially rejective multiple test
procedure, Scandinavian Journal of Statistics 6 (1979) 65–70.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from typing import Any

import numpy as np
from scipy.special import bdtr, ndtri

from app.evidence.surveys.statistics.estimates import Bools, Estimate, Floats, Grouped, Ints, estimate, variances
from app.evidence.surveys.statistics.intervals import limits, quantile, two_sided, wilson

HALVINGS = 50
"""Of 1, in the search for p: below, 1 − p is 1."""
NOTHING = 1e-9
"""A standard error of a share below this is a rounding error."""


@dataclass(frozen=True)
class Difference:
    """After − before. `verdict`: "up", "down", "unsure", or "none" where there is no interval.

    `p`: two-sided; below 1 − confidence exactly when the interval leaves 0 out (McNemar's exact p apart).
    """

    estimate: float | None
    low: float | None
    high: float | None
    p: float | None
    verdict: str
    se: float | None = None
    df: float | None = None
    n: int = 0
    clusters: int = 0
    deff: float | None = None
    lone: tuple[int, ...] = ()


def difference(before: Estimate, after: Estimate, confidence: float = 0.95) -> Difference:
    """Compare two independent samples.

    Shares: Newcombe's hybrid of the two Wilson limits; means: Welch–Satterthwaite.
    """
    known = _known(before, after)
    if known.estimate is None or before.low is None or after.low is None:
        return known
    se, df = sqrt((before.se or 0.0) ** 2 + (after.se or 0.0) ** 2), welch(before, after)
    found = replace(known, se=se, df=df, deff=_deff(se, before, after))
    if before.mean or after.mean:
        return _student(found, confidence)
    low, high = _hybrid(before, after, confidence)
    p = _p_of(lambda sure: _hybrid(before, after, sure))
    return replace(found, low=low, high=high, p=p, verdict=verdict(low, high))


def difference_by_cluster(
    before: Grouped,
    after: Grouped,
    *,
    mean: bool = False,
    confidence: float = 0.95,
    inside_before: Bools | None = None,
    inside_after: Bools | None = None,
    planned_before: float = 1.0,
    planned_after: float = 1.0,
) -> Difference:
    """Compare the same clusters asked twice.

    z of both waves is summed by cluster, so that what a village has of its own falls out of the change. A cluster that
    was asked once counts with what it has. The interval is ± t·se with units − strata degrees of freedom; where no
    cluster differs from another, that of independent samples with the planned design effect of each wave. In strata
    where people are the units, others were asked the second time: there the waves are independent.

    Raises ValueError without clusters. Source: Särndal, Swensson & Wretman 1992, 5.5 (linearised function of totals).
    """
    if before.cluster is None or after.cluster is None:
        raise ValueError("both waves need clusters")
    one = estimate(before, inside=inside_before, mean=mean, confidence=confidence, planned_deff=planned_before)
    two = estimate(after, inside=inside_after, mean=mean, confidence=confidence, planned_deff=planned_after)
    apart = difference(one, two, confidence)
    if one.estimate is None or two.estimate is None:
        return apart
    both = _joined(before, after)
    inside = np.concatenate([_all(before, inside_before), _all(after, inside_after)])
    first = np.arange(len(inside)) < len(before.n)
    weighted = np.where(inside, both.weight, 0.0)
    totals = np.where(first, -(weighted * both.n)[first].sum(), (weighted * both.n)[~first].sum())
    p = np.where(first, one.estimate, two.estimate)
    z = weighted * (both.y - p * both.n) / totals
    zz = weighted**2 * (both.yy - 2 * p * both.y + p**2 * both.n) / totals**2
    rows = np.arange(len(z))
    se = sqrt(float(variances(both, rows, np.zeros_like(rows), 1, z, zz)[0]))
    members = estimate(both, inside=inside)
    lone = tuple(sorted({code % _strata(before, after) for code in members.lone}))
    if se <= NOTHING and not mean:
        return apart
    found = replace(apart, se=se, df=members.df, deff=_deff(se, one, two), clusters=members.clusters, lone=lone)
    return _student(found, confidence, share=not mean)


def difference_paired(yes_yes: int, yes_no: int, no_yes: int, no_no: int, confidence: float = 0.95) -> Difference:
    """Compare the same people asked twice: "yes_no" said yes before and no after.

    Newcombe's paired interval (method 10, with the corrected φ); p: McNemar's exact test.
    """
    n = yes_yes + yes_no + no_yes + no_no
    if n == 0:
        return Difference(None, None, None, None, "none")
    before, after = (yes_yes + yes_no) / n, (yes_yes + no_yes) / n
    z = float(ndtri(1 - (1 - confidence) / 2))
    low1, high1 = wilson(before, n, z)
    low2, high2 = wilson(after, n, z)
    phi = _phi(yes_yes, yes_no, no_yes, no_no)
    change = after - before
    down = _combined(after - low2, high1 - before, phi)
    up = _combined(high2 - after, before - low1, phi)
    low, high = change - down, change + up
    turned = yes_no + no_yes
    p = min(1.0, 2 * float(bdtr(min(yes_no, no_yes), turned, 0.5))) if turned else 1.0
    se = sqrt(max(0.0, turned - (no_yes - yes_no) ** 2 / n)) / n
    return Difference(change, low, high, p, verdict(low, high), se, float(n - 1), n, n)


def holm(ps: Sequence[float]) -> list[float]:
    """Adjust p values of several questions asked at once, in the order given (step-down)."""
    raised = [0.0] * len(ps)
    floor = 0.0
    for place, which in enumerate(sorted(range(len(ps)), key=lambda index: ps[index])):
        floor = max(floor, min(1.0, (len(ps) - place) * ps[which]))
        raised[which] = floor
    return raised


def verdict(low: float | None, high: float | None) -> str:
    """Return what the interval of a change allows to say: "up", "down", "unsure" or "none"."""
    if low is None or high is None:
        return "none"
    return "up" if low > 0 else "down" if high < 0 else "unsure"


def welch(before: Estimate, after: Estimate) -> float:
    """Return the degrees of freedom of the difference of two independent estimates (Satterthwaite 1946)."""
    one, two = (before.se or 0.0) ** 2, (after.se or 0.0) ** 2
    df1, df2 = before.df or 1.0, after.df or 1.0
    spread = one**2 / df1 + two**2 / df2
    return (one + two) ** 2 / spread if spread else df1 + df2


def _hybrid(before: Estimate, after: Estimate, confidence: float) -> tuple[float, float]:
    low1, high1, p1 = _limits(before, confidence)
    low2, high2, p2 = _limits(after, confidence)
    change = p2 - p1
    return change - _combined(p2 - low2, high1 - p1, 0.0), change + _combined(high2 - p2, p1 - low1, 0.0)


def _limits(one: Estimate, confidence: float) -> tuple[float, float, float]:
    p = one.estimate or 0.0
    low, high = limits(p, one.se or 0.0, one.effective, one.df or 0.0, mean=False, confidence=confidence)
    return (p if low is None else low), (p if high is None else high), p


def _combined(one: float, two: float, phi: float) -> float:
    return sqrt(max(0.0, one * one - 2 * phi * one * two + two * two))


def _p_of(interval: Callable[[float], tuple[float, float]]) -> float:
    """The p at which an interval just touches 0: the smallest one whose interval leaves 0 out."""
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        below, above = interval(1 - middle)
        if below > 0 or above < 0:
            high = middle
        else:
            low = middle
    return high


def _known(before: Estimate, after: Estimate) -> Difference:
    """What can be said without an interval."""
    nothing = before.estimate is None or after.estimate is None
    change = None if nothing else (after.estimate or 0.0) - (before.estimate or 0.0)
    lone = tuple(sorted({*before.lone, *after.lone}))
    sizes = before.n + after.n, before.clusters + after.clusters
    return Difference(change, None, None, None, "none", n=sizes[0], clusters=sizes[1], lone=lone)


def _student(found: Difference, confidence: float, *, share: bool = False) -> Difference:
    """± t·se; a change of shares stays between −1 and 1."""
    change, se, df = found.estimate or 0.0, found.se or 0.0, found.df or 0.0
    if df < 1:
        return replace(found, low=None, high=None, p=None, verdict="none")
    half = quantile(df, confidence) * se
    low, high = change - half, change + half
    if share:
        low, high = max(-1.0, low), min(1.0, high)
    return replace(found, low=low, high=high, p=two_sided(change, se, df), verdict=verdict(low, high))


def _deff(se: float, before: Estimate, after: Estimate) -> float | None:
    """Against two independent simple random samples of these sizes."""
    if not before.deff or not after.deff or before.se is None or after.se is None:
        return None
    simple = before.se**2 / before.deff + after.se**2 / after.deff
    return se**2 / simple if simple else None


def _phi(yes_yes: int, yes_no: int, no_yes: int, no_no: int) -> float:
    n = yes_yes + yes_no + no_yes + no_no
    sides = (yes_yes + yes_no) * (no_yes + no_no) * (yes_yes + no_yes) * (yes_no + no_no)
    if sides == 0:
        return 0.0
    product = yes_yes * no_no - yes_no * no_yes
    return (max(product - n / 2, 0.0) if product > 0 else float(product)) / sqrt(sides)


def _all(sample: Grouped, inside: Bools | None) -> Bools:
    return np.ones(len(sample.n), bool) if inside is None else np.asarray(inside, bool)


def _joined(before: Grouped, after: Grouped) -> Grouped:
    """Both waves as one sample of the same clusters; a finite correction only where both know one. Strata where people
    are the units stay apart by wave."""

    def both(one: Floats | Ints | None, two: Floats | Ints | None) -> Any:
        return None if one is None or two is None else np.concatenate([one, two])

    cluster = both(before.cluster, after.cluster)
    stratum = both(before.stratum, after.stratum)
    apart = (cluster < 0) & (np.arange(len(cluster)) >= len(before.n))
    return Grouped(
        both(before.n, after.n),
        both(before.y, after.y),
        both(before.yy, after.yy),
        both(before.weight, after.weight),
        np.where(apart, stratum + _strata(before, after), stratum),
        cluster,
        both(before.population, after.population),
        both(_asked(before), _asked(after)),
    )


def _strata(before: Grouped, after: Grouped) -> int:
    """Above every code of a stratum."""
    return 1 + int(max(before.stratum.max(initial=0), after.stratum.max(initial=0)))


def _asked(sample: Grouped) -> Floats:
    return sample.n if sample.asked is None else sample.asked
