"""What may be shown to everybody: no group under 30, no cell under 5, and nothing that subtraction brings back.

A table of counts stands with its row totals, column totals and grand total. A hidden cell is safe when at least two
different tables of whole numbers from 0 on agree with all that is shown. Cells are the edges of a graph between rows
and columns; a cell can change exactly when it lies on a ring of hidden cells that are raised and lowered in turn
(L. H. Cox, Suppression methodology and statistical disclosure control, JASA 75 (1980) 377–385; D. Gusfield, A graph
theoretic approach to statistical data security, SIAM J. Computing 17 (1988) 552–571).
"""

import numpy as np

from app.surveys.estimates import Bools, Ints

LEAST_GROUP = 30
LEAST_CELL = 5


def too_few(n: int) -> bool:
    """A group of which nothing is shown but that it is too small."""
    return n < LEAST_GROUP


def hidden(counts: Ints, *, groups: bool = True, least_cell: int = LEAST_CELL, least_group: int = LEAST_GROUP) -> Bools:
    """Cells that must not be shown while all totals are. Shape as `counts`: groups by answers.

    groups: a row with fewer than `least_group` people is hidden as a whole. A single row (or column) is a list with
    its total.
    """
    table = np.asarray(counts)
    mask = table < least_cell
    if groups:
        mask = mask | (table.sum(axis=1) < least_group)[:, None]
    return complement(table, mask)


def complement(counts: Ints, mask: Bools) -> Bools:
    """`mask` and as many further cells, of the smallest counts, as keep every hidden cell from being worked out."""
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
    """Whether a hidden cell could have another value, all totals and shown cells being as they are."""
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
