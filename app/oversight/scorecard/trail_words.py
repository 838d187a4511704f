"""What the trail says of the records of scorecard: each action in a sentence, each table by its name. Sorted."""

from app.kernel.text import T

ACTIONS: dict[str, T] = {
    "post.message_noted": T("Mencatat pesan kunci dalam materi"),
    "target.set": T("Mengubah target rapor"),
}
SUBJECTS: dict[str, T] = {
    "indicator_targets": T("Target rapor"),
}
