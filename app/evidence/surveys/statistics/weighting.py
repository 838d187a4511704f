"""Weight a sample so that it looks like the people it stands for. Pure numpy.

Raking to known margins; to one dimension alone it is post-stratification to its cells (Deming & Stephan, On a least
squares adjustment of a sampled frequency table, Annals of Mathematical Statistics 11 (1940) 427–444), with trimming.
Kish's effective n: Survey Sampling (1965), 11.2C.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from app.evidence.surveys.statistics.estimates import Floats, Ints

CLOSE = 1e-9
NEAR = 1e-6
"""A margin met within this part of its total is met."""
Cell = tuple[str, int]
"""(dimension, code)"""


@dataclass(frozen=True)
class Weights:
    """Weights found for a sample.

    `weight`: of each person of a cell, shape (cells,); their sum over people is that of the margins.

    `empty`: margins that nobody in the sample stands for, and codes in the sample without a margin; then nothing was
    weighted, and every weight is what it was. `off`: the largest miss of a margin, as a part of its total.
    """

    weight: Floats
    effective: float
    empty: tuple[Cell, ...]
    converged: bool
    trimmed: int = 0
    off: float = 0.0


def kish(n: Floats, weight: Floats) -> float:
    """Return (Σw)²/Σw² over people; `n` people in each cell."""
    squares = float((n * weight**2).sum())
    return float((n * weight).sum()) ** 2 / squares if squares else 0.0


def rake(
    cells_n: Floats | Ints,
    dims: Mapping[str, Ints],
    margins: Mapping[str, Mapping[int, float]],
    *,
    base: Floats | None = None,
    most: float = 5.0,
    rounds: int = 500,
) -> Weights:
    """Find weights by cell so that every margin of every dimension in `margins` is met.

    cells_n: people by cell. dims: each dimension's code by cell. margins: total by code; the first dimension's sum
    is the size, the others are taken as shares of it. base: weights to start from. most: no weight above this many
    times the mean (infinity: no trimming). Refuses by `empty`.
    """
    n = np.asarray(cells_n, np.float64)
    start = np.ones(len(n)) if base is None else np.asarray(base, np.float64)
    empty = _empty(n * start, dims, margins)
    if empty or not margins or not n.sum():
        return Weights(start, kish(n, start), empty, converged=False)
    size = float(sum(next(iter(margins.values())).values()))
    sides = [(np.asarray(dims[name]), _targets(dims[name], margin, size)) for name, margin in margins.items()]
    weight = start * size / float((n * start).sum())
    cap = most * size / float(n.sum())
    for _ in range(rounds):
        before = weight
        for codes, target in sides:
            have = np.bincount(codes, n * weight, len(target))
            weight = weight * np.divide(target, have, out=np.zeros_like(target), where=have > 0)[codes]
        weight = np.minimum(weight, cap)
        if np.allclose(weight, before, rtol=CLOSE, atol=0):
            break
    off = max(_miss(n * weight, codes, target) for codes, target in sides)
    at_cap = int(n[weight >= cap * (1 - CLOSE)].sum())
    return Weights(weight, kish(n, weight), (), off <= NEAR, at_cap, off)


def _empty(people: Floats, dims: Mapping[str, Ints], margins: Mapping[str, Mapping[int, float]]) -> tuple[Cell, ...]:
    found: list[Cell] = []
    for name, margin in margins.items():
        present = {int(code) for code in np.unique(np.asarray(dims[name])[people > 0])}
        found += [(name, code) for code, total in margin.items() if total > 0 and code not in present]
        found += [(name, code) for code in sorted(present) if not margin.get(code, 0) > 0]
    return tuple(found)


def _targets(codes: Ints, margin: Mapping[int, float], size: float) -> Floats:
    target = np.zeros(int(np.max(codes)) + 1)
    share = size / sum(margin.values())
    for code, total in margin.items():
        if 0 <= code < len(target):
            target[code] = total * share
    return target


def _miss(people: Floats, codes: Ints, target: Floats) -> float:
    have = np.bincount(codes, people, len(target))
    asked = target > 0
    return float((np.abs(have - target)[asked] / target[asked]).max())
