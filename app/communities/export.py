"""The register as a table for other programs: no names of people, no phone numbers, no addresses."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from app.communities.columns import LABELS
from app.communities.states import ACTIVITIES, COMPLETENESS, ISSUERS, SHORT_KINDS
from app.communities.tables import XLSX, as_csv, as_xlsx
from app.kernel.text import T

__all__ = ["XLSX", "as_csv", "as_xlsx", "register_rows", "template"]

IN_TEMPLATE = tuple(LABELS)


def register_rows(
    rows: Iterable[Any], days: int, day: Callable[[datetime | None], str], said: Callable[[T | str | None], str]
) -> list[list[Any]]:
    """A heading and a line for every row of `queries.groups`. `day` writes a moment as a date, `said` a word."""
    heading = [
        T("Nama"), T("Jenis"), T("Nomor kim.id"), T("Kode desa"), T("Desa atau kelurahan"), T("Kecamatan"),
        T("Aktivitas"), T("Kegiatan dalam %(n)s hari", n=days), T("Kegiatan terakhir"), T("Tingkat"),
        T("Tanggal penilaian"), T("Kelengkapan data"),
    ]  # fmt: skip
    lines: list[list[Any]] = [[said(title) for title in heading]]
    lines += [
        [
            row.Organisation.name, said(SHORT_KINDS.get(row.group_kind)) or row.group_kind, row.kim_number or "",
            row.Village.code if row.Village else "", row.Village.name if row.Village else "",
            row.District.name if row.District else "", said(ACTIVITIES[row.activity]), row.recent, day(row.last),
            row.level or "", row.scored_on.isoformat() if row.scored_on else "", said(COMPLETENESS[row.completeness]),
        ]
        for row in rows
    ]  # fmt: skip
    return lines


def template(villages: Sequence[tuple[str, str, str]], said: Callable[[T | str | None], str]) -> bytes:
    """An XLSX to fill in: the headings, an example on a sheet of its own, and the codes (code, village, district)."""
    heading = [said(LABELS[key]) for key in IN_TEMPLATE]
    code, village, district = villages[0] if villages else ("", "", "")
    example = {
        "name": "KIM Contoh", "kind": "KIM", "kim_number": "6402-0001", "village_code": code, "village": village,
        "district": district, "decree_number": "141/05/2026", "decree_issuer": ISSUERS[1], "decree_on": "24/11/2026",
        "founded_year": 2019, "chair": "Nama Ketua", "contact_name": "Nama Narahubung", "phone": "0812-0000-0000",
        "email": "", "consent": "ya", "address": "", "note": "",
    }  # fmt: skip
    rules = [
        [said(T("Kolom")), said(T("Cara mengisi"))],
        [heading[0], said(T("Wajib. Nama lengkap kelompok."))],
        [said(LABELS["kind"]), said(T("KIM atau Komunitas programmer. Kosong berarti KIM."))],
        [said(LABELS["village_code"]), said(T("Dari lembar “Kode desa”. Boleh diganti nama desa dan kecamatannya."))],
        [said(LABELS["decree_on"]), said(T("Tanggal/bulan/tahun, misalnya 24/11/2026."))],
        [said(LABELS["consent"]), said(T("“ya” bila orangnya setuju. Tanpa itu, telepon dan surel tidak disimpan."))],
    ]  # fmt: skip
    codes = [[said(LABELS["village_code"]), said(LABELS["village"]), said(LABELS["district"])], *map(list, villages)]
    return as_xlsx([
        (said(T("Isi di sini")), [heading]),
        (said(T("Contoh")), [heading, [example[key] for key in IN_TEMPLATE]]),
        (said(T("Kode desa")), codes),
        (said(T("Petunjuk")), rules),
    ])  # fmt: skip
