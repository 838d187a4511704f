"""Default shares of simulated answers where nothing was planted: believable, and the same in every wave."""

import hashlib
from collections.abc import Mapping
from functools import lru_cache

from app.evidence.instruments.definition import Definition, Measure, Question

DECOY = 0.04
UNAIDED, MESSAGE = (0.03, 0.09), (0.25, 0.40)
AIDED, USE, USE_ANY, ATTITUDE, OTHER = (0.22, 0.50), (0.04, 0.13), (0.20, 0.35), (0.45, 0.65), (0.18, 0.42)
"""Lowest and highest share: named unprompted; the message understood; known from a list; one used; any of several used;
agreeing; any other."""
OF_AIDED = 0.6
"""Nobody names or uses unprompted more than that part of those who know a service when it is read out."""


def default_share(definition: Definition, measure: Measure, said: Mapping[str, float]) -> float:
    """Return the share of a measure that is not planted.

    `said`: measure's key → what is planted; the order of knowing is kept.
    """
    if measure.decoy:
        return DECOY
    question = definition.by_key.get(measure.question or "")
    low, high = OTHER if question is None else _borders(definition, question, measure)
    share = low + (high - low) * steady(measure.key)
    if question is None or question.kind == "grid":
        return share
    known = [_known(definition, other, said) for other in _aided(definition, measure)]
    return min([share, *(OF_AIDED * one for one in known)])


def _borders(definition: Definition, question: Question, measure: Measure) -> tuple[float, float]:
    if question.kind == "grid":
        return AIDED
    if question.kind == "scale":
        return ATTITUDE
    if question.kind == "many":
        if not question.aloud:
            return UNAIDED
        return USE if len(measure.counts) == 1 else USE_ANY
    if question.kind == "text":
        counted = sum(other.question == question.key for other in definition.measures)
        return UNAIDED if counted > 1 else MESSAGE
    return OTHER


def _aided(definition: Definition, measure: Measure) -> list[Measure]:
    """Who knows the same service from the list: the row of the grid that bears one of the counted names."""
    return [
        other
        for other in definition.measures
        if other.row in measure.counts and len(measure.counts) == 1 and not other.decoy and not other.parts
    ]


def _known(definition: Definition, measure: Measure, said: Mapping[str, float]) -> float:
    """What was planted may lower the others and never raises them: a rise is planted in one measure alone."""
    return min(said.get(measure.key, 1.0), default_share(definition, measure, said))


@lru_cache(maxsize=100_000)
def steady(text: str) -> float:
    """Return a number in [0, 1) that belongs to a text for good."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:7], "big") / 2.0**56
