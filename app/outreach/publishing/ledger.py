"""The statements that make the ledger safe: claim, renew, start, release, expire, miss.

A claim gives a row a token and a lease. Everything later happens under that token, so that a worker that was thought
dead cannot write over the work of another. Every write names the row with the token and the status that were read
(`write`), or takes its rows from a select that locks them; a lost race changes nothing.

What may leave is asked twice: by `claim`, and by `start`, the last step before the channel is called. Both take a
`Gate` (publishing/gate.py): the outlets, campaigns and organisations that are paused or closed at present. A reason
of a new kind is added to `read_gate` there and to nothing here. Rows behind the gate stay as they are and `miss` leaves
them alone.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, not_, or_, select, update
from sqlalchemy.orm import Session

from app.kernel.text import T
from app.outreach.campaigns.models import Campaign, CampaignStatus
from app.outreach.outlets.models import Outlet, OutletStatus
from app.outreach.posts.models import Post, PostStatus
from app.outreach.printing.models import PrintPiece
from app.outreach.publishing.gate import OPEN, Gate
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.outgoing import BY_HAND, Parcel, channel_key
from app.outreach.publishing.states import NOT_LEFT
from app.outreach.publishing.wishes import take_effect

LOOKUP_AFTER = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10))
"""Waits before each look-up of an unknown outcome; platforms show a new post late. Then a person decides."""

ASK_RECEIVER = T(
    "Belum pasti terkirim: sambungan putus setelah isi dikirim. Tanyakan kepada penerima, lalu pilih "
    "“Sudah terbit” atau “Belum terbit, kirim lagi”."
)
NOT_APPROVED = T("Tidak dikirim: materinya ditarik atau diubah dan tidak disetujui lagi sampai batas waktunya.")

CLAIM_SECONDS = 60
"""How long a claimed row may wait for a free thread before another worker may claim it, unless the claim is renewed."""
AT_ONCE = 100
"""How many rows one transaction of a round ends or expires; each may bring notices with it."""

COLUMNS = (
    Delivery.id,
    Delivery.token,
    Delivery.post_id,
    Delivery.outlet_id,
    Delivery.payload,
    Delivery.remembered,
    Delivery.first_tried_at,
    Delivery.started_at,
    Delivery.resent_at,
    Delivery.due_at,
    Delivery.useful_until,
    Delivery.tries,
    Delivery.lookups,
)


def still_approved(gate: Gate = OPEN) -> ColumnElement[bool]:
    """Return the condition of a delivery that may leave: its post is approved with just this content and planned, its
    print piece is unchanged, and the gate is open for both.

    It is asked row by row, by scalar subqueries: PostgreSQL makes a join of an EXISTS, and where its statistics are
    older than the burst it begins that join at the posts, all of them (measured: 200 ms a round with 1,300 posts).
    """
    post = select(Post.id).where(
        Post.id == Delivery.post_id,
        Post.status == PostStatus.APPROVED,
        Post.content_hash == Delivery.content_hash,
        Post.approved_hash == Delivery.content_hash,
        Post.planned_hash == Delivery.content_hash,
        select(Campaign.id)
        .where(Campaign.id == Post.campaign_id, Campaign.status != CampaignStatus.CANCELLED)
        .scalar_subquery()
        .is_not(None),
        *gate.lets_post(Post),
    )
    piece = select(PrintPiece.id).where(
        PrintPiece.id == Delivery.piece_id, PrintPiece.content_hash == Delivery.piece_hash
    )
    return and_(
        post.scalar_subquery().is_not(None),
        or_(Delivery.piece_id.is_(None), piece.scalar_subquery().is_not(None)),
        *gate.lets(Delivery),
    )


def claim(session: Session, *, token: str, now: datetime, limit: int, gate: Gate = OPEN) -> Sequence[Any]:
    """Take up to `limit` due rows that the gate lets through for this token; return their COLUMNS, those first that are
    soonest of no use."""
    if gate.closed:
        return []
    due = (
        select(Delivery.id)
        .where(
            Delivery.status.in_((S.QUEUED, S.RETRYING)),
            Delivery.wake_at <= now,
            or_(Delivery.useful_until.is_(None), Delivery.useful_until >= now),
            Delivery.wish.is_(None),
            still_approved(gate),
        )
        .order_by(Delivery.wake_at, Delivery.id)
        .limit(limit)
    )
    due = due.with_for_update(skip_locked=True, of=Delivery)
    statement = (
        update(Delivery)
        .where(Delivery.id.in_(select(due.cte().c.id)))
        .values(status=S.SENDING, token=token, lease_until=now + timedelta(seconds=CLAIM_SECONDS), started_at=None)
        .returning(*COLUMNS)
        .execution_options(synchronize_session=False)
    )
    return sorted(session.execute(statement).all(), key=_soonest_useful)


def _soonest_useful(row: Any) -> tuple[bool, datetime, datetime, int]:
    return row.useful_until is None, row.useful_until or row.due_at, row.due_at, row.id


def start(
    session: Session, ids: Sequence[int], *, token: str, now: datetime, seconds: float, gate: Gate = OPEN
) -> set[int]:
    """Write `started_at` just before the channel is called; return the ids that may still be sent.

    A post edited or paused since the claim, a lease or a use that ran out, drops out here.
    """
    if gate.closed:
        return set()
    values = {"ids": list(ids), "claimed": token, "now": now, "until": now + timedelta(seconds=seconds)}
    return set(session.connection().execute(_start(gate), values).scalars())


@lru_cache(maxsize=8)
def _start(gate: Gate) -> Any:
    """Build the statement once for each gate: it runs for every handful of posts in a burst."""
    return (
        update(Delivery)
        .where(
            Delivery.id.in_(bindparam("ids", expanding=True)),
            Delivery.token == bindparam("claimed"),
            Delivery.status == S.SENDING,
            Delivery.lease_until >= bindparam("now"),
            or_(Delivery.useful_until.is_(None), Delivery.useful_until >= bindparam("now")),
            Delivery.wish.is_(None),
            still_approved(gate),
        )
        .values(
            started_at=bindparam("now"),
            first_tried_at=func.coalesce(Delivery.first_tried_at, bindparam("now")),
            lease_until=bindparam("until"),
        )
        .returning(Delivery.id)
    )


def renew(session: Session, ids: Sequence[int], *, tokens: Sequence[str], now: datetime) -> None:
    """Lengthen the claims of rows that still wait for a free thread; those that others took meanwhile stay theirs."""
    session.execute(
        update(Delivery)
        .where(
            Delivery.id.in_(ids),
            Delivery.token.in_(tokens),
            Delivery.status == S.SENDING,
            Delivery.started_at.is_(None),
        )
        .values(lease_until=now + timedelta(seconds=CLAIM_SECONDS))
        .execution_options(synchronize_session=False)
    )


def prolong(session: Session, delivery_id: int, *, token: str, until: datetime) -> None:
    """Lengthen the lease of a row whose outcome is in hand and cannot be written yet."""
    session.execute(
        update(Delivery)
        .where(Delivery.id == delivery_id, Delivery.token == token, Delivery.status == S.SENDING)
        .values(lease_until=until)
        .execution_options(synchronize_session=False)
    )


def release(session: Session, ids: Sequence[int], *, token: str) -> None:
    """Give back rows that were claimed and not started."""
    if not ids:
        return
    session.execute(
        update(Delivery)
        .where(
            Delivery.id.in_(ids), Delivery.token == token, Delivery.status == S.SENDING, Delivery.started_at.is_(None)
        )
        .values(status=S.QUEUED, token=None, lease_until=None)
        .execution_options(synchronize_session=False)
    )


def write(session: Session, row: Any, **values: Any) -> bool:
    """Change a row that still is what was read of it (`id`, `token`, `status`); return whether it was.

    Every write of the ledger that is no statement over many rows goes through here: whoever lost a race writes nothing.
    """
    changed = session.execute(
        update(Delivery)
        .where(Delivery.id == row.id, Delivery.token.is_not_distinct_from(row.token), Delivery.status == row.status)
        .values(**values)
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    )
    return changed.scalar_one_or_none() is not None


def expire(session: Session, *, now: datetime, can_look: Callable[[str], bool], limit: int = AT_ONCE) -> list[int]:
    """End leases that ran out, with no lower age bound; return the ids that a person must decide.

    Never started, or at an outlet where a person posts: queued again. Else it may be live: unknown, to be looked up
    where the channel can be asked (`can_look`, by the channel's key).
    """
    rows = session.execute(
        select(
            Delivery.id,
            Delivery.token,
            Delivery.status,
            Delivery.started_at,
            Delivery.wish,
            Outlet.kind,
            Outlet.status.label("connection"),
        )
        .join(Outlet, Outlet.id == Delivery.outlet_id)
        .where(Delivery.status == S.SENDING, Delivery.lease_until < now)
        .limit(limit)
        # another worker may be at it: what it has taken back and begun anew is not taken from it
        .with_for_update(skip_locked=True, of=Delivery)
    ).all()
    asked = []
    for row in rows:
        key = channel_key(row.kind, row.connection)
        if row.started_at is None or key in BY_HAND:
            queued = write(session, row, status=S.QUEUED, token=None, lease_until=None, wake_at=now)
            if queued and row.wish:
                take_effect(session, row.id, S.QUEUED)
        elif can_look(key):
            write(session, row, status=S.UNKNOWN, lease_until=None, wake_at=now)
        elif write(
            session, row, status=S.UNKNOWN, lease_until=None, wake_at=now, lookups=len(LOOKUP_AFTER),
            problem=ASK_RECEIVER,
        ):  # fmt: skip
            asked.append(row.id)
    return asked


def _late(now: datetime, limit: int, *conditions: ColumnElement[bool]) -> Select[int]:
    """Return up to `limit` rows past "still useful until" that somebody still waits for."""
    return (
        select(Delivery.id)
        .where(
            Delivery.status.in_((*NOT_LEFT, S.HANDED_OVER)),
            Delivery.wake_at <= now,
            Delivery.useful_until < now,
            *conditions,
        )
        .order_by(Delivery.wake_at)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Delivery)
    )


def _end(session: Session, rows: Select[int], status: S, sentence: T) -> list[int]:
    ended = (
        update(Delivery)
        .where(Delivery.id.in_(select(rows.cte().c.id)))
        .values(status=status, problem=sentence, token=None)
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    )
    return list(session.scalars(ended))


def miss(session: Session, *, now: datetime, sentence: T, gate: Gate = OPEN, limit: int = AT_ONCE) -> list[int]:
    """Give up rows past "still useful until" that should have gone out; return their ids.

    What waits behind the gate is not late: whoever opens it decides. What waits for a closed account is.
    """
    if gate.closed:
        return []
    return _end(session, _late(now, limit, still_approved(gate.to_miss())), S.MISSED, sentence)


def drop(session: Session, *, now: datetime, limit: int = AT_ONCE) -> list[int]:
    """Cancel rows past "still useful until" whose post is not approved any more; they were not meant to go out."""
    return _end(session, _late(now, limit, not_(still_approved())), S.CANCELLED, NOT_APPROVED)


def resume_signed_in(session: Session, *, now: datetime) -> int:
    """Queue rows held for a sign-in again once their account is connected; return how many there were."""
    connected = select(Outlet.id).where(Outlet.status == OutletStatus.CONNECTED)
    statement = (
        update(Delivery)
        .where(Delivery.status == S.HELD, Delivery.hold_reason == "sign_in", Delivery.outlet_id.in_(connected))
        .values(status=S.QUEUED, hold_reason=None, problem=None, wake_at=now)
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    )
    return len(session.scalars(statement).all())


def still_started(session: Session, parcels: Sequence[Parcel]) -> set[int]:
    """Return those whose row stands as the claim of the parcel started it: being sent, or in doubt since."""
    rows = session.execute(
        select(Delivery.id, Delivery.token).where(
            Delivery.id.in_([parcel.delivery_id for parcel in parcels]),
            Delivery.status.in_((S.SENDING, S.UNKNOWN)),
            Delivery.started_at.is_not(None),
        )
    )
    tokens = {parcel.delivery_id: parcel.token for parcel in parcels}
    return {row.id for row in rows if row.token == tokens[row.id]}


def claim_lookups(session: Session, *, token: str, now: datetime, limit: int, most: int) -> Sequence[Any]:
    """Take rows whose outcome is unknown to look them up; after `most` fruitless looks a person decides."""
    due = (
        select(Delivery.id)
        .where(
            Delivery.status == S.UNKNOWN,
            Delivery.wake_at <= now,
            Delivery.lookups < most,
            or_(Delivery.lease_until.is_(None), Delivery.lease_until < now),
        )
        .order_by(Delivery.wake_at)
        .limit(limit)
    )
    due = due.with_for_update(skip_locked=True)
    statement = (
        update(Delivery)
        .where(Delivery.id.in_(select(due.cte().c.id)))
        .values(token=token, lease_until=now + timedelta(seconds=2 * CLAIM_SECONDS))
        .returning(*COLUMNS)
        .execution_options(synchronize_session=False)
    )
    return session.execute(statement).all()
