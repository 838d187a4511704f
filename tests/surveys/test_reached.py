"""Difference in differences of villages that were reached and villages that were not."""

from typing import Any

import numpy as np
import pytest

from app.evidence.surveys.statistics.comparing import Difference
from app.evidence.surveys.statistics.estimates import Grouped
from app.evidence.surveys.statistics.reached import Contrast, between, contrast


def asked(n: Any, yes: Any, village: Any, weight: Any = None) -> Grouped:
    counts, said = np.asarray(n, float), np.asarray(yes, float)
    rows = len(counts)
    return Grouped(counts, said, said.copy(), np.ones(rows) if weight is None else np.asarray(weight, float),
                   np.zeros(rows, np.int64), np.asarray(village, np.int64))  # fmt: skip


def simulated(
    rng: Any, reached: int, others: int, *, effect: float, again: bool, each: int = 20
) -> tuple[Grouped, Grouped, Any]:
    """Villages with levels of their own, people and weights unequal; the reached rise by `effect` more."""
    villages = reached + others
    group = np.arange(villages) < reached
    level = rng.normal(0, 0.08, villages)
    made = []
    for late in (0, 1):
        own = level if again else rng.normal(0, 0.08, villages)
        p = np.clip(
            0.35 + 0.1 * group + late * (0.05 + effect * group + rng.normal(0, 0.05, villages)) + own, 0.02, 0.98
        )
        n = rng.integers(each // 2, each * 2, villages)
        made.append(asked(n, rng.binomial(n, p), np.arange(villages), rng.uniform(0.5, 2, villages)))
    return made[0], made[1], group


def of(before: Grouped, after: Grouped, group: Any, *, again: bool) -> Contrast:
    return contrast(before, after, reached=(group, group), others=(~group, ~group), again=again)


def test_the_published_example_comes_out() -> None:
    """Card & Krueger 1994, table 3: full-time employment in New Jersey and Pennsylvania, 2.76 with se 1.36."""
    new_jersey = Difference(0.59, None, None, None, "unsure", se=0.54, df=300.0)
    pennsylvania = Difference(-2.16, None, None, None, "unsure", se=1.25, df=70.0)
    found = between(new_jersey, pennsylvania, share=False)
    assert found.estimate == pytest.approx(2.76, abs=0.015)
    assert found.se == pytest.approx(1.36, abs=0.005)
    assert (found.low, found.verdict) == (pytest.approx(0.05, abs=0.05), "up")


def test_it_is_the_regression_with_interaction_and_villages_as_clusters() -> None:
    before, after, group = simulated(np.random.default_rng(5), 8, 12, effect=0.1, again=True)
    found = of(before, after, group, again=True).whole
    people = [
        (1.0 if answer < sample.y[village] else 0.0, float(group[village]), late, sample.weight[village], village)
        for late, sample in enumerate((before, after))
        for village in range(20)
        for answer in range(int(sample.n[village]))
    ]
    y, reached, late, w, village = (np.array(column) for column in zip(*people, strict=True))
    x = np.column_stack([np.ones(len(y)), reached, late, reached * late])
    bread = np.linalg.inv(x.T @ (x * w[:, None]))
    beta = bread @ x.T @ (w * y)
    meat = np.zeros((4, 4))
    for one in range(20):
        rows = village == one
        score = (x[rows] * (w * (y - x @ beta))[rows, None]).sum(axis=0)
        m = 8 if group[one] else 12
        meat += m / (m - 1) * np.outer(score, score)
    assert found.estimate == pytest.approx(beta[3])
    assert found.se == pytest.approx(float(np.sqrt((bread @ meat @ bread)[3, 3])))


@pytest.mark.parametrize("again", [True, False])
def test_the_interval_holds_the_truth_in_95_of_100(again: bool) -> None:
    rng = np.random.default_rng(11)
    held = 0
    for _ in range(600):
        found = of(*simulated(rng, 6, 20, effect=0.12, again=again), again=again).whole
        held += found.low is not None and found.high is not None and found.low <= 0.12 <= found.high
    assert 0.925 <= held / 600 <= 0.975


def test_where_few_villages_decide_the_degrees_of_freedom_are_theirs() -> None:
    few = Difference(0.2, None, None, None, "none", se=0.1, df=5.0)
    many = Difference(0.05, None, None, None, "none", se=0.01, df=59.0)
    found = between(few, many)
    assert found.df == pytest.approx(5.1, abs=0.05)
    assert found.low is not None
    assert found.low < 0.15 - 2.5 * 0.1, "t of 5 and not of 64"


def test_villages_that_belong_to_no_group_change_nothing() -> None:
    before, after, group = simulated(np.random.default_rng(4), 7, 9, effect=0.1, again=True)
    apart = np.zeros(16, bool)
    apart[14:] = True
    with_them = contrast(before, after, reached=(group, group), others=(~group & ~apart,) * 2, again=True)
    short = [asked(one.n[:14], one.y[:14], range(14), one.weight[:14]) for one in (before, after)]
    assert with_them.whole == of(short[0], short[1], group[:14], again=True).whole


def test_one_village_has_no_interval() -> None:
    before, after, group = simulated(np.random.default_rng(4), 1, 9, effect=0.1, again=True)
    found = of(before, after, group, again=True).whole
    assert (found.low, found.high, found.p, found.verdict) == (None, None, None, "none")
    assert found.estimate is not None
