"""What the trail says of the records of media: each action in a sentence, each table by its name. Sorted."""

from app.kernel.text import T

ACTIONS: dict[str, T] = {}
SUBJECTS: dict[str, T] = {
    "stored_files": T("Berkas"),
}
