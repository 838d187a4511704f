"""What answers to a test are worth, by the right answers that its questions have.

Only questions with options can be marked, and only where one of them is `right`; the others give nothing and take
nothing. Everybody's answers are measured by the same maximum (`most_points`): a question that somebody was not asked,
because a condition skipped it, is one that was not answered right. Else whoever says "never heard of it" at the first
question would have a better percentage than one who tries, and the tests before and after would not be of one measure.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from app.evidence.instruments.definition import Definition, Question
from app.evidence.instruments.logic import asked

EXACT = 6
"""Decimals that are kept: thirds of a point add up to a whole one again."""


def right_options(question: Question) -> frozenset[str]:
    """Return the keys of the right options; empty for a question that is not marked."""
    return frozenset(option.key for option in question.options if option.right)


def marked_questions(definition: Definition) -> Iterator[Question]:
    return (question for question in definition.questions if right_options(question))


def most_points(definition: Definition) -> float:
    """Return the points that all right answers give; 0 where nothing is marked."""
    return round(float(sum(question.points for question in marked_questions(definition))), EXACT)


def points(definition: Definition, answers: Mapping[str, Any]) -> float:
    """Return the points of answers in the canonical form of instruments/logic.clean: 0 to `most_points(definition)`."""
    return round(sum(points_by_question(definition, answers).values()), EXACT)


def points_by_question(definition: Definition, answers: Mapping[str, Any]) -> Mapping[str, float]:
    """Map the key of each marked question → the points that its answer gives."""
    seen = {question.key for question in asked(definition, answers)}
    counted = {key: answer for key, answer in answers.items() if key in seen}
    return {
        question.key: question.points * right_share(question, counted.get(question.key))
        for question in marked_questions(definition)
    }


def right_share(question: Question, answer: Any) -> float:
    """Return how much of an answer is right, 0 to 1.

    one, scale: all or nothing; where several options are right, any of them will do. many: (right ones chosen - wrong
    ones chosen) / right ones, at least 0, so that choosing everything earns nothing ("right minus wrong", as Moodle
    marks a question with several answers). grid: the share of its rows that have a right option.
    """
    right = right_options(question)
    if answer is None or not right:
        return 0.0
    if question.kind == "many":
        return _of_several(right, answer)
    if question.kind == "grid":
        rows = answer if isinstance(answer, Mapping) else {}
        return sum(rows.get(row.key) in right for row in question.rows) / max(len(question.rows), 1)
    return float(str(answer) in right)


def _of_several(right: frozenset[str], answer: Any) -> float:
    chosen: Collection[str] = set(map(str, answer)) if isinstance(answer, (list, tuple)) else {str(answer)}
    hits = sum(key in right for key in chosen)
    return max(0.0, (hits - (len(chosen) - hits)) / len(right))
