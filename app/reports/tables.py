"""Lists as files that the office opens in its spreadsheet: CSV as Excel in Indonesian expects it, and XLSX."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDEST, NARROWEST = 60, 10  # characters
FORMULA = ("=", "+", "-", "@", "\t", "\r")
Cell = str | int | date | None


def as_csv(titles: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Semicolons and a byte order mark."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(titles)
    writer.writerows([[harmless(cell) for cell in row] for row in rows])
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(name: str, titles: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """One sheet with a fixed head and a filter. Dates stay dates; what begins like a formula is text."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = name[:31]
    sheet.append(list(titles))
    widths = [len(title) for title in titles]
    for row in rows:
        sheet.append([harmless(cell) for cell in row])
        widths = [max(width, len(str(cell or ""))) for width, cell in zip(widths, row, strict=True)]
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for number, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(number)].width = min(max(width + 2, NARROWEST), WIDEST)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def harmless(cell: Cell) -> Cell:
    """A cell that begins like a formula is text: spreadsheets would run it. Signs that no sheet can hold go."""
    if not isinstance(cell, str):
        return cell
    plain = "".join(sign for sign in cell if sign in "\n\t" or ord(sign) >= 0x20)
    return "'" + plain if plain.startswith(FORMULA) else plain
