"""Settling: what came of a call becomes the row's state, once, under the claim's token; the attempt is always kept.

A receipt wins over every state. A post that another delivery has already is not ours: it is looked for again.
"""

import random
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, exists, func, insert, or_, select, update
from sqlalchemy.orm import Session

from app.kernel.roles import SYSTEM
from app.kernel.text import T
from app.outreach.outlets.models import Outlet
from app.outreach.outlets.ports import (
    AccountPaused,
    ChannelError,
    HandOver,
    NeedsSignIn,
    NotReady,
    NotSent,
    NotThere,
    OutcomeUnknown,
    Receipt,
    Rejected,
    Undecided,
)
from app.outreach.outlets.service import needs_sign_in
from app.outreach.posts.models import Post, PostStatus
from app.outreach.publishing import alerts, breaker, ledger
from app.outreach.publishing.ledger import ASK_RECEIVER, LOOKUP_AFTER
from app.outreach.publishing.models import Attempt, Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.orders import write_order
from app.outreach.publishing.outgoing import Parcel
from app.outreach.publishing.states import LABELS, UNDECIDED
from app.outreach.publishing.wishes import take_effect

BACKOFF_FIRST = 15.0  # seconds
BACKOFF_MOST = 1800.0
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


_ATTEMPT = insert(Attempt)
_SETTLE = (
    update(Delivery)
    .where(
        Delivery.id == bindparam("delivery"),
        Delivery.token == bindparam("claimed"),
        Delivery.status.in_(bindparam("expected", expanding=True)),
    )
    .returning(Delivery.wish)
)
LOST = object()
"""The row belongs to another claim by now."""


class PackFailed(Exception):
    """The files or the PDF could not be made: nothing was sent."""

    ours = True  # says nothing about the account


class NotBegun(NotSent):
    """No thread was free in time, so the channel was not called."""

    ours = True


class NotWritten(NotSent):
    """The database did not take what the channel wanted remembered before its lasting call."""

    ours = True


class LostClaim(ChannelError):
    """The row belongs to another claim by now; the channel stops before its next step."""

    ours = True


class AnothersPost(ChannelError):
    """The number of a receipt is another delivery's: ours is somewhere else, or nowhere."""

    ours = True


@dataclass
class Outcome:
    parcel: Parcel
    action: str  # publish, find
    started_at: datetime
    result: Receipt | NotThere | Exception | None  # None: `find` did not see it
    evidence: dict[str, Any] | None = None  # what the account showed at a look: evidence.py


def backoff(tries: int, jitter: float | None = None) -> timedelta:
    """Return an exponential pause, full jitter on the upper half: a thousand rows do not come back in one second."""
    ceiling = min(BACKOFF_MOST, BACKOFF_FIRST * 2 ** min(tries, 10))
    part = random.random() if jitter is None else jitter
    return timedelta(seconds=ceiling * (0.5 + part / 2))


def was_settled(session: Session, outcome: Outcome) -> bool:
    """Tell whether there is nothing to write: the commit was done and only the answer to it got lost, or the database
    does not know this delivery (it is an older copy)."""
    parcel = outcome.parcel
    known = select(Delivery.id).where(
        Delivery.id == parcel.delivery_id, Delivery.post_id == parcel.post_id, Delivery.outlet_id == parcel.outlet_id
    )
    if session.scalar(known) is None:
        return True
    written = select(Attempt.id).where(
        Attempt.delivery_id == outcome.parcel.delivery_id,
        Attempt.action == outcome.action,
        Attempt.started_at == outcome.started_at,
    )
    return session.scalar(written.limit(1)) is not None


def keep_attempt(session: Session, outcome: Outcome, *, now: datetime) -> None:
    """Keep a call and what came of it, where nothing of the row depends on it."""
    session.execute(_ATTEMPT, _attempt(outcome, now))


def settle(session: Session, outcome: Outcome, *, now: datetime, can_look: bool = True) -> S | None:
    """Write the outcome; return the state it led to, or None when the row has gone on without this claim.

    A receipt alone is never too late: whatever the row has become, it was sent.
    """
    outcome = _unless_anothers(session, outcome)
    parcel, result = outcome.parcel, outcome.result
    session.execute(_ATTEMPT, _attempt(outcome, now))
    if outcome.action == "find":
        values = _after_find(parcel, result, now)
    else:
        values = _after_publish(parcel, result, now, can_look=can_look)
    wish = _write(session, parcel, outcome.action, values)
    if outcome.action == "publish" or isinstance(result, AccountPaused):
        breaker.note(session, parcel.outlet_id, parcel.delivery_id, result, now=now)
    if wish is LOST:
        return _settle_late(session, parcel, result, now) if isinstance(result, Receipt) else None
    status = S(values["status"])
    if status not in {S.SENT, S.UNKNOWN}:
        _ask_planning(session, parcel)
        if wish is not None:
            status = take_effect(session, parcel.delivery_id, status)
            result = result if isinstance(result, NeedsSignIn) else None
    _consequences(session, parcel, result, status, wish=wish is not None, now=now)
    return status


def _write(session: Session, parcel: Parcel, action: str, values: dict[str, Any]) -> Any:
    """Write what came of a call, if the row still is this claim's; return the wish beside it, or LOST."""
    expected = (S.UNKNOWN,) if action == "find" else (S.SENDING, S.UNKNOWN)
    bound = {"delivery": parcel.delivery_id, "claimed": parcel.token, "expected": expected, "lease_until": None}
    row = session.connection().execute(_SETTLE, {**bound, **values}).one_or_none()
    return LOST if row is None else row.wish


def _unless_anothers(session: Session, outcome: Outcome) -> Outcome:
    """Give the outcome back, or, where another delivery of the outlet has this very post, that ours is not known."""
    parcel, result = outcome.parcel, outcome.result
    if not isinstance(result, Receipt):
        return outcome
    owner = session.scalar(
        select(Delivery.id).where(
            Delivery.outlet_id == parcel.outlet_id,
            Delivery.remote_id == result.remote_id,
            Delivery.id != parcel.delivery_id,
        )
    )
    if owner is None:
        return outcome
    return replace(outcome, result=AnothersPost(f"{result.remote_id} = /tayang/{owner}", request_id=result.request_id))


def _settle_late(session: Session, parcel: Parcel, receipt: Receipt, now: datetime) -> S | None:
    """Record a receipt that comes when its row has gone on: held, cancelled, queued again, or said to be live."""
    row = session.execute(
        select(
            Delivery.id, Delivery.token, Delivery.status, Delivery.remote_id, Delivery.remote_url,
            Delivery.settled_by_id,
        )
        .where(Delivery.id == parcel.delivery_id)
        .with_for_update()
    ).one()  # fmt: skip
    if row.status == S.SENT:
        if row.remote_id is None:
            ledger.write(session, row, remote_id=receipt.remote_id, remote_url=row.remote_url or receipt.url)
        return None
    ledger.write(session, row, **_sent(receipt, now))
    write_order(session, SYSTEM, parcel.delivery_id, message_id=receipt.remote_id, now=now)
    if row.status not in {S.SENDING, S.UNKNOWN}:
        alerts.tell_live(session, parcel.delivery_id, by_id=row.settled_by_id, was=LABELS[S(row.status)], now=now)
    return S.SENT


def _ask_planning(session: Session, parcel: Parcel) -> None:
    """Let a post be planned again that was moved or approved anew while this call was under way."""
    differs = exists().where(
        Delivery.id == parcel.delivery_id,
        or_(Delivery.content_hash != Post.content_hash, Delivery.due_at != Post.scheduled_at),
    )
    session.execute(
        update(Post)
        .where(Post.id == parcel.post_id, Post.status == PostStatus.APPROVED, Post.planned_hash.is_not(None), differs)
        .values(planned_hash=None)
        .execution_options(synchronize_session=False)
    )


def _after_publish(parcel: Parcel, result: Any, now: datetime, *, can_look: bool) -> dict[str, Any]:
    match result:
        case Receipt():
            return _sent(result, now)
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


def _after_find(parcel: Parcel, result: Any, now: datetime) -> dict[str, Any]:
    if isinstance(result, Receipt):
        return _sent(result, now)
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


def _sent(receipt: Receipt, now: datetime) -> dict[str, Any]:
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


def _attempt(outcome: Outcome, now: datetime) -> dict[str, Any]:
    result = outcome.result
    detail = getattr(result, "detail", None)
    if isinstance(result, Exception) and not isinstance(result, ChannelError):
        detail = type(result).__name__  # a foreign message may hold an address with a token in it
    return {
        "delivery_id": outcome.parcel.delivery_id,
        "action": outcome.action,
        "started_at": outcome.started_at,
        "finished_at": now,
        "outcome": _name(result),
        "request_id": getattr(result, "request_id", None),
        "remote_id": getattr(result, "remote_id", None),
        "detail": detail[:1000] if detail else None,
        "evidence": outcome.evidence,
    }


def _name(result: Any) -> str:
    if result is None:
        return "not found"
    if isinstance(result, Receipt):
        return "sent"
    known = (
        NotThere,
        NotSent,
        NotReady,
        Rejected,
        Undecided,
        AccountPaused,
        NeedsSignIn,
        OutcomeUnknown,
        HandOver,
        LostClaim,
        PackFailed,
        AnothersPost,
    )
    return next((kind.__name__ for kind in known if isinstance(result, kind)), "OutcomeUnknown")


def _consequences(session: Session, parcel: Parcel, result: Any, status: S, *, wish: bool, now: datetime) -> None:
    if status == S.SENT:
        write_order(session, SYSTEM, parcel.delivery_id, message_id=result.remote_id, now=now)
        if wish:
            alerts.tell_live(session, parcel.delivery_id, now=now)
    if isinstance(result, NeedsSignIn):
        outlet = session.get_one(Outlet, parcel.outlet_id, with_for_update=True, populate_existing=True)
        if needs_sign_in(session, outlet, result.sentence or SIGN_IN, now=now):
            alerts.tell_signed_out(session, outlet, now=now)
    if status in {S.FAILED, S.HANDED_OVER, S.MISSED} or _person_must_decide(session, parcel, status):
        alerts.raise_for(session, parcel.delivery_id, status, now=now)


def _person_must_decide(session: Session, parcel: Parcel, status: S) -> bool:
    if status != S.UNKNOWN:
        return False
    lookups = session.scalar(select(func.coalesce(Delivery.lookups, 0)).where(Delivery.id == parcel.delivery_id)) or 0
    return lookups >= len(LOOKUP_AFTER)
