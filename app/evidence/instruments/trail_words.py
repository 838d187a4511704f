"""What the trail says of the records of instruments: each action in a sentence, each table by its name. Sorted."""

from app.kernel.text import T

ACTIONS: dict[str, T] = {
    "instrument.archived": T("Mengarsipkan daftar pertanyaan"),
    "instrument.created": T("Membuat daftar pertanyaan"),
    "instrument.edited": T("Mengubah nama atau sasaran daftar pertanyaan"),
    "instrument.measure_removed": T("Menghapus ukuran dari daftar pertanyaan"),
    "instrument.put_back": T("Mengembalikan yang dihapus dari daftar pertanyaan"),
    "instrument.question_removed": T("Menghapus pertanyaan dari daftar pertanyaan"),
    "instrument.restored": T("Memakai daftar pertanyaan lagi"),
    "instrument.saved": T("Mengubah isi daftar pertanyaan"),
    "instrument.section_removed": T("Menghapus bagian dari daftar pertanyaan"),
    "instrument.version_added": T("Membuat versi baru daftar pertanyaan"),
    "instrument.version_discarded": T("Membuang konsep versi daftar pertanyaan"),
}
SUBJECTS: dict[str, T] = {
    "instrument_versions": T("Versi daftar pertanyaan"),
    "instruments": T("Daftar pertanyaan survei"),
}
