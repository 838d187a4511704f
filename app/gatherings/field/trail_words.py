"""What the trail says of the records of field: each action in a sentence, each table by its name. Sorted."""

from app.kernel.text import T

ACTIONS: dict[str, T] = {
    "record.changed": T("Mengubah catatan kegiatan dari HP"),
}
SUBJECTS: dict[str, T] = {}
