"""What the trail says of the records of surveys: each action in a sentence, each table by its name. Sorted."""

from app.kernel.text import T

ACTIONS: dict[str, T] = {
    "survey.result_edited": T("Mengubah hasil survei dari luar"),
    "survey.result_recorded": T("Mencatat hasil survei dari luar"),
    "survey.result_removed": T("Menghapus hasil survei dari luar"),
    "survey.result_restored": T("Mengembalikan hasil survei yang dihapus"),
    "wave.cancelled": T("Menyatakan survei tidak diadakan"),
    "wave.closed": T("Menutup survei"),
    "wave.copied": T("Menyalin survei"),
    "wave.drawn": T("Mengundi desa survei"),
    "wave.edited": T("Mengubah rencana survei"),
    "wave.margins_set": T("Mengubah angka penduduk pembanding survei"),
    "wave.opened": T("Membuka survei"),
    "wave.planned": T("Merencanakan survei"),
    "wave.proposed": T("Mengusulkan survei sesudah program selesai"),
    "wave.reopened": T("Membuka lagi survei"),
}
SUBJECTS: dict[str, T] = {
    "recorded_results": T("Hasil survei dari luar"),
    "survey_waves": T("Survei"),
}
