"""The life of a delivery: one table of allowed moves, and the words for each state."""

from app.kernel.text import T
from app.outreach.publishing.models import DeliveryStatus as S

# to "unknown" also from where nothing has left: on an older copy of the database that is not certain (restored.py)
ALLOWED = {
    S.QUEUED: frozenset({S.SENDING, S.MISSED, S.HELD, S.CANCELLED, S.SENT, S.UNKNOWN}),
    S.SENDING: frozenset(
        {S.QUEUED, S.SENT, S.RETRYING, S.UNKNOWN, S.HANDED_OVER, S.FAILED, S.MISSED, S.HELD, S.CANCELLED}
    ),
    S.RETRYING: frozenset({S.SENDING, S.QUEUED, S.MISSED, S.HELD, S.CANCELLED, S.SENT, S.UNKNOWN}),
    S.UNKNOWN: frozenset({S.SENT, S.QUEUED, S.FAILED, S.RETRYING, S.MISSED, S.HELD, S.CANCELLED}),
    S.HANDED_OVER: frozenset({S.SENT, S.QUEUED, S.MISSED, S.FAILED, S.CANCELLED}),
    S.FAILED: frozenset({S.QUEUED, S.CANCELLED, S.SENT}),
    S.MISSED: frozenset({S.QUEUED, S.CANCELLED, S.SENT}),
    S.HELD: frozenset({S.QUEUED, S.MISSED, S.CANCELLED, S.SENT, S.UNKNOWN}),
    S.SENT: frozenset(),
    S.CANCELLED: frozenset({S.QUEUED, S.SENT}),  # the outlet was taken out of the post and put back
}

LATE_RECEIPT = frozenset({S.QUEUED, S.RETRYING, S.HELD, S.CANCELLED})
"""States that become SENT only by a receipt that comes late: it wins over every state, and no person says so there."""

BY_HAND_ALLOWED = {
    old: new - {S.SENT, S.UNKNOWN}
    if old in LATE_RECEIPT
    else frozenset({S.HELD, S.CANCELLED})
    if old == S.SENDING
    else new
    for old, new in ALLOWED.items()
} | {S.UNKNOWN: frozenset({S.SENT, S.QUEUED, S.FAILED})}
"""The moves a person may make. What a worker has only claimed can be kept back; nothing else is decided meanwhile."""

NOT_LEFT = (S.QUEUED, S.RETRYING, S.HELD)
"""Certainly not sent and still meant to be."""

RESTORE = "restore"
"""`hold_reason` of what a restore of an older copy put in question (restored.py)."""

BY_PERSON = "person"
"""`hold_reason` of what a person held or cancelled; the others are "sign_in" and UNDECIDED."""

UNDECIDED = "undecided"
"""`hold_reason` of a failure whose reason nobody has listed: a person decides what now."""

LABELS = {
    S.QUEUED: T("Terjadwal"),
    S.SENDING: T("Sedang dikirim"),
    S.RETRYING: T("Dicoba lagi"),
    S.UNKNOWN: T("Belum pasti terbit"),
    S.HANDED_OVER: T("Perlu Anda terbitkan"),
    S.SENT: T("Terbit"),
    S.FAILED: T("Gagal"),
    S.MISSED: T("Terlewat"),
    S.HELD: T("Ditahan"),
    S.CANCELLED: T("Dibatalkan"),
}

UNDECIDED_LABEL = T("Belum terkirim, putuskan")
PAUSED_LABEL = T("Menunggu akunnya menerima lagi")
SIGN_IN_LABEL = T("Akun perlu dihubungkan ulang")
NOT_APPROVED_LABEL = T("Menunggu persetujuan")
REMOVED_LABEL = T("Dihapus")

SENT_LABEL_PRINT = T("Pesanan terkirim")
"""Ordered is not published: what hangs in a village is a proof."""

OUTCOMES = {
    "sent": T("Diterima saluran"),
    "NotSent": T("Belum terkirim, dicoba lagi"),
    "NotReady": T("Saluran masih mengolah"),
    "Rejected": T("Ditolak saluran"),
    "Undecided": T("Ditolak, alasannya belum dikenal"),
    "AccountPaused": T("Akun sedang tidak menerima"),
    "NeedsSignIn": T("Akun perlu dihubungkan ulang"),
    "OutcomeUnknown": T("Jawaban hilang, belum pasti"),
    "HandOver": T("Diserahkan kepada orang"),
    "AnothersPost": T("Nomor unggahannya milik penayangan lain"),
    "LostClaim": T("Dihentikan, waktu habis"),
    "PackFailed": T("Berkas gagal disiapkan"),
    "not found": T("Tidak ditemukan di saluran"),
    "NotThere": T("Dipastikan tidak terbit"),
    "confirm_sent": T("Dinyatakan sudah terbit"),
    "retry": T("Diminta kirim lagi"),
    "hold": T("Ditahan"),
    "wish_hold": T("Diminta ditahan sesudah percobaan ini"),
    "wish_cancel": T("Diminta batal sesudah percobaan ini"),
    "release": T("Dilepas"),
    "cancel": T("Dibatalkan"),
    "give_up": T("Dinyatakan tidak terbit"),
    "reschedule": T("Diberi waktu lain sesudah gangguan"),
}
"""Words for what came of an attempt."""
