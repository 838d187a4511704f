"""The register as a table for other programs: no names of people, no phone numbers, no addresses."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any

from app.base.documents.sheets import Cell, Sheet, workbook
from app.gatherings.communities.columns import LABELS
from app.gatherings.communities.states import ACTIVITIES, COMPLETENESS, ISSUERS, SHORT_KINDS
from app.kernel.text import T

Said = Callable[[T | str | None], str]
IN_TEMPLATE = tuple(LABELS)


def titles(days: int, said: Said) -> list[str]:
    """The heads of `register_rows`. `days`: within which activity counts."""
    heads = (
        T("Nama"), T("Jenis"), T("Nomor kim.id"), T("Kode desa"), T("Desa atau kelurahan"), T("Kecamatan"),
        T("Aktivitas"), T("Kegiatan dalam %(n)s hari", n=days), T("Kegiatan terakhir"), T("Tingkat"),
        T("Tanggal penilaian"), T("Kelengkapan data"),
    )  # fmt: skip
    return [said(head) for head in heads]


def register_rows(rows: Iterable[Any], day: Callable[[datetime | None], date | None], said: Said) -> list[list[Any]]:
    """A line for every row of `queries.groups`. `day` gives the day of a moment, `said` the word."""
    return [
        [
            row.Organisation.name, said(SHORT_KINDS.get(row.group_kind)) or row.group_kind, row.kim_number or "",
            row.Village.code if row.Village else "", row.Village.name if row.Village else "",
            row.District.name if row.District else "", said(ACTIVITIES[row.activity]), row.recent, day(row.last),
            row.level or "", row.scored_on, said(COMPLETENESS[row.completeness]),
        ]
        for row in rows
    ]  # fmt: skip


def template(villages: Sequence[tuple[str, str, str]], said: Said) -> bytes:
    """An XLSX to fill in: the headings, an example on a sheet of its own, and the codes (code, village, district)."""
    heading = [said(LABELS[key]) for key in IN_TEMPLATE]
    code, village, district = villages[0] if villages else ("", "", "")
    example: dict[str, Cell] = {
        "name": "KIM Contoh", "kind": "KIM", "kim_number": "6402-0001", "village_code": code, "village": village,
        "district": district, "decree_number": "141/05/2026", "decree_issuer": ISSUERS[1], "decree_on": "24/11/2026",
        "founded_year": 2019, "chair": "Nama Ketua", "contact_name": "Nama Narahubung", "phone": "0812-0000-0000",
        "email": "", "consent": "ya", "address": "", "note": "",
    }  # fmt: skip
    rules = [
        [heading[0], said(T("Wajib. Nama lengkap kelompok."))],
        [said(LABELS["kind"]), said(T("KIM atau Komunitas programmer. Kosong berarti KIM."))],
        [said(LABELS["village_code"]), said(T("Dari lembar “Kode desa”. Boleh diganti nama desa dan kecamatannya."))],
        [said(LABELS["decree_on"]), said(T("Tanggal/bulan/tahun, misalnya 24/11/2026."))],
        [said(LABELS["consent"]), said(T("“ya” bila orangnya setuju. Tanpa itu, telepon dan surel tidak disimpan."))],
    ]  # fmt: skip
    columns = [said(LABELS[key]) for key in ("village_code", "village", "district")]
    return workbook([
        Sheet(said(T("Isi di sini")), heading),
        Sheet(said(T("Contoh")), heading, [[example[key] for key in IN_TEMPLATE]]),
        Sheet(said(T("Kode desa")), columns, villages),
        Sheet(said(T("Petunjuk")), [said(T("Kolom")), said(T("Cara mengisi"))], rules),
    ])  # fmt: skip
