"""What the trail says of the records of trail: each action in a sentence, each table by its name. Sorted."""

from app.kernel.text import T

ACTIONS: dict[str, T] = {
    "trail.began": T("Mulai menyegel jejak"),
    "trail.days_missing": T("Mencatat hari tanpa segel"),
    "trail.erased": T("Menghapus nama atau isi dari jejak"),
}
SUBJECTS: dict[str, T] = {
    "audit_entries": T("Jejak"),
}
