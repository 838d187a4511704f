"""Draw villages with probability proportional to size, so that anybody can repeat the draw. Pure: no database.

Systematic sampling with a random start (Cochran, *Sampling Techniques*, 3rd ed., 1977, § 9A.8 on unequal
probabilities; WHO/EPI cluster surveys draw alike): the places stand in a fixed order with their sizes added up; from a
random start every I-th person is pointed at, I being all people by the number of places wanted, and the place where
that person lives is drawn. A place larger than I would be pointed at every time: it is taken with certainty, and the
rest is drawn from the others. A fixed order by district and village spreads the draw over the districts by itself.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random

METHOD = "systematic-pps"
MOST_SEED = 10**9


@dataclass(frozen=True)
class Drawn:
    """A place of the sample. `probability`: of being drawn at all; 1 where it was `certain`."""

    place: str
    size: int
    stratum: str
    probability: float

    @property
    def certain(self) -> bool:
        return self.probability >= 1


@dataclass(frozen=True)
class Step:
    """How one stratum was drawn: `interval` people, `start` within it, both None where every place was certain."""

    stratum: str
    places: int
    population: int
    wanted: int
    certain: tuple[str, ...]
    interval: float | None
    start: float | None


@dataclass(frozen=True)
class Draw:
    """A finished draw. `drawn` in the order of the frame; `probabilities` of every place of the frame."""

    seed: int
    drawn: tuple[Drawn, ...]
    steps: tuple[Step, ...]
    probabilities: Mapping[str, float]


def draw(
    frame: Sequence[tuple[str, int]], clusters: int, *, seed: int, strata: Mapping[str, str] | None = None
) -> Draw:
    """Draw `clusters` places of the frame [(place, size)]; `strata`: place → stratum, each drawn for itself.

    The same frame, number, seed and strata give the same draw on every machine. Raises ValueError for a place without
    size, fewer places than wanted, or fewer wanted than strata.
    """
    ordered = sorted(frame)
    _check(ordered, clusters)
    groups: dict[str, list[tuple[str, int]]] = {}
    for place, size in ordered:
        groups.setdefault((strata or {}).get(place, ""), []).append((place, size))
    shares = allocate({name: (len(rows), sum(size for _, size in rows)) for name, rows in groups.items()}, clusters)
    chance = Random(seed)  # random() gives the same sequence in every version of Python
    drawn: list[Drawn] = []
    steps: list[Step] = []
    probabilities: dict[str, float] = {}
    for name in sorted(groups):
        step, taken, known = _draw_stratum(name, groups[name], shares[name], chance)
        steps.append(step)
        drawn += taken
        probabilities |= known
    return Draw(seed, tuple(sorted(drawn, key=lambda each: each.place)), tuple(steps), probabilities)


def _check(frame: Sequence[tuple[str, int]], clusters: int) -> None:
    if clusters < 1 or clusters > len(frame):
        raise ValueError(f"{clusters} places wanted of {len(frame)}")
    if len({place for place, _ in frame}) != len(frame):
        raise ValueError("a place stands twice in the frame")
    if any(size < 1 for _, size in frame):
        raise ValueError("a place without size cannot be drawn")


def allocate(groups: Mapping[str, tuple[int, int]], clusters: int) -> dict[str, int]:
    """Share `clusters` out among the groups {name: (places, people)}.

    By their people, at least two of each where that many are wanted (one place alone has no variance), else at least
    one, never more than it has.

    Raises ValueError where there are fewer than groups.
    """
    if clusters < len(groups):
        raise ValueError(f"{clusters} places for {len(groups)} strata")
    least = 2 if clusters >= 2 * len(groups) else 1
    shares = {name: min(least, places) for name, (places, _) in groups.items()}
    people = sum(size for _, size in groups.values())
    while sum(shares.values()) < clusters:  # the next to whoever is furthest behind its share
        behind = {
            name: clusters * size / people - shares[name]
            for name, (places, size) in groups.items()
            if shares[name] < places
        }
        shares[max(sorted(behind), key=behind.__getitem__)] += 1
    return shares


def _draw_stratum(
    name: str, rows: Sequence[tuple[str, int]], wanted: int, chance: Random
) -> tuple[Step, list[Drawn], dict[str, float]]:
    start = chance.random()  # always one number a stratum, so that one stratum does not shift the others
    certain = _certain(rows, wanted)
    rest = [(place, size) for place, size in rows if place not in certain]
    left, people = wanted - len(certain), sum(size for _, size in rest)
    interval = people / left if left else None
    probabilities = dict.fromkeys(certain, 1.0)
    probabilities |= {place: size / interval if interval else 0.0 for place, size in rest}
    hit = set(certain)
    if interval is not None:
        sums = list(accumulate(size for _, size in rest))
        points = (interval * (start + number) for number in range(left))
        hit |= {rest[min(bisect_right(sums, point), len(rest) - 1)][0] for point in points}
    drawn = [Drawn(place, size, name, probabilities[place]) for place, size in rows if place in hit]
    first = None if interval is None else start * interval
    total = sum(size for _, size in rows)
    return Step(name, len(rows), total, wanted, tuple(sorted(certain)), interval, first), drawn, probabilities


def _certain(rows: Sequence[tuple[str, int]], wanted: int) -> set[str]:
    """Places at least as large as the interval, which shrinks once the largest are taken out."""
    certain: set[str] = set()
    while len(certain) < wanted:
        rest = [(place, size) for place, size in rows if place not in certain]
        interval = sum(size for _, size in rest) / (wanted - len(certain))
        large = {place for place, size in rest if size >= interval}
        if not large:
            break
        certain |= large
    return certain
