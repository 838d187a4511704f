"""Changes, against the tables of the papers that the intervals come from and what R prints."""

from math import inf

import numpy as np
import pytest

from app.evidence.surveys.statistics.comparing import difference, difference_by_cluster, difference_paired, holm
from app.evidence.surveys.statistics.estimates import Estimate, Grouped, estimate
from app.evidence.surveys.statistics.intervals import wilson
from tests.surveys.schools import DATA, column, of_type, sample

Z = 1.959963984540054


def share(yes: int, n: int) -> Estimate:
    """As Newcombe has it: z in place of t, n as it is."""
    p = yes / n
    low, high = wilson(p, n, Z)
    return Estimate(p, (p * (1 - p) / n) ** 0.5, inf, low, high, n, n, 1.0, float(n), ())


@pytest.mark.parametrize(
    ("after", "before", "low", "high"),
    [
        # Newcombe, Stat. Med. 17 (1998) 873–890, table II, method 10, contrasts (a) to (h)
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0000),
        ((10, 10), (0, 10), 0.6075, 1.0000),
    ],
)
def test_independent_shares_as_newcombe_printed_them(
    after: tuple[int, int], before: tuple[int, int], low: float, high: float
) -> None:
    found = difference(share(*before), share(*after))
    assert (found.low, found.high) == pytest.approx((low, high), abs=6e-5)
    assert found.verdict == ("up" if low > 0 else "unsure")


@pytest.mark.parametrize(
    ("cells", "low", "high"),
    [
        # Newcombe, Stat. Med. 17 (1998) 2635–2650, table III, method 10; cells e, f, g, h, the difference is (f − g)/n
        ((36, 12, 2, 0), 0.0569, 0.3404),
        ((20, 12, 2, 16), 0.0562, 0.3292),
        ((18, 12, 2, 18), 0.0562, 0.3290),
        ((36, 14, 0, 0), 0.1528, 0.4167),
        ((35, 14, 0, 1), 0.1461, 0.4175),
        ((18, 14, 0, 18), 0.1441, 0.3963),
        ((2, 97, 1, 0), 0.8721, 0.9854),
        ((1, 97, 1, 1), 0.8736, 0.9850),
        ((0, 29, 1, 0), 0.6666, 0.9882),
        ((2, 98, 0, 0), 0.9178, 0.9945),
        ((1, 98, 0, 1), 0.9171, 0.9916),
        ((0, 30, 0, 0), 0.8395, 1.0000),
        ((53, 0, 0, 1), -0.0729, 0.0729),
        ((54, 0, 0, 0), -0.0664, 0.0664),
        ((30, 0, 0, 24), -0.0358, 0.0358),
    ],
)
def test_the_same_people_as_newcombe_printed_them(cells: tuple[int, ...], low: float, high: float) -> None:
    e, f, g, h = cells
    found = difference_paired(e, g, f, h)
    # the paper's last digit is not always rounded: (1, 97, 1, 1) gives 0.87367 and is printed 0.8736
    assert (found.low, found.high) == pytest.approx((low, high), abs=8e-5)
    assert found.estimate == pytest.approx((f - g) / sum(cells))


def test_mcnemar_exact_on_the_approval_ratings() -> None:
    """Agresti, Categorical Data Analysis, table 10.1 (as in R's ?mcnemar.test): 794, 150, 86, 570.

    R: binom.test(86, 236)$p.value = 3.7159361e-05; Wald SE of the difference 0.0095 (Agresti, 10.1.1).
    """
    found = difference_paired(794, 150, 86, 570)
    assert found.p == pytest.approx(3.7159361e-05)
    assert (found.estimate, found.se) == pytest.approx((-0.04, 0.0095), abs=6e-5)
    assert found.verdict == "down"


def test_nobody_changed_their_answer() -> None:
    found = difference_paired(30, 0, 0, 24)
    assert (found.p, found.verdict) == (1.0, "unsure")
    assert difference_paired(0, 0, 0, 0).verdict == "none"


def test_means_of_two_samples_as_welch() -> None:
    """R: t.test(api00 of E, api00 of M in apistrat): t 1.81721, df 103.832, p 0.072068, −3.4528154 to 79.1128154."""
    name = "apistrat"
    y, ones = column(name, "api00"), np.ones(200)
    made = Grouped(ones, y, y * y, ones, np.zeros(200, int), None)
    sides = [of_type(name, kind) for kind in ("M", "E")]
    apart = [
        estimate(Grouped(*(getattr(made, key)[side] for key in ("n", "y", "yy", "weight", "stratum")), None), mean=True)
        for side in sides
    ]
    found = difference(apart[0], apart[1])
    assert (found.low, found.high) == pytest.approx((-3.4528154, 79.1128154), rel=1e-6)
    assert (found.df, found.p) == pytest.approx((103.832, 0.072068), rel=1e-5)
    assert found.verdict == "unsure"


def test_the_same_clusters_asked_twice() -> None:
    """R survey 4.4-2, api99 and api00 of the same schools of apiclus1 one under the other, svydesign(id=~dnum,
    weights=~pw, fpc=~fpc): svycontrast(svyby(~y, ~year, d, svymean, covmat=TRUE), c(-1, 1)).
    """
    before, after = (sample("apiclus1", year, cluster="dnum") for year in ("api99", "api00"))
    found = difference_by_cluster(before, after, mean=True)
    assert (found.estimate, found.se, found.df) == pytest.approx((37.191256831, 3.085196967, 14), rel=1e-9)
    assert (found.n, found.clusters, found.verdict) == (366, 15, "up")
    apart = difference(estimate(before, mean=True), estimate(after, mean=True))
    assert (apart.se or 0) > 10 * (found.se or 0), "what districts have of their own falls out"


def test_a_share_in_the_same_clusters() -> None:
    """As above with y >= 650: 0.1092896175, SE 0.02546545772."""
    waves = []
    for year in ("api99", "api00"):
        one = sample("apiclus1", year, cluster="dnum")
        y = (one.y >= 650).astype(float)
        waves.append(one.measured(one.n, y, y))
    found = difference_by_cluster(*waves)
    assert (found.estimate, found.se) == pytest.approx((0.1092896175, 0.02546545772), rel=1e-9)
    assert found.low == pytest.approx(0.1092896175 - 2.144786688 * 0.02546545772)


def test_a_change_of_a_subgroup_in_the_same_clusters_drops_no_cluster() -> None:
    inside = of_type("apiclus1", "H")
    waves = [sample("apiclus1", year, cluster="dnum") for year in ("api99", "api00")]
    found = difference_by_cluster(*waves, mean=True, inside_before=inside, inside_after=inside)
    change = column("apiclus1", "api00") - column("apiclus1", "api99")
    own = waves[0].measured(waves[0].n, change, change**2)
    alone = estimate(own, inside=inside, mean=True)
    assert (found.estimate, found.se, found.df) == pytest.approx((alone.estimate, alone.se, alone.df))


def test_without_an_interval_on_one_side_nothing_is_said() -> None:
    one, two = share(30, 100), share(70, 100).without_interval()
    assert difference(one, two).verdict == "none"
    assert difference(one, two).estimate == pytest.approx(0.4)
    assert difference(one, two).low is None


def test_a_fall_is_a_rise_the_other_way_round() -> None:
    one, two = share(48, 80), share(30, 80)
    down, up = difference(one, two), difference(two, one)
    assert (down.verdict, up.verdict) == ("down", "up")
    assert (down.low, down.high) == pytest.approx((-(up.high or 0), -(up.low or 0)))


@pytest.mark.parametrize("seed", range(40))
def test_p_is_under_5_percent_exactly_when_the_interval_leaves_0_out(seed: int) -> None:
    chance = np.random.default_rng(seed)
    n = chance.integers(10, 200, 2)
    one, two = (share(int(chance.integers(0, most + 1)), int(most)) for most in n)
    found = difference(one, two)
    assert found.p is not None
    assert (found.p < 0.05) == (found.verdict != "unsure")
    stricter = difference(one, two, confidence=1 - found.p * 0.999)
    looser = difference(one, two, confidence=1 - min(0.999, found.p * 1.001))
    if 1e-9 < found.p < 0.99:
        assert stricter.verdict == "unsure"
        assert looser.verdict != "unsure"


def test_holm_as_r_adjusts() -> None:
    """R: p.adjust(c(0.01, 0.02, 0.03, 0.04, 0.005), "holm")."""
    assert holm([0.01, 0.02, 0.03, 0.04, 0.005]) == pytest.approx([0.04, 0.06, 0.06, 0.06, 0.025])
    assert holm([]) == []
    assert holm([0.7, 0.6]) == [1.0, 1.0]


def test_the_schools_are_there() -> None:
    assert (DATA / "README.md").exists()


def villages(yes: int, *, people: int = 10, count: int = 6) -> Grouped:
    n, y = np.full(count, float(people)), np.full(count, float(yes))
    return Grouped(n, y, y, np.ones(count), np.zeros(count, int), np.arange(count))


def test_where_no_village_differs_the_planned_effect_of_each_wave_counts() -> None:
    before, after = villages(0), villages(2)
    assert difference_by_cluster(before, after).verdict == "up"
    found = difference_by_cluster(before, after, planned_before=3.0, planned_after=3.0)
    assert found.verdict == "unsure"
    apart = difference(estimate(before, planned_deff=1.5), estimate(after, planned_deff=3.0))
    found = difference_by_cluster(before, after, planned_before=1.5, planned_after=3.0)
    assert (found.low, found.high) == (apart.low, apart.high)


def test_in_a_certain_village_others_were_asked_the_second_time() -> None:
    """The villages that were drawn lose what they have of their own, the certain one is independent."""
    stratum, cluster = np.array([0, 0, 0, 0, 1]), np.array([0, 1, 2, 3, -1])
    n, weight = np.full(5, 40.0), np.array([1.0, 1, 1, 1, 6])
    waves = [Grouped(n, y, y, weight, stratum, cluster) for y in np.array([[4.0, 12, 20, 28, 10], [9, 16, 24, 34, 20]])]
    found = difference_by_cluster(*waves)
    one, two = (estimate(wave).estimate or 0.0 for wave in waves)
    z = [(waves[1].y[k] - two * 40) / 400 - (waves[0].y[k] - one * 40) / 400 for k in range(4)]
    v = 4 / 3 * sum((part - sum(z) / 4) ** 2 for part in z)
    for wave, p in zip(waves, (one, two), strict=True):
        said = wave.y[4]
        each = np.concatenate([np.full(int(said), 1 - p), np.full(int(40 - said), -p)]) * 6 / 400
        v += 40 / 39 * float(((each - each.mean()) ** 2).sum())
    assert found.se == pytest.approx(v**0.5, rel=1e-9)
    assert (found.df, found.lone) == (3 + 39 + 39, ())
