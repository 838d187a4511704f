"""Mark answers that may not have been given in earnest. A mark hinders nobody: the office looks at them.

fast      less than FASTEST seconds for each question that was answered
straight  the same option in every row of each grid that has at least STRAIGHT_ROWS rows, unless it is everywhere the
          first one ("Belum pernah dengar"): the most likely honest answer of somebody who knows none of the services
decoy     knows a service that does not exist (an answer that a decoy measure counts)
repeat    another answer of the wave came from the same browser, or by the same link for one person
late      asked before the wave was closed, arrived after
blank     a required question was left open on paper or in a file
outside   by link, for a place that this survey did not plan
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.evidence.instruments.definition import Definition
from app.evidence.instruments.measures import values

FASTEST = 2.0  # seconds a question; reading one aloud takes longer
STRAIGHT_ROWS = 4


def marks(
    definition: Definition, answers: Mapping[str, Any], started_at: datetime | None, ended_at: datetime | None
) -> list[str]:
    """Return which of fast, straight and decoy an answer is."""
    found = {
        "fast": is_fast(answers, started_at, ended_at),
        "straight": is_straight(definition, answers),
        "decoy": _knows_decoy(definition, answers),
    }
    return [mark for mark, is_so in found.items() if is_so]


def is_fast(answers: Mapping[str, Any], started_at: datetime | None, ended_at: datetime | None) -> bool:
    if started_at is None or ended_at is None or not answers:
        return False
    asked = sum(len(answer) if isinstance(answer, Mapping) else "/" not in key for key, answer in answers.items())
    return (ended_at - started_at).total_seconds() < FASTEST * asked


def is_straight(definition: Definition, answers: Mapping[str, Any]) -> bool:
    grids = [
        (question.options[0].key, answers[question.key])
        for question in definition.questions
        if question.kind == "grid" and len(question.rows) >= STRAIGHT_ROWS and question.key in answers
    ]
    same = all(len(grid) >= STRAIGHT_ROWS and len(set(grid.values())) == 1 for _first, grid in grids)
    return same and any(set(grid.values()) != {first} for first, grid in grids)


def _knows_decoy(definition: Definition, answers: Mapping[str, Any]) -> bool:
    return any(
        value(answers, {}, ()) == 1.0
        for measure, value in zip(definition.measures, values(definition), strict=False)
        if measure.decoy
    )
