"""Facts planted in the practice year, for whoever asks whether the pages say them. Days are counted from today.

    −325…−303   survey before (regency-wide)            −38…−21   survey after
        −315…−306   the villages of LONG_AGO                 −18…−2   the tour of `unvisited_villages`
             −295…−42   everybody else is visited, some again

Between the two surveys nobody was in `unvisited_villages`, so that reached and not yet reached can be compared.
"""

from collections.abc import Sequence

RISES, RISES_MEASURE, RISE = "smart-environment", "kenal_sampah", 0.2
"""Of all who are asked; more where somebody was, less where nobody was yet."""
RISE_REACHED, RISE_LEFT_OUT = 0.31, 0.04
STEADY, STEADY_MEASURE = "smart-governance", "kenal_idaman"

NEVER_REACHED = ("64.02.11.2010", "64.02.12.2005", "64.02.12.2009")
"""Menamang Kiri: one of the twenty of Muara Kaman, the district with the most, whose good average hides it. Umaq Dian
and Umaq Tukung: in Tabang, where the last statement of the register says that they are not connected."""
LONG_AGO = ("64.02.01.2003", "64.02.08.2020", "64.02.12.2015", "64.02.18.2007", "64.02.19.2003")
"""Villages that were visited once, at the beginning of the year."""
TWICE = "64.02.06.1010"
"""Mangkurawang: two campaigns had an event here in the same month (TOGETHER)."""

FEW_DISTRICT, FEW = "64.02.12", 4
"""Tabang: so many answers in the surveys of the regency."""
VILLAGES_EACH, EACH = 5, 7
"""Of every other district so many villages are asked, and so many answer in each."""

PILAH = "Pilah Sampah dari Rumah (latihan)"
KAMPUNG = "Bank Sampah Masuk Kampung (latihan)"
LAYANAN = "Layanan Pemerintah dari Rumah (latihan)"
IDAMAN = "Kenal Idaman RT (latihan)"
WISATA = "Kukar Asia Wonders: Kenali Wisata Kita (latihan)"
BPJS = "Simpel BPJS untuk Keluarga (latihan)"
UMKM = "UMKM Naik Kelas (latihan)"
KIM = "KIM Bercerita (latihan)"
TOUR = "Keliling Desa Akhir Tahun (latihan)"
TOGETHER = (PILAH, LAYANAN)
NO_WAVE = BPJS
"""Nobody was asked about it."""
ONE_WAVE = WISATA
"""Asked before it, and never after."""
WAVES = (
    "Survei awal pengenalan warga se-Kukar (latihan)",
    "Survei tengah tahun pengenalan warga se-Kukar (latihan)",
    "Survei sesudah pengenalan warga se-Kukar (latihan)",
)
FELL = "Pilah Sampah dari Rumah: berita pertama (latihan)"
"""The post whose figure on X fell when the platform corrected it."""
DELETED = "Pilah Sampah dari Rumah: berita kedua (latihan)"
"""The post that somebody deleted on X."""


def regency_survey_villages(villages: Sequence[str]) -> list[str]:
    """Return where the surveys of the regency ask: of every district VILLAGES_EACH, evenly by code; of FEW_DISTRICT
    one."""
    districts: dict[str, list[str]] = {}
    for code in sorted(set(villages) - {*NEVER_REACHED, *LONG_AGO}):
        districts.setdefault(code[:8], []).append(code)
    asked: list[str] = []
    for district, codes in districts.items():
        many = 1 if district == FEW_DISTRICT else min(VILLAGES_EACH, len(codes))
        asked += [codes[(2 * place + 1) * len(codes) // (2 * many)] for place in range(many)]
    return asked


def campaign_survey_villages(villages: Sequence[str], many: int = 20) -> list[str]:
    """Return where the surveys of a single campaign ask."""
    return list(villages[:: max(1, len(villages) // many)][:many])


def unvisited_villages(villages: Sequence[str]) -> frozenset[str]:
    """Return a third of the villages that are asked, where nobody was between the surveys."""
    asked = sorted({*regency_survey_villages(villages), *campaign_survey_villages(villages)} - {TWICE})
    return frozenset(code for place, code in enumerate(asked) if place % 3 == 1 and code[:8] != FEW_DISTRICT)
