"""How participants answered each question of a test, and how many had it right before and after."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.evidence.instruments.definition import Definition, Question, say
from app.evidence.instruments.logic import asked
from app.learning.assessments.papers.marking import right_options, right_share
from app.learning.assessments.papers.questions import is_unknown

FEW = 5
"""Below so many answers a percentage says little."""


@dataclass(frozen=True)
class Item:
    """A marked question with its answers. `share`: mean part of the answer that was right, 0 to 100, of `n` who handed
    in their answers (a question that they were not asked counts as not right); None where nobody did. `unknown`: how
    many said that they do not know yet."""

    question: Question
    n: int
    share: float | None
    unknown: int = 0


@dataclass(frozen=True)
class AnswerInWords:
    """A question as somebody answered it, in words. `right`: what would have been right; empty where not marked."""

    text: str
    answer: str
    right: str
    share: float | None
    was_asked: bool = True


def items(definition: Definition, answers: Collection[Mapping[str, Any]]) -> list[Item]:
    """List the marked questions in their order with how they were answered."""
    seen = [_seen(definition, given) for given in answers]
    found = []
    for question in definition.questions:
        if not right_options(question):
            continue
        shares = [right_share(question, given.get(question.key)) for given in seen]
        unknown = sum(is_unknown(given.get(question.key)) for given in seen)
        found.append(Item(question, len(shares), 100 * sum(shares) / len(shares) if shares else None, unknown))
    return found


def _seen(definition: Definition, answers: Mapping[str, Any]) -> Mapping[str, Any]:
    """The answers to what was asked."""
    keys = {question.key for question in asked(definition, answers)}
    return {key: answer for key, answer in answers.items() if key in keys}


def answers_in_words(definition: Definition, answers: Mapping[str, Any]) -> list[AnswerInWords]:
    """List every question that is not only read, as this person answered it."""
    keys = {question.key for question in asked(definition, answers)}
    shown = []
    for question in definition.questions:
        if question.kind == "note":
            continue
        right = right_options(question)
        answer = answers.get(question.key) if question.key in keys else None
        shown.append(
            AnswerInWords(
                text=say(question.text),
                answer=answer_in_words(question, answer, answers),
                right="; ".join(say(option.text) for option in question.options if option.key in right),
                share=right_share(question, answer) if right else None,
                was_asked=question.key in keys,
            )
        )
    return shown


def answer_in_words(question: Question, answer: Any, answers: Mapping[str, Any]) -> str:
    """Return an answer in words; empty where nothing was answered."""
    if answer is None:
        return ""
    if question.kind == "grid":
        given: Mapping[str, str] = answer
        return "; ".join(
            f"{say(row.text)}: {say(question.by_option[given[row.key]].text)}"
            for row in question.rows
            if given.get(row.key) in question.by_option
        )
    if question.kind in {"one", "scale", "many"}:
        chosen: Sequence[Any] = answer if isinstance(answer, list) else [answer]
        return "; ".join(_option(question, str(key), answers) for key in chosen)
    return f"{answer:g}".replace(".", ",") if isinstance(answer, float) else str(answer)


def _option(question: Question, key: str, answers: Mapping[str, Any]) -> str:
    text = say(question.by_option[key].text) if key in question.by_option else key
    beside = answers.get(f"{question.key}/{key}")
    return f"{text}: {beside}" if beside else text
