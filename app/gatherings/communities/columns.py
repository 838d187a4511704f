"""Columns of a list of groups: how their headings are understood and their cells read."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from app.base.documents.workbook import FORMULA, text_of
from app.base.people.identity import email_of, phone_of
from app.gatherings.communities.service import FIRST_YEAR, LIMITS
from app.gatherings.communities.tables import MAX_CELL, MAX_ROWS, Table, too_many
from app.kernel.errors import Invalid
from app.kernel.numbers import are_digits, read_int
from app.kernel.text import T
from app.kernel.typed import at_most, line

SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "name": ("nama", "nama kim", "nama kelompok", "nama komunitas", "kelompok", "nama kelompok kim", "kim"),
    "kind": ("jenis", "tipe", "jenis kelompok"),
    "kim_number": (
        "nomor kim id", "no kim id", "nomor kim", "no kim", "nomor registrasi", "no registrasi", "nomor register",
        "no register", "id kim", "kim id", "nomor registrasi kim", "nomor induk kim",
    ),
    "village_code": (
        "kode desa", "kode wilayah", "kode kemendagri", "kode desa kelurahan", "kode kelurahan", "kode wilayah desa",
    ),
    "village": ("desa", "kelurahan", "desa kelurahan", "nama desa", "desa atau kelurahan", "nama desa kelurahan"),
    "district": ("kecamatan", "nama kecamatan", "kec"),
    "decree_number": ("nomor sk", "no sk", "sk", "sk nomor", "nomor surat keputusan"),
    "decree_issuer": ("penerbit sk", "penanda tangan sk", "sk ditandatangani", "sk dari", "pejabat penerbit sk"),
    "decree_on": ("tanggal sk", "tgl sk", "tanggal surat keputusan"),
    "founded_year": ("tahun berdiri", "tahun dibentuk", "tahun pembentukan", "tahun"),
    "chair": ("ketua", "nama ketua", "ketua kim"),
    "contact_name": ("narahubung", "nama narahubung", "kontak", "nama kontak", "kontak person"),
    "phone": (
        "telepon", "nomor telepon", "no telepon", "hp", "no hp", "nomor hp", "wa", "whatsapp", "no wa",
        "nomor whatsapp", "telp", "no telp",
    ),
    "email": ("surel", "email", "e mail", "alamat surel"),
    "consent": ("persetujuan kontak", "setuju dihubungi", "izin kontak", "persetujuan"),
    "address": ("alamat", "sekretariat", "alamat sekretariat"),
    "note": ("catatan", "keterangan"),
}  # fmt: skip
LABELS: Mapping[str, T] = {
    "name": T("Nama"),
    "kind": T("Jenis"),
    "kim_number": T("Nomor kim.id"),
    "village_code": T("Kode desa"),
    "village": T("Desa atau kelurahan"),
    "district": T("Kecamatan"),
    "decree_number": T("Nomor SK"),
    "decree_issuer": T("Penerbit SK"),
    "decree_on": T("Tanggal SK"),
    "founded_year": T("Tahun berdiri"),
    "chair": T("Ketua"),
    "contact_name": T("Narahubung"),
    "phone": T("Telepon"),
    "email": T("Surel"),
    "consent": T("Persetujuan kontak"),
    "address": T("Alamat"),
    "note": T("Catatan"),
}
MONTHS = (
    "januari", "februari", "maret", "april", "mei", "juni", "juli", "agustus", "september", "oktober", "november",
    "desember",
)  # fmt: skip
YES = {"ya", "y", "setuju", "1", "true", "v", "x", "✓"}
NOT_TEXT = {"kind", "decree_on", "founded_year", "consent"}


def normalise_heading(text: Any) -> str:
    """Return a column's title as it is compared: "No. KIM.ID" → "no kim id"."""
    return " ".join(re.sub(r"[^\w]+", " ", str(text or "").lower()).split())


def columns_of(table: Table) -> tuple[int, dict[int, str], list[str]]:
    """Return (place of the heading among the rows, column → key, titles that are not known).

    The heading is the first of the first ten lines that names the group's name. Raises Invalid (field file).
    """
    keys = {word: key for key, words in SYNONYMS.items() for word in words}
    for place, (_line, cells) in enumerate(table.rows[:10]):
        found: dict[int, str] = {}
        for column, cell in enumerate(cells):
            key = keys.get(normalise_heading(cell))
            if key and key not in found.values():
                found[column] = key
        if "name" in found.values() and len(found) > 1:
            unknown = [
                str(cell).strip()[:60] for column, cell in enumerate(cells)
                if column not in found and str(cell or "").strip()
            ]  # fmt: skip
            if len(table.rows) - place - 1 > MAX_ROWS:
                raise too_many()
            return place, found, unknown
    raise Invalid(
        T("Judul kolom tidak ditemukan. Baris judul paling sedikit berisi “Nama” dan satu kolom lain dari templat."),
        field="file",
    )


def read_line(cells: Sequence[Any], columns: Mapping[int, str]) -> tuple[dict[str, Any], list[str]]:
    """Return (key → plain value, sentences about what is wrong). Empty cells are left out; dates are ISO texts."""
    values: dict[str, Any] = {}
    wrong: list[str] = []
    for column, key in columns.items():
        cell = cells[column] if column < len(cells) else None
        if cell is None or (isinstance(cell, str) and not cell.strip()):
            continue
        try:
            values[key] = _read(key, cell)
        except Invalid as error:
            wrong.append(f"{LABELS[key]}: {error}")
    if not values.get("name") and not any(text.startswith(str(LABELS["name"])) for text in wrong):
        wrong.append(str(T("Nama: isi nama kelompoknya.")))
    return values, wrong


def _read(key: str, cell: Any) -> Any:
    if cell == FORMULA:
        raise Invalid(T("sel ini berisi rumus tanpa hasil. Ganti dengan nilainya."))
    if key in NOT_TEXT:
        return READING[key](cell)
    text = as_text(cell)
    most = LIMITS.get(key, 200)
    at_most(text, min(most, MAX_CELL), None, T("terlalu panjang, paling banyak %(n)s huruf.", n=most))
    if key == "phone":
        return _phone(text)
    if key == "email" and email_of(text) is None:
        raise Invalid(T("“%(text)s” bukan alamat surel yang lengkap.", text=text[:60]))
    return text


def _phone(text: str) -> str:
    """Excel drops the 0 at the beginning of a number."""
    found = phone_of(text) or phone_of("0" + text)
    if found is None:
        raise Invalid(T("“%(text)s” bukan nomor telepon yang lengkap.", text=text[:60]))
    return found


def as_text(cell: Any) -> str:
    """Return a cell on one line as a person would read it, a date as it is written here."""
    text = text_of(cell, yes="ya", no="tidak", day=lambda one: f"{one.day}/{one.month}/{one.year}")
    return line("".join(sign if sign.isprintable() else " " for sign in text)).removeprefix("'")


def _kind(cell: Any) -> str:
    text = as_text(cell).lower()
    if "program" in text:
        return "programmer"
    if "kim" in text or "informasi masyarakat" in text:
        return "kim"
    raise Invalid(T("“%(text)s” tidak dikenal. Tulis KIM atau Komunitas programmer.", text=text[:60]))


def _date(cell: Any) -> str:
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    text = as_text(cell).lower()
    parts = re.fullmatch(r"(\d{1,2})[\s./-]+(\d{1,2}|[a-z]+)[\s./-]+(\d{4})", text, re.ASCII)
    iso = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text, re.ASCII)
    try:
        if iso:
            return date(int(iso[1]), int(iso[2]), int(iso[3])).isoformat()
        if parts:
            return date(int(parts[3]), _month(parts[2]), int(parts[1])).isoformat()
    except ValueError:
        pass
    raise Invalid(T("“%(text)s” bukan tanggal. Tulis seperti 24/11/2026 atau 24 November 2026.", text=text[:60]))


def _month(text: str) -> int:
    if are_digits(text):
        return int(text[:3])  # what is longer is no month either
    found = [number for number, name in enumerate(MONTHS, 1) if name.startswith(text[:3]) and len(text) >= 3]
    if not found:
        raise ValueError(text)
    return found[0]


def _year(cell: Any) -> int:
    text = str(cell.year) if isinstance(cell, datetime | date) else as_text(cell)
    year = read_int(text, FIRST_YEAR, 2100)
    if year is None:
        raise Invalid(T("“%(text)s” bukan tahun.", text=text[:60]))
    return year


def _consent(cell: Any) -> bool:
    return as_text(cell).lower() in YES


READING = {"kind": _kind, "decree_on": _date, "founded_year": _year, "consent": _consent}
