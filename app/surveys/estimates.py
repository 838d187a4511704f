"""Shares and means of a sample with weights, strata and clusters, and how sure they are. Pure numpy.

Taylor linearisation of p = Σwy/Σw (Lumley, Complex Surveys, 2010, ch. 2; Särndal, Swensson & Wretman 1992, 5.5–5.7):
z = w(y − p)/Σw, summed by first-stage unit; v = Σ_h (1 − f_h)·n_h/(n_h − 1)·Σ_c (z_hc − z̄_h)². A subgroup sets z to 0
outside and drops no row, so that a unit without a member of the subgroup still counts in n_h.

Degrees of freedom are units − strata, both counted where they have members of the subgroup, as `degf` of R's package
survey does for a subset. A stratum with a lone unit is named, and its z is taken around the mean of all units, which
is 0 (`survey.lonely.psu = "adjust"`): it adds to the variance and never makes a result look surer than it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
NOTHING = 1e-14
"""A variance below this part of p(1 − p) is a rounding error."""


@dataclass(frozen=True)
class Units:
    """First-stage units, numbered. All by stratum: `count` n_h, `rate` 1 − f_h; by row: `unit`, `stratum`."""

    labels: Ints  # code of each stratum
    stratum: Ints  # place of the row's stratum in labels
    unit: Ints | None  # place of the row's unit; None: every person is a unit
    home: Ints | None  # stratum of each unit
    count: Floats
    rate: Floats


@dataclass(frozen=True)
class Grouped:
    """Rows of people, or groups of equal rows (a single person: n = 1). Every array has the shape (rows,).

    n, y, yy: how many answered, Σy, Σy². weight: of each person of the row. stratum: its code. cluster: code of the
    first-stage unit within its stratum; None: every person is a unit. population: first-stage units in the row's
    stratum (clusters, or people where there are none); None or nan: no finite correction.

    A group stands exactly for its people, with clusters and without.
    """

    n: Floats
    y: Floats
    yy: Floats
    weight: Floats
    stratum: Ints
    cluster: Ints | None
    population: Floats | None = None

    @cached_property
    def units(self) -> Units:
        """Counted over all rows, those outside a subgroup and those with n = 0 included."""
        return _units(self)

    def measured(self, n: Floats, y: Floats, yy: Floats) -> "Grouped":
        """The same design with another question's sums; with clusters the units need not be found anew."""
        other = replace(self, n=n, y=y, yy=yy)
        if self.cluster is not None:
            other.__dict__["units"] = self.units
        return other


@dataclass(frozen=True)
class Estimate:
    """A share or mean. None: not known. `effective`: people that an equally sure simple random sample would have.

    `lone`: codes of strata with one unit only. `df` None and no interval: no person, or fewer than two units.
    """

    estimate: float | None
    se: float | None
    df: float | None
    low: float | None
    high: float | None
    n: int
    clusters: int
    deff: float | None
    effective: float | None
    lone: tuple[int, ...]
    mean: bool = False

    def without_interval(self) -> "Estimate":
        """For people who chose themselves: the number stands, how sure it is cannot be said."""
        return replace(self, se=None, df=None, low=None, high=None, deff=None, effective=None)


def estimate(
    sample: Grouped,
    *,
    inside: Bools | None = None,
    mean: bool = False,
    confidence: float = 0.95,
    planned_deff: float = 1.0,
) -> Estimate:
    """The share (or `mean`) of the rows `inside`, with its interval.

    A share: Wilson's on the effective n with t; at 0 % and 100 %, or where no unit differs from another, on
    n / `planned_deff`. A mean: ± t·se. deff as R's svymean(deff = TRUE): against a simple random sample without
    replacement from Σw people, with replacement where Σw ≤ n (weights that do not count the population).
    """
    part = np.ones(len(sample.n), bool) if inside is None else np.asarray(inside, bool)
    n: Floats = np.where(part, sample.n, 0.0)
    weighted = sample.weight * n
    people, total = float(n.sum()), float(weighted.sum())
    lone = lone_strata(sample)
    if people <= 0 or total <= 0:
        return Estimate(None, None, None, None, None, 0, 0, None, None, lone, mean)
    y, yy = np.where(part, sample.y, 0.0), np.where(part, sample.yy, 0.0)
    p = float((sample.weight * y).sum() / total)
    z = sample.weight * (y - p * n) / total
    zz = sample.weight**2 * (yy - 2 * p * y + p * p * n) / total**2
    v = variance(sample, z, zz)
    clusters, strata = _present(sample, n)
    spread = float((sample.weight * (yy - 2 * p * y + p * p * n)).sum() / total)
    deff = _deff(v, spread, people, total)
    df = float(clusters - strata)
    whole = bool((sample.units.rate <= 0).all())
    effective = _effective(p, v, deff, people, mean=mean, planned_deff=planned_deff, whole=whole)
    low, high = limits(p, float(np.sqrt(v)), effective, df, mean=mean, confidence=confidence)
    return Estimate(p, float(np.sqrt(v)), df, low, high, round(people), clusters, deff, effective, lone, mean)


def by_group(
    sample: Grouped,
    group: Ints,
    *,
    mean: bool = False,
    confidence: float = 0.95,
    planned_deff: float = 1.0,
) -> Mapping[int, Estimate]:
    """An estimate for every code in `group` (shape (rows,)); a negative code belongs to no group."""
    return {
        int(code): estimate(sample, inside=group == code, mean=mean, confidence=confidence, planned_deff=planned_deff)
        for code in np.unique(group[group >= 0])
    }


def variance(sample: Grouped, z: Floats, zz: Floats) -> float:
    """v of the sum of z. z, zz: Σz and Σz² of the people of each row; zz is used where there are no clusters."""
    units = sample.units
    strata = len(units.labels)
    if units.unit is None or units.home is None:
        raw = totals(units.stratum, zz, strata)
        squares = raw - totals(units.stratum, z, strata) ** 2 / np.maximum(units.count, 1)
    else:
        by_unit = totals(units.unit, z, len(units.home))
        centre = totals(units.home, by_unit, strata) / np.maximum(units.count, 1)
        squares = totals(units.home, (by_unit - centre[units.home]) ** 2, strata)
        raw = totals(units.home, by_unit**2, strata)
    several = units.count > 1
    scaled = np.where(several, squares * units.count / np.maximum(units.count - 1, 1), raw)
    return max(0.0, float((units.rate * scaled).sum()))


def totals(code: Ints, values: Floats, count: int) -> Floats:
    """Sums of values by code, for the codes 0 to count − 1."""
    return np.bincount(code, values, count).astype(np.float64, copy=False)


def lone_strata(sample: Grouped) -> tuple[int, ...]:
    """Codes of strata with one unit only, unless that unit is all there is."""
    units = sample.units
    return tuple(int(code) for code in units.labels[(units.count == 1) & (units.rate > 0)])


def limits(
    p: float, se: float, effective: float | None, df: float, *, mean: bool, confidence: float
) -> tuple[float | None, float | None]:
    """Low and high; None without degrees of freedom."""
    if df < 1:
        return None, None
    t = quantile(df, confidence)
    if mean:
        return p - t * se, p + t * se
    if effective is None:
        return p, p
    return wilson(p, effective, t)


def wilson(p: float, n: float, t: float) -> tuple[float, float]:
    """Wilson's score limits (1927) of a share p of n people; `t`: quantile, 1.96 for 95 % of the normal."""
    part = t * t / n
    middle = (p + part / 2) / (1 + part)
    half = t * np.sqrt(max(0.0, p * (1 - p)) / n + part / (4 * n)) / (1 + part)
    low, high = float(middle - half), float(middle + half)
    return (0.0 if p <= 0 else max(0.0, low)), (1.0 if p >= 1 else min(1.0, high))


def quantile(df: float, confidence: float) -> float:
    """Two-sided quantile of Student's t."""
    return float(stdtrit(df, 1 - (1 - confidence) / 2))


def two_sided(value: float | None, se: float | None, df: float | None) -> float | None:
    """p of Student's t against 0; None where it is not known."""
    if value is None or se is None or df is None or df < 1:
        return None
    return 2 * float(stdtr(df, -abs(value) / se)) if se else float(value == 0)


def _effective(
    p: float, v: float, deff: float | None, people: float, *, mean: bool, planned_deff: float, whole: bool
) -> float | None:
    """None: everybody was asked, there is nothing to be unsure of."""
    if mean:
        return people / deff if deff else people
    if whole:
        return None
    spread = p * (1 - p)
    if v <= NOTHING * max(spread, NOTHING):
        return people / planned_deff
    return spread / v


def _deff(v: float, spread: float, people: float, total: float) -> float | None:
    """`spread`: Σw(y − p)²/Σw. None where all answers are equal."""
    if people < 2:
        return None
    simple = spread * people / (people - 1) / people
    if total > people * (1 + 1e-9):
        simple *= (total - people) / total
    return v / simple if simple > NOTHING * max(v, NOTHING) else None


def _present(sample: Grouped, n: Floats) -> tuple[int, int]:
    """How many units and strata have somebody in the subgroup."""
    units = sample.units
    here = n > 0
    strata = int((np.bincount(units.stratum[here], minlength=len(units.labels)) > 0).sum())
    if units.unit is None or units.home is None:
        return round(float(n.sum())), strata
    return int((np.bincount(units.unit[here], minlength=len(units.home)) > 0).sum()), strata


def _units(sample: Grouped) -> Units:
    labels, stratum = np.unique(sample.stratum, return_inverse=True)
    if sample.cluster is None:
        unit = home = None
        count = totals(stratum, sample.n, len(labels))
    else:
        known, cluster = np.unique(sample.cluster, return_inverse=True)
        pairs, unit = np.unique(stratum * len(known) + cluster, return_inverse=True)
        home = pairs // len(known)
        count = totals(home, np.ones(len(home)), len(labels))
    return Units(labels, stratum, unit, home, count, _rates(sample, stratum, count))


def _rates(sample: Grouped, stratum: Ints, count: Floats) -> Floats:
    """1 − n_h/N_h by stratum.

    Raises ValueError where a stratum is said to have fewer units than were asked, or two different numbers of them.
    """
    if sample.population is None:
        return np.ones(len(count))
    known = ~np.isnan(sample.population)
    size = np.full(len(count), np.inf)
    size[stratum[known]] = sample.population[known]
    if (size[stratum[known]] != sample.population[known]).any():
        raise ValueError("population differs within a stratum")
    if (size < count).any():
        raise ValueError("population smaller than the units asked")
    return 1 - count / size
