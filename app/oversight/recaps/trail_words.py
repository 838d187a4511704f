"""What the trail says of the records of recaps: each action in a sentence, each table by its name. Sorted."""

from app.kernel.text import T

ACTIONS: dict[str, T] = {
    "evaluation.evidence_added": T("Mencatat bukti di lembar evaluasi"),
    "evaluation.evidence_removed": T("Menghapus bukti dari lembar evaluasi"),
    "evaluation.filled": T("Mengisi lembar evaluasi"),
    "evaluation.row_added": T("Menambah program di lembar evaluasi"),
    "evaluation.row_edited": T("Mengubah program di lembar evaluasi"),
    "evaluation.row_removed": T("Menghapus program dari lembar evaluasi"),
    "evaluation.weighed": T("Mengubah bobot evaluasi"),
}
SUBJECTS: dict[str, T] = {
    "evaluation_rows": T("Program di lembar evaluasi smart city"),
    "evaluations": T("Evaluasi smart city"),
}
