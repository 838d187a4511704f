"""Texts that are hard to read: made for one pattern from its own parts, 65,000 characters or more.

A pattern is quadratic where a run of one sign can be cut in many places, or where a beginning that comes again and
again leads to a long look ahead each time. For every repetition in a pattern there is therefore a text that reaches it
by the shortest way, runs on with each sign that it accepts and ends with one that it does not, and one of that
beginning alone.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from re import _constants as marks  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

SIZE = 65_000
FEWEST_TURNS = 30_000
"""Of a beginning that is repeated: few turns of a long one would make a quadratic pattern look quick."""
SIGNS = " \n1a.“\"'[<(,-_#@/é"
STOP = "\x00"
PLAIN = (
    *(sign * SIZE for sign in " \n1a.“\"'[]<({,-/\u00a0²"),
    *((pair * SIZE)[:SIZE] for pair in ("1 ", "a ", "1.", "1,", " \n", "“”", "[]", "<a", "a-", "a1 .“[<\n")),
    *(before + sign * SIZE + STOP for sign in " 1a" for before in ("", STOP)),
)
Tokens = Iterable[tuple[Any, Any]]
REPEATS = {marks.MAX_REPEAT, marks.MIN_REPEAT, marks.POSSESSIVE_REPEAT}
ONE_SIGN = {marks.LITERAL, marks.NOT_LITERAL, marks.ANY, marks.IN}
CATEGORIES: dict[Any, Callable[[str], bool]] = {
    marks.CATEGORY_SPACE: str.isspace,
    marks.CATEGORY_NOT_SPACE: lambda sign: not sign.isspace(),
    marks.CATEGORY_DIGIT: str.isdecimal,
    marks.CATEGORY_NOT_DIGIT: lambda sign: not sign.isdecimal(),
    marks.CATEGORY_WORD: lambda sign: sign.isalnum() or sign == "_",
    marks.CATEGORY_NOT_WORD: lambda sign: not (sign.isalnum() or sign == "_"),
}


def texts_for(pattern: re.Pattern[Any]) -> Iterator[Any]:
    """Every hostile text for one pattern, of its own type (str or bytes)."""
    tokens = _parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG)
    for text in dict.fromkeys((*PLAIN, *_made(tokens))):
        yield text if isinstance(pattern.pattern, str) else text.encode("utf-8", "replace")


def _made(tokens: Tokens) -> Iterator[str]:
    for before, body in _repeats(tokens, ""):
        for run in _runs(body):
            yield before + run * (SIZE // len(run)) + STOP
        if before:
            yield before * max(SIZE // len(before), FEWEST_TURNS) + STOP


def _runs(body: Tokens) -> list[str]:
    parts = list(body)
    if len(parts) == 1 and parts[0][0] in ONE_SIGN:
        found = [sign for sign in SIGNS if _accepts(*parts[0], sign)]
        return found or [_shortest(parts)]
    return [run for run in [_shortest(parts)] if run]


def _repeats(tokens: Tokens, before: str) -> Iterator[tuple[str, Tokens]]:
    """Every long repetition: the shortest way to it, and what it repeats."""
    for mark, value in tokens:
        if mark in REPEATS:
            if value[1] > 8:
                yield before, value[2]
            yield from _repeats(value[2], before)
        for inner in _inner(mark, value):
            yield from _repeats(inner, before)
        before += _shortest([(mark, value)])


def _inner(mark: Any, value: Any) -> list[Tokens]:
    """The ways through a group; more than one where it has alternatives."""
    if mark is marks.SUBPATTERN:
        return [value[3]]
    if mark is marks.BRANCH:
        return list(value[1])
    if mark is marks.ATOMIC_GROUP:
        return [value]
    return []


def _shortest(tokens: Tokens) -> str:
    """A short text that the tokens match, looking around left out."""
    made = ""
    for mark, value in tokens:
        if mark in ONE_SIGN:
            made += _sign(mark, value)
        elif mark in REPEATS:
            made += _shortest(value[2]) * value[0]
        elif ways := _inner(mark, value):
            made += min((_shortest(way) for way in ways), key=len)
    return made


def _sign(mark: Any, value: Any) -> str:
    if mark is marks.LITERAL:
        return chr(value)
    known = next((sign for sign in "a1A -" + SIGNS + STOP if _accepts(mark, value, sign)), None)
    return known or next(chr(one[0] if kind is marks.RANGE else one) for kind, one in value)


def _accepts(mark: Any, value: Any, sign: str) -> bool:
    """Whether one sign is matched by a literal, a dot or a class."""
    if mark is marks.ANY:
        return sign != "\n"
    if mark is marks.LITERAL:
        return sign == chr(value)
    if mark is marks.NOT_LITERAL:
        return sign != chr(value)
    turned = any(kind is marks.NEGATE for kind, _one in value)
    return turned != any(_within(kind, one, sign) for kind, one in value)


def _within(kind: Any, value: Any, sign: str) -> bool:
    if kind is marks.RANGE:
        return value[0] <= ord(sign) <= value[1]
    if kind is marks.CATEGORY:
        return CATEGORIES[value](sign)
    return kind is marks.LITERAL and ord(sign) == value
