"""Tables in files: read what the office has, write what it may take along. No database here."""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from app.kernel.errors import Invalid
from app.kernel.text import T

MAX_BYTES = 5_000_000
MAX_ROWS = 500  # taken in one transaction, which nobody should wait for longer than two seconds
MAX_LINES = 20_000  # of the sheet, empty ones too
MAX_COLUMNS = 60
MAX_UNPACKED = 100_000_000  # a file of 5 MB can unpack to gigabytes
MAX_CELL = 5_000
DELIMITERS = ";,\t"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMULA = "\0rumus"
"""Stands for a formula whose result the file does not carry."""

Cells = tuple[Any, ...]


@dataclass(frozen=True)
class Table:
    """`rows`: (line number in the file, cells: text, number, date or None); empty lines are left out."""

    rows: Sequence[tuple[int, Cells]]


def read_table(data: bytes, name: str) -> Table:
    """Read an XLSX or CSV file, told by its content. Raises Invalid (field file) with what to do."""
    if not data:
        raise _wrong(T("Berkas “%(name)s” kosong. Pilih berkas lain.", name=name))
    if len(data) > MAX_BYTES:
        raise too_large(name)
    if data.startswith(b"PK\x03\x04"):
        return Table(_kept(_xlsx_lines(data, name)))
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise _wrong(T("Berkas ini dari Excel lama (XLS). Simpan sebagai XLSX atau CSV, lalu unggah lagi."))
    return Table(_kept(_csv_lines(data, name)))


def too_large(name: str) -> Invalid:
    return _wrong(T("Berkas “%(name)s” lebih besar dari 5 MB. Bagi menjadi beberapa berkas.", name=name))


def _kept(lines: Iterable[Cells]) -> list[tuple[int, Cells]]:
    """Lines that hold anything. Nothing is cut silently: too many are refused."""
    rows: list[tuple[int, Cells]] = []
    for number, cells in enumerate(lines, 1):
        if number > MAX_LINES:
            raise _wrong(
                T("Lembar ini punya lebih dari %(n)s baris. Salin baris yang terisi ke berkas baru.", n=MAX_LINES)
            )
        if any(cell not in (None, "") for cell in cells):
            rows.append((number, cells))
        if len(rows) > MAX_ROWS + 20:  # some lines above the heading
            raise too_many()
    return rows


def too_many() -> Invalid:
    return _wrong(
        T(
            "Berkas ini berisi lebih dari %(n)s kelompok. Bagi menjadi beberapa berkas. Belum ada yang dibaca.",
            n=MAX_ROWS,
        )
    )


def _xlsx_lines(data: bytes, name: str) -> list[Cells]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(one.file_size for one in archive.infolist()) > MAX_UNPACKED:
                raise _wrong(T("Isi berkas “%(name)s” terlalu besar. Salin barisnya ke berkas baru.", name=name))
        with (
            closing(load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)) as values,
            closing(load_workbook(io.BytesIO(data), read_only=True, keep_links=False)) as formulas,
        ):
            return _first_filled(values, formulas)
    except Invalid:
        raise
    except Exception as error:  # openpyxl raises whatever a broken file makes it stumble over
        raise _wrong(
            T("Berkas “%(name)s” tidak bisa dibaca sebagai XLSX. Simpan ulang dari Excel, atau unggah CSV.", name=name)
        ) from error


def _first_filled(values: Any, formulas: Any) -> list[Cells]:
    """The lines of the first sheet that has any; formulas without a result are marked."""
    for title in values.sheetnames:
        sheet = values[title]
        if not hasattr(sheet, "iter_rows"):
            continue  # a chart
        # a stated size may be wrong; the rows themselves are what counts
        sheet.reset_dimensions()
        formulas[title].reset_dimensions()
        limits = {"max_row": MAX_LINES + 1, "max_col": MAX_COLUMNS, "values_only": True}
        lines = [
            tuple(_result(value, raw) for value, raw in zip(line, raws, strict=False))
            for line, raws in zip(sheet.iter_rows(**limits), formulas[title].iter_rows(**limits), strict=False)
        ]
        if any(cell not in (None, "") for line in lines for cell in line):
            return lines
    return []


def _result(value: Any, raw: Any) -> Any:
    if value is None and isinstance(raw, str) and raw.startswith("="):
        return FORMULA
    if value is None and raw is not None and not isinstance(raw, str | int | float | bool | date | datetime):
        return FORMULA  # an array formula
    return value


def _csv_lines(data: bytes, name: str) -> list[Cells]:
    text = _decoded(data, name)
    lines = text.split("\n", 12)[:12]
    delimiter = max(DELIMITERS, key=lambda sign: sum(line.count(sign) for line in lines))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: list[Cells] = []
    try:
        for cells in reader:
            # a cell of many lines makes the reader's line run ahead; people count rows
            rows.append(tuple(cells[:MAX_COLUMNS]))
            if len(rows) > MAX_LINES:
                break
    except csv.Error as error:
        raise _wrong(
            T("Baris %(n)s pada berkas “%(name)s” tidak bisa dibaca. Simpan ulang sebagai CSV.",
              n=reader.line_num, name=name)
        ) from error  # fmt: skip
    return rows


def _decoded(data: bytes, name: str) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not any(ord(sign) < 32 and sign not in "\t\r\n" for sign in text):
            return text
    raise _wrong(T("“%(name)s” bukan berkas CSV atau XLSX. Simpan daftarnya sebagai XLSX atau CSV.", name=name))


def _wrong(sentence: T) -> Invalid:
    return Invalid(sentence, field="file")


def harmless(value: Any) -> Any:
    """A cell that begins like a formula is text: spreadsheets would run it."""
    if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"}:
        return "'" + value
    return value


def as_csv(rows: Iterable[Sequence[Any]]) -> bytes:
    """Semicolons and a byte order mark, as Excel with Indonesian settings opens it."""
    sheet = io.StringIO()
    writer = csv.writer(sheet, delimiter=";")
    for row in rows:
        writer.writerow(["" if cell is None else harmless(cell) for cell in row])
    return sheet.getvalue().encode("utf-8-sig")


def as_xlsx(sheets: Sequence[tuple[str, Sequence[Sequence[Any]]]]) -> bytes:
    """A file of sheets (title, rows); the first row of each is its heading. Texts stay texts, never formulas."""
    book = Workbook()
    for sheet in book.worksheets:
        book.remove(sheet)
    for title, rows in sheets:
        sheet = book.create_sheet(title[:31])
        for number, row in enumerate(rows, 1):
            for column, value in enumerate(row, 1):
                cell = sheet.cell(number, column, harmless(value))
                if number == 1:
                    cell.font = Font(bold=True)
        for column in range(1, len(rows[0]) + 1 if rows else 1):
            longest = max(len(str(row[column - 1] or "")) for row in rows[:200])
            sheet.column_dimensions[get_column_letter(column)].width = min(60, max(12, longest + 2))
        sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
