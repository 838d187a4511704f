"""After the restore of an older copy: what may have gone out since is asked for and not sent until a person decides.

Rows that would go out now become "unknown" with `hold_reason` RESTORE: looked up where the channel can be asked, else a
person's to decide. What lies in the future stays planned.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from app.base.notices.service import notify
from app.base.people.models import RoleRow, User
from app.kernel import audit
from app.kernel.errors import Forbidden, Stale
from app.kernel.roles import Actor, Can
from app.kernel.text import T
from app.outreach.outlets.models import Outlet
from app.outreach.posts.models import Post
from app.outreach.publishing import ledger
from app.outreach.publishing.ledger import LOOKUP_AFTER, still_approved
from app.outreach.publishing.models import Attempt, Delivery, SendingStop
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.outgoing import COPIED, channel_key
from app.outreach.publishing.safety import Reason
from app.outreach.publishing.states import RESTORE

AT_ONCE = 200
SUBJECT = T("Pengiriman berhenti: catatan dari salinan lama")
LOOKING = T(
    "Catatan dipulihkan dari salinan lama: materi ini mungkin sudah terbit. Sedang dicari di saluran; tidak dikirim "
    "sebelum pasti."
)
ASK = T(
    "Catatan dipulihkan dari salinan lama: materi ini mungkin sudah terbit, dan salurannya tidak dapat ditanya. "
    "Lihat sendiri, lalu pilih “Sudah terbit” atau “Belum terbit, kirim lagi”."
)


def hold_past(
    session: Session, *, copied_at: datetime | None, since: datetime, now: datetime, can_look: Callable[[str], bool]
) -> int:
    """Turn rows that would go out, though they may have gone out after the copy was made, into questions.

    `copied_at`: how far the copy goes, `since`: when it was seen to be one; posts written and rows decided by a person
    later are not touched. What the copy knows as under way or unknown keeps its state, but its memory counts as old.
    Returns how many rows changed.
    """
    would_leave = or_(
        Delivery.status.in_((S.QUEUED, S.RETRYING)), and_(Delivery.status == S.HELD, Delivery.hold_reason == "sign_in")
    )
    decided = exists().where(
        Attempt.delivery_id == Delivery.id, Attempt.action == "person", Attempt.started_at >= since
    )
    under_way = and_(Delivery.status.in_((S.SENDING, S.UNKNOWN)), Delivery.started_at.is_not(None))
    rows = session.execute(
        select(Delivery, Outlet.kind, Outlet.status)
        .join(Outlet, Outlet.id == Delivery.outlet_id)
        .where(
            or_(and_(would_leave, still_approved()), under_way),
            Delivery.hold_reason.is_distinct_from(RESTORE),
            Delivery.due_at <= since,
            ~decided,
            Delivery.post_id.in_(select(Post.id).where(Post.created_at < since)),
        )
        .order_by(Delivery.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True, of=Delivery)
    ).all()
    for row, kind, status in rows:
        row.remembered = {**(row.remembered or {}), COPIED: True}
        row.hold_reason = RESTORE
        row.first_tried_at = row.first_tried_at or copied_at or row.due_at
        if row.status in {S.SENDING, S.UNKNOWN}:
            continue
        looks = can_look(channel_key(kind, status))
        row.status, row.wake_at, row.token, row.lease_until = S.UNKNOWN, now, None, None
        row.lookups, row.problem = (0, LOOKING) if looks else (len(LOOKUP_AFTER), ASK)
    session.flush()
    return len(rows)


def tell(session: Session, sentence: T, *, subject: T, key: str, now: datetime) -> None:
    """Tell those who can let sending go on."""
    notify(
        session, user_ids=[one.id for one in releasers(session)], kind="sending_stopped", subject=subject,
        body=sentence, path="/tayang/berhenti", dedupe_key=key, now=now,
    )  # fmt: skip


def releasers(session: Session) -> Sequence[User]:
    """Return those who can let sending go on, by name."""
    people = select(User).where(User.active, User.roles.any(RoleRow.name.in_(Can.RELEASE_SENDING.roles)))
    return session.scalars(people.order_by(User.name)).all()


def release(session: Session, actor: Actor, *, worker: str, reason: str, now: datetime) -> None:
    """Let sending go on; the workers follow within seconds. Raises Forbidden, and Stale where it goes on already."""
    if not actor.can(Can.RELEASE_SENDING):
        raise Forbidden(T("Penyetuju atau admin yang melanjutkan pengiriman."))
    row = session.get(SendingStop, (worker, reason), with_for_update=True, populate_existing=True)
    if row is None or row.released_at is not None or reason not in {Reason.RESTORED, Reason.CLOCK}:
        raise Stale(T("Pengiriman sudah dilanjutkan. Tidak ada yang diubah."))
    same = select(SendingStop).where(SendingStop.reason == reason)
    if reason == Reason.CLOCK:
        same = same.where(SendingStop.worker == worker)
    for one in session.scalars(same):
        one.released_at, one.released_by_id = now, actor.id
    session.flush()
    audit.record(session, actor, "release", row, now=now, after={"worker": worker, "reason": reason})


@dataclass(frozen=True)
class Restored:
    """What came of the rows that a restore put in question, by their state."""

    found: int  # seen live
    looking: int
    not_found: int  # looked for as often as it takes, each time answered
    asked: int  # nobody can look: a person's to decide, one by one
    late: int  # of `not_found`, those past their usefulness


def counts(session: Session, *, now: datetime) -> Restored:
    """Count what a restore put in question."""

    def number(*conditions: ColumnElement[bool]) -> int:
        query = select(func.count()).select_from(Delivery).where(Delivery.hold_reason == RESTORE, *conditions)
        return session.scalar(query) or 0

    looked = len(LOOKUP_AFTER)
    at_end = number(Delivery.status == S.UNKNOWN, Delivery.lookups >= looked)
    not_found = number(*_not_found())
    return Restored(
        found=_found(session),
        looking=number(Delivery.status == S.UNKNOWN, Delivery.lookups < looked) + number(Delivery.status == S.SENDING),
        not_found=not_found,
        asked=at_end - not_found,
        late=number(*_not_found(), Delivery.useful_until < now),
    )


def _found(session: Session) -> int:
    since = session.scalar(select(func.min(SendingStop.since)).where(SendingStop.reason == Reason.RESTORED))
    if since is None:
        return 0
    found = Delivery.sent_at >= since, Delivery.remembered[COPIED].as_boolean().is_(True)
    return session.scalar(select(func.count()).select_from(Delivery).where(Delivery.status == S.SENT, *found)) or 0


def questions(session: Session, *, limit: int = 100) -> Sequence[Any]:
    """Return (Delivery, Post, Outlet) of what a restore put in question and nobody knows yet, the oldest first."""
    query = (
        select(Delivery, Post, Outlet)
        .join(Post, Post.id == Delivery.post_id)
        .join(Outlet, Outlet.id == Delivery.outlet_id)
        .where(Delivery.hold_reason == RESTORE, Delivery.status == S.UNKNOWN)
        .order_by(Delivery.due_at, Delivery.id)
        .limit(limit)
    )
    return session.execute(query).all()


def send_not_found(session: Session, actor: Actor, *, now: datetime) -> int:
    """Send what was looked for and is not there, all of it at once; return how many deliveries that are.

    What is past its usefulness stays a question, as does what nobody could look for. Raises Forbidden.
    """
    if not actor.can(Can.RELEASE_SENDING):
        raise Forbidden(T("Penyetuju atau admin yang memutuskan ini."))
    in_time = or_(Delivery.useful_until.is_(None), Delivery.useful_until >= now)
    chosen = select(Delivery).where(Delivery.hold_reason == RESTORE, *_not_found(), in_time, still_approved())
    sent = 0
    for row in session.scalars(chosen.with_for_update(skip_locked=True, of=Delivery)):
        memory = {name: value for name, value in row.remembered.items() if name != COPIED}
        if not ledger.write(
            session, row, status=S.QUEUED, wake_at=max(now, row.due_at), spaced_at=now, tries=0, lookups=0,
            problem=None, token=None, hold_reason=None, remembered=memory,
        ):  # fmt: skip
            continue
        session.add(
            Attempt(
                delivery_id=row.id, action="person", started_at=now, finished_at=now, outcome="retry", detail=actor.name
            )
        )
        audit.record(session, actor, "retry", row, now=now, before={"status": S.UNKNOWN}, after={"status": S.QUEUED})
        sent += 1
    session.flush()
    return sent


def _not_found() -> tuple[ColumnElement[bool], ...]:
    looks = (
        select(func.count())
        .select_from(Attempt)
        .where(Attempt.delivery_id == Delivery.id, Attempt.action == "find", Attempt.outcome == "not found")
        .correlate(Delivery)
        .scalar_subquery()
    )
    return (
        Delivery.status == S.UNKNOWN, Delivery.lookups >= len(LOOKUP_AFTER),
        Delivery.problem != ASK, looks >= len(LOOKUP_AFTER),
    )  # fmt: skip
