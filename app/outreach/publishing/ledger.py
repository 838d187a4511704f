"""The statements that make the ledger safe: claim, start, release, expire, miss. Each is one UPDATE.

A claim gives a row a token and a lease. Everything later happens under that token, so that a worker that was thought
dead cannot write over the work of another.

What may leave is asked twice: by `claim`, and by `start`, the last step before the channel is called. Both take a
`Gate` (publishing/gate.py): the outlets, campaigns and organisations that are paused or closed at present. A reason
of a new kind is added to `read_gate` there and to nothing here. Rows behind the gate stay as they are and `miss` leaves
them alone.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, not_, or_, select, true, update
from sqlalchemy.orm import Session

from app.kernel.text import T
from app.outreach.campaigns.models import Campaign, CampaignStatus
from app.outreach.outlets.models import Outlet, OutletStatus
from app.outreach.posts.models import Post, PostStatus
from app.outreach.printing.models import PrintPiece
from app.outreach.publishing.gate import OPEN, Gate
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.outgoing import BY_HAND, channel_key
from app.outreach.publishing.states import NOT_LEFT

LOOKUP_AFTER = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10))
"""Waits before each look-up of an unknown outcome; platforms show a new post late. Then a person decides."""

ASK_RECEIVER = T(
    "Belum pasti terkirim: sambungan putus setelah isi dikirim. Tanyakan kepada penerima, lalu pilih "
    "“Sudah terbit” atau “Belum terbit, kirim lagi”."
)
NOT_APPROVED = T("Tidak dikirim: materinya ditarik atau diubah dan tidak disetujui lagi sampai batas waktunya.")

CLAIM_SECONDS = 60
"""How long a claimed row may wait for a free thread before another worker may claim it."""

COLUMNS = (
    Delivery.id,
    Delivery.token,
    Delivery.post_id,
    Delivery.outlet_id,
    Delivery.payload,
    Delivery.remembered,
    Delivery.first_tried_at,
    Delivery.started_at,
    Delivery.due_at,
    Delivery.useful_until,
    Delivery.tries,
    Delivery.lookups,
)


def still_approved(gate: Gate = OPEN) -> ColumnElement[bool]:
    """Return the condition of a delivery that may leave: its post is approved with just this content and planned, its
    print piece is unchanged, and the gate is open for both."""
    post = exists().where(
        Post.id == Delivery.post_id,
        Post.status == PostStatus.APPROVED,
        Post.content_hash == Delivery.content_hash,
        Post.approved_hash == Delivery.content_hash,
        Post.planned_hash == Delivery.content_hash,
        exists().where(Campaign.id == Post.campaign_id, Campaign.status != CampaignStatus.CANCELLED),
        *gate.lets_post(Post),
    )
    piece = or_(
        Delivery.piece_id.is_(None),
        exists().where(PrintPiece.id == Delivery.piece_id, PrintPiece.content_hash == Delivery.piece_hash),
    )
    return and_(post, piece, *gate.lets(Delivery))


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
            still_approved(gate),
        )
        .order_by(Delivery.wake_at, Delivery.id)
        .limit(limit)
    )
    if session.get_bind().dialect.name == "postgresql":
        due = due.with_for_update(skip_locked=True, of=Delivery)
    statement = (
        update(Delivery)
        .where(Delivery.id.in_(due.scalar_subquery()))
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

    A post edited or paused since the claim, or a lease that ran out, drops out here.
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
            still_approved(gate),
        )
        .values(
            started_at=bindparam("now"),
            first_tried_at=func.coalesce(Delivery.first_tried_at, bindparam("now")),
            lease_until=bindparam("until"),
        )
        .returning(Delivery.id)
    )


def release(session: Session, ids: Sequence[int], *, token: str) -> None:
    """Give back rows that were claimed and not started."""
    session.execute(
        update(Delivery)
        .where(
            Delivery.id.in_(ids), Delivery.token == token, Delivery.status == S.SENDING, Delivery.started_at.is_(None)
        )
        .values(status=S.QUEUED, token=None, lease_until=None)
        .execution_options(synchronize_session=False)
    )


def expire(session: Session, *, now: datetime, can_look: Callable[[str], bool]) -> list[int]:
    """End the leases that ran out, with no lower age bound; return the ids that a person must decide.

    Never started, or at an outlet where a person posts: queued again. Else it may be live: unknown, to be looked up
    where the channel can be asked (`can_look`, by the channel's key).
    """
    rows = session.execute(
        select(Delivery, Outlet.kind, Outlet.status)
        .join(Outlet, Outlet.id == Delivery.outlet_id)
        .where(Delivery.status == S.SENDING, Delivery.lease_until < now)
        # a worker whose clock is ahead may be at it: what it has taken back and begun anew is not taken from it
        .with_for_update(skip_locked=True, of=Delivery)
        .execution_options(populate_existing=True)
    ).all()
    asked = []
    for row, kind, status in rows:
        key = channel_key(kind, status)
        row.lease_until, row.wake_at = None, now
        if row.started_at is None or key in BY_HAND:
            row.status, row.token = S.QUEUED, None
            continue
        row.status = S.UNKNOWN
        if not can_look(key):
            row.lookups, row.problem = len(LOOKUP_AFTER), ASK_RECEIVER
            asked.append(row.id)
    session.flush()
    return asked


def miss(session: Session, *, now: datetime, sentence: str, gate: Gate = OPEN) -> list[int]:
    """Give up rows past "still useful until"; return the ids of those that should have gone out.

    Rows of posts that are no longer approved were not meant to: they are cancelled without an alarm. What waits behind
    the gate is not late: whoever opens it decides.
    """
    if gate.closed:
        return []
    late = and_(Delivery.wake_at <= now, Delivery.useful_until < now)
    missed = (
        update(Delivery)
        .where(Delivery.status.in_((*NOT_LEFT, S.HANDED_OVER)), late, still_approved(gate))
        .values(status=S.MISSED, problem=sentence, token=None)
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    )
    ids = list(session.scalars(missed))
    session.execute(
        update(Delivery)
        .where(Delivery.status.in_((*NOT_LEFT, S.HANDED_OVER)), late, not_(still_approved()))
        .values(status=S.CANCELLED, problem=NOT_APPROVED, token=None)
        .execution_options(synchronize_session=False)
    )
    return ids


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
    if session.get_bind().dialect.name == "postgresql":
        due = due.with_for_update(skip_locked=True)
    statement = (
        update(Delivery)
        .where(Delivery.id.in_(due.scalar_subquery()), true())
        .values(token=token, lease_until=now + timedelta(seconds=2 * CLAIM_SECONDS))
        .returning(*COLUMNS)
        .execution_options(synchronize_session=False)
    )
    return session.execute(statement).all()
