"""What the trail says of the records of insights: each action in a sentence, each table by its name. Sorted."""

from app.kernel.text import T

ACTIONS: dict[str, T] = {
    "campaigns.edit_goal": T("Mengubah sasaran"),
    "insights.figure_edited": T("Mengubah angka layanan"),
    "insights.figure_recorded": T("Mencatat angka layanan"),
    "insights.figure_removed": T("Menghapus angka layanan"),
}
SUBJECTS: dict[str, T] = {
    "impact_figures": T("Angka layanan"),
}
