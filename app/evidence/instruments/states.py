"""The words of a questionnaire on the screen."""

from collections.abc import Mapping

from app.evidence.instruments.models import SurveyAudience
from app.kernel.text import T

AUDIENCES: Mapping[str, T] = {
    SurveyAudience.RESIDENTS: T("Warga"),
    SurveyAudience.CIVIL_SERVANTS: T("ASN"),
    SurveyAudience.TRAINEES: T("Peserta pelatihan"),
}
SURVEYED: Mapping[str, T] = {key: words for key, words in AUDIENCES.items() if key != SurveyAudience.TRAINEES}
"""Whom surveys ask; participants of training answer tests instead."""
SEX_WORDS: Mapping[str, T] = {"f": T("Perempuan"), "m": T("Laki-laki")}
AGE_WORDS: Mapping[str, T] = {
    "17-24": T("17–24 tahun"),
    "25-34": T("25–34 tahun"),
    "35-44": T("35–44 tahun"),
    "45-54": T("45–54 tahun"),
    "55+": T("55 tahun ke atas"),
}
KIND_WORDS: Mapping[str, T] = {
    "one": T("Pilih satu"),
    "many": T("Pilih beberapa"),
    "scale": T("Skala"),
    "number": T("Angka"),
    "text": T("Tulisan"),
    "grid": T("Tabel per layanan"),
    "note": T("Keterangan"),
}
