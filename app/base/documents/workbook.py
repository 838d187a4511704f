"""The lines of an XLSX file, without what a hostile or bloated file could cost: what it unpacks to is measured first.

openpyxl builds every cell of a row and every style before anybody can say that it is too much, and a few kilobytes
unpack to millions of them. What it costs follows the number of tags, so tags are counted in the unpacked parts.
"""

import io
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import openpyxl

MAX_SHEETS = 100
FORMULA = "\0rumus"
"""Stands for a formula whose result the file does not carry."""
_ROOT = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*\?>\s*)?<(?:\w+:)?(\w+)[\s>]")
_FORMULA_TAG = re.compile(rb"<(?:\w+:)?f[\s/>]")
_ENCODING = re.compile(rb"""\A<\?xml[^>]*\bencoding\s*=\s*["']([\w.-]+)""")
_READABLE = {b"utf-8", b"utf-16", b"us-ascii", b"ascii", b"iso-8859-1", b"windows-1252"}  # in which < is <
PICTURES = (b"\x89PNG", b"\xff\xd8\xff")
_EBCDIC = b"\x4c\x6f\xa7\x94"

Cells = tuple[Any, ...]


@dataclass(frozen=True)
class Limits:
    """What a list may cost. The defaults fit 500 lines of 45 columns."""

    packed: int = 5_000_000  # bytes of the file
    unpacked: int = 12_000_000  # bytes of all parts, pictures too
    sheet_tags: int = 100_000  # of all sheets
    text_tags: int = 150_000  # of the texts that the cells point to
    other_tags: int = 15_000  # of styles and everything else, which costs far more a tag
    lines: int = 20_000  # of the sheet, empty ones too
    columns: int = 60


def text_of(cell: Any, *, yes: str = "ya", no: str = "tidak", day: Callable[[Any], str] | None = None) -> str:
    """Return a cell as a text: whole numbers without the ".0" that spreadsheets give them, "" for an empty cell.

    `day` writes dates, which are else written as ISO 8601 has them.
    """
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return yes if cell else no
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, date):
        return day(cell) if day else cell.isoformat()
    return str(cell)


class TooMuch(Exception):
    """The file unpacks to more than its limits."""


def sheets_of(data: bytes, limits: Limits) -> Generator[Iterator[Cells]]:
    """Yield the lines of each sheet in turn, as far as they are asked for, at most one more than there may be; formulas
    without a result are FORMULA. Raises TooMuch, or whatever openpyxl stumbles over."""
    with closing(named_sheets_of(data, limits)) as sheets:
        for _title, lines in sheets:
            yield lines


def named_sheets_of(data: bytes, limits: Limits) -> Generator[tuple[str, Iterator[Cells]]]:
    """Yield the same as `sheets_of`, each with its title."""
    with_formulas = _weigh(data, limits)
    options: dict[str, Any] = {"read_only": True, "keep_links": False}
    with closing(openpyxl.load_workbook(io.BytesIO(data), data_only=True, **options)) as values:
        if not with_formulas:
            yield from ((title, _lines(values[title], limits)) for title in _sheets(values))
            return
        with closing(openpyxl.load_workbook(io.BytesIO(data), **options)) as formulas:
            for title in _sheets(values):
                pairs = zip(_lines(values[title], limits), _lines(formulas[title], limits), strict=False)
                yield title, (tuple(map(_result, line, raws)) for line, raws in pairs)


def _weigh(data: bytes, limits: Limits) -> bool:
    """Raise TooMuch; tell whether there may be formulas."""
    most = {b"worksheet": limits.sheet_tags, b"sst": limits.text_tags}
    tags: Counter[bytes] = Counter()
    formulas = False
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(one.file_size for one in archive.infolist()) > limits.unpacked:
            raise TooMuch
        for one in archive.infolist():
            part = archive.read(one)  # never more than the size it states
            if part.startswith(PICTURES):
                continue
            root = _ROOT.match(part)
            kind = root[1] if root and root[1] in most else b""
            tags[kind] += part.count(b"<")
            sheets = part.count(b"<sheet ") + part.count(b":sheet ")
            if _is_odd(part) or sheets > MAX_SHEETS or tags[kind] > most.get(kind, limits.other_tags):
                raise TooMuch
            formulas = formulas or b"\0" in part or _FORMULA_TAG.search(part) is not None
    return formulas


def _is_odd(part: bytes) -> bool:
    """Whether tags could hide from the count: behind entities, or in an encoding where < is another byte."""
    declared = _ENCODING.match(part[:300])
    return (
        b"<!DOCTYPE" in part.replace(b"\0", b"")
        or part.startswith(_EBCDIC)
        or (declared is not None and declared[1].lower() not in _READABLE)
    )


def _sheets(book: Any) -> list[str]:
    return [title for title in book.sheetnames if hasattr(book[title], "iter_rows")]  # the others are charts


def _lines(sheet: Any, limits: Limits) -> Iterator[Cells]:
    # a stated size may be wrong; the rows themselves are what counts
    sheet.reset_dimensions()
    lines: Iterator[Cells] = sheet.iter_rows(max_row=limits.lines + 1, max_col=limits.columns, values_only=True)
    return lines


def _result(value: Any, raw: Any) -> Any:
    if value is None and isinstance(raw, str) and raw.startswith("="):
        return FORMULA
    if value is None and raw is not None and not isinstance(raw, str | int | float | bool | date | datetime):
        return FORMULA  # an array formula
    return value
