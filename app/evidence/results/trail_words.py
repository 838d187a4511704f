"""What the trail says of the records of results: each action in a sentence, each table by its name. Sorted."""

from app.kernel.text import T

ACTIONS: dict[str, T] = {
    "responses.exported": T("Mengunduh jawaban survei"),
}
SUBJECTS: dict[str, T] = {}
