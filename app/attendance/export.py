"""The list of those who came as a spreadsheet, for the office's own reckoning."""

import io
from collections.abc import Iterable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from app.attendance.presence import METHODS, ROLES
from app.events.states import AGE_BANDS, REGISTRATIONS, SEXES

PERSONAL = ("Nama", "Asal/instansi")
PLAIN = ("L/P", "Kelompok umur", "Desa/kelurahan", "Sebagai", "Pendaftaran", "Hadir", "Jam", "Cara mencatat")
WIDTHS = {"Nama": 32, "Asal/instansi": 32, "Desa/kelurahan": 24, "Kelompok umur": 26, "Cara mencatat": 24}


def attendance_xlsx(title: str, people: Iterable[Any], *, tz: str, personal: bool) -> bytes:
    """`title` stands on top; `people`: rows of `people_at_the_door`. Without `personal` no name stands in it."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None  # noqa: S101 - a new workbook has one
    sheet.title = "Daftar hadir"
    columns = ("No", *(PERSONAL if personal else ()), *PLAIN)
    sheet.append([_harmless(title)])
    sheet.append(columns)
    for number, person in enumerate(people, 1):
        own = [person.name, person.organisation] if personal else []
        sheet.append([number, *(_harmless(value) for value in [*own, *_plain(person, ZoneInfo(tz))])])
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell.value, str):
                cell.data_type = "s"  # a name that begins with = is no formula
    sheet["A1"].font = Font(bold=True, size=14)
    for column, name in enumerate(columns, 1):
        sheet.cell(row=2, column=column).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(column)].width = WIDTHS.get(name, 14)
    sheet.freeze_panes = "A3"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _plain(person: Any, zone: ZoneInfo) -> list[str]:
    return [
        _word(SEXES, person.sex),
        _word(AGE_BANDS, person.age_band),
        person.village or "",
        _word(ROLES, person.role),
        _word(REGISTRATIONS, person.status) if person.status else "Tanpa mendaftar",
        "ya" if person.attendance_id else "tidak",
        person.at.astimezone(zone).strftime("%H.%M") if person.at else "",
        _word(METHODS, person.method) if person.method else "",
    ]


def _word(words: Mapping[str, Any], value: str) -> str:
    return str(words.get(value, value))


def _harmless(value: str) -> str:
    """Without the control characters that no spreadsheet takes."""
    return str(ILLEGAL_CHARACTERS_RE.sub("", value))
