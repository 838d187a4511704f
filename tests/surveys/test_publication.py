"""What stays hidden when everything that is shown is put together, tried out as somebody would who wants to know."""

import numpy as np
import pytest
from scipy.optimize import linprog

from app.evidence.surveys.statistics.publication import complement, hidden, movable

SEEDS = range(60)


def totals_of(shape: tuple[int, int]) -> np.ndarray:
    """What every row total and column total is made of."""
    rows, columns = shape
    return np.vstack([np.kron(np.eye(rows), np.ones(columns)), np.kron(np.ones(rows), np.eye(columns))])


def worked_out(counts: np.ndarray, mask: np.ndarray) -> list[tuple[int, int]]:
    """Hidden cells of which only one value agrees with all totals, shown cells and that no count is below 0."""
    cells = mask.ravel()
    if not cells.any():
        return []
    system = totals_of(counts.shape)[:, cells]
    known = totals_of(counts.shape) @ counts.ravel() - totals_of(counts.shape)[:, ~cells] @ counts.ravel()[~cells]
    found = []
    for place, (row, column) in enumerate(np.argwhere(mask)):
        goal = np.zeros(int(cells.sum()))
        goal[place] = 1
        low = linprog(goal, A_eq=system, b_eq=known, bounds=(0, None), method="highs").fun
        high = -linprog(-goal, A_eq=system, b_eq=known, bounds=(0, None), method="highs").fun
        if high - low < 0.999:
            found.append((int(row), int(column)))
    return found


def table(seed: int) -> np.ndarray:
    chance = np.random.default_rng(seed)
    shape = int(chance.integers(2, 8)), int(chance.integers(2, 6))
    return chance.poisson(float(chance.choice([3, 8, 20])), shape) * chance.integers(0, 4, shape)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_hidden_cell_can_be_worked_out(seed: int) -> None:
    counts = table(seed)
    mask = hidden(counts)
    assert mask[counts < 5].all()
    assert mask[counts.sum(axis=1) < 30].all()
    # where a whole row or column is shown to be 0, its zeros are said by the total itself
    nobody = (counts.sum(axis=1) == 0)[:, None] | (counts.sum(axis=0) == 0)[None, :]
    assert [cell for cell in worked_out(counts, mask) if not nobody[cell]] == []


def test_without_the_second_step_it_could_be() -> None:
    """The trial finds what it should find: the test above can fail."""
    counts = np.array([[40, 3, 20], [33, 12, 50], [100, 60, 7]])
    assert worked_out(counts, counts < 5) == [(0, 1)]


@pytest.mark.parametrize("seed", SEEDS)
def test_movable_says_what_the_linear_programme_says(seed: int) -> None:
    counts = table(seed)
    mask = np.random.default_rng(seed + 1000).random(counts.shape) < 0.45
    fixed = [
        (int(row), int(column)) for row, column in np.argwhere(mask) if not movable(counts, mask, int(row), int(column))
    ]
    assert fixed == worked_out(counts, mask)


def test_a_bridge_between_two_rings_is_found() -> None:
    """Every row and column hides two cells, and yet (2, 2) is what is left over: counting them is not enough."""
    mask = np.zeros((5, 5), bool)
    mask[:2, :2] = mask[3:, 3:] = True
    mask[2, 1] = mask[2, 3] = True
    counts = np.full((5, 5), 20)
    assert worked_out(counts, mask) == [(2, 1), (2, 3)]
    closed = complement(counts, mask)
    assert worked_out(counts, closed) == []


def test_zeros_alone_do_not_protect_each_other() -> None:
    """Two hidden zeros in a row are known from their sum, 0."""
    counts = np.array([[0, 0, 50], [40, 40, 40], [40, 40, 40]])
    assert worked_out(counts, counts < 5) == [(0, 0), (0, 1)]
    assert worked_out(counts, hidden(counts)) == []


def test_a_group_under_30_takes_a_sibling_with_it() -> None:
    """The hidden row has no small cell: only that it is few. One more row goes, or it were the rest of the total."""
    counts = np.array([[10, 12], [60, 80], [70, 90], [500, 400]])
    mask = hidden(counts)
    assert mask[0].all()
    assert mask[1:].any()
    assert worked_out(counts, mask) == []


def test_nothing_small_hides_nothing() -> None:
    assert not hidden(np.array([[50, 60], [70, 80]])).any()


def test_the_cheapest_cells_go() -> None:
    counts = np.array([[40, 3, 20], [33, 12, 50], [100, 60, 7]])
    mask = hidden(counts)
    assert int(mask.sum()) == 4
    assert int(counts[mask].sum()) == 3 + 20 + 12 + 50


def test_a_single_row_is_a_list_with_its_total() -> None:
    mask = hidden(np.array([[2, 90, 40]]))
    assert mask.tolist() == [[True, False, True]]
    assert hidden(np.array([[0, 0, 90, 40]])).tolist() == [[True, True, False, True]]
    assert hidden(np.array([[90, 40]])).tolist() == [[False, False]]
    assert hidden(np.array([[50], [3], [60]]), groups=False).tolist() == [[True], [True], [False]]


def test_tables_with_the_same_totals_stay_closed_together() -> None:
    """District × sex and district × age share the districts' totals; both are put into one system."""
    chance = np.random.default_rng(5)
    sex = chance.integers(2, 60, (6, 2))
    age = np.array([chance.multinomial(total, [0.05, 0.25, 0.3, 0.4]) for total in sex.sum(axis=1)])
    masks = [hidden(one) for one in (sex, age)]
    assert masks[0].any()
    assert masks[1].any()
    for one, mask in zip((sex, age), masks, strict=True):
        assert worked_out(one, mask) == []
    joint = np.block(
        [
            [totals_of(sex.shape)[:, masks[0].ravel()], np.zeros((8, int(masks[1].sum())))],
            [np.zeros((10, int(masks[0].sum()))), totals_of(age.shape)[:, masks[1].ravel()]],
        ]
    )
    free = np.linalg.svd(joint)[2][np.linalg.matrix_rank(joint) :]
    assert (np.abs(free).max(axis=0) > 1e-9).all(), "no hidden cell is determined by the joint system"
