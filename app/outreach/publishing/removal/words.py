"""The words of taking something down: reasons, states, and what came of each attempt."""

from app.kernel.text import T
from app.outreach.publishing.removal.models import RemovalReason, RemovalState

REASONS = {
    RemovalReason.MISTAKE: T("Isinya keliru"),
    RemovalReason.OUTDATED: T("Sudah tidak berlaku"),
    RemovalReason.COMPLAINT: T("Ada keberatan"),
    RemovalReason.OTHER: T("Lain"),
}
LABELS = {
    RemovalState.QUEUED: T("Sedang dihapus"),
    RemovalState.REMOVING: T("Sedang dihapus"),
    RemovalState.UNKNOWN: T("Belum pasti terhapus"),
    RemovalState.REFUSED: T("Belum terhapus"),
    RemovalState.TASK: T("Perlu Anda hapus"),
    RemovalState.REMOVED: T("Dihapus"),
}
OUTCOMES = {
    "removed": T("Terhapus"),
    "gone": T("Sudah tidak ada di saluran"),
    "still there": T("Masih ada di saluran"),
    "not removed": T("Belum terhapus, dicoba lagi"),
    "remove refused": T("Saluran tidak menghapusnya"),
    "remove lost": T("Jawaban hilang, dilihat lagi"),
    "confirm_gone": T("Dinyatakan sudah terhapus"),
    "ask_removal": T("Diminta dihapus"),
    "retry_removal": T("Diminta dihapus lagi"),
    "keep": T("Tidak jadi dihapus"),
}
"""Of attempts whose action is to remove or to look whether it is there, and of what persons decided about it."""

LOST = T("Belum pasti terhapus: jawaban saluran hilang di jalan. Sedang dilihat apakah masih ada.")
LATER = T("Belum terhapus: saluran sedang tidak dapat diminta. Dicoba lagi dengan sendirinya.")
SIGN_IN = T(
    "Belum terhapus: akun perlu dihubungkan ulang. Hubungkan, lalu tekan “Coba hapus lagi”; atau hapus sendiri di "
    "aplikasinya, lalu tekan “Sudah terhapus”."
)
REFUSED = T(
    "Belum terhapus: saluran menolak menghapusnya. Hapus sendiri di aplikasinya, lalu tekan “Sudah terhapus”; atau "
    "coba lagi."
)
TIRED = T(
    "Belum terhapus: sudah %(n)s kali dicoba. Hapus sendiri di aplikasinya, lalu tekan “Sudah terhapus”; atau coba "
    "lagi."
)
BY_HAND = T("Hapus sendiri di salurannya, lalu tekan “Sudah terhapus”.")
BY_REQUEST = "Dihapus atas permintaan kantor"
"""Why a figure is not there any more."""
