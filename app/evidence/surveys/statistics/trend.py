"""Fit the line through several independent surveys, and test whether it rises. Pure numpy.

Weighted least squares of the estimates on time with weights 1/v, and a chi-square test of the slope with one degree
of freedom (J. E. Grizzle, C. F. Starmer & G. G. Koch, Analysis of categorical data by linear models, Biometrics 25
(1969) 489–504). Where the variances are those of a share under a common p it is Cochran's and Armitage's test.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import sqrt

import numpy as np
from scipy.special import chdtrc, ndtri

from app.evidence.surveys.statistics.comparing import holm, verdict
from app.evidence.surveys.statistics.estimates import Estimate


@dataclass(frozen=True)
class Trend:
    """The trend of a line.

    `slope`: change by one unit of time. `p`: of the slope; `adjusted`: after Holm over the lines drawn at once.

    `departure`: p of chi-square against the straight line; None with two points only.
    """

    slope: float | None
    se: float | None
    low: float | None
    high: float | None
    p: float | None
    adjusted: float | None
    departure: float | None
    verdict: str


NO_TREND = Trend(None, None, None, None, None, None, None, "none")


def trend(points: Sequence[tuple[float, Estimate]], confidence: float = 0.95) -> Trend:
    """Fit a trend to surveys at times (any unit); "none" with fewer than two times.

    Surveys without an interval are left out.
    """
    known = [(at, one, _variance(one)) for at, one in points if one.low is not None and one.estimate is not None]
    known = [point for point in known if point[2] > 0]
    if len({at for at, _one, _v in known}) < 2:
        return NO_TREND
    x = np.array([at for at, _one, _v in known], np.float64)
    y = np.array([one.estimate for _at, one, _v in known], np.float64)
    w = 1 / np.array([v for _at, _one, v in known], np.float64)
    x0, y0 = float((w * x).sum() / w.sum()), float((w * y).sum() / w.sum())
    sxx = float((w * (x - x0) ** 2).sum())
    slope, se = float((w * (x - x0) * (y - y0)).sum()) / sxx, 1 / sqrt(sxx)
    rest = float((w * (y - y0 - slope * (x - x0)) ** 2).sum())
    half = float(ndtri(1 - (1 - confidence) / 2)) * se
    p = float(chdtrc(1, (slope / se) ** 2))
    departure = float(chdtrc(len(known) - 2, rest)) if len(known) > 2 else None
    low, high = slope - half, slope + half
    return Trend(slope, se, low, high, p, p, departure, verdict(low, high))


def trends(lines: Mapping[str, Sequence[tuple[float, Estimate]]], confidence: float = 0.95) -> dict[str, Trend]:
    """Fit a trend for every dimension, with Holm over those that can be drawn; the verdict is that after Holm."""
    found = {name: trend(points, confidence) for name, points in lines.items()}
    drawn = [name for name, one in found.items() if one.p is not None]
    for name, p in zip(drawn, holm([found[name].p or 0.0 for name in drawn]), strict=True):
        sure = p < 1 - confidence
        found[name] = replace(found[name], adjusted=p, verdict=found[name].verdict if sure else "unsure")
    return found


def _variance(one: Estimate) -> float:
    """se², or at 0 % and 100 % that of Wilson's middle on the effective n."""
    if one.se:
        return one.se**2
    if one.mean or one.low is None or one.high is None or not one.effective:
        return 0.0
    middle = (one.low + one.high) / 2
    return middle * (1 - middle) / one.effective
