"""What the trail says of the records of kits: each action in a sentence, each table by its name. Sorted."""

from app.kernel.text import T

ACTIONS: dict[str, T] = {
    "kit.import": T("Membuat program dari Paket Materi"),
}
SUBJECTS: dict[str, T] = {}
