"""What the trail says of the records of mosaic: each action in a sentence, each table by its name. Sorted."""

from app.kernel.text import T

ACTIONS: dict[str, T] = {
    "boundaries.loaded": T("Memuat batas wilayah"),
    "boundaries.removed": T("Menghapus batas wilayah"),
}
SUBJECTS: dict[str, T] = {
    "boundaries": T("Batas wilayah"),
}
