"""Compare villages that were reached with those that were not: how much more the first changed. Pure numpy.

Difference in differences: d = (p̄ after − p̄ before) of the reached − the same of the others (D. Card & A. B. Krueger,
Minimum wages and employment, American Economic Review 84 (1994) 772–793, table 3; J. D. Angrist & J.-S. Pischke, Mostly
Harmless Econometrics, 2009, 5.2). With equal weights it is the coefficient of reached × after in a regression with
both main effects.

A village is reached as a whole, so villages are the units, however people were drawn within them (A. Abadie, S. Athey,
G. Imbens & J. Wooldridge, When should you adjust standard errors for clustering?, Quarterly Journal of Economics 138
(2023) 1–35). Each group is a sample of its own villages: z = w(y − p)/Σw is summed by village, over both surveys where
the same villages were asked again, and v = m/(m − 1)·Σz² of the m villages of the group; strata of the draw are left
out, which makes the interval wider and never narrower. The groups have no village in common, so v(d) is the sum of
both, with Satterthwaite's degrees of freedom: where few villages were reached, they are few, and with m villages on one
side that decides alone t has m − 1 (G. W. Imbens & M. Kolesár, Robust standard errors in small samples, Review of
Economics and Statistics 98 (2016) 701–712).
"""

from dataclasses import dataclass, replace
from math import sqrt

import numpy as np

from app.evidence.surveys.statistics.comparing import Difference, difference, difference_by_cluster, verdict
from app.evidence.surveys.statistics.estimates import Bools, Estimate, Grouped, estimate
from app.evidence.surveys.statistics.intervals import quantile, two_sided

LEAST_VILLAGES = 6
"""In each group and survey. With 6 the interval of 95 % holds the truth in 94 to 96 of 100 simulated surveys, also
where villages and weights are very unequal; with 3 in 90 to 95, and it is ± 30 points (docs/decisions/025)."""


@dataclass(frozen=True)
class Contrast:
    """Reached − others. `reached`, `others`: the change of each group. `shares`: the four cells, as (reached before,
    reached after, others before, others after)."""

    whole: Difference
    reached: Difference
    others: Difference
    shares: tuple[Estimate, Estimate, Estimate, Estimate]


def contrast(
    before: Grouped,
    after: Grouped,
    *,
    reached: tuple[Bools, Bools],
    others: tuple[Bools, Bools],
    again: bool,
    planned: tuple[float, float] = (1.0, 1.0),
    mean: bool = False,
    confidence: float = 0.95,
) -> Contrast:
    """Compare the change of the reached with that of the others.

    `reached`, `others`: which rows of each survey belong to the group; some may belong to none. The codes of villages
    (`cluster`) mean the same in both surveys. `again`: the same villages were asked, so the change is made village by
    village; else the surveys are independent. `planned`: design effects, where no village differs.

    Raises ValueError without villages.
    """
    changes, cells = [], []
    for rows in (reached, others):
        one, two = _only(before, rows[0]), _only(after, rows[1])
        first = estimate(one, mean=mean, confidence=confidence, planned_deff=planned[0])
        second = estimate(two, mean=mean, confidence=confidence, planned_deff=planned[1])
        cells += [first, second]
        changes.append(
            difference_by_cluster(
                one, two, mean=mean, confidence=confidence, planned_before=planned[0], planned_after=planned[1]
            )
            if again
            else difference(first, second, confidence)
        )
    whole = between(changes[0], changes[1], confidence=confidence, share=not mean)
    return Contrast(whole, changes[0], changes[1], (cells[0], cells[1], cells[2], cells[3]))


def between(reached: Difference, others: Difference, *, confidence: float = 0.95, share: bool = True) -> Difference:
    """Return the difference of two independent changes; no interval where one of them has no standard error."""
    n, clusters = reached.n + others.n, reached.clusters + others.clusters
    lone = tuple(sorted({*reached.lone, *others.lone}))
    if reached.estimate is None or others.estimate is None:
        return Difference(None, None, None, None, "none", n=n, clusters=clusters, lone=lone)
    found = Difference(reached.estimate - others.estimate, None, None, None, "none", n=n, clusters=clusters, lone=lone)
    if not reached.se or not others.se or min(reached.df or 0.0, others.df or 0.0) < 1:
        return found
    one, two = reached.se**2, others.se**2
    se = sqrt(one + two)
    df = (one + two) ** 2 / (one**2 / (reached.df or 1.0) + two**2 / (others.df or 1.0))
    change, half = found.estimate or 0.0, quantile(df, confidence) * se
    low, high = change - half, change + half
    if share:
        low, high = max(-2.0, low), min(2.0, high)
    return replace(
        found, low=low, high=high, p=two_sided(change, se, df), verdict=verdict(low, high), se=se, df=df
    )  # fmt: skip


def _only(sample: Grouped, rows: Bools) -> Grouped:
    """The rows of one group as a sample of its own: no strata, every village a unit."""
    if sample.cluster is None:
        raise ValueError("both surveys need villages")
    return Grouped(
        sample.n[rows], sample.y[rows], sample.yy[rows], sample.weight[rows],
        np.zeros(int(rows.sum()), dtype=np.int64), sample.cluster[rows],
    )  # fmt: skip
