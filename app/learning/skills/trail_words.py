"""What the trail says of the records of skills: each action in a sentence, each table by its name. Sorted."""

from app.kernel.text import T

ACTIONS: dict[str, T] = {
    "evidence.noted": T("Mencatat bukti keterampilan"),
    "evidence.withdrawn": T("Menarik bukti keterampilan"),
    "skill.people_exported": T("Mengunduh daftar orang menurut keterampilan"),
    "trainees.exported": T("Mengunduh daftar peserta pelatihan"),
}
SUBJECTS: dict[str, T] = {
    "skill_evidence": T("Bukti keterampilan"),
}
