"""From answers to numbers: the items of an instrument, and what one person's answers make of each.

An item is a measure, one option of a question, the number of a number question, a code of an open text, whether a
text still waits to be coded, or a mark of quality. The order of `items` is the order of the sums in
responses.models.Cell: it depends on the definition alone.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from app.evidence.instruments.definition import (
    Definition,
    Measure,
    Question,
    Texts,
    canonical_measure,
    canonical_question,
)
from app.evidence.instruments.logic import holds, named_in, number_of

MARKS = ("fast", "straight", "decoy", "repeat")
"""Marks of quality that are counted as items "~fast", …"""
Value = Callable[[Mapping[str, Any], Mapping[str, Sequence[str]], Sequence[str]], float | None]
"""(answers, codes, flags) → y, or None for somebody who is not counted here."""


@dataclass(frozen=True)
class Item:
    """Something that answers are added up for.

    `group`: measure, option, number, code, waiting, mark. `question` and `row` where it belongs to one.
    """

    key: str
    label: Texts
    group: str
    kind: str = "share"  # share, mean
    question: str | None = None
    row: str | None = None
    dimension: str | None = None
    decoy: bool = False


def items(definition: Definition) -> list[Item]:
    """List the items: measures, options, numbers, codes, texts that wait, marks.

    Measures go by their key, then "p3=kim", "p5.bank=tahu", "age" for a number, "p1:sampah" for a code, "p1?" for a
    text that waits for one, "~fast".
    """
    return [item for item, _value in _all(definition)]


def values(definition: Definition) -> list[Value]:
    """Return a function for each item that reads its value, in the order of `items`."""
    return [value for _item, value in _all(definition)]


@lru_cache(maxsize=64)
def _all(definition: Definition) -> tuple[tuple[Item, Value], ...]:
    made: list[tuple[Item, Value]] = [
        (
            Item(one.key, one.label, "measure", one.kind, one.question, one.row, one.dimension, one.decoy),
            _measured(definition, one),
        )
        for one in definition.measures
    ]
    for question in definition.questions:
        made.extend(_of_question(question))
    made.extend((Item(f"~{mark}", {}, "mark"), _marked(mark)) for mark in MARKS)
    return tuple(made)


def _of_question(question: Question) -> list[tuple[Item, Value]]:
    key = question.key
    if question.kind in {"one", "many", "scale"}:
        return [
            (Item(f"{key}={option.key}", option.text, "option", question=key), _chosen(key, None, (option.key,)))
            for option in question.options
        ]
    if question.kind == "grid":
        return [
            (
                Item(
                    f"{key}.{row.key}={option.key}",
                    option.text,
                    "option",
                    "share",
                    key,
                    row.key,
                    row.dimension,
                    row.decoy,
                ),
                _chosen(key, row.key, (option.key,)),
            )
            for row in question.rows
            for option in question.options
        ]
    if question.kind == "number":
        return [(Item(key, question.text, "number", "mean", key), _number(key))]
    if question.kind == "text":
        return [
            (
                Item(f"{key}:{code.key}", code.text, "code", "share", key, None, code.dimension),
                _coded(key, (code.key,)),
            )
            for code in question.codes
        ] + [(Item(f"{key}?", question.text, "waiting", "share", key), _uncoded(key))]
    return []


def _given(key: str, row: str | None, answers: Mapping[str, Any]) -> Any:
    answer = answers.get(key)
    return answer.get(row) if row is not None and isinstance(answer, Mapping) else answer


def _chosen(key: str, row: str | None, counts: Sequence[str]) -> Value:
    wanted = frozenset(counts)

    def value(answers: Mapping[str, Any], _codes: Mapping[str, Sequence[str]], _flags: Sequence[str]) -> float | None:
        answer = _given(key, row, answers)
        if answer is None:
            return None
        if isinstance(answer, list):
            return float(not wanted.isdisjoint(answer))
        return float(str(answer) in wanted)

    return value


def _number(key: str, row: str | None = None) -> Value:
    return lambda answers, _codes, _flags: number_of(_given(key, row, answers))


def _coded(key: str, counts: Sequence[str]) -> Value:
    """None until somebody coded the text."""
    wanted = frozenset(counts)

    def value(_answers: Mapping[str, Any], codes: Mapping[str, Sequence[str]], _flags: Sequence[str]) -> float | None:
        given = codes.get(key)
        return None if given is None else float(not wanted.isdisjoint(given))

    return value


def _uncoded(key: str) -> Value:
    """1 for a text that nobody has coded yet, None for somebody who wrote none."""

    def value(answers: Mapping[str, Any], codes: Mapping[str, Sequence[str]], _flags: Sequence[str]) -> float | None:
        return float(key not in codes) if key in answers else None

    return value


def _marked(mark: str) -> Value:
    return lambda _answers, _codes, flags: float(mark in flags)


def _part(definition: Definition, key: str, row: str | None, counts: Sequence[str]) -> Value:
    question = definition.by_key[key]
    return _coded(key, counts) if question.kind == "text" else _chosen(key, row, counts)


def _measured(definition: Definition, measure: Measure) -> Value:
    if measure.kind == "mean":
        inner = _number(measure.question or "", measure.row)
    elif measure.parts:
        inner = _several([_part(definition, *part) for part in measure.parts], measure.least)
    else:
        inner = _part(definition, measure.question or "", measure.row, measure.counts)
    waiting = {part for part in _questions(measure) if definition.by_key[part].kind == "text"}

    def value(answers: Mapping[str, Any], codes: Mapping[str, Sequence[str]], flags: Sequence[str]) -> float | None:
        if not holds(measure.among, answers):
            return None
        found = inner(answers, codes, flags)
        if found is None and measure.unasked is not None and not any(key in answers for key in waiting):
            return measure.unasked
        return found

    return value


def _several(parts: Sequence[Value], least: int) -> Value:
    def value(answers: Mapping[str, Any], codes: Mapping[str, Sequence[str]], flags: Sequence[str]) -> float | None:
        found = [part(answers, codes, flags) for part in parts]
        known = [one for one in found if one is not None]
        return float(sum(known) >= least) if known else None

    return value


def _questions(measure: Measure) -> set[str]:
    own = {measure.question} if measure.question else set()
    return own | {question for question, _row, _counts in measure.parts}


def fingerprint(definition: Definition, measure: Measure) -> str:
    """Compute a mark that changes when a measure is asked or counted differently: there the trend line breaks.

    It covers what is asked for this measure, whom it is asked, and how it counts.

    A picture counts by what it shows (its hash), not by its number. Translations, labels, section titles, dimensions
    and new codes of open texts change nothing.
    """
    rows = {(question, row) for question, row, _counts in [*measure.parts, (measure.question, measure.row, ())]}
    asked = []
    for key in sorted(_filters(definition, measure) | _questions(measure)):
        question = canonical_question(definition.by_key[key])
        for name in ("codes", "picture", "required", "back", "impersonal"):
            question.pop(name, None)
        for name in ("options", "rows"):
            question[name] = [_as_read(part) for part in question.get(name, [])]
        if any(one == key for one, _row in rows):
            question["rows"] = [row for row in question["rows"] if (key, row["key"]) in rows]
        asked.append(_indonesian(question))
    counted = {name: value for name, value in canonical_measure(measure).items() if name not in {"label", "dimension"}}
    text = json.dumps([asked, counted], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _as_read(part: Mapping[str, Any]) -> dict[str, Any]:
    """An option or a row without what only the office sees."""
    return {name: value for name, value in part.items() if name not in {"right", "dimension", "service", "decoy"}}


def _filters(definition: Definition, measure: Measure) -> set[str]:
    """The questions whose answers decide who is asked or counted, and theirs again."""
    found: set[str] = set()
    waiting = [measure.among, *(definition.by_key[key].when for key in _questions(measure))]
    while waiting:
        for key in named_in(waiting.pop()):
            if key not in found:
                found.add(key)
                waiting.append(definition.by_key[key].when)
    return found


def _indonesian(value: Any) -> Any:
    if isinstance(value, dict):
        if "id" in value and all(isinstance(text, str) for text in value.values()) and "key" not in value:
            return value["id"]
        return {name: _indonesian(one) for name, one in value.items()}
    return [_indonesian(one) for one in value] if isinstance(value, list) else value
