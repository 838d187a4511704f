"""Order in which somebody sees options and rows. frontend/src/survey/logic.js (`shuffled`) does the same."""

from collections.abc import Sequence
from typing import TypeVar

from app.evidence.instruments.definition import GridRow, Option, Question

Part = TypeVar("Part", Option, GridRow)
MASK = 0xFFFFFFFF


def options_of(question: Question, seed: str) -> Sequence[Option]:
    """Order the options for the person whose answer has this UUID.

    Those of a grid keep their order, its rows do not.
    """
    return question.options if question.kind == "grid" else _shuffled(question, question.options, seed)


def rows_of(question: Question, seed: str) -> Sequence[GridRow]:
    return _shuffled(question, question.rows, seed)


def _shuffled(question: Question, parts: Sequence[Part], seed: str) -> Sequence[Part]:
    """A fixed option stays at its place."""
    if not question.shuffle:
        return parts
    free = [part for part in parts if not getattr(part, "fixed", False)]
    free.sort(key=lambda part: (mix(f"{seed}:{question.key}:{part.key}"), part.key))
    rest = iter(free)
    return [part if getattr(part, "fixed", False) else next(rest) for part in parts]


def mix(text: str) -> int:
    """Hash a text: FNV-1a over UTF-8, finished as in MurmurHash3.

    So one other letter at the end changes every bit.
    """
    number = 0x811C9DC5
    for byte in text.encode():
        number = (number ^ byte) * 0x01000193 & MASK
    number = (number ^ number >> 16) * 0x85EBCA6B & MASK
    number = (number ^ number >> 13) * 0xC2B2AE35 & MASK
    return number ^ number >> 16
