"""The life of a post: one table of allowed moves, and the words for everything that has a name on screen."""

from app.kernel.roles import Position
from app.kernel.text import T
from app.outreach.posts.models import PostStatus as S

ALLOWED = {
    S.DRAFT: frozenset({S.IN_REVIEW, S.CANCELLED}),
    S.IN_REVIEW: frozenset({S.DRAFT, S.RETURNED, S.APPROVED, S.CANCELLED}),
    S.RETURNED: frozenset({S.IN_REVIEW, S.CANCELLED}),
    S.APPROVED: frozenset({S.DRAFT, S.CANCELLED}),
    S.CANCELLED: frozenset(),
}

EDITABLE = (S.DRAFT, S.RETURNED, S.IN_REVIEW, S.APPROVED)
SUBMITTABLE = (S.DRAFT, S.RETURNED)

LABELS = {
    S.DRAFT: T("Draf"),
    S.IN_REVIEW: T("Menunggu persetujuan"),
    S.RETURNED: T("Dikembalikan"),
    S.APPROVED: T("Disetujui"),
    S.CANCELLED: T("Dibatalkan"),
}

OWNER_STEP = "owner"
"""The step taken by the OPD that owns the post's service; the others are a kernel.roles.Position."""

STEP_LABELS = {
    OWNER_STEP: T("OPD pemilik layanan"),
    Position.KABID: T("Kepala Bidang"),
    Position.SEKRETARIS: T("Sekretaris"),
    Position.KADIS: T("Kepala Dinas"),
}

DECISION_LABELS = {
    "submitted": T("Diajukan"),
    "approved": T("Disetujui"),
    "returned": T("Dikembalikan"),
    "withdrawn": T("Ditarik kembali"),
    "edited": T("Diubah, perlu persetujuan baru"),
}

ACTION_LABELS = {
    "post.drafted": T("Ditulis"),
    "post.rescheduled": T("Waktu dipindahkan"),
    "post.filled": T("Bagian kosong diisi"),
    "post.piece_changed": T("Cetakannya diubah"),
    "post.cancelled": T("Dibatalkan"),
}

KIND_LABELS = {"social": T("Media sosial dan saluran petugas"), "print": T("Cetak dan siaran pers")}
AUDIENCE_LABELS = {
    "residents": T("Warga"),
    "civil_servants": T("ASN"),
    "both": T("Warga dan ASN"),
}
