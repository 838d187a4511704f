"""A file that costs more than a list of groups may cost is refused before anything of it is built."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime

import pytest
from openpyxl import Workbook

from app.base.documents import workbook
from app.base.documents.workbook import text_of
from app.gatherings.communities.tables import MAX_ROWS, read_table
from app.kernel.errors import Invalid

NS = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
SHEET, STYLES, BOOK = "xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/workbook.xml"


def plain() -> bytes:
    out, book = io.BytesIO(), Workbook()
    for row in (["Nama", "Desa"], ["KIM A", "Loa Ulung"]):
        book.active.append(row)  # type: ignore[union-attr]
    book.save(out)
    return out.getvalue()


def changed(part: str, change: Callable[[bytes], bytes], extra: bytes = b"") -> bytes:
    """The plain workbook with one of its parts changed, and perhaps one more."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(plain())) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, change(data) if name == part else data)
        if extra:
            target.writestr("xl/sharedStrings.xml", extra)
    return out.getvalue()


def sheet_of(cells: bytes) -> bytes:
    return b"<worksheet " + NS + b"><sheetData>" + cells + b"</sheetData></worksheet>"


BOMBS = {
    "one wide row": changed(SHEET, lambda _: sheet_of(b"<row>" + b"<c/>" * 300_000 + b"</row>")),
    "many filled cells": changed(SHEET, lambda _: sheet_of((b"<row>" + b"<c><v>1</v></c>" * 60 + b"</row>") * 2_000)),
    "a wide row in two bytes a letter": changed(
        SHEET, lambda _: sheet_of(b"<row>" + b"<c/>" * 300_000 + b"</row>").decode().encode("utf-16")
    ),
    "a text behind the sheet": changed("", bytes, b"<sst " + NS + b">" + b"<si><t/></si>" * 100_000 + b"</sst>"),
    "styles": changed(STYLES, lambda data: data.replace(b"</cellXfs>", b"<xf/>" * 50_000 + b"</cellXfs>")),
    "styles that begin with a comment of a sheet": changed(
        STYLES, lambda data: b"<!-- <worksheet > -->" + data.replace(b"</cellXfs>", b"<xf/>" * 50_000 + b"</cellXfs>")
    ),
    "sheets": changed(BOOK, lambda data: data.replace(b"</sheets>", b'<sheet name="a"/>' * 200 + b"</sheets>")),
    "bytes": changed("", bytes, b" " * 13_000_000),
    "entities": changed(
        SHEET, lambda _: b'<!DOCTYPE w [<!ENTITY a "<c/><c/>">]>' + sheet_of(b"<row>" + b"&a;" * 100_000 + b"</row>")
    ),
    "letters nobody counts": changed(
        SHEET, lambda data: b'<?xml version="1.0" encoding="cp037"?>' + data.decode().encode("cp037")
    ),
}


@pytest.mark.parametrize("data", BOMBS.values(), ids=BOMBS.keys())
def test_what_unpacks_to_too_much_is_refused_unread(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("openpyxl.load_workbook", lambda *_args, **_options: pytest.fail("it was built"))
    with pytest.raises(Invalid, match="terlalu besar") as told:
        read_table(data, "daftar.xlsx")
    assert told.value.field == "file"


def test_rows_are_asked_for_only_until_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def lines(_sheet: object, _limits: object) -> object:
        for number in range(10_000):
            asked.append(number)
            yield (f"KIM {number}",)

    monkeypatch.setattr(workbook, "_lines", lines)
    with pytest.raises(Invalid, match="lebih dari"):
        read_table(plain(), "daftar.xlsx")
    assert len(asked) < MAX_ROWS + 50


def test_the_longest_list_that_may_be_taken_is_read() -> None:
    out, book = io.BytesIO(), Workbook()
    for number in range(MAX_ROWS + 1):
        book.active.append([f"Isi {number} {column}" for column in range(25)])  # type: ignore[union-attr]
    book.save(out)
    assert len(read_table(out.getvalue(), "daftar.xlsx").rows) == MAX_ROWS + 1


def test_a_second_sheet_is_read_where_the_first_is_empty() -> None:
    out, book = io.BytesIO(), Workbook()
    book.create_sheet("Isi").append(["Nama", "=1+1"])
    book.save(out)
    ((line, cells),) = read_table(out.getvalue(), "daftar.xlsx").rows
    assert (line, cells[:3]) == (1, ("Nama", workbook.FORMULA, None))


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""),
        (6402122002.0, "6402122002"),
        (6402122002000001.0, "6402122002000001"),
        (0.5, "0.5"),
        (float("inf"), "inf"),
        (True, "ya"),
        (False, "tidak"),
        (date(2026, 12, 2), "2026-12-02"),
        (datetime(2026, 12, 2, 8, 30), "2026-12-02T08:30:00"),  # noqa: DTZ001 (a sheet knows no zones)
        (" Loa Kulu ", " Loa Kulu "),
    ],
)
def test_a_cell_is_read_as_the_text_that_a_person_meant(cell: object, text: str) -> None:
    assert text_of(cell) == text


def test_a_reader_says_how_it_writes_days_and_truths() -> None:
    assert text_of(date(2026, 12, 2), day=lambda one: f"{one.day}/{one.month}/{one.year}") == "2/12/2026"
    assert (text_of(True, yes="1", no="0"), text_of(False, yes="1", no="0")) == ("1", "0")
