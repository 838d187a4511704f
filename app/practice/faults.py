"""Troubles that can be switched on: what each platform can be made to do wrong, and for how long."""

import time
from dataclasses import dataclass
from enum import StrEnum

from app.practice.store import Store


class Kind(StrEnum):
    SLOW = "lambat"
    RATE_LIMIT = "batas"
    SERVER_ERROR = "rusak"
    EXPIRED = "kedaluwarsa"
    DUPLICATE = "duplikat"
    REPLY_LOST = "balasan_hilang"
    CORRECTED = "angka_turun"
    DELETED = "terhapus"
    ENDING = "segera_berakhir"
    NARROWED = "izin_kurang"
    DOWN = "mati"
    ACCOUNT_LIMIT = "batas_akun"
    PASSING = "sementara"
    RESTRICTED = "dibatasi"
    HIDDEN = "tersembunyi"
    QUOTA = "jatah_habis"
    REFUSED = "tolak_sementara"
    NO_SUCH_BOX = "tolak_tetap"


class Scope(StrEnum):
    """Which calls a trouble touches."""

    PUBLISH = "publish"
    UPLOAD = "upload"
    READ = "read"
    ANY = "any"


LABELS = {
    Kind.SLOW: "Lambat menjawab",
    Kind.RATE_LIMIT: "Terlalu sering (429), boleh lagi setelah sekian detik",
    Kind.SERVER_ERROR: "Kesalahan server (500), tidak ada yang terbit",
    Kind.EXPIRED: "Token akun kedaluwarsa",
    Kind.DUPLICATE: "Ditolak sebagai duplikat",
    Kind.REPLY_LOST: "Diterima dan terbit, tetapi balasannya hilang",
    Kind.CORRECTED: "Angka tayangan dikoreksi: tinggal separuhnya",
    Kind.DELETED: "Unggahan sudah dihapus di saluran",
    Kind.ENDING: "Token akun berakhir sekian detik lagi",
    Kind.NARROWED: "Izin menerbitkan tidak diberikan",
    Kind.ACCOUNT_LIMIT: "Akun terlalu sering dipanggil (80001, 80002), boleh lagi setelah sekian detik",
    Kind.PASSING: "Gangguan yang lewat sendiri (is_transient)",
    Kind.RESTRICTED: "Akun dibatasi (368)",
    Kind.HIDDEN: "Unggahan dan wadah seolah tidak ada (100/33), padahal ada",
    Kind.QUOTA: "Jatah unggahan 24 jam habis",
    Kind.DOWN: "Server surel mati",
    Kind.REFUSED: "Penerima ditolak sementara (451)",
    Kind.NO_SUCH_BOX: "Penerima ditolak tetap (550)",
}
WEB_KINDS = (
    Kind.SLOW,
    Kind.RATE_LIMIT,
    Kind.SERVER_ERROR,
    Kind.EXPIRED,
    Kind.DUPLICATE,
    Kind.REPLY_LOST,
    Kind.CORRECTED,
    Kind.DELETED,
)
PAGE_KINDS = (*WEB_KINDS, Kind.ACCOUNT_LIMIT, Kind.PASSING, Kind.RESTRICTED, Kind.HIDDEN, Kind.ENDING, Kind.NARROWED)
INSTAGRAM_KINDS = (*PAGE_KINDS, Kind.QUOTA)
MAIL_KINDS = (Kind.SLOW, Kind.DOWN, Kind.REFUSED, Kind.NO_SUCH_BOX, Kind.REPLY_LOST)
PLATFORMS = {"x": (*WEB_KINDS, Kind.NARROWED), "facebook": PAGE_KINDS, "instagram": INSTAGRAM_KINDS, "smtp": MAIL_KINDS}
PLATFORM_NAMES = {"x": "X", "facebook": "Halaman Facebook", "instagram": "Instagram", "smtp": "Surel"}
ALWAYS = {
    Kind.EXPIRED: Scope.ANY,
    Kind.CORRECTED: Scope.READ,
    Kind.DELETED: Scope.READ,
    Kind.HIDDEN: Scope.READ,
    Kind.ENDING: Scope.READ,
    Kind.NARROWED: Scope.READ,
    Kind.QUOTA: Scope.ANY,
}
"""Troubles that touch the same calls whatever was chosen."""
DEFAULT_SECONDS = {Kind.SLOW: 3.0, Kind.RATE_LIMIT: 60.0, Kind.ACCOUNT_LIMIT: 60.0, Kind.ENDING: 86_400.0}


@dataclass(frozen=True)
class Fault:
    platform: str
    kind: Kind
    scope: Scope
    seconds: float
    remaining: int | None  # None: until it is switched off


class UnknownFault(ValueError):
    """No such platform, kind or number."""


class Faults:
    """The switches, kept in the store so that they survive a restart."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def set(
        self,
        platform: str,
        kind: str,
        *,
        times: int | None = None,
        seconds: float | None = None,
        scope: str = Scope.PUBLISH,
    ) -> Fault | None:
        """Switch a trouble on for `times` calls, or until switched off (None); 0 switches it off."""
        if platform not in PLATFORMS or kind not in PLATFORMS[platform] or scope not in set(Scope):
            raise UnknownFault(f"{platform}/{kind}/{scope}")
        wanted = Kind(kind)
        wait = DEFAULT_SECONDS.get(wanted, 0.0) if seconds is None else seconds
        if not 0 <= wait <= 86_400 or (times is not None and not 0 <= times <= 1_000_000):
            raise UnknownFault("number out of range")
        self.store.write("DELETE FROM faults WHERE platform = ? AND kind = ?", platform, kind)
        if times == 0:
            return None
        reach = ALWAYS.get(wanted, Scope(scope))
        self.store.write("INSERT INTO faults VALUES (?, ?, ?, ?, ?)", platform, kind, reach, wait, times)
        return Fault(platform, wanted, reach, wait, times)

    def active(self) -> list[Fault]:
        rows = self.store.rows("SELECT platform, kind, scope, seconds, remaining FROM faults ORDER BY platform, kind")
        return [Fault(row[0], Kind(row[1]), Scope(row[2]), row[3], row[4]) for row in rows]

    def take(self, platform: str, scope: Scope, *kinds: Kind) -> Fault | None:
        """Return the first of these troubles that is on for such a call, and count it down."""
        with self.store.transaction():
            for fault in self.active():
                if fault.platform != platform or fault.kind not in kinds or fault.scope not in (scope, Scope.ANY):
                    continue
                if fault.remaining == 1:
                    self.store.write("DELETE FROM faults WHERE platform = ? AND kind = ?", platform, fault.kind)
                elif fault.remaining:
                    self.store.write(
                        "UPDATE faults SET remaining = remaining - 1 WHERE platform = ? AND kind = ?",
                        platform,
                        fault.kind,
                    )
                return fault
        return None

    def slow_down(self, platform: str, scope: Scope) -> None:
        """Wait as long as the switch "lambat" says."""
        fault = self.take(platform, scope, Kind.SLOW)
        if fault:
            time.sleep(fault.seconds)
