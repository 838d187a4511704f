"""Lines through several surveys."""

import pytest

from app.evidence.surveys.statistics.estimates import Estimate
from app.evidence.surveys.statistics.trend import trend, trends


def at(value: float, variance: float) -> Estimate:
    se = variance**0.5
    return Estimate(value, se, 100, value - 2 * se, value + 2 * se, 400, 30, 1.0, value * (1 - value) / variance, ())


def test_weighted_line_as_r_draws_it() -> None:
    """R: lm(c(.30, .36, .35, .44) ~ c(0, 1, 2, 4), weights = 1/c(.0004, .0005, .0006, .0003)): slope 0.0330484988,
    its unscaled SE 0.00628425945, weighted residual sum of squares 1.79099307."""
    points = [(0.0, at(0.30, 0.0004)), (1.0, at(0.36, 0.0005)), (2.0, at(0.35, 0.0006)), (4.0, at(0.44, 0.0003))]
    found = trend(points)
    assert (found.slope, found.se) == pytest.approx((0.0330484988, 0.00628425945))
    assert found.departure == pytest.approx(0.40841, abs=2e-5)  # R: pchisq(1.79099307, 2, lower = FALSE)
    assert found.verdict == "up"


def test_smokers_trend_as_in_r() -> None:
    """Fleiss (1981), as in R's ?prop.trend.test: X² = 8.22492, p 0.0041319, with the variance under a common share."""
    sick, asked = (83, 90, 129, 70), (86, 93, 136, 82)
    common = sum(sick) / sum(asked)
    points = [
        (float(k), at(x / n, common * (1 - common) / n)) for k, (x, n) in enumerate(zip(sick, asked, strict=True))
    ]
    found = trend(points)
    assert ((found.slope or 0) / (found.se or 1)) ** 2 == pytest.approx(8.22492, rel=1e-6)
    assert found.p == pytest.approx(0.0041319, rel=1e-4)
    assert found.verdict == "down"


def test_two_surveys_at_one_time_are_no_trend() -> None:
    assert trend([(1.0, at(0.3, 0.001)), (1.0, at(0.5, 0.001))]).verdict == "none"
    assert trend([(1.0, at(0.3, 0.001))]).slope is None


def test_self_selected_surveys_are_left_out() -> None:
    points = [(0.0, at(0.3, 0.001)), (1.0, at(0.9, 0.001).without_interval()), (2.0, at(0.32, 0.001))]
    assert trend(points).slope == pytest.approx(0.01)


def test_a_share_of_0_has_a_variance_too() -> None:
    nothing = Estimate(0.0, 0.0, 49, 0.0, 0.07, 50, 50, None, 50.0, ())
    found = trend([(0.0, nothing), (1.0, at(0.5, 0.002))])
    assert found.verdict == "up"
    assert found.se is not None
    assert found.se > 0.04


def test_holm_over_dimensions_takes_back_a_verdict() -> None:
    lines = {f"d{k}": [(0.0, at(0.30, 0.0005)), (1.0, at(0.366, 0.0005))] for k in range(6)}
    assert trend(lines["d0"]).verdict == "up"
    found = trends(lines)
    assert {one.verdict for one in found.values()} == {"unsure"}
    assert found["d0"].adjusted == pytest.approx(6 * (found["d0"].p or 0))
    assert trends({**lines, "d0": []})["d0"].verdict == "none"
