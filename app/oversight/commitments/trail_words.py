"""What the trail says of the records of commitments: each action in a sentence, each table by its name. Sorted."""

from app.kernel.text import T

ACTIONS: dict[str, T] = {
    "clause.added": T("Menambah butir perjanjian"),
    "clause.edited": T("Mengubah butir perjanjian"),
    "clause.evidence_added": T("Menambah bukti butir perjanjian"),
    "clause.evidence_removed": T("Menghapus bukti butir perjanjian"),
    "clause.evidence_restored": T("Mengembalikan bukti butir perjanjian"),
    "clause.removed": T("Menghapus butir perjanjian"),
    "clause.reported": T("Melaporkan kemajuan butir perjanjian"),
    "clause.restored": T("Mengembalikan butir perjanjian"),
    "commitment.added": T("Mencatat peraturan atau perjanjian"),
    "commitment.edited": T("Mengubah catatan peraturan atau perjanjian"),
    "commitment.removed": T("Menghapus catatan peraturan atau perjanjian"),
    "commitment.restored": T("Mengembalikan catatan peraturan atau perjanjian"),
}
SUBJECTS: dict[str, T] = {}
