"""Decide whether figures of sets of villages may stand beside those of districts (docs/decisions/025-awareness.md).

A set of villages and the districts lie across each other: figures of both, subtracted, give the figure of a part. Parts
are the edges of a graph between districts and sets, what is shown are the sums at its nodes. A sum of parts follows
from them exactly where the edges are a directed cut: those of every district that has a part in some of the sets, and
do not lie in these sets (a non-negative vector of the cut space of a graph is a sum of directed cuts; D. Gusfield, A
graph theoretic approach to statistical data security, SIAM J. Computing 17 (1988) 552–571). So it is enough to look at
these: one for every choice of sets.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np

from app.evidence.results.cells import Bools, Words
from app.evidence.results.figures import Part
from app.evidence.surveys.statistics.publication import LEAST_CELL, LEAST_GROUP

HIDDEN = ""
"""In place of the code of every district whose figure is not shown: what they are together follows from the total."""


def may_split(part: Part, index: int, sets: Sequence[Bools], *, least_villages: int = 2) -> bool:
    """Decide whether the figure of an item may be shown of each of these disjoint sets of cells.

    Sets are of whole villages and stand with the total and all districts that are shown. The cells of no set are one
    too: their figure is the rest.

    Every set, and every part that subtraction finds, needs `least_villages` villages, LEAST_GROUP answers, and
    LEAST_CELL who say so and who do not.
    """
    item, hiding = part.survey.items[index], part.hiding
    measure = part.survey.definition.by_measure.get(item.key) if item.group == "measure" else None
    if measure is None or hiding.as_sum(measure) is None or hiding.conditions(item) or not hiding.shows(item):
        return False
    rest = ~np.logical_or.reduce(list(sets))
    every = [rows for rows in (*sets, rest) if rows.any()]
    open_ones = sorted(hiding.open_groups(index, "district"))
    merged = np.where(np.isin(part.cells.district, open_ones), part.cells.district, HIDDEN)
    found = [*every, *_cuts(part.cells.district, every), *_cuts(merged, every)]
    return all(_is_safe(part, index, rows, least_villages) for rows in found)


def _cuts(district: Words, sets: Sequence[Bools]) -> Iterator[Bools]:
    """What follows by subtraction."""
    for many in range(1, len(sets)):
        for chosen in combinations(sets, many):
            within = np.logical_or.reduce(chosen)
            yield np.isin(district, np.unique(district[within])) & ~within


def _is_safe(part: Part, index: int, rows: Bools, least_villages: int) -> bool:
    n, yes = (round(float(one)) for one in part.cells.sums[rows, index, :2].sum(axis=0))
    if not part.cells.people[rows].sum():
        return True
    villages = len(np.unique(part.cells.place[rows]))
    return villages >= least_villages and n >= LEAST_GROUP and min(yes, n - yes) >= LEAST_CELL
