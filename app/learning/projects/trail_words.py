"""What the trail says of the records of projects: each action in a sentence, each table by its name. Sorted."""

from app.kernel.text import T

ACTIONS: dict[str, T] = {
    "project.added": T("Mencatat proyek"),
    "project.archived": T("Mengarsipkan proyek"),
    "project.edited": T("Mengubah proyek"),
    "project.member_added": T("Menambah orang pada proyek"),
    "project.member_removed": T("Mengeluarkan orang dari proyek"),
    "project.restored": T("Memakai proyek lagi"),
}
SUBJECTS: dict[str, T] = {
    "projects": T("Proyek"),
}
