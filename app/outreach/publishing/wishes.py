"""Hold and cancel while a call is under way: the wish stands beside the row until the call has ended.

Nobody can call back what is on its way to a platform. A row whose call has begun, or whose outcome is not known, keeps
its state; the wish takes effect once it is certain that nothing went out. What went out stays sent.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from app.base.people.models import User
from app.kernel.text import T
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.states import BY_PERSON


class Wish(StrEnum):
    HOLD = "hold"
    CANCEL = "cancel"


GOES_ON = frozenset({S.QUEUED, S.RETRYING, S.HELD, S.HANDED_OVER})
EFFECTIVE = {Wish.HOLD: GOES_ON, Wish.CANCEL: GOES_ON | {S.FAILED, S.MISSED}}
"""The states a call can end in that a wish changes. What failed is held by itself."""


def under_way(row: Delivery) -> bool:
    """Tell whether a delivery may be on its way: its call has begun, or nobody knows what came of it."""
    return row.status == S.UNKNOWN or (row.status == S.SENDING and row.started_at is not None)


def is_under_way() -> ColumnElement[bool]:
    """Return `under_way` as a condition."""
    return or_(Delivery.status == S.UNKNOWN, and_(Delivery.status == S.SENDING, Delivery.started_at.is_not(None)))


def is_only_claimed() -> ColumnElement[bool]:
    """Return the condition of a row that a worker has taken and not begun: it can still be taken back."""
    return and_(Delivery.status == S.SENDING, Delivery.started_at.is_(None))


def keep(row: Delivery, wish: Wish, *, by_id: int | None, now: datetime) -> None:
    """Keep a wish beside a locked row; None wishes for whoever ended the post. Cancelling outweighs holding."""
    if row.wish == Wish.CANCEL and wish == Wish.HOLD:
        return
    row.wish, row.wish_by_id, row.wish_at = wish, by_id, now


def forget(row: Delivery) -> None:
    row.wish, row.wish_by_id, row.wish_at = None, None, None


def take_effect(session: Session, delivery_id: int, status: S) -> S:
    """Let the wish beside a row take effect, whose call has just ended in `status` without being live.

    Return the state in which it stands then.
    """
    row = session.execute(
        select(Delivery.token, Delivery.wish, Delivery.wish_by_id, User.name)
        .outerjoin(User, User.id == Delivery.wish_by_id)
        .where(Delivery.id == delivery_id)
    ).one()
    values: dict[str, Any] = {"wish": None, "wish_by_id": None, "wish_at": None}
    if row.wish and status in EFFECTIVE[Wish(row.wish)]:
        values |= _ended(Wish(row.wish), row.name) | {"token": None, "lease_until": None}
    session.execute(
        update(Delivery)
        .where(Delivery.id == delivery_id, Delivery.status == status, Delivery.token.is_not_distinct_from(row.token))
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    return S(values.get("status", status))


def _ended(wish: Wish, name: str | None) -> dict[str, Any]:
    if wish == Wish.HOLD:
        return {"status": S.HELD, "hold_reason": BY_PERSON, "problem": T("Ditahan oleh %(name)s.", name=name or "–")}
    if name is None:
        return {"status": S.CANCELLED, "hold_reason": None, "problem": T("Dibatalkan bersama materi atau programnya.")}
    return {"status": S.CANCELLED, "hold_reason": BY_PERSON, "problem": T("Dibatalkan oleh %(name)s.", name=name)}
