"""What the trail says of the records of reports: each action in a sentence, each table by its name. Sorted."""

from app.kernel.text import T

ACTIONS: dict[str, T] = {
    "aspiration.answered": T("Menjawab aspirasi warga"),
    "aspiration.closed": T("Menutup aspirasi warga tanpa jawaban"),
    "aspiration.routed": T("Meneruskan aspirasi warga ke OPD"),
    "aspiration.told_back": T("Menandai jawaban sudah disampaikan ke warga"),
    "report.merged": T("Menggabung catatan kegiatan yang sama"),
    "report.not_twins": T("Menandai dua kegiatan yang berbeda"),
    "report.reopened": T("Membuka lagi laporan kegiatan yang sudah diperiksa"),
    "report.returned": T("Mengembalikan laporan kegiatan"),
    "report.submitted": T("Menyerahkan laporan kegiatan"),
    "report.unmerged": T("Memisahkan catatan kegiatan yang digabung"),
    "report.verified": T("Memeriksa laporan kegiatan"),
}
SUBJECTS: dict[str, T] = {
    "aspirations": T("Aspirasi warga"),
}
