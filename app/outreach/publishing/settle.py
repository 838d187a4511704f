"""Settling: what came of a call becomes the row's state, once, under the claim's token; the attempt is always kept.

A receipt wins over every state. A post that another delivery has already is not ours: it is looked for again.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, exists, func, or_, select, update
from sqlalchemy.orm import Session

from app.kernel.roles import SYSTEM
from app.outreach.outlets.kinds import ORDERED_PRINT
from app.outreach.outlets.models import Outlet
from app.outreach.outlets.ports import AccountPaused, NeedsSignIn, Receipt
from app.outreach.outlets.service import needs_sign_in
from app.outreach.posts.models import Post, PostStatus
from app.outreach.publishing import alerts, breaker, ledger
from app.outreach.publishing.attempts import keep_attempt
from app.outreach.publishing.ledger import LOOKUP_AFTER
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.next_state import SIGN_IN, after_find, after_publish, sent
from app.outreach.publishing.orders import write_order
from app.outreach.publishing.outcomes import AnothersPost, Outcome
from app.outreach.publishing.outgoing import Parcel
from app.outreach.publishing.states import LABELS
from app.outreach.publishing.wishes import take_effect

_SETTLE = (
    update(Delivery)
    .where(
        Delivery.id == bindparam("delivery"),
        Delivery.token == bindparam("claimed"),
        Delivery.status.in_(bindparam("expected", expanding=True)),
    )
    .returning(Delivery.wish)
)
_OWNER = select(Delivery.id).where(
    Delivery.outlet_id == bindparam("outlet"),
    Delivery.remote_id == bindparam("remote"),
    Delivery.id != bindparam("delivery"),
)
LOST = object()
"""The row belongs to another claim by now."""


def settle(session: Session, outcome: Outcome, *, now: datetime, can_look: bool = True) -> S | None:
    """Write the outcome; return the state it led to, or None when the row has gone on without this claim.

    A receipt alone is never too late: whatever the row has become, it was sent.
    """
    outcome = _unless_anothers(session, outcome)
    parcel, result = outcome.parcel, outcome.result
    keep_attempt(session, outcome, now=now)
    if outcome.action == "find":
        values = after_find(parcel, result, now)
    else:
        values = after_publish(parcel, result, now, can_look=can_look)
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
    values = {"outlet": parcel.outlet_id, "remote": result.remote_id, "delivery": parcel.delivery_id}
    owner = session.connection().execute(_OWNER, values).scalar()
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
    ledger.write(session, row, **sent(receipt, now))
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


def _consequences(session: Session, parcel: Parcel, result: Any, status: S, *, wish: bool, now: datetime) -> None:
    if status == S.SENT:
        if parcel.kind in ORDERED_PRINT:
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
