"""The list of those who came as a spreadsheet, for the office's own reckoning."""

from collections.abc import Iterable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from app.base.documents.sheets import as_xlsx
from app.gatherings.attendance.presence import METHODS, ROLES
from app.gatherings.events.states import AGE_BANDS, REGISTRATIONS, SEXES

PERSONAL = ("Nama", "Asal/instansi")
PLAIN = ("L/P", "Kelompok umur", "Desa/kelurahan", "Sebagai", "Pendaftaran", "Hadir", "Jam", "Cara mencatat")


def attendance_xlsx(title: str, people: Iterable[Any], *, tz: str, personal: bool) -> bytes:
    """Return the list of those who came as XLSX. `title` stands on top; `people`: rows of `people_at_the_door`. Without
    `personal` no name stands in it."""
    rows = (
        [number, *([person.name, person.organisation] if personal else []), *_plain(person, ZoneInfo(tz))]
        for number, person in enumerate(people, 1)
    )
    return as_xlsx("Daftar hadir", ("No", *(PERSONAL if personal else ()), *PLAIN), rows, top=title)


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
