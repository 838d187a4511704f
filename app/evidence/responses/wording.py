"""Write answers in the words of the instrument, for somebody who reads them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.evidence.instruments.definition import Definition, Question, say
from app.evidence.instruments.states import AGE_WORDS, SEX_WORDS
from app.kernel.text import T

FLAGS: Mapping[str, T] = {
    "repeat": T("Diduga ulangan"),
    "fast": T("Terlalu cepat"),
    "straight": T("Semua baris sama"),
    "decoy": T("Kenal layanan yang tidak ada"),
    "late": T("Tiba sesudah ditutup"),
    "blank": T("Ada yang dikosongkan"),
    "outside": T("Di luar tempat survei"),
}


@dataclass(frozen=True)
class WordedAnswer:
    """One question with its answer as lines of text; none: not answered, or not asked."""

    name: str
    question: str
    lines: Sequence[str]


def word_answers(definition: Definition, answers: Mapping[str, Any]) -> list[WordedAnswer]:
    """Word the answer to every question but the notes, in order."""
    return [
        WordedAnswer(question.key, say(question.text), _lines(question, answers))
        for question in definition.questions
        if question.kind != "note"
    ]


def word_respondent(version: Mapping[str, Any], places: Mapping[str, str]) -> list[WordedAnswer]:
    """Word where and who: of an answer as it stands, or as another version has it."""
    sex, age = SEX_WORDS.get(version["sex"]), AGE_WORDS.get(version["age_band"])
    return [
        WordedAnswer("place", str(T("Tempat")), [places.get(version["place"], version["place"])]),
        WordedAnswer("sex", str(T("Jenis kelamin")), [str(sex or version["sex"])]),
        WordedAnswer("age_band", str(T("Umur")), [str(age or version["age_band"])]),
    ]


def differing(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """Name what differs between two versions: place, sex, age_band, or a question's key."""
    about = [name for name in ("place", "sex", "age_band") if one.get(name) != other.get(name)]
    answers, others = one.get("answers") or {}, other.get("answers") or {}
    keys = dict.fromkeys(key.partition("/")[0] for key in [*answers, *others] if answers.get(key) != others.get(key))
    return [*about, *keys]


def _lines(question: Question, answers: Mapping[str, Any]) -> list[str]:
    answer = answers.get(question.key)
    if answer is None:
        return []
    if isinstance(answer, Mapping):
        rows = {row.key: say(row.text) for row in question.rows}
        return [f"{rows.get(row, row)}: {_option(question, option, answers)}" for row, option in answer.items()]
    if isinstance(answer, list):
        return [_option(question, option, answers) for option in answer]
    return [_option(question, str(answer), answers) if question.options else _number(answer)]


def _number(answer: object) -> str:
    """A number as it is written here, 2,5 and 4; a text as it is."""
    return f"{answer:.12g}".replace(".", ",") if isinstance(answer, float) else str(answer)


def _option(question: Question, key: str, answers: Mapping[str, Any]) -> str:
    option = question.by_option.get(key)
    words = say(option.text) if option else key
    beside = answers.get(f"{question.key}/{key}")
    return f"{words}: {beside}" if beside else words
