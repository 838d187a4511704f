"""What the trail says of the records of handover: each action in a sentence, each table by its name. Sorted."""

from app.kernel.text import T

ACTIONS: dict[str, T] = {
    "handover.asked": T("Mengusulkan serah terima"),
    "handover.done": T("Melakukan serah terima"),
    "handover.dropped": T("Menutup usulan serah terima"),
}
SUBJECTS: dict[str, T] = {
    "handovers": T("Serah terima"),
}
