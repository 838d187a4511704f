"""What the trail says of the records of posts: each action in a sentence, each table by its name. Sorted."""

from app.kernel.text import T

ACTIONS: dict[str, T] = {
    "policy.set": T("Mengatur alur persetujuan"),
    "post.approved": T("Menyetujui materi"),
    "post.cancelled": T("Membatalkan materi"),
    "post.drafted": T("Menulis konsep materi"),
    "post.edited": T("Mengubah materi"),
    "post.filled": T("Melengkapi isian materi"),
    "post.piece_changed": T("Cetakan pada materi berubah"),
    "post.rescheduled": T("Mengubah jadwal materi"),
    "post.returned": T("Mengembalikan materi"),
    "post.submitted": T("Mengajukan materi"),
    "post.withdrawn": T("Menarik materi"),
}
SUBJECTS: dict[str, T] = {
    "approval_policies": T("Alur persetujuan"),
    "posts": T("Materi"),
}
