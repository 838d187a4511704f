"""The ledger as it stands now, whatever the test's session has read before."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.outreach.publishing.models import Delivery


def rows(session: Session) -> Sequence[Delivery]:
    """Return all deliveries, in the order in which they were planned."""
    session.rollback()
    session.expire_all()
    return session.scalars(select(Delivery).order_by(Delivery.id)).all()


def only(session: Session) -> Delivery:
    (row,) = rows(session)
    return row
