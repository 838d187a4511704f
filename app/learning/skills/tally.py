"""Counts of batches, and what is told of them to whom.

Whoever may not read the marks of single persons gets no share of fewer people than LEAST, and no total from which one
could work it out: where the batches that are withheld have too few people together, they are left out of the total.
What was learnt is judged from LEAST people on for everybody.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from math import fsum
from typing import Any, NamedTuple

from app.learning.assessments.person_gain import LEAST
from app.learning.training.models import Batch

LEARNT = "learnt"
SIZES = {"completion": "began", "attendance": "attending", "women": "sexes", LEARNT: "tested"}
"""Measure → of how many people it tells."""
PARTS = {
    "completion": ("settled", "completed", "stopped"), "attendance": ("came", "asked", "attending"),
    "women": ("women", "sexes"), LEARNT: ("pairs",),
}  # fmt: skip
"""Measure → what is added up for it."""
SECRETS = {"completion": ("completed", "stopped"), "attendance": ("came", "asked"), "women": ("women",), LEARNT: ()}


class Pair(NamedTuple):
    """Percent before and after of a participant; `person`: whose they are."""

    person: int
    before: float
    after: float


@dataclass(frozen=True)
class Tally:
    """Counts of one batch, or of several.

    `settled`: accepted participants of finished batches whose outcome stands, `completed` those of them who met the
    rule, `open`: those whose outcome is missing, `stopped`: who was at a session there and left before the end.
    `came` of `asked` attendances: one for each accepted participant and session that took place, of `attending`
    people. `pairs`: of those who took both tests. `women` of `sexes` known among `accepted` people. `certificates`:
    those that hold. `few`: the measures (keys of SIZES) that are withheld, since too few people stand behind them.
    """

    places: int = 0
    registrations: int = 0
    accepted: int = 0
    settled: int = 0
    completed: int = 0
    open: int = 0
    stopped: int = 0
    came: int = 0
    asked: int = 0
    attending: int = 0
    pairs: tuple[Pair, ...] = ()
    women: int = 0
    sexes: int = 0
    certificates: int = 0
    opds: frozenset[int] = frozenset()
    districts: frozenset[str] = frozenset()
    few: frozenset[str] = frozenset()

    @property
    def tested(self) -> int:
        """People, of whom somebody may have taken the tests of several batches."""
        return len({one.person for one in self.pairs})

    @property
    def by_person(self) -> list[tuple[float, float]]:
        """(before, after) of each person, the mean where there are several: one person is one, however many tests."""
        held: dict[int, list[Pair]] = {}
        for one in self.pairs:
            held.setdefault(one.person, []).append(one)
        return [(_mean([one.before for one in some]), _mean([one.after for one in some])) for some in held.values()]

    @property
    def began(self) -> int:
        """Whom completion is told of: also those who stopped on the way."""
        return self.settled + self.stopped

    @property
    def completion(self) -> float | None:
        return None if "completion" in self.few else percent_of(self.completed, self.began)

    @property
    def attendance(self) -> float | None:
        return None if "attendance" in self.few else percent_of(self.came, self.asked)

    @property
    def womens_share(self) -> float | None:
        return None if "women" in self.few else percent_of(self.women, self.sexes)

    @property
    def sex_unknown(self) -> int:
        return self.accepted - self.sexes


@dataclass(frozen=True)
class BatchRow:
    """A batch with its counts. `seen`: the marks of single persons in this batch are for whoever asks."""

    batch: Batch
    tally: Tally
    seen: bool = True


def withhold_few(row: BatchRow) -> BatchRow:
    """Return a row without what too few people stand behind."""
    few = frozenset(measure for measure in SIZES if _is_few([row], measure))
    if not few:
        return row
    blank = {name: 0 for measure in few for name in SECRETS[measure]}
    return replace(row, tally=replace(row.tally, few=few, **blank))  # type: ignore[arg-type]


def sum_tallies(rows: Sequence[BatchRow]) -> Tally:
    """Sum batches as they were counted, before anything was withheld of them."""
    told = {name: part for measure in SIZES for name, part in _measure(rows, measure).items()}
    few = frozenset(measure for measure in SIZES if _is_few(_told(rows, measure), measure))
    rest = {field.name: _sum(rows, field.name) for field in fields(Tally) if field.name not in (*told, "few")}
    summed = Tally(**told, **rest)
    return replace(summed, few=few, **{name: 0 for measure in few for name in SECRETS[measure]})  # type: ignore[arg-type]


def percent_of(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None


def _is_few(rows: Sequence[BatchRow], measure: str) -> bool:
    people = _size(rows, measure)
    return 0 < people < LEAST and (measure == LEARNT or not all(row.seen for row in rows))


def _told(rows: Sequence[BatchRow], measure: str) -> Sequence[BatchRow]:
    """The rows that the total of this measure may be made of."""
    hidden = [row for row in rows if _is_few([row], measure)]
    shown = [row for row in rows if row not in hidden and getattr(row.tally, SIZES[measure])]
    return shown if shown and _size(hidden, measure) < LEAST else [*shown, *hidden]


def _size(rows: Sequence[BatchRow], measure: str) -> int:
    if measure == LEARNT:
        return len({one.person for row in rows for one in row.tally.pairs})
    return sum(getattr(row.tally, SIZES[measure]) for row in rows)


def _mean(values: Sequence[float]) -> float:
    return fsum(values) / len(values)


def _measure(rows: Sequence[BatchRow], measure: str) -> dict[str, Any]:
    return {name: _sum(_told(rows, measure), name) for name in PARTS[measure]}


def _sum(rows: Sequence[BatchRow], name: str) -> Any:
    """Numbers added up, tuples joined, sets united."""
    values = [getattr(row.tally, name) for row in rows]
    empty = getattr(Tally(), name)
    if isinstance(empty, frozenset):
        return empty.union(*values)
    return sum(values, empty)
