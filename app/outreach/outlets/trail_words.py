"""What the trail says of the records of outlets: each action in a sentence, each table by its name. Sorted."""

from app.kernel.text import T
from app.outreach.outlets.kinds import KINDS

ACTIONS: dict[str, T] = {
    "outlet.added": T("Menambah saluran"),
    "outlet.connected": T("Menghubungkan akun saluran"),
    "outlet.deactivated": T("Mengistirahatkan saluran"),
    "outlet.disconnected": T("Memutus akun saluran"),
    "outlet.edited": T("Mengubah saluran"),
    "outlet.mended": T("Menyatakan akun sudah dibereskan"),
    "outlet.needs_sign_in": T("Menandai akun perlu dihubungkan ulang"),
    "outlet.paused": T("Menutup akun yang tidak menerima kiriman"),
    "outlet.reactivated": T("Memakai saluran lagi"),
    "outlet.reopened": T("Membuka akun kembali untuk kiriman"),
    "outlet.tested": T("Menguji sambungan saluran"),
}
SUBJECTS: dict[str, T] = {
    "outlets": T("Saluran"),
}


def word_of(table: str, code: str) -> T | None:
    """Return what a kind of outlet is called."""
    return KINDS[code].name if table == "outlets" and code in KINDS else None
