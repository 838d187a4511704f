"""Sheets of an XLSForm file as lines with named cells, and what is wrong with them by sheet, row and column."""

import io
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from app.base.documents.tables import file_error, too_large
from app.base.documents.workbook import FORMULA, Cells, Limits, TooMuch, named_sheets_of, text_of
from app.evidence.instruments.xlsform.words import language_of
from app.kernel.errors import Invalid
from app.kernel.text import T

LIMITS = Limits(packed=3_000_000, unpacked=25_000_000, sheet_tags=400_000, text_tags=200_000, lines=5_000, columns=200)
SHEETS = (
    "survey",
    "choices",
    "settings",
    "external_choices",
    "entities",
    "osm",
    "gaung",
    "gaung_codes",
    "gaung_measures",
)
ALIASES = {
    "relevance": "relevant", "bind::relevant": "relevant", "bind::required": "required",
    "bind::constraint": "constraint", "control::appearance": "appearance", "list name": "list_name",
    "image": "media::image", "audio": "media::audio", "video": "media::video", "read_only": "readonly",
    "bind::readonly": "readonly", "calculate": "calculation", "bind::calculate": "calculation", "value": "name",
    "caption": "label", "count": "repeat_count", "list-name": "list_name",
}  # fmt: skip
BY_LANGUAGE = ("label", "hint", "media::image", "media::audio", "media::video", "guidance_hint", "constraint_message",
               "required_message")  # fmt: skip
MOST_TROUBLES = 100
MOST_CELL = 5_000
YES = {"yes", "true", "1", "true()", "ya"}
WHOLE_FILE = ""


@dataclass(frozen=True)
class Trouble:
    """What is wrong, or differs, at one place of the file.

    `row`: as the spreadsheet counts, None for the sheet as a whole; `sheet` empty for the file.
    """

    sheet: str
    row: int | None
    column: str
    sentence: T


@dataclass
class SheetLine:
    """One line of a sheet.

    `number`: as the spreadsheet counts. Cells by the plain name of their column; a language stands behind "::".
    """

    number: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def says(self, column: str) -> bool:
        return self[column].lower() in YES

    def texts(self, column: str) -> dict[str, str]:
        found = {}
        for name, text in self.cells.items():
            stem, _sign, language = name.rpartition("::")
            if stem == column and text:
                found[language] = text
        return found


@dataclass
class SheetTable:
    """One sheet. `raw`: the lines under the headings as they stand in the file, for pyxform."""

    name: str
    columns: list[str] = field(default_factory=list)
    lines: list[SheetLine] = field(default_factory=list)
    raw: list[dict[str, str]] = field(default_factory=list)

    def languages(self) -> list[str]:
        found = [name.rpartition("::")[2] for name in self.columns if name.startswith(("label::", "hint::"))]
        return list(dict.fromkeys(found))


@dataclass
class Notes:
    """Notes on a form that is read. `troubles` keep the form out; `remarks` say what comes in differently."""

    troubles: list[Trouble] = field(default_factory=list)
    remarks: list[Trouble] = field(default_factory=list)

    def trouble(self, sheet: str, row: int | None, column: str, msgid: str | T, **params: Any) -> None:
        if len(self.troubles) < MOST_TROUBLES:
            sentence = msgid if isinstance(msgid, T) else T(msgid, **params)
            self.troubles.append(Trouble(sheet, row, column, sentence))

    def remark(self, sheet: str, row: int | None, column: str, msgid: str, **params: Any) -> None:
        if len(self.remarks) < MOST_TROUBLES:
            self.remarks.append(Trouble(sheet, row, column, T(msgid, **params)))


def tables_of(data: bytes, name: str, notes: Notes) -> dict[str, SheetTable]:
    """Return the sheets that mean something, by their names. Raises Invalid (field file) for what is no such file."""
    if not data:
        raise file_error(T("Berkas “%(name)s” kosong. Pilih berkas lain.", name=name))
    if len(data) > LIMITS.packed:
        raise too_large(name, LIMITS)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise file_error(
            T("Berkas ini dari Excel lama (XLS) atau berkata sandi. Simpan sebagai XLSX, lalu unggah lagi.")
        )
    if not data.startswith(b"PK\x03\x04"):
        raise file_error(T("“%(name)s” bukan berkas XLSX. Unduh XLSForm dari Kobo atau ODK sebagai XLSX.", name=name))
    try:
        _refuse_macros(data)
        with closing(named_sheets_of(data, LIMITS)) as sheets:
            found = {
                title.strip().lower(): _table(title.strip().lower(), lines, notes)
                for title, lines in sheets
                if title.strip().lower() in SHEETS
            }
    except Invalid:
        raise
    except TooMuch as error:
        raise file_error(
            T(
                "Isi berkas “%(name)s” terlalu besar untuk sebuah kuesioner. Hapus lembar dan gaya yang tidak dipakai.",
                name=name,
            )
        ) from error
    except Exception as error:  # openpyxl raises whatever a broken file makes it stumble over
        raise file_error(
            T("Berkas “%(name)s” rusak atau bukan XLSX. Simpan ulang dari Excel, lalu unggah lagi.", name=name)
        ) from error
    if "survey" not in found:
        raise file_error(T("Berkas ini bukan XLSForm: tidak ada lembar bernama “survey”."))
    return found


def _refuse_macros(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if any(one.filename.lower().endswith("vbaproject.bin") for one in archive.infolist()):
            raise file_error(T("Berkas ini memuat makro. Simpan sebagai XLSX biasa (tanpa makro), lalu unggah lagi."))


def _table(name: str, lines: Iterator[Cells], notes: Notes) -> SheetTable:
    table = SheetTable(name)
    headings: Sequence[str] = ()
    for number, cells in enumerate(lines, 1):
        if number > LIMITS.lines:
            raise file_error(T("Lembar “%(sheet)s” punya lebih dari %(n)s baris.", sheet=name, n=LIMITS.lines))
        texts = [_text(cell) for cell in cells]
        if not any(texts):
            continue
        if not headings:
            headings = texts
            table.columns = [_column(name, text, notes) for text in texts]
            continue
        _line(table, number, headings, texts, notes)
    return table


def _line(table: SheetTable, number: int, headings: Sequence[str], texts: Sequence[str], notes: Notes) -> None:
    cells: dict[str, str] = {}
    for column, text in zip(table.columns, texts, strict=False):
        if text == FORMULA:
            notes.trouble(table.name, number, column, "Sel ini berisi rumus tanpa hasil. Ganti dengan tulisannya.")
        elif len(text) > MOST_CELL:
            notes.trouble(table.name, number, column, "Isi sel ini terlalu panjang. Persingkat.")
        elif text and column:
            cells.setdefault(column, text)
    table.lines.append(SheetLine(number, cells))
    table.raw.append({heading: text for heading, text in zip(headings, texts, strict=False) if heading and text})


def _text(cell: Any) -> str:
    text = text_of(cell, yes="true", no="false")
    return text if text == FORMULA else text.replace("\r\n", "\n").replace("\xa0", " ").strip()


def _column(sheet: str, heading: str, notes: Notes) -> str:
    """The plain name of a column; that of a text with the code of its language."""
    said = " ".join(heading.split())
    lower = said.lower().replace(" ::", "::").replace(":: ", "::")
    lower = ALIASES.get(lower, lower)
    if lower in BY_LANGUAGE:
        return f"{lower}::id"
    for stem in (*BY_LANGUAGE, "image", "audio", "video"):
        for sign in ("::", ":"):
            if lower.startswith(stem + sign) and lower not in ALIASES.values():
                language = language_of(lower[len(stem) + len(sign) :])
                if language is None:
                    notes.trouble(
                        sheet, 1, heading,
                        "Bahasa kolom ini tidak dikenal. Tulis kodenya dalam kurung, misalnya “label::Kutai (kut)”.",
                    )  # fmt: skip
                    return ""
                return f"{ALIASES.get(stem, stem)}::{language}"
    return lower
