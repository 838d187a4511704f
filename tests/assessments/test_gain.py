"""Normalised gain against values that were worked out elsewhere, and its interval against a simulation."""

from random import Random

import numpy as np
import pytest
from scipy import stats

from app.learning.assessments.gain import Verdict, batch_gain, fieller, gain


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (40, 70, 0.5),
        (0, 100, 1.0),
        (50, 50, 0.0),
        (0, 0, 0.0),
        (95, 80, -15 / 95),  # Hake's formula would say -3
        (100, 80, -0.2),
        (60, 0, -1.0),
        (100, 100, None),
        (None, 80, None),
        (80, None, None),
    ],
)
def test_one_persons_gain(before: float | None, after: float | None, expected: float | None) -> None:
    assert gain(before, after) == (None if expected is None else pytest.approx(expected))


def test_one_persons_gain_stays_between_minus_one_and_one() -> None:
    values = [found for a in range(101) for b in range(101) if (found := gain(a, b)) is not None]
    assert min(values) >= -1
    assert max(values) <= 1


def test_a_batch_has_the_ratio_of_means_and_not_the_mean_of_ratios() -> None:
    found = batch_gain([(40, 70), (90, 100), (50, 60), (20, 40)])
    assert found.estimate == pytest.approx((67.5 - 50) / (100 - 50))
    assert (found.before, found.after, found.n) == (50, 67.5, 4)


def test_the_change_has_the_interval_of_the_paired_t_test() -> None:
    before, after = [40.0, 55, 60, 35, 70, 50], [65.0, 70, 60, 55, 85, 80]
    known = stats.ttest_rel(after, before).confidence_interval(0.95)
    found = batch_gain(list(zip(before, after, strict=True)))
    assert (found.change_low, found.change_high) == (pytest.approx(known.low), pytest.approx(known.high))


def test_fieller_agrees_with_testing_every_ratio() -> None:
    """Its limits are the ratios r at which a t test of over - r * under is just on the border."""
    rng = np.random.default_rng(5)
    over, under = rng.normal(25, 12, 15), rng.normal(55, 15, 15)
    t = stats.t.ppf(0.975, 14)
    low, high = fieller(list(over), list(under), t)
    assert low is not None
    assert high is not None
    for limit in (low, high):
        assert stats.ttest_1samp(over - limit * under, 0).pvalue == pytest.approx(0.05)
    assert low < over.mean() / under.mean() < high


def test_the_interval_covers_the_truth_as_often_as_it_says() -> None:
    random, truth, held, rounds = Random(7), (68 - 45) / (100 - 45), 0, 2000
    for _ in range(rounds):
        pairs = []
        for _person in range(14):
            skill = random.gauss(0, 10)
            pairs.append((45 + skill + random.gauss(0, 6), 68 + 0.6 * skill + random.gauss(0, 8)))
        found = batch_gain(pairs)
        assert found.low is not None
        assert found.high is not None
        held += found.low <= truth <= found.high
    assert 0.935 < held / rounds < 0.965  # 0.95, three standard errors of 2,000 rounds


def test_too_few_are_not_judged() -> None:
    assert batch_gain([]).verdict == Verdict.TOO_FEW
    one = batch_gain([(40, 70)])
    assert (one.estimate, one.low, one.change_low, one.verdict) == (0.5, None, None, Verdict.TOO_FEW)
    assert batch_gain([(40, 70)] * 4).verdict == Verdict.TOO_FEW


def test_full_marks_before_leave_nothing_to_learn() -> None:
    found = batch_gain([(100, 100)] * 6)
    assert (found.estimate, found.low, found.full, found.verdict) == (None, None, 6, Verdict.FULL_BEFORE)


def test_no_interval_where_hardly_anything_was_missing() -> None:
    found = batch_gain([(100, 100), (100, 100), (100, 100), (100, 90), (80, 95), (100, 100)])
    assert (found.estimate, found.low, found.high) == (None, None, None)
    assert found.verdict == Verdict.NEARLY_FULL


def test_what_was_lost_is_no_part_of_what_was_missing() -> None:
    """By Hake's formula -23,900 %, and without limits."""
    found = batch_gain([(100, 60), (100, 70), (100, 50), (100, 70), (100, 60), (99, 50)])
    assert (found.estimate, found.low, found.high, found.verdict) == (None, None, None, Verdict.FELL)
    assert found.change == pytest.approx(-239 / 6)
    one = batch_gain([(95, 80)])
    assert (one.estimate, one.change) == (None, -15)


def test_nobody_learns_more_than_everything() -> None:
    found = batch_gain([(40, 100), (50, 95), (30, 98), (45, 100), (60, 90)])
    assert found.high == 1


@pytest.mark.parametrize(
    ("pairs", "verdict"),
    [
        ([(40, 85), (50, 90), (30, 80), (45, 85), (35, 90)], Verdict.HIGH),
        ([(40, 70), (50, 75), (30, 60), (45, 70), (35, 70)], Verdict.MEDIUM),
        ([(40, 50), (50, 60), (30, 42), (45, 55), (35, 46)], Verdict.LOW),
        ([(40, 50), (50, 30), (30, 60), (45, 40), (35, 46)], Verdict.UNCERTAIN),
        ([(80, 60), (70, 50), (75, 50), (65, 45), (80, 62)], Verdict.FELL),
    ],
)
def test_the_verdict(pairs: list[tuple[float, float]], verdict: Verdict) -> None:
    assert batch_gain(pairs).verdict == verdict
