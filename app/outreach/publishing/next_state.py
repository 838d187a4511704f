"""What the result of a call makes of its row: the state, when it is looked at next, the sentence on its page.

Nothing is read or written here; settle.py writes what this decides.
"""

import random
from datetime import datetime, timedelta
from typing import Any

from app.kernel.text import T
from app.outreach.outlets.ports import (
    AccountPaused,
    HandOver,
    NeedsSignIn,
    NotReady,
    NotSent,
    NotThere,
    Receipt,
    Rejected,
    Undecided,
)
from app.outreach.publishing.backoff import backoff
from app.outreach.publishing.ledger import ASK_RECEIVER, LOOKUP_AFTER
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.outcomes import AnothersPost, PackFailed
from app.outreach.publishing.outgoing import Parcel
from app.outreach.publishing.states import UNDECIDED

PACK_TRIES = 5
LOOK_TRIES = 8
SIGN_IN = T("Belum terbit: akun perlu dihubungkan ulang. Setelah terhubung, dikirim dengan sendirinya.")
CANNOT_LOOK = T(
    "Belum pasti terbit, dan salurannya tidak dapat ditanya. Lihat sendiri di salurannya, lalu pilih “Sudah terbit” "
    "atau “Belum terbit, kirim lagi”."
)
BUSY = T("Belum terbit: saluran sedang tidak dapat menerima. Dicoba lagi dengan sendirinya.")
PROVED = T("Belum terbit: salurannya memastikan tidak ada yang tayang. Dikirim lagi dengan sendirinya.")
LOOKING = T("Belum pasti terbit: jawaban saluran hilang di jalan. Sedang dicari di saluran; tidak dikirim dua kali.")


def after_publish(parcel: Parcel, result: Any, now: datetime, *, can_look: bool) -> dict[str, Any]:
    """Return the columns of a row whose post was tried. `can_look`: whether the channel can be asked for it."""
    match result:
        case Receipt():
            return sent(result, now)
        case HandOver():
            return {"status": S.HANDED_OVER, "problem": None}
        case NotReady():
            return {"status": S.RETRYING, "wake_at": now + timedelta(seconds=result.after), "problem": None}
        case AccountPaused():
            return _left_as_it_was()
        case NotSent() | PackFailed():
            return _again(parcel, result, now)
        case Undecided():
            return {"status": S.FAILED, "hold_reason": UNDECIDED, "problem": result.sentence}
        case Rejected():
            return {"status": S.FAILED, "problem": result.sentence}
        case NeedsSignIn():
            return {"status": S.HELD, "hold_reason": "sign_in", "problem": result.sentence or SIGN_IN}
        case _:
            # OutcomeUnknown, and anything a channel did not foresee: the request may have arrived
            return _unknown(now, can_look=can_look)


def after_find(parcel: Parcel, result: Any, now: datetime) -> dict[str, Any]:
    """Return the columns of a row whose post was looked for."""
    if isinstance(result, Receipt):
        return sent(result, now)
    if isinstance(result, NotThere):
        return {"lookups": 0, **_again(parcel, result, now)}
    if result is not None and not isinstance(result, AnothersPost):
        return _could_not_look(parcel, result, now)
    looked = parcel.lookups + 1
    wait = LOOKUP_AFTER[min(looked, len(LOOKUP_AFTER) - 1)]
    sentence = (
        LOOKING
        if looked < len(LOOKUP_AFTER)
        else T(
            "Belum pasti terbit: sudah %(n)s kali dicari di saluran dan tidak ditemukan. Lihat sendiri di salurannya, "
            "lalu pilih “Sudah terbit” atau “Belum terbit, kirim lagi”.",
            n=looked,
        )
    )
    return {"status": S.UNKNOWN, "lookups": looked, "wake_at": now + wait, "problem": sentence}


def _could_not_look(parcel: Parcel, error: Any, now: datetime) -> dict[str, Any]:
    """Neither yes nor no: again later; with a closed account, or after many times, a person decides."""
    if isinstance(error, AccountPaused) and error.retry_at is not None:
        return {"status": S.UNKNOWN, "wake_at": max(error.retry_at, now + LOOKUP_AFTER[0])}
    tries = parcel.tries + 1
    if isinstance(error, NeedsSignIn | AccountPaused) or tries >= LOOK_TRIES:
        return {"status": S.UNKNOWN, "tries": tries, "lookups": len(LOOKUP_AFTER), "problem": CANNOT_LOOK}
    return {"status": S.UNKNOWN, "tries": tries, "wake_at": now + backoff(tries)}


def _left_as_it_was() -> dict[str, Any]:
    """The account takes nothing: the row waits with the others, untried."""
    return {"status": S.QUEUED, "token": None, "problem": None}


def sent(receipt: Receipt, now: datetime) -> dict[str, Any]:
    """Return the columns of a row whose post is live."""
    return {
        "status": S.SENT,
        "remote_id": receipt.remote_id,
        "remote_url": receipt.url,
        "sent_at": now,
        "problem": None,
        "hold_reason": None,
        "token": None,
        "lease_until": None,
        "settled_by_id": None,  # the platform says so itself
    }


def _unknown(now: datetime, *, can_look: bool) -> dict[str, Any]:
    if can_look:
        return {"status": S.UNKNOWN, "wake_at": now + LOOKUP_AFTER[0], "problem": LOOKING}
    return {"status": S.UNKNOWN, "lookups": len(LOOKUP_AFTER), "problem": ASK_RECEIVER}


def _again(parcel: Parcel, error: Exception | NotThere, now: datetime) -> dict[str, Any]:
    """Certainly not sent: later, at the platform's reset time or after a growing pause, while it is still useful."""
    tries = parcel.tries + 1
    if isinstance(error, PackFailed) and tries >= PACK_TRIES:
        sentence = T(
            "Belum terbit: berkasnya tidak dapat disiapkan. Buka materi, ganti gambar atau cetakannya, "
            "lalu ajukan lagi."
        )
        return {"status": S.FAILED, "tries": tries, "problem": sentence}
    wake = now + backoff(tries)
    reset = getattr(error, "retry_at", None)
    if reset is not None:
        wake = max(wake, reset + timedelta(seconds=random.random() * 5))
    if parcel.useful_until is not None and wake > parcel.useful_until:
        sentence = T(
            "Tidak terbit: saluran belum menerima sampai batas waktu berguna. Jadwalkan ulang bila masih perlu."
        )
        return {"status": S.MISSED, "tries": tries, "problem": sentence}
    sentence = PROVED if isinstance(error, NotThere) else BUSY
    return {"status": S.RETRYING, "tries": tries, "wake_at": wake, "problem": sentence}
