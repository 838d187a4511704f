"""What holds for every sample: groups stand for their people, limits stay where they belong."""

import numpy as np
import pytest

from app.evidence.surveys.statistics import estimates
from app.evidence.surveys.statistics.estimates import Estimate, Grouped, by_group, estimate
from app.evidence.surveys.statistics.intervals import wilson

Z = 1.959963984540054
SEEDS = range(25)


def people_of(seed: int, *, clusters: bool, share: bool) -> tuple[Grouped, Grouped, np.ndarray, np.ndarray]:
    """The same people as groups and one by one, with a subgroup of each."""
    chance = np.random.default_rng(seed)
    rows = int(chance.integers(8, 60))
    count = chance.integers(0 if clusters else 1, 9, rows)
    stratum, unit = chance.integers(0, 3, rows), chance.integers(0, 5, rows)
    weight = chance.uniform(0.2, 4, rows)
    values = [chance.integers(0, 2, one) if share else chance.normal(5, 3, one) for one in count]
    inside = chance.random(rows) < 0.6
    inside[0], inside[count > 0] = True, inside[count > 0]
    size = 40.0 + 10 * stratum if seed % 2 and clusters else 9000.0 + stratum if seed % 2 else None
    many = Grouped(
        count.astype(float), np.array([one.sum() for one in values], float),
        np.array([(one.astype(float) ** 2).sum() for one in values]), weight, stratum, unit if clusters else None, size,
    )  # fmt: skip
    # people who were asked and did not answer keep their cluster: a row with n = 0
    each = np.repeat(np.arange(rows), np.maximum(count, 1))
    n = np.concatenate([np.ones(one) if one else np.zeros(1) for one in count])
    y = np.concatenate([one.astype(float) if len(one) else np.zeros(1) for one in values])
    single = Grouped(
        n, y, y * y, weight[each], stratum[each], unit[each] if clusters else None, None if size is None else size[each]
    )
    return many, single, inside, inside[each]


def same(one: Estimate, two: Estimate) -> None:
    for name in ("estimate", "se", "df", "low", "high", "deff", "effective"):
        wanted = getattr(two, name)
        near = wanted if wanted is None else pytest.approx(wanted, rel=1e-9, abs=1e-12)
        assert getattr(one, name) == near, name
    assert (one.n, one.clusters, one.lone) == (two.n, two.clusters, two.lone)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("clusters", [True, False])
@pytest.mark.parametrize("share", [True, False])
def test_groups_give_exactly_what_their_people_give(seed: int, clusters: bool, share: bool) -> None:
    many, single, part, part_single = people_of(seed, clusters=clusters, share=share)
    same(estimate(many, mean=not share), estimate(single, mean=not share))
    same(estimate(many, inside=part, mean=not share), estimate(single, inside=part_single, mean=not share))


@pytest.mark.parametrize("seed", SEEDS)
def test_variance_is_the_formula_written_out(seed: int) -> None:
    """v = Σ_h (1 − f_h)·n_h/(n_h − 1)·Σ_c (z_hc − z̄_h)², with loops and nothing else."""
    _many, single, _part, part = people_of(seed, clusters=True, share=False)
    inside = part & (single.n > 0)
    total = single.weight[inside].sum()
    p = (single.weight * single.y)[inside].sum() / total
    v = 0.0
    assert single.cluster is not None
    for h in np.unique(single.stratum):
        here = single.stratum == h
        z = [
            sum(
                single.weight[k] * (single.y[k] - p) / total
                for k in np.flatnonzero(here & (single.cluster == c) & inside)
            )
            for c in np.unique(single.cluster[here])
        ]
        rate = 1.0 if single.population is None else 1 - len(z) / single.population[here][0]
        middle = sum(z) / len(z)
        v += rate * (sum(one**2 for one in z) if len(z) == 1
                     else len(z) / (len(z) - 1) * sum((one - middle) ** 2 for one in z))  # fmt: skip
    assert estimate(single, inside=part, mean=True).se == pytest.approx(v**0.5, rel=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_limits_of_a_share_stay_between_0_and_1_around_it(seed: int) -> None:
    many, _single, _part, _ = people_of(seed, clusters=True, share=True)
    found = estimate(many)
    assert found.low is not None
    assert found.high is not None
    assert 0 <= found.low <= (found.estimate or 0) <= found.high <= 1


@pytest.mark.parametrize(
    ("yes", "n", "low", "high"),
    [
        # Newcombe, Two-sided confidence intervals for the single proportion, Stat. Med. 17 (1998) 857–872, table I
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_as_printed(yes: int, n: int, low: float, high: float) -> None:
    assert wilson(yes / n, n, Z) == pytest.approx((low, high), abs=5e-5)


def simple(yes: float, n: int) -> Grouped:
    return Grouped(np.array([n * 1.0]), np.array([yes]), np.array([yes]), np.ones(1), np.zeros(1, int), None)


def test_at_0_and_100_percent_the_planned_design_effect_speaks() -> None:
    for yes in (0.0, 50.0):
        found = estimate(simple(yes, 50), planned_deff=2.0)
        assert found.se == 0
        assert found.effective == 25
        low, high = wilson(yes / 50, 25, 2.009575)  # t with 49 degrees of freedom
        assert (found.low, found.high) == pytest.approx((low, high), abs=1e-6)
    assert estimate(simple(0, 50)).low == 0
    assert estimate(simple(50, 50)).high == 1


def test_clusters_that_all_agree_do_not_make_a_share_certain() -> None:
    four = Grouped(np.full(4, 10.0), np.full(4, 5.0), np.full(4, 5.0), np.ones(4), np.zeros(4, int), np.arange(4))
    found = estimate(four, planned_deff=1.6)
    assert found.effective == 25
    assert (found.low or 0) < 0.3


def test_everybody_asked_leaves_nothing_to_be_unsure_of() -> None:
    whole = Grouped(
        np.array([50.0]), np.array([20.0]), np.array([20.0]), np.ones(1), np.zeros(1, int), None, np.array([50.0])
    )
    found = estimate(whole)
    assert (found.estimate, found.se, found.low, found.high) == (0.4, 0, 0.4, 0.4)


def test_nobody_inside_gives_no_number() -> None:
    found = estimate(simple(5, 10), inside=np.array([False]))
    assert (found.estimate, found.se, found.low, found.n) == (None, None, None, 0)


def test_one_cluster_has_no_interval_and_is_named() -> None:
    one = Grouped(np.array([30.0]), np.array([12.0]), np.array([12.0]), np.ones(1), np.array([7]), np.array([1]))
    found = estimate(one)
    assert (found.estimate, found.df, found.low, found.high, found.lone) == (0.4, 0, None, None, (7,))


def test_a_population_smaller_than_the_sample_is_refused() -> None:
    for size in (np.array([3.0, 3.0]), np.array([30.0, 40.0])):
        two = Grouped(np.array([2.0, 2.0]), np.ones(2), np.ones(2), np.ones(2), np.zeros(2, int), None, size)
        with pytest.raises(ValueError):
            estimate(two)


def test_another_question_of_the_same_design_is_the_same_as_made_anew() -> None:
    many, _single, _part, _ = people_of(3, clusters=True, share=True)
    estimate(many)
    other = many.measured(many.n, many.n - many.y, many.n - many.y)
    anew = Grouped(many.n, many.n - many.y, many.n - many.y, many.weight, many.stratum, many.cluster, many.population)
    same(estimate(other), estimate(anew))
    assert "units" in other.__dict__


def test_self_selected_answers_lose_their_interval() -> None:
    found = estimate(simple(20, 50)).without_interval()
    assert (found.estimate, found.low, found.high, found.se, found.n) == (0.4, None, None, None, 50)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("clusters", [True, False])
@pytest.mark.parametrize("most", [0, estimates.TABLE])
def test_all_groups_at_once_are_each_group_alone(
    seed: int, clusters: bool, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(estimates, "TABLE", most)
    many, _single, _part, _ = people_of(seed, clusters=clusters, share=False)
    group = np.random.default_rng(seed).integers(-1, 6, len(many.n)) * 7
    found = by_group(many, group, mean=True)
    assert set(found) == {int(code) for code in np.unique(group) if code >= 0}
    for code, one in found.items():
        same(one, estimate(many, inside=group == code, mean=True))


def certain_and_drawn() -> tuple[Grouped, Grouped]:
    """Three villages that were certain (strata 1 to 3) and five that were drawn (stratum 0): as groups, and with the
    people of the certain ones written as clusters of one."""
    n = np.array([60, 40, 50, 25, 25, 25, 25, 25.0])
    y = np.array([45, 10, 30, 10, 12, 9, 14, 11.0])
    weight, stratum = np.array([500, 450, 360, 100, 110, 90, 80, 120.0]), np.array([1, 2, 3, 0, 0, 0, 0, 0])
    many = Grouped(n, y, y, weight, stratum, np.array([-1, -1, -1, 0, 1, 2, 3, 4]))
    each = np.repeat(np.arange(8), n.astype(int))
    yes = np.concatenate([np.arange(people) < said for people, said in zip(n, y, strict=True)]).astype(float)
    cluster = np.where(stratum[each] > 0, 100 + np.arange(len(each)), each)
    return many, Grouped(np.ones(len(each)), yes, yes, weight[each], stratum[each], cluster)


def test_people_of_a_certain_village_are_units_of_their_own() -> None:
    many, single = certain_and_drawn()
    same(estimate(many), estimate(single))
    found = estimate(many)
    assert (found.clusters, found.df) == (155, 151)
    as_clusters = estimate(Grouped(many.n, many.y, many.yy, many.weight, many.stratum * 0, np.arange(8)))
    assert (found.se or 1) < 0.5 * (as_clusters.se or 0)
    part = np.arange(8) % 2 == 0
    each = np.repeat(np.arange(8), many.n.astype(int))
    same(estimate(many, inside=part), estimate(single, inside=part[each]))


def test_who_was_not_asked_a_question_stays_in_the_design() -> None:
    """Two offices, 100 of 1,000 asked in each, the question put to 50 of them: by hand with z = 0 for the others."""
    people, some = np.array([50.0, 50, 50, 50]), np.array([50.0, 0, 50, 0])
    y, stratum, size = np.array([45.0, 0, 6, 0]), np.array([0, 0, 1, 1]), np.full(4, 1000.0)
    whole = Grouped(people, people * 0, people * 0, np.full(4, 10.0), stratum, None, size)
    found = estimate(whole.measured(some, y, y))
    v, p = 0.0, 51 / 100
    for yes in (45, 6):
        z = np.concatenate([np.full(yes, (1 - p) / 100), np.full(50 - yes, -p / 100), np.zeros(50)])
        v += (1 - 100 / 1000) * 100 / 99 * float(((z - z.mean()) ** 2).sum())
    assert found.se == pytest.approx(v**0.5, rel=1e-12)
    assert (found.n, found.clusters, found.df) == (100, 100, 98)
