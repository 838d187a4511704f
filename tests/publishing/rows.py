"""The ledger as it stands now, whatever the test's session has read before; and what a dispatcher has of a row."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.outreach.publishing.models import Delivery
from app.outreach.publishing.outgoing import Parcel

AT = datetime(2026, 11, 24, 0, 0, 5, 123456, tzinfo=UTC)


def rows(session: Session) -> Sequence[Delivery]:
    """Return all deliveries, in the order in which they were planned."""
    session.rollback()
    session.expire_all()
    return session.scalars(select(Delivery).order_by(Delivery.id)).all()


def only(session: Session) -> Delivery:
    (row,) = rows(session)
    return row


def parcel(delivery: int) -> Parcel:
    return Parcel(
        delivery_id=delivery, token="t", post_id=1, outlet_id=2, channel="x", kind="x", payload={"text": "rahasia"},
        credentials={"access_token": "kunci-rahasia"}, settings={}, remembered={}, first_tried_at=None,
        started_at=None, due_at=AT, useful_until=AT + timedelta(days=1), tries=3, lookups=1,
    )  # fmt: skip
