"""Lists as files for spreadsheets. Which columns there are, and whose data stand in them, the rooms decide.

What people typed is never run: in a CSV a text that begins like a formula gets an apostrophe before it, in an XLSX it
is stored as the text it is. Signs that no sheet can hold are left out.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import openpyxl

if TYPE_CHECKING:  # openpyxl brings both along; said here, they would load it at once
    import openpyxl.styles
    import openpyxl.utils

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PART = 64 * 1024  # letters
WIDEST, NARROWEST = 60, 10  # characters
FORMULA = ("=", "+", "-", "@", "\t", "\r")
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # XML has no way to write them
NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")
LONGEST_NAME = 31  # of a sheet; Excel refuses longer ones

Cell = str | int | float | date | None
SheetRow = Sequence[Cell]


@dataclass(frozen=True)
class Sheet:
    """`titles` head the columns; `top` is a line over them."""

    name: str
    titles: Sequence[str]
    rows: Iterable[SheetRow] = ()
    top: str = ""


def as_csv(titles: Sequence[str], rows: Iterable[SheetRow], *, top: str = "") -> bytes:
    """Return a CSV with semicolons and a byte order mark, as Excel with Indonesian settings opens it. `top` is a line
    over the titles."""
    return b"".join(csv_parts(titles, rows, top=top))


def csv_parts(
    titles: Sequence[str], rows: Iterable[SheetRow], *, top: str = "", plain: bool = False
) -> Iterator[bytes]:
    """Yield the same while the rows are still read: a long list goes out in parts. `plain`: commas and no mark, as RFC
    4180 has it and programs expect it."""
    text = io.StringIO("" if plain else "\ufeff")
    text.seek(0, io.SEEK_END)
    writer = csv.writer(text, delimiter="," if plain else ";")
    if top:
        writer.writerow([_harmless(top)])
    writer.writerow([_harmless(title) for title in titles])
    for row in rows:
        writer.writerow([_harmless(cell) for cell in row])
        if text.tell() > PART:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()


def as_xlsx(name: str, titles: Sequence[str], rows: Iterable[SheetRow], *, top: str = "") -> bytes:
    """Return one sheet: a head that stays in sight and filters, numbers that stay numbers, dates that stay dates."""
    return workbook([Sheet(name, titles, rows, top)])


def workbook(sheets: Iterable[Sheet]) -> bytes:
    """Return an XLSX file of several sheets."""
    book = openpyxl.Workbook()
    for sheet in book.worksheets:
        book.remove(sheet)
    for one in sheets:
        _fill(book.create_sheet(NOT_IN_NAMES.sub(" ", one.name)[:LONGEST_NAME].strip()), one)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _fill(sheet: Any, wanted: Sheet) -> None:
    head = 2 if wanted.top else 1
    if wanted.top:
        _write(sheet, 1, [wanted.top])
        sheet["A1"].font = openpyxl.styles.Font(bold=True, size=14)
    _write(sheet, head, wanted.titles)
    last, widths = head, [len(title) for title in wanted.titles]
    for last, row in enumerate(wanted.rows, head + 1):
        _write(sheet, last, row)
        widths = [max(width, len(str(cell or ""))) for width, cell in zip(widths, row, strict=True)]
    for column, width in enumerate(widths, 1):
        sheet.cell(head, column).font = openpyxl.styles.Font(bold=True)
        sheet.column_dimensions[openpyxl.utils.get_column_letter(column)].width = min(max(width + 2, NARROWEST), WIDEST)
    sheet.freeze_panes = f"A{head + 1}"
    if last > head:
        sheet.auto_filter.ref = f"A{head}:{openpyxl.utils.get_column_letter(len(widths))}{last}"


def _write(sheet: Any, number: int, row: SheetRow) -> None:
    for column, value in enumerate(row, 1):
        if not isinstance(value, str):
            sheet.cell(number, column, value)
            continue
        text = _held(value)
        cell = sheet.cell(number, column, text)
        cell.data_type = "s"  # else "=1+1" were a formula and "#N/A" an error
        cell.quotePrefix = text.startswith(FORMULA)  # as after a typed apostrophe: edited, it stays a text


def _harmless(cell: Cell) -> Cell:
    if not isinstance(cell, str):
        return cell
    text = _held(cell)
    return "'" + text if text.startswith(FORMULA) else text


def _held(text: str) -> str:
    return ILLEGAL.sub("", text)
