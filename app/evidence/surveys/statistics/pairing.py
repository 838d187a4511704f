"""Pair the same people in two files, for `flask surveys compare --pair`."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from app.evidence.surveys.statistics.analyst import Answers
from app.evidence.surveys.statistics.comparing import Difference, difference_paired, verdict
from app.evidence.surveys.statistics.estimates import Bools, Floats, Grouped, Ints, estimate
from app.evidence.surveys.statistics.intervals import two_sided
from app.kernel.errors import Invalid
from app.kernel.text import T


@dataclass(frozen=True)
class Pairs:
    """People with the measure in both files, as the rows of the second. `alone`: answers without another."""

    before: Floats
    after: Floats
    sample: Grouped
    both: Bools
    group: Ints
    alone: int
    mean: bool

    def change(self, confidence: float, inside: Bools | None = None) -> Difference:
        """Compare those `inside`: a share by Newcombe and McNemar, a mean from each person's own change."""
        rows = self.both if inside is None else self.both & inside
        if not self.mean:
            first, second = self.before[rows] == 1, self.after[rows] == 1
            kept, lost, won = (int(one.sum()) for one in (first & second, first & ~second, ~first & second))
            return difference_paired(kept, lost, won, len(first) - kept - lost - won, confidence)
        one = estimate(self.sample, inside=rows, mean=True, confidence=confidence)
        return Difference(
            one.estimate, one.low, one.high, two_sided(one.estimate, one.se, one.df), verdict(one.low, one.high),
            one.se, one.df, one.n, one.clusters, one.deff, one.lone,
        )  # fmt: skip


def pair_answers(before: Answers, after: Answers, column: str, *, mean: bool) -> Pairs:
    """Pair two files by the people in `column`. The design is that of `after`.

    Raises Invalid where a person stands twice in one file, or nobody in both.
    """
    first, second = _places(before, column), _places(after, column)
    earlier = np.zeros(len(second))
    both = np.zeros(len(second), bool)
    for person, place in second.items():
        where = first.get(person)
        if where is not None and before.answered[where] and after.answered[place]:
            earlier[place], both[place] = before.sample.y[where], True
    if not both.any():
        raise Invalid(T("Tidak ada orang yang sama di kedua berkas menurut kolom “%(column)s”.", column=column))
    change = np.where(both, after.sample.y - earlier, 0.0)
    alone = int(before.answered.sum() + after.answered.sum() - 2 * both.sum())
    group = np.full(len(both), -1, dtype=np.int64) if after.group is None else after.group
    sample = replace(after.sample, y=change, yy=change**2)
    return Pairs(earlier, after.sample.y, sample, both, group, alone, mean)


def _places(answers: Answers, column: str) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for place, person in enumerate(answers.table.words(column)):
        if person in found:
            raise answers.table.fault(place, column, T("yang sudah ada di baris lain."))
        found[person] = place
    return found
