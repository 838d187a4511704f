"""Filters of a list, as the address names them: one reader for all lists.

A room names its filters once (`app/ROOM/index.py`); what is read goes to the dataclass that its query takes.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.kernel.numbers import LARGEST, read_int

MOST_LETTERS = 200


@dataclass(frozen=True)
class Filter:
    """One parameter of the address.

    `name`: in the address; `field`: of the room's filters; `read`: gives what a text means, None where it means
    nothing. `chooses`: it says which list is shown (the archive instead of what goes on), and narrows none.
    """

    name: str
    field: str
    read: Callable[[str], Any]
    chooses: bool = False


def words(name: str = "q", field: str = "q") -> Filter:
    """Return a filter by what somebody typed."""
    return Filter(name, field, lambda text: text.strip()[:MOST_LETTERS])


def code(name: str, field: str) -> Filter:
    """Return a filter by a key of the database whose possible values the list does not know: a village, a level."""
    return Filter(name, field, lambda text: text.strip()[:MOST_LETTERS])


def number(name: str, field: str, least: int = 1, most: int = LARGEST) -> Filter:
    """Return a filter by the number of a record, or another whole number."""
    return Filter(name, field, lambda text: read_int(text, least, most))


def one_of(name: str, field: str, known: Iterable[str]) -> Filter:
    """Return a filter by one of these words, which are the same in the address and in the database."""
    return meaning(name, field, {str(word): str(word) for word in known})


def meaning(name: str, field: str, known: Mapping[str, Any], *, chooses: bool = False) -> Filter:
    """Return a filter by one of these words of the address, each with what it means."""
    return Filter(name, field, known.get, chooses)


def read(filters: Sequence[Filter], given: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """Return the values by field of what was given and understood, and the names of what was not understood."""
    values: dict[str, Any] = {}
    unknown = []
    for one in filters:
        text = given.get(one.name)
        if text is None:
            continue
        value = one.read(text)
        if value is not None:
            values[one.field] = value
        elif text.strip():
            unknown.append(one.name)
    return values, unknown
