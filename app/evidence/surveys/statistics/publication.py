"""Rules for what everybody may see: no group under 30, no cell under 5, nothing that subtraction brings back.

A table of counts stands with its row totals, column totals and grand total. A hidden cell is safe when at least two
different tables of whole numbers from 0 on agree with all that is shown. Cells are the edges of a graph between rows
and columns; a cell can change exactly when it lies on a ring of hidden cells that are raised and lowered in turn
(L. H. Cox, Suppression methodology and statistical disclosure control, JASA 75 (1980) 377–385; D. Gusfield, A graph
theoretic approach to statistical data security, SIAM J. Computing 17 (1988) 552–571).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from app.evidence.surveys.statistics.estimates import Bools, Ints

LEAST_GROUP = 30
LEAST_CELL = 5


@dataclass(frozen=True)
class Closed:
    """A list with its total. `mask`: cells without a number. `silent`: of none it is said either that it is small."""

    mask: Bools
    silent: bool = False

    def between(self, counts: Ints, wanted: Bools) -> tuple[int, int]:
        """Return what a reader knows of the sum of the wanted cells: (at least, at most)."""
        small = self.mask & (counts < LEAST_CELL)
        low = np.where(self.mask, np.where(small, 1, LEAST_CELL), counts)
        high = np.where(self.mask, np.where(small, LEAST_CELL - 1, counts.sum()), counts)
        if self.silent:
            low, high = np.where(self.mask, 0, counts), np.where(self.mask, counts.sum(), counts)
        total = int(counts.sum())
        least = max(int(low[wanted].sum()), total - int(high[~wanted].sum()))
        return least, min(int(high[wanted].sum()), total - int(low[~wanted].sum()))


def close_list(counts: Ints, lost: Callable[[Bools], int] = lambda _mask: 0) -> Closed:
    """Decide what to hide of a list of counts whose total is shown, and 0 too.

    A cell of 1 to LEAST_CELL − 1 is told as that; those hidden with it as nothing, so that a reader knows that they are
    no small ones. They are as many as let every small one be each of 1 to LEAST_CELL − 1. lost: what a mask costs; of
    equal price the smaller cell is taken.
    """
    small = (counts > 0) & (counts < LEAST_CELL)
    mask = small.copy()
    if not small.any():
        return Closed(mask)
    while (counts[mask & ~small] - LEAST_CELL).sum() < LEAST_CELL - 2:
        left = np.flatnonzero(~mask & (counts >= LEAST_CELL)).tolist()
        if not left:
            return Closed(np.ones_like(mask), silent=True)
        enough = [place for place in left if counts[place] >= 2 * LEAST_CELL - 2] or left
        mask[min(enough, key=lambda place: (lost(mask | (np.arange(len(counts)) == place)), counts[place]))] = True
    return Closed(mask)


def close_rows(n: Ints, shut: Bools) -> Bools:
    """Decide which groups to hide.

    Groups of fewer than LEAST_GROUP, those that are shut anyway, and where there are such, others, the smallest first,
    until they are two with LEAST_GROUP between them: subtraction finds them together.
    """
    found = shut | (n < LEAST_GROUP)
    if not found.any():
        return found
    for place in np.argsort(n, kind="stable").tolist():
        if found.sum() >= 2 and n[found].sum() >= LEAST_GROUP:
            break
        found[place] = True
    return found


def hidden(counts: Ints, *, groups: bool = True, least_cell: int = LEAST_CELL, least_group: int = LEAST_GROUP) -> Bools:
    """Mark cells that must not be shown while all totals are. Shape as `counts`: groups by answers.

    groups: a row with fewer than `least_group` people is hidden as a whole. A single row (or column) is a list with
    its total.
    """
    table = np.asarray(counts)
    mask = table < least_cell
    if groups:
        mask = mask | (table.sum(axis=1) < least_group)[:, None]
    return complement(table, mask)


def complement(counts: Ints, mask: Bools) -> Bools:
    """Add cells to `mask`, of the smallest counts, until no hidden cell can be worked out."""
    table, found = np.asarray(counts), np.array(mask, bool)
    if 1 in table.shape:
        return _of_list(table, found)
    while True:
        before = int(found.sum())
        for row, column in np.argwhere(found).tolist():
            if not movable(table, found, row, column):
                found = found | _ring(table, found, row, column)
        if int(found.sum()) == before:
            return found


def movable(counts: Ints, mask: Bools, row: int, column: int) -> bool:
    """Decide whether a hidden cell could have another value, all totals and shown cells being as they are."""
    value = counts[row, column] > 0
    return _reaches(counts, mask, row, column, rising=True) or (
        bool(value) and _reaches(counts, mask, row, column, rising=False)
    )


def _reaches(counts: Ints, mask: Bools, row: int, column: int, *, rising: bool) -> bool:
    """Whether raising (or lowering) the cell by one can be made good by others, one after the other."""
    up, down = mask.copy(), mask & (counts > 0)
    up[row, column] = down[row, column] = False
    # a raised cell is made good in its column by one that is lowered, that one in its row by one that is raised, …
    first, second = (down, up) if rising else (up, down)
    rows, columns = np.zeros(counts.shape[0], bool), np.zeros(counts.shape[1], bool)
    columns[column] = True
    while True:
        more_rows = rows | first[:, columns].any(axis=1)
        more_columns = columns | second[more_rows, :].any(axis=0)
        if more_rows[row]:
            return True
        if (more_rows == rows).all() and (more_columns == columns).all():
            return False
        rows, columns = more_rows, more_columns


def _ring(counts: Ints, mask: Bools, row: int, column: int) -> Bools:
    """The cheapest rectangle that lets the cell rise: its two neighbours must be above 0.

    Without one, the other cells of its row and column; where they are hidden already, everything.
    """
    ring = np.zeros_like(mask)
    price = np.where(mask, 0.0, counts + 1.0)
    in_row = np.where(counts[row] > 0, price[row], np.inf)
    in_column = np.where(counts[:, column] > 0, price[:, column], np.inf)
    sums = price + in_row[None, :] + in_column[:, None]
    sums[row, :] = np.inf
    sums[:, column] = np.inf
    best = int(np.argmin(sums))
    if np.isfinite(sums.flat[best]):
        other, across = divmod(best, counts.shape[1])
        ring[[row, other, other], [across, column, across]] = True
        return ring
    ring[row, :] = ring[:, column] = True
    return ring if (ring & ~mask).any() else np.ones_like(mask)


def _of_list(counts: Ints, mask: Bools) -> Bools:
    """One row or column with its total: at least two hidden, and not all of them 0."""
    flat, found = counts.ravel(), mask.ravel().copy()
    if not found.any():
        return mask
    for place in np.argsort(flat, kind="stable"):
        if found.sum() >= 2 and flat[found].sum() > 0:
            break
        found[place] = True
    return found.reshape(counts.shape)
