"""A list as a file for spreadsheets. Personal columns are for the caller to leave out."""

import csv
import io
from collections.abc import Iterable, Sequence

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

Cell = str | int | None
WIDEST = 48
CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def as_csv(titles: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Semicolons and a byte order mark, as Excel with Indonesian settings opens it."""
    sheet = io.StringIO()
    writer = csv.writer(sheet, delimiter=";")
    writer.writerow(titles)
    for row in rows:
        writer.writerow(["" if cell is None else _no_formula(cell) for cell in row])
    return sheet.getvalue().encode("utf-8-sig")


def as_xlsx(title: str, titles: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Numbers stay numbers; a text that begins like a formula stays a text."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None  # noqa: S101 - a new workbook has one
    sheet.title = title
    sheet.append(list(titles))
    widths = [len(each) for each in titles]
    for row in rows:
        cells = [ILLEGAL_CHARACTERS_RE.sub("", cell) if isinstance(cell, str) else cell for cell in row]
        sheet.append(cells)
        widths = [max(width, len(str(cell or ""))) for width, cell in zip(widths, cells, strict=True)]
    for line in sheet.iter_rows():
        for each in line:
            if isinstance(each.value, str):
                each.data_type = "s"
    for column, width in enumerate(widths, 1):
        sheet.cell(row=1, column=column).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(column)].width = min(WIDEST, width + 2)
    sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _no_formula(cell: str | int) -> str | int:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
