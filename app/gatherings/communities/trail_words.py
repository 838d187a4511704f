"""What the trail says of the records of communities: each action in a sentence, each table by its name. Sorted."""

from app.kernel.text import T

ACTIONS: dict[str, T] = {
    "group.deactivated": T("Menonaktifkan KIM atau komunitas"),
    "group.edited": T("Mengubah data KIM atau komunitas"),
    "group.not_double": T("Menyatakan dua kelompok bukan kelompok yang sama"),
    "group.reactivated": T("Mengaktifkan lagi KIM atau komunitas"),
    "group.registered": T("Mendaftarkan KIM atau komunitas"),
    "groups.imported": T("Mengimpor daftar KIM"),
    "member.added": T("Menambah pengurus atau anggota kelompok"),
    "member.edited": T("Mengubah data pengurus atau anggota"),
    "member.ended": T("Mengakhiri masa tugas"),
    "member.erased": T("Menghapus data orang atas permintaannya"),
    "member.removed": T("Menghapus baris anggota yang salah catat"),
    "rubric.changed": T("Mengubah rubrik penilaian"),
    "rubric.score_removed": T("Menghapus penilaian yang salah catat"),
    "rubric.scored": T("Menilai kelompok"),
    "rule.set": T("Mengubah aturan aktivitas kelompok"),
}
SUBJECTS: dict[str, T] = {
    "activity_rules": T("Aturan aktivitas kelompok"),
    "group_imports": T("Impor daftar KIM"),
    "group_memberships": T("Pengurus atau anggota"),
    "groups": T("KIM atau komunitas"),
    "rubric_scores": T("Penilaian kelompok"),
    "rubric_versions": T("Rubrik penilaian"),
}
