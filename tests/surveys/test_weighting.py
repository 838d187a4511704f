"""Weights."""

import numpy as np
import pytest

from app.evidence.surveys.statistics.estimates import estimate
from app.evidence.surveys.statistics.weighting import kish, rake
from tests.surveys.schools import rows, sample

TYPES = {0: 4421.0, 1: 755.0, 2: 1018.0}
"""E, H, M in the population of California's schools."""
WIDE = {0: 1072.0, 1: 5122.0}


def coded(name: str) -> dict[str, np.ndarray]:
    read = rows(name)
    return {
        "stype": np.array(["EHM".index(row["stype"]) for row in read]),
        "sch.wide": np.array([int(row["sch_wide"]) for row in read]),
    }


def test_raking_as_r_rakes() -> None:
    """survey 4.4-2: rake(dclus1, list(~stype, ~sch.wide), …, control=list(epsilon=1e-10)) to the
    totals above."""
    schools, dims = sample("apiclus1", "api00", cluster="dnum", fpc=False), coded("apiclus1")
    made = rake(schools.n, dims, {"stype": TYPES, "sch.wide": WIDE}, base=schools.weight, most=np.inf)
    wanted = {(1, 1): 50.32940112, (0, 1): 29.87067549, (2, 1): 36.79102486, (2, 0): 49.06907216, (0, 0): 39.83923625,
              (1, 0): 67.12552924}  # fmt: skip
    for (kind, wide), weight in wanted.items():
        cell = (dims["stype"] == kind) & (dims["sch.wide"] == wide)
        assert made.weight[cell] == pytest.approx(weight, rel=1e-8)
    assert made.converged
    found = estimate(
        type(schools)(schools.n, schools.y, schools.yy, made.weight, schools.stratum, schools.cluster), mean=True
    )
    # svydesign(id=~dnum, weights=~w): the raked weights taken as they are
    assert (found.estimate, found.se) == pytest.approx((641.23032093, 24.04563088), rel=1e-9)


def test_raking_of_cells_as_of_people() -> None:
    """The six cells of apisrs and their counts; R: rake(…, control=list(epsilon=1e-10))."""
    n = np.array([15.0, 13, 9, 127, 12, 24])
    dims = {"stype": np.array([0, 1, 2, 0, 1, 2]), "sch.wide": np.array([0, 0, 0, 1, 1, 1])}
    made = rake(n, dims, {"stype": TYPES, "sch.wide": WIDE})
    wanted = [28.9107683, 29.0031027, 29.0331267, 31.3963659, 31.4966388, 31.5292441]
    assert made.weight == pytest.approx(wanted, rel=1e-7)
    assert made.effective == pytest.approx(kish(n, np.array(wanted)), rel=1e-7)


def test_poststratification_as_r_does_it() -> None:
    """survey 4.4-2: postStratify(dclus1, ~stype, …): weights 30.701389, 53.928571, 40.72; mean api00 642.310788."""
    schools, dims = sample("apiclus1", "api00", cluster="dnum", fpc=False), coded("apiclus1")
    made = rake(schools.n, {"stype": dims["stype"]}, {"stype": TYPES}, base=schools.weight)
    for kind, weight in enumerate((30.701389, 53.928571, 40.72)):
        assert made.weight[dims["stype"] == kind] == pytest.approx(weight, rel=1e-7)
    p = (made.weight * schools.y).sum() / made.weight.sum()
    assert p == pytest.approx(642.310788, rel=1e-8)


def test_an_empty_cell_is_named_and_nothing_weighted() -> None:
    made = rake(
        np.array([10, 0, 5]), {"sex": np.array([0, 1, 0]), "age": np.array([0, 1, 1])},
        {"sex": {0: 50, 1: 50}, "age": {0: 40, 1: 60}},
    )  # fmt: skip
    assert made.empty == (("sex", 1),)
    assert not made.converged
    assert (made.weight == 1).all()


def test_people_without_a_margin_are_named_too() -> None:
    made = rake(np.array([10, 5]), {"sex": np.array([0, 3])}, {"sex": {0: 50}})
    assert made.empty == (("sex", 3),)


def test_margins_that_nobody_lives_in_need_nobody() -> None:
    assert rake(np.array([10, 5]), {"sex": np.array([0, 1])}, {"sex": {0: 50, 1: 50, 2: 0}}).converged


def test_trimming_keeps_to_the_cap_and_still_meets_the_margins_where_it_can() -> None:
    n = np.array([100.0, 2, 60, 38])
    dims = {"sex": np.array([0, 0, 1, 1]), "age": np.array([0, 1, 0, 1])}
    margins = {"sex": {0: 500.0, 1: 500.0}, "age": {0: 600.0, 1: 400.0}}
    free = rake(n, dims, margins, most=np.inf)
    assert free.weight.max() > 2 * 5
    made = rake(n, dims, margins, most=2.0)
    assert made.weight.max() <= 2.0 * 1000 / 200 * (1 + 1e-9)
    assert made.trimmed >= 2
    assert made.converged
    assert made.effective > free.effective


def test_a_cap_that_is_too_low_for_a_margin_is_said() -> None:
    made = rake(np.array([99.0, 1.0]), {"sex": np.array([0, 1])}, {"sex": {0: 50, 1: 50}}, most=5)
    assert not made.converged
    assert made.off > 0.5


def test_margins_of_other_years_are_taken_as_shares_of_the_first() -> None:
    n, dims = np.array([10.0, 20, 30, 40]), {"sex": np.array([0, 0, 1, 1]), "age": np.array([0, 1, 0, 1])}
    one = rake(n, dims, {"sex": {0: 60, 1: 40}, "age": {0: 70, 1: 30}})
    two = rake(n, dims, {"sex": {0: 60, 1: 40}, "age": {0: 7000, 1: 3000}})
    assert one.weight == pytest.approx(two.weight)
    assert (n * one.weight).sum() == pytest.approx(100)


def test_effective_n_is_n_without_weights_and_less_with() -> None:
    assert kish(np.array([10.0, 20.0]), np.array([3.0, 3.0])) == pytest.approx(30)
    assert kish(np.array([1.0, 1.0]), np.array([1.0, 3.0])) == pytest.approx(16 / 10)
    assert kish(np.zeros(2), np.ones(2)) == 0


def test_printed_table_of_deming_and_stephan() -> None:
    """The 2 × 2 idea of the paper: after fitting, odds ratios are what they were."""
    n = np.array([12.0, 7, 9, 40])
    dims = {"a": np.array([0, 0, 1, 1]), "b": np.array([0, 1, 0, 1])}
    fitted = n * rake(n, dims, {"a": {0: 30, 1: 70}, "b": {0: 45, 1: 55}}, most=np.inf).weight
    assert fitted[0] * fitted[3] / (fitted[1] * fitted[2]) == pytest.approx(12 * 40 / (7 * 9))
    assert fitted[:2].sum() == pytest.approx(30)
    assert fitted[[0, 2]].sum() == pytest.approx(45)
