"""What the trail says of the records of programmes: each action in a sentence, each table by its name. Sorted."""

from app.kernel.text import T

ACTIONS: dict[str, T] = {
    "programme.archived": T("Mengarsipkan program pelatihan"),
    "programme.copied": T("Menyalin program pelatihan"),
    "programme.created": T("Membuat program pelatihan"),
    "programme.criterion_added": T("Menambah kriteria rubrik"),
    "programme.criterion_archived": T("Mengarsipkan kriteria rubrik"),
    "programme.criterion_edited": T("Mengubah kriteria rubrik"),
    "programme.criterion_moved": T("Mengubah urutan kriteria rubrik"),
    "programme.criterion_removed": T("Menghapus kriteria rubrik"),
    "programme.criterion_restored": T("Memakai lagi kriteria rubrik"),
    "programme.edited": T("Mengubah program pelatihan"),
    "programme.material_added": T("Menambah bahan pelatihan"),
    "programme.material_edited": T("Mengubah bahan pelatihan"),
    "programme.material_removed": T("Menghapus bahan pelatihan"),
    "programme.module_added": T("Menambah modul"),
    "programme.module_archived": T("Mengarsipkan modul yang sudah dipakai"),
    "programme.module_edited": T("Mengubah modul"),
    "programme.module_moved": T("Mengubah urutan modul"),
    "programme.module_put_back": T("Mengembalikan modul yang dihapus"),
    "programme.module_removed": T("Menghapus modul"),
    "programme.module_restored": T("Memakai modul lagi"),
    "programme.restored": T("Memakai program pelatihan lagi"),
    "skill.added": T("Menambah keterampilan"),
    "skill.archived": T("Mengarsipkan keterampilan"),
    "skill.edited": T("Mengubah keterampilan"),
    "skill.moved": T("Mengubah urutan keterampilan"),
    "skill.restored": T("Memakai keterampilan lagi"),
}
SUBJECTS: dict[str, T] = {
    "programmes": T("Program pelatihan"),
    "skills": T("Keterampilan"),
}
