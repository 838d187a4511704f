"""How many answers a survey needs, and what a given number of answers can show; built on statistics/planner.py."""

from dataclasses import dataclass
from math import ceil

from app.evidence.surveys.statistics.planner import design_effect, needed

MOST = 1_000_000


@dataclass(frozen=True)
class Needed:
    """How many answers are needed.

    `answers` in each of the two surveys, in `villages` places; `deff` is the design effect of asking so many in one
    village. `plain` is what people drawn one by one would need.
    """

    answers: int
    villages: int
    deff: float
    plain: int


def answers_needed(*, before: float, points: float, per_village: int, icc: float) -> Needed | None:
    """Return the answers needed to see a change; all in percent but `icc`.

    None for a change that leads below 0 or above 100 %, or more than a million.
    """
    deff = design_effect(per_village, icc)
    try:
        answers = needed(before=before / 100, points=points / 100, deff=deff)
        plain = needed(before=before / 100, points=points / 100)
    except ValueError:
        return None
    if answers > MOST:
        return None
    villages = ceil(answers / per_village)
    return Needed(villages * per_village, villages, deff, plain)


def change_seen(*, before: float, answers: int, villages: int, icc: float) -> float | None:
    """Return the smallest rise that so many answers in each of two surveys can show, in points.

    It has one decimal and is rounded up.

    None where not even a rise to 100 % could be seen.
    """
    deff = design_effect(answers / villages, icc)
    most = int((100 - before) * 10)
    low, high = 0, most + 1  # in tenths of a point: `low` is too small, `high` is enough
    while high - low > 1:
        middle = (low + high) // 2
        if needed(before=before / 100, points=middle / 1000, deff=deff) <= answers:
            high = middle
        else:
            low = middle
    return None if high > most else high / 10
