"""The lines of a table in a file that somebody has: XLSX or CSV, told by the content. No database here."""

import csv
import io
import re
from collections.abc import Iterator
from contextlib import closing

from app.base.documents.workbook import Cells, Limits, TooMuch, sheets_of
from app.kernel.errors import Invalid
from app.kernel.text import T

_BINARY = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
DELIMITERS = ";,\t"
TableLine = tuple[int, Cells]
"""(number of the line in the file, its cells: text, number, date or None)"""


def lines_of(data: bytes, name: str, limits: Limits) -> Iterator[TableLine]:
    """Yield the lines that hold anything, one by one; of an XLSX those of the first sheet that has any.

    Raises Invalid (field file) with what to do, possibly only when the line is asked for: nothing is cut silently.
    """
    if not data:
        raise file_error(T("Berkas “%(name)s” kosong. Pilih berkas lain.", name=name))
    if len(data) > limits.packed:
        raise too_large(name, limits)
    if data.startswith(b"PK\x03\x04"):
        return _xlsx_lines(data, name, limits)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise file_error(T("Berkas ini dari Excel lama (XLS). Simpan sebagai XLSX atau CSV, lalu unggah lagi."))
    return _filled(_csv_lines(_decoded(data, name), name, limits), limits)


def too_large(name: str, limits: Limits) -> Invalid:
    return file_error(
        T(
            "Berkas “%(name)s” lebih besar dari %(n)s MB. Bagi menjadi beberapa berkas.",
            name=name, n=limits.packed // 10**6,
        )
    )  # fmt: skip


def _filled(lines: Iterator[Cells], limits: Limits) -> Iterator[TableLine]:
    for number, cells in enumerate(lines, 1):
        if number > limits.lines:
            raise file_error(
                T("Lembar ini punya lebih dari %(n)s baris. Salin baris yang terisi ke berkas baru.", n=limits.lines)
            )
        if any(cell not in (None, "") for cell in cells):
            yield number, cells


def _xlsx_lines(data: bytes, name: str, limits: Limits) -> Iterator[TableLine]:
    try:
        with closing(sheets_of(data, limits)) as sheets:
            for sheet in sheets:
                found = False
                for line in _filled(sheet, limits):
                    found = True
                    yield line
                if found:
                    return
    except Invalid:
        raise
    except TooMuch as error:
        raise file_error(T("Isi berkas “%(name)s” terlalu besar. Salin barisnya ke berkas baru.", name=name)) from error
    except Exception as error:  # openpyxl raises whatever a broken file makes it stumble over
        raise file_error(
            T("Berkas “%(name)s” tidak bisa dibaca sebagai XLSX. Simpan ulang dari Excel, atau unggah CSV.", name=name)
        ) from error


def _csv_lines(text: str, name: str, limits: Limits) -> Iterator[Cells]:
    lines = text.split("\n", 12)[:12]
    delimiter = max(DELIMITERS, key=lambda sign: sum(line.count(sign) for line in lines))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for cells in reader:
            # a cell of many lines makes the reader's line run ahead; people count rows
            yield tuple(cells[: limits.columns])
    except csv.Error as error:
        raise file_error(
            T("Baris %(n)s pada berkas “%(name)s” tidak bisa dibaca. Simpan ulang sebagai CSV.",
              n=reader.line_num, name=name)
        ) from error  # fmt: skip


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
        if not _BINARY.search(text):
            return text
    raise file_error(T("“%(name)s” bukan berkas CSV atau XLSX. Simpan daftarnya sebagai XLSX atau CSV.", name=name))


def file_error(sentence: T) -> Invalid:
    return Invalid(sentence, field="file")
