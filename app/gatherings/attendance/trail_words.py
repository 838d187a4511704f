"""What the trail says of the records of attendance: each action in a sentence, each table by its name. Sorted."""

from app.kernel.text import T

ACTIONS: dict[str, T] = {
    "event.attendance_exported": T("Mengunduh daftar hadir dengan nama"),
    "event.attendance_removed": T("Membatalkan catatan hadir"),
    "event.counted": T("Mencatat jumlah peserta"),
    "event.sheet_keyed": T("Menyalin lembar daftar hadir"),
}
SUBJECTS: dict[str, T] = {}
