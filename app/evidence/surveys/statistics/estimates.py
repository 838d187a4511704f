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
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.evidence.surveys.statistics.intervals import limits

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
ALONE = -1
"""In place of a cluster's code: every person of the row is a first-stage unit."""
NOTHING = 1e-14
"""A variance below this part of p(1 − p) is a rounding error."""
LEAST_DF = 2
"""Three units of a stratum."""
TABLE = 4_000_000
"""Up to this many cells, groups by units are counted in a table and not sorted."""


@dataclass(frozen=True)
class Units:
    """First-stage units, numbered. All by stratum: `count` n_h, `rate` 1 − f_h; by row: `unit`, `stratum`."""

    labels: Ints  # code of each stratum
    stratum: Ints  # place of the row's stratum in labels
    unit: Ints  # place of the row's unit; −1: every person is a unit
    home: Ints  # stratum of each unit that is a cluster
    count: Floats
    rate: Floats


@dataclass(frozen=True)
class Grouped:
    """Rows of people, or groups of equal rows (a single person: n = 1). Every array has the shape (rows,).

    n, y, yy: how many answered, Σy, Σy². weight: of each person of the row. stratum: its code. cluster: code of the
    first-stage unit within its stratum; ALONE: every person of the row is a unit, as in a village that was certain to
    be drawn and is a stratum of its own; None: so it is everywhere. population: first-stage units in the row's stratum
    (clusters, or people where there are none); None or nan: no finite correction. asked: people of the row, those who
    were not asked this question included; None: n. Only where people are the units do n_h and f_h hang on it.

    A group stands exactly for its people, with clusters and without.
    """

    n: Floats
    y: Floats
    yy: Floats
    weight: Floats
    stratum: Ints
    cluster: Ints | None
    population: Floats | None = None
    asked: Floats | None = None

    @cached_property
    def units(self) -> Units:
        """Counted over everybody asked, those outside a subgroup and those without this question included."""
        return _units(self)

    def measured(self, n: Floats, y: Floats, yy: Floats) -> "Grouped":
        """Return the same people with another question's sums.

        Who was not asked it stays in the design with z = 0, and the units need not be found anew.
        """
        other = replace(self, n=n, y=y, yy=yy, asked=self.n if self.asked is None else self.asked)
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
        """Drop the interval for people who chose themselves: how sure the number is cannot be said."""
        return replace(self, se=None, df=None, low=None, high=None, deff=None, effective=None)

    def for_readers(self) -> "Estimate":
        """Drop limits with fewer than LEAST_DF degrees of freedom.

        With two villages t is 12.7, and "3 to 95 %" says nothing.
        """
        return self if self.df is None or self.df >= LEAST_DF else replace(self, low=None, high=None)


def estimate(
    sample: Grouped,
    *,
    inside: Bools | None = None,
    mean: bool = False,
    confidence: float = 0.95,
    planned_deff: float = 1.0,
) -> Estimate:
    """Estimate the share (or `mean`) of the rows `inside`, with its interval.

    A share: Wilson's on the effective n with t; at 0 % and 100 %, or where no unit differs from another, on
    n / `planned_deff`. A mean: ± t·se. deff as R's svymean(deff = TRUE): against a simple random sample without
    replacement from Σw people, with replacement where Σw ≤ n (weights that do not count the population).
    """
    group = np.zeros(len(sample.n), np.int64) if inside is None else np.where(inside, 0, -1)
    return _estimates(sample, group, 1, mean, confidence, planned_deff)[0]


def by_group(
    sample: Grouped,
    group: Ints,
    *,
    mean: bool = False,
    confidence: float = 0.95,
    planned_deff: float = 1.0,
) -> Mapping[int, Estimate]:
    """Estimate every code in `group` (shape (rows,)), as `estimate` makes it of one.

    A negative code belongs to no group.
    """
    codes, place = np.unique(group, return_inverse=True)
    outside = int((codes < 0).sum())
    made = _estimates(sample, place - outside, len(codes) - outside, mean, confidence, planned_deff)
    return dict(zip((int(code) for code in codes[outside:]), made, strict=True))


def _estimates(
    sample: Grouped, group: Ints, count: int, mean: bool, confidence: float, planned_deff: float
) -> list[Estimate]:
    """Of the groups 0 to count − 1, all at once: a row belongs to one of them or, negative, to none."""
    sums = _sums(sample, group, count)
    v = variances(sample, sums.rows, sums.group, count, sums.z, sums.zz)
    lone, whole = lone_strata(sample), bool((sample.units.rate <= 0).all())
    made = []
    for people, total, p, spread, clusters, strata, one in zip(*sums.by_group(), v.tolist(), strict=True):
        if people <= 0 or total <= 0:
            made.append(Estimate(None, None, None, None, None, 0, 0, None, None, lone, mean))
            continue
        se, df, deff = sqrt(one), float(clusters - strata), _deff(one, spread, people, total)
        effective = _effective(p, one, deff, people, mean=mean, planned_deff=planned_deff, whole=whole)
        low, high = limits(p, se, effective, df, mean=mean, confidence=confidence)
        made.append(Estimate(p, se, df, low, high, round(people), clusters, deff, effective, lone, mean))
    return made


@dataclass(frozen=True)
class Sums:
    """By group: people, Σw, p, Σw(y − p)²/Σw, units and strata that have somebody. By row of a group (`rows`): the
    group, Σz, Σz²."""

    people: Floats
    total: Floats
    p: Floats
    spread: Floats
    clusters: Ints
    strata: Ints
    rows: Ints
    group: Ints
    z: Floats
    zz: Floats

    def by_group(self) -> tuple[list[Any], ...]:
        return tuple(one.tolist() for one in (self.people, self.total, self.p, self.spread, self.clusters, self.strata))


def _sums(sample: Grouped, group: Ints, count: int) -> Sums:
    rows = np.flatnonzero(group >= 0)
    of, n, y, w, units = group[rows], sample.n[rows], sample.y[rows], sample.weight[rows], sample.units
    people, total = totals(of, n, count), totals(of, w * n, count)
    size = np.where(total > 0, total, 1.0)
    p = totals(of, w * y, count) / size
    squares = sample.yy[rows] - 2 * p[of] * y + p[of] ** 2 * n
    z, zz = w * (y - p[of] * n) / size[of], w**2 * squares / size[of] ** 2
    strata = _present(of, units.stratum[rows], n, count, len(units.labels))
    unit = units.unit[rows]
    alone = unit < 0
    clusters = np.rint(totals(of[alone], n[alone], count)).astype(np.int64)
    clusters += _present(of[~alone], unit[~alone], n[~alone], count, len(units.home))
    return Sums(people, total, p, totals(of, w * squares, count) / size, clusters, strata, rows, of, z, zz)


def _present(group: Ints, code: Ints, n: Floats, count: int, codes: int) -> Ints:
    """In how many of the codes each group has somebody."""
    found = group[n > 0] * codes + code[n > 0]
    if count * codes <= TABLE:
        return np.count_nonzero(np.bincount(found, minlength=count * codes).reshape(count, codes), axis=1)
    return np.bincount(np.unique(found) // codes, minlength=count)


def variances(sample: Grouped, rows: Ints, group: Ints, count: int, z: Floats, zz: Floats) -> Floats:
    """Return v of the sum of z in each group.

    rows: places of the rows that belong to one, and by row the group, Σz and Σz² of its people; Σz² is used where
    people are the units.
    """
    units = sample.units
    strata = len(units.labels)
    unit = units.unit[rows]
    alone = unit < 0
    where = (group * strata + units.stratum[rows])[alone]
    sums, raw = totals(where, z[alone], count * strata), totals(where, zz[alone], count * strata)
    if not alone.all():
        pairs, place = np.unique(group[~alone] * len(units.home) + unit[~alone], return_inverse=True)
        by_unit = totals(place, z[~alone], len(pairs))
        where = pairs // len(units.home) * strata + units.home[pairs % len(units.home)]
        sums, raw = sums + totals(where, by_unit, count * strata), raw + totals(where, by_unit**2, count * strata)
    size = np.tile(units.count, count)
    # Σ(z − z̄)² over all units of the stratum: those without a member of the group have z = 0
    squares = np.where(size > 1, (raw - sums**2 / np.maximum(size, 1)) * size / np.maximum(size - 1, 1), raw)
    return np.maximum(0.0, squares.reshape(count, strata) @ units.rate)


def totals(code: Ints, values: Floats, count: int) -> Floats:
    """Sum values by code, for the codes 0 to count − 1."""
    return np.bincount(code, values, count).astype(np.float64, copy=False)


def lone_strata(sample: Grouped) -> tuple[int, ...]:
    """Return codes of strata with one unit only, unless that unit is all there is."""
    units = sample.units
    return tuple(int(code) for code in units.labels[(units.count == 1) & (units.rate > 0)])


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


def _units(sample: Grouped) -> Units:
    labels, stratum = np.unique(sample.stratum, return_inverse=True)
    cluster = np.full(len(stratum), ALONE) if sample.cluster is None else sample.cluster
    alone = cluster < 0
    people = sample.n if sample.asked is None else sample.asked
    count = totals(stratum[alone], people[alone], len(labels))
    unit, home = np.full(len(stratum), ALONE), np.zeros(0, np.int64)
    if not alone.all():
        known, number = np.unique(cluster[~alone], return_inverse=True)
        pairs, unit[~alone] = np.unique(stratum[~alone] * len(known) + number, return_inverse=True)
        home = pairs // len(known)
        count = count + totals(home, np.ones(len(home)), len(labels))
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
