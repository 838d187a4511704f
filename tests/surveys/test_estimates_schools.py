"""Against R's package survey on its own California schools; where the figures are from: data/README.md."""

import numpy as np
import pytest

from app.evidence.surveys.statistics.estimates import Estimate, Grouped, by_group, estimate
from tests.surveys.schools import column, of_type, sample

DIGITS = 1e-6


def close(found: Estimate, **wanted: float) -> None:
    for name, value in wanted.items():
        assert getattr(found, name) == pytest.approx(value, rel=DIGITS), name


@pytest.mark.parametrize(
    ("name", "design", "mean", "se"),
    [
        # A survey analysis example (the package's vignette survey): svymean(~api00, dclus1)
        ("apiclus1", {"cluster": "dnum"}, 644.17, 23.542),
        # ?svymean and ?svydesign: dstrat, srs_design
        ("apistrat", {"stratum": "stype"}, 662.29, 9.4089),
        ("apisrs", {}, 656.58, 9.2497),
    ],
)
def test_printed_means_of_api00(name: str, design: dict[str, str], mean: float, se: float) -> None:
    found = estimate(sample(name, "api00", **design), mean=True)
    assert found.estimate == pytest.approx(mean, abs=0.0051)
    assert found.se == pytest.approx(se, rel=5e-5)


def test_printed_means_by_school_type() -> None:
    """Vignette survey: svyby(~ell+meals, ~stype, design=dclus1, svymean)."""
    printed = {
        "ell": {"E": (29.69444, 1.411617), "H": (15.00000, 5.347065), "M": (22.68000, 2.952862)},
        "meals": {"E": (53.09028, 7.070399), "H": (37.57143, 5.912262), "M": (43.08000, 6.017110)},
    }
    for measure, by_type in printed.items():
        schools = sample("apiclus1", measure, cluster="dnum")
        for kind, (mean, se) in by_type.items():
            found = estimate(schools, inside=of_type("apiclus1", kind), mean=True)
            assert (found.estimate, found.se) == pytest.approx((mean, se), rel=2e-7)


def test_a_share_with_its_design_effect() -> None:
    """survey 4.4-2: svymean(~I(as.numeric(sch.wide == "Yes")), dclus1, deff=TRUE)."""
    found = estimate(sample("apiclus1", "sch_wide", cluster="dnum"))
    close(found, estimate=0.8743169399, se=0.0203594772, deff=0.7074299896, df=14, n=183, clusters=15)


@pytest.mark.parametrize(
    ("name", "design", "measure", "wanted"),
    [
        # survey 4.4-2: m <- svymean(~api00, design, deff=TRUE); confint(m, df=degf(design))
        ("apiclus1", {"cluster": "dnum"}, "api00", (644.16939891, 23.54224069, 9.34586945, 593.67631446, 694.66248335)),
        (
            "apiclus1",
            {"cluster": "dnum", "fpc": False},
            "api00",
            (644.16939891, 23.77901072, 9.53480212, 593.16849326, 695.17030455),
        ),
        (
            "apiclus1",
            {"cluster": "dnum"},
            "enroll",
            (549.71584699, 45.19137234, 2.82289576, 452.78999318, 646.64170081),
        ),
        (
            "apistrat",
            {"stratum": "stype"},
            "api00",
            (662.28736316, 9.40894080, 1.20445727, 643.73218827, 680.84253805),
        ),
        (
            "apistrat",
            {"stratum": "stype"},
            "enroll",
            (595.282137136, 18.508510959, 0.362018122, 558.781890728, 631.782383543),
        ),
        ("apisrs", {}, "api00", (656.585, 9.24972204, 1.0, 638.34495009, 674.82504991)),
        (
            "apistrat",  # svydesign(id=~dnum, strata=~stype, weights=~pw, nest=TRUE): clusters within strata
            {"stratum": "stype", "cluster": "dnum", "fpc": False},
            "api00",
            (662.28736316, 11.18963221, 1.70349769, 640.18788193, 684.38684439),
        ),
    ],
)
def test_means_with_design_effect_and_interval(
    name: str, design: dict[str, object], measure: str, wanted: tuple[float, ...]
) -> None:
    found = estimate(sample(name, measure, **design), mean=True)  # type: ignore[arg-type]
    close(found, **dict(zip(("estimate", "se", "deff", "low", "high"), wanted, strict=True)))


@pytest.mark.parametrize(
    ("kind", "wanted", "share"),
    [
        # d <- subset(dclus1, stype=="…"); degf(d), confint(svymean(~api00, d, deff=TRUE), df=degf(d))
        ("E", (14, 144, 648.868055556, 22.362408894, 6.583673525, 600.905458650, 696.830652461),
         (0.916666667, 0.020984279, 0.849412052)),
        ("H", (7, 14, 618.571428571, 38.020249359, 2.228259317, 528.667824885, 708.475032258),
         (0.785714286, 0.091461910, 0.665565021)),
        ("M", (11, 25, 631.44, 31.609465227, 2.163899720, 561.868036116, 701.011963884),
         (0.68, 0.109502248, 1.362771041)),
    ],
)  # fmt: skip
def test_subgroup_counts_units_without_members(kind: str, wanted: tuple[float, ...], share: tuple[float, ...]) -> None:
    inside = of_type("apiclus1", kind)
    found = estimate(sample("apiclus1", "api00", cluster="dnum"), inside=inside, mean=True)
    close(found, **dict(zip(("df", "n", "estimate", "se", "deff", "low", "high"), wanted, strict=True)))
    found = estimate(sample("apiclus1", "sch_wide", cluster="dnum"), inside=inside)
    close(found, **dict(zip(("estimate", "se", "deff"), share, strict=True)))


def test_subgroup_of_a_simple_sample() -> None:
    """d <- subset(srs, stype=="H"): 25 of 200 schools, of which 6194 there are."""
    found = estimate(sample("apisrs", "api00"), inside=of_type("apisrs", "H"), mean=True)
    close(found, estimate=605.36, se=21.9266446973, deff=0.9648241206, df=24, low=560.1056295478, high=650.6143704522)


def test_groups_are_the_subgroups() -> None:
    schools = sample("apiclus1", "api00", cluster="dnum")
    codes = np.where(of_type("apiclus1", "E"), 0, np.where(of_type("apiclus1", "H"), 1, -1))
    found = by_group(schools, codes, mean=True)
    assert set(found) == {0, 1}
    assert found[1] == estimate(schools, inside=codes == 1, mean=True)


@pytest.mark.parametrize(
    ("name", "measure", "design", "wanted"),
    [
        # svymean(~acs.46, dclus1, na.rm=TRUE, deff=TRUE); svymean(~acs.core, dstrat, na.rm=TRUE, deff=TRUE)
        ("apiclus1", "acs_46", {"cluster": "dnum"}, (29.0509554140, 0.4867254619, 5.6425840661, 14, 157)),
        ("apistrat", "acs_core", {"stratum": "stype"}, (27.2386196814, 0.3459793597, 1.2479421681, 103, 106)),
    ],
)
def test_missing_answers_are_outside_and_still_asked(
    name: str, measure: str, design: dict[str, str], wanted: tuple[float, ...]
) -> None:
    found = estimate(sample(name, measure, **design), inside=~np.isnan(column(name, measure)), mean=True)
    close(found, **dict(zip(("estimate", "se", "deff", "df", "n"), wanted, strict=True)))


def test_printed_subpopulation_of_the_artificial_sample() -> None:
    """Vignette domain: svyby(~x, ~I(x>4), design=dfpc, svymean): 3.314286 (0.3117042), 6.195000 (0.7555129).

    The smaller values have one unit in each stratum: no degree of freedom is left, degf(subset(dfpc, x<=4)) is 0.
    """
    x = np.array([2.8, 4.1, 6.8, 6.8, 9.2, 3.7, 6.6, 4.2])
    weight, stratum = np.array([3.0] * 5 + [4.0] * 3), np.array([1] * 5 + [2] * 3)
    made = Grouped(np.ones(8), x, x * x, weight, stratum, np.arange(8))
    large, small = estimate(made, inside=x > 4, mean=True), estimate(made, inside=x <= 4, mean=True)
    assert (large.estimate, large.se, large.df) == pytest.approx((6.195, 0.7555129, 4))
    assert (small.estimate, small.se, small.df) == pytest.approx((3.314286, 0.3117042, 0))
    assert (small.low, small.high) == (None, None)
    corrected = Grouped(np.ones(8), x, x * x, weight, stratum, np.arange(8), np.array([15.0] * 5 + [12.0] * 3))
    assert estimate(corrected, mean=True).se == pytest.approx(0.61604072, rel=1e-6)  # ?fpc: svymean(~x, dfpc)


def test_printed_lone_units_are_centred_at_the_mean_of_all() -> None:
    """tests/lonely.psu.Rout.save of the package: "adjust" prints 644.17 (5.8281), leaving them out 5.8058."""
    schools = sample("apiclus1", "api00", fpc=False)
    district = np.array(column("apiclus1", "dnum"), dtype=np.int64)
    made = Grouped(schools.n, schools.y, schools.yy, schools.weight, district, None)
    found = estimate(made, mean=True)
    assert found.se == pytest.approx(5.8280579, rel=1e-6)
    assert found.df == 168
    assert found.lone == (413,)


def test_a_lone_unit_that_is_all_there_is_is_not_named() -> None:
    """The same print-out, fpc of district 413 = 1 and of all others 1000: 5.7344."""
    schools = sample("apiclus1", "api00", fpc=False)
    district = np.array(column("apiclus1", "dnum"), dtype=np.int64)
    size = np.where(district == 413, 1.0, 1000.0)
    found = estimate(Grouped(schools.n, schools.y, schools.yy, schools.weight, district, None, size), mean=True)
    assert found.se == pytest.approx(5.7344, rel=1e-5)
    assert found.lone == ()


def test_printed_design_effects_with_and_without_replacement() -> None:
    """tests/deff.Rout.save of the package: des.srs 1.0101 (SE 35.626)."""
    y = np.array([15, 143, 21, 51, 337, 50, 274, 145, 15, 86], float)
    one = Grouped(np.ones(10), y, y * y, np.full(10, 100.0), np.zeros(10, int), None)
    found = estimate(one, mean=True)
    assert (found.estimate, found.se, found.deff) == pytest.approx((113.7, 35.626, 1.0101), rel=2e-5)
    # weights that do not count the population: "replace", printed for des.pps as 1.9741 (SE 48.752)
    pps = np.array([20, 200, 11, 25, 550, 30, 250, 100, 10, 55], float)
    found = estimate(Grouped(np.ones(10), y, y * y, pps / pps.mean(), np.zeros(10, int), None), mean=True)
    assert (found.estimate, found.se, found.deff) == pytest.approx((243.914, 48.752, 1.9741), rel=3e-5)
