"""Read the people of villages from a table that somebody has, matched with the villages; nothing is stored."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.base.documents.tables import TableLine
from app.base.documents.workbook import text_of
from app.kernel.numbers import are_digits, read_int
from app.kernel.text import T

HEADINGS = (
    ("code", ("kode",)),
    ("district", ("kecamatan",)),
    ("people", ("penduduk", "jiwa", "jumlah")),
    ("village", ("desa", "kelurahan", "nama")),
)
"""What a column is → words in its heading; the first that fits."""
SUMS = ("jumlah", "total")
MOST_PEOPLE = 10_000_000


@dataclass(frozen=True)
class Place:
    code: str
    name: str
    district: str


@dataclass(frozen=True)
class ReadPeople:
    """What was read from a table.

    `people`: village's code → people. `problems`: (line, what is wrong with it): with any, nothing is taken.
    """

    people: Mapping[str, int]
    problems: Sequence[tuple[int, T]]


def read_people(lines: Iterable[TableLine], places: Sequence[Place]) -> ReadPeople:
    """Read lines with a village's code, or its name and district, and a number of people.

    A heading may be left out when the columns are code, people or village, district, people. Without a number a village
    stays as it is.
    """
    columns: dict[str, int] | None = None
    people: dict[str, int] = {}
    problems: list[tuple[int, T]] = []
    known = _Names(places)
    for number, cells in lines:
        texts = [text_of(cell).strip() for cell in cells]
        if columns is None:
            columns = _columns(texts)
            if columns is not None:
                continue
            columns = _usual(texts)
        found = {name: texts[at] if at < len(texts) else "" for name, at in columns.items()}
        named = found.get("code") or found.get("village", "")
        if not found.get("people") or not named or _plain(named) in SUMS:
            continue
        if wrong := _taken(found, named[:60], known.codes(found), people):
            problems.append((number, wrong))
    return ReadPeople(people, problems)


def _taken(found: Mapping[str, str], named: str, codes: Sequence[str], people: dict[str, int]) -> T | None:
    """Put the line's people in, or say what is wrong with it."""
    amount = _amount(found["people"])
    if not codes:
        return T("desa “%(name)s” tidak dikenal. Periksa nama, kecamatan, atau kodenya.", name=named)
    if len(codes) > 1:
        return T("ada %(n)s desa bernama “%(name)s”. Isi kecamatan atau kodenya.", n=len(codes), name=named)
    if amount is None:
        return T(
            "“%(text)s” bukan jumlah penduduk. Isi bilangan bulat, misalnya 2.450.", text=found["people"][:30]
        )  # fmt: skip
    if people.setdefault(codes[0], amount) != amount:
        return T("“%(name)s” ada dua kali dengan angka berbeda.", name=named)
    return None


class _Names:
    """Villages by code, by name and district, and by name alone."""

    def __init__(self, places: Sequence[Place]) -> None:
        self._by_code = {_digits(one.code): one.code for one in places}
        self._by_name: dict[tuple[str, str], list[str]] = {}
        for one in places:
            for district in (_plain(one.district), ""):
                self._by_name.setdefault((_plain(one.name), district), []).append(one.code)

    def codes(self, found: Mapping[str, str]) -> Sequence[str]:
        if found.get("code"):
            code = self._by_code.get(_digits(found["code"]))
            return [code] if code else []
        return self._by_name.get((_plain(found.get("village", "")), _plain(found.get("district", ""))), [])


def _columns(texts: Sequence[str]) -> dict[str, int] | None:
    """What each column is, where this line is a heading."""
    found: dict[str, int] = {}
    for at, text in enumerate(texts):
        if any(map(are_digits, text)):
            return None
        name = next((name for name, words in HEADINGS if any(word in text.casefold() for word in words)), None)
        if name is not None:
            found.setdefault(name, at)
    return found if "people" in found and ("code" in found or "village" in found) else None


def _usual(texts: Sequence[str]) -> dict[str, int]:
    """Without a heading: code, people; or village, district, people."""
    if len(_digits(texts[0])) >= 10 if texts else False:
        return {"code": 0, "people": len(texts) - 1}
    return {"village": 0, "people": 1} if len(texts) < 3 else {"village": 0, "district": 1, "people": 2}


def _amount(text: str) -> int | None:
    if not re.fullmatch(r"\d{1,8}|\d{1,3}([. ]\d{3}){1,2}", text):
        return None
    return read_int(_digits(text), 1, MOST_PEOPLE)


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign in "0123456789")


def _plain(name: str) -> str:
    words = " ".join(name.casefold().split())
    return re.sub(r"^(desa|kelurahan|kel\.|kecamatan|kec\.)\s*", "", words)
