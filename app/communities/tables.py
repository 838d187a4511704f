"""Tables in files that the office has. No database here."""

import csv
import io
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass

from app.communities.workbook import MAX_COLUMNS, MAX_LINES, Cells, TooMuch, sheets_of
from app.kernel.errors import Invalid
from app.kernel.text import T

MAX_BYTES = 5_000_000
MAX_ROWS = 500  # taken in one transaction, which nobody should wait for longer than two seconds
MAX_CELL = 5_000
DELIMITERS = ";,\t"


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
        return Table(_xlsx_rows(data, name))
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


def _xlsx_rows(data: bytes, name: str) -> list[tuple[int, Cells]]:
    """The lines of the first sheet that has any."""
    try:
        with closing(sheets_of(data)) as sheets:
            return next((rows for lines in sheets if (rows := _kept(lines))), [])
    except Invalid:
        raise
    except TooMuch as error:
        raise _wrong(T("Isi berkas “%(name)s” terlalu besar. Salin barisnya ke berkas baru.", name=name)) from error
    except Exception as error:  # openpyxl raises whatever a broken file makes it stumble over
        raise _wrong(
            T("Berkas “%(name)s” tidak bisa dibaca sebagai XLSX. Simpan ulang dari Excel, atau unggah CSV.", name=name)
        ) from error


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
