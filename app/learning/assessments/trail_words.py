"""What the trail says of the records of assessments: each action in a sentence, each table by its name. Sorted."""

from app.kernel.text import T

ACTIONS: dict[str, T] = {
    "assessment.corrected": T("Memperbaiki isian tes peserta"),
    "assessment.entered": T("Mengetik isian tes peserta dari kertas"),
    "assessment.prepared": T("Menyiapkan tes atau lembar isian"),
    "assessment.removed": T("Menghapus isian tes peserta"),
    "assessment.times": T("Mengatur waktu tes atau lembar isian"),
    "work.given_back": T("Menghapus nilai tugas praktik supaya bisa diperbaiki"),
    "work.handed_in": T("Mengumpulkan tugas praktik"),
    "work.marked": T("Menilai tugas praktik"),
}
SUBJECTS: dict[str, T] = {
    "assessment_papers": T("Tes atau lembar isian"),
    "assessment_sittings": T("Isian tes peserta"),
}
