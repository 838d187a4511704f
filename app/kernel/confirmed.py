"""The proof that four eyes saw a change: what the verbs ask for that could take the office over.

Only app/base/confirmations makes one, once a second person agreed or the waiting time went by. The command line and the
practice year act as SYSTEM and need none.
"""

from dataclasses import dataclass
from enum import StrEnum

from app.kernel.errors import Refused
from app.kernel.roles import SYSTEM, Actor
from app.kernel.text import T


class Twofold(StrEnum):
    """The changes that take two people. What each of them is, app/base/confirmations/kinds.py says."""

    RIGHTS = "rights"
    DELEGATION = "delegation"
    NEW_PASSWORD = "new_password"  # noqa: S105 (the name of a change)
    NEW_FACTOR = "new_factor"
    CONNECTION = "connection"
    DISCONNECTION = "disconnection"


@dataclass(frozen=True)
class Confirmed:
    """`by_id` None: nobody confirmed, and nobody stopped it, for as long as it had to wait."""

    proposal_id: int
    by_id: int | None = None


def require_second(actor: Actor, confirmed: Confirmed | None) -> None:
    """Raise Refused where one person alone would do what takes two."""
    if actor != SYSTEM and confirmed is None:
        raise Refused(T("Perubahan ini perlu persetujuan orang kedua sebelum berlaku. Belum ada yang diubah."))
