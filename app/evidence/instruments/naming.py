"""Findings reworded for people who know the questions by their number and their words, and no short names."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.evidence.instruments.checks_basis import Finding, clipped
from app.kernel.text import T

PLACE = re.compile(r"\A(Pertanyaan|Ukuran) “([^”]*)”")
OF_ANOTHER = ("Syarat menyebut", "Ukuran ini menyebut", "“%(key)s” hanya keterangan")
"""How sentences begin whose "key" names a question."""


def in_words(raw: object, findings: Sequence[Finding]) -> list[Finding]:
    """Reword the findings of `checks.check` with every question and measure by its number and wording."""
    if not findings:
        return []
    questions, measures = dict(_questions(raw)), dict(_measures(raw))
    return [Finding(_place(one.where, questions, measures), _sentence(one.sentence, questions)) for one in findings]


def _place(where: str, questions: Mapping[str, tuple[str, str]], measures: Mapping[str, str]) -> str:
    named = PLACE.match(where)
    if named is None:
        return where
    rest = where[named.end() :]
    if named[1] == "Ukuran":
        return f"{named[1]} “{measures.get(named[2], named[2])}”{rest}"
    number, text = questions.get(named[2], ("", named[2]))
    return f"{T('Pertanyaan')} {number} “{text}”{rest}" if number else f"{T('Pertanyaan')} “{text}”{rest}"


def _sentence(sentence: T, questions: Mapping[str, tuple[str, str]]) -> T:
    key = sentence.params.get("key")
    if not isinstance(key, str) or key not in questions or not sentence.msgid.startswith(OF_ANOTHER):
        return sentence
    number, text = questions[key]
    return T(sentence.msgid, **{**sentence.params, "key": f"{number}. {text}" if number else text})


def _questions(raw: object) -> Iterator[tuple[str, tuple[str, str]]]:
    """Key → (number, wording); a note has no number."""
    number = 0
    for section in _mappings(raw, "sections"):
        for question in _mappings(section, "questions"):
            note = question.get("kind") == "note"
            number += not note
            key = question.get("key")
            if isinstance(key, str):
                yield key, ("" if note else str(number), _wording(question.get("text")) or key)


def _measures(raw: object) -> Iterator[tuple[str, str]]:
    for measure in _mappings(raw, "measures"):
        key = measure.get("key")
        if isinstance(key, str):
            yield key, _wording(measure.get("label")) or key


def _mappings(raw: object, name: str) -> Iterator[Mapping[str, Any]]:
    parts = raw.get(name) if isinstance(raw, Mapping) else None
    for part in parts if isinstance(parts, (list, tuple)) else ():
        if isinstance(part, Mapping):
            yield part


def _wording(value: object) -> str:
    text = value.get("id") if isinstance(value, Mapping) else value
    return clipped(text) if isinstance(text, (str, int, float)) else ""
