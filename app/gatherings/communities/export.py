"""The file to fill in with groups for the import."""

from collections.abc import Callable, Sequence

from app.base.documents.sheets import Cell, Sheet, workbook
from app.gatherings.communities.columns import LABELS
from app.gatherings.communities.states import ISSUERS
from app.kernel.text import T

Translate = Callable[[T | str | None], str]
IN_TEMPLATE = tuple(LABELS)


def template(villages: Sequence[tuple[str, str, str]], translate: Translate) -> bytes:
    """Return an XLSX to fill in: the headings, an example on a sheet of its own, and the codes (code, village,
    district)."""
    heading = [translate(LABELS[key]) for key in IN_TEMPLATE]
    code, village, district = villages[0] if villages else ("", "", "")
    example: dict[str, Cell] = {
        "name": "KIM Contoh", "kind": "KIM", "kim_number": "6402-0001", "village_code": code, "village": village,
        "district": district, "decree_number": "141/05/2026", "decree_issuer": ISSUERS[1], "decree_on": "24/11/2026",
        "founded_year": 2019, "chair": "Nama Ketua", "contact_name": "Nama Narahubung", "phone": "0812-0000-0000",
        "email": "", "consent": "ya", "address": "", "note": "",
    }  # fmt: skip
    rules = [
        [heading[0], translate(T("Wajib. Nama lengkap kelompok."))],
        [translate(LABELS["kind"]), translate(T("KIM atau Komunitas programmer. Kosong berarti KIM."))],
        [
            translate(LABELS["village_code"]),
            translate(T("Dari lembar “Kode desa”. Boleh diganti nama desa dan kecamatannya.")),
        ],
        [translate(LABELS["decree_on"]), translate(T("Tanggal/bulan/tahun, misalnya 24/11/2026."))],
        [
            translate(LABELS["consent"]),
            translate(T("“ya” bila orangnya setuju. Tanpa itu, telepon dan surel tidak disimpan.")),
        ],
    ]  # fmt: skip
    columns = [translate(LABELS[key]) for key in ("village_code", "village", "district")]
    return workbook([
        Sheet(translate(T("Isi di sini")), heading),
        Sheet(translate(T("Contoh")), heading, [[example[key] for key in IN_TEMPLATE]]),
        Sheet(translate(T("Kode desa")), columns, villages),
        Sheet(translate(T("Petunjuk")), [translate(T("Kolom")), translate(T("Cara mengisi"))], rules),
    ])  # fmt: skip
