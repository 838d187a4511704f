"""What the ledger can tell about itself, each check one statement over the deliveries of the last days."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.outreach.publishing.models import Attempt, Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.self_audit.models import FindingKind


@dataclass(frozen=True)
class Mismatch:
    """One thing that does not agree; the same one is found again by (kind, delivery_id, remote_id)."""

    kind: FindingKind
    delivery_id: int
    remote_id: str = ""
    remote_url: str | None = None


def check_ledger(session: Session, *, since: datetime) -> Iterator[Mismatch]:
    """Yield what does not agree among the deliveries sent, or tried, since then."""
    yield from _sent_twice(session, since)
    yield from _without_receipt(session, since)
    yield from _shared_ids(session, since)


def _sent_twice(session: Session, since: datetime) -> Iterable[Mismatch]:
    """Deliveries with two accepted calls: two numbers, or two calls to publish that were both answered with one."""
    numbers = func.count(Attempt.remote_id.distinct())
    calls = func.count().filter(Attempt.action == "publish")
    rows = session.scalars(
        select(Attempt.delivery_id)
        .where(Attempt.outcome == "sent", Attempt.finished_at >= since)
        .group_by(Attempt.delivery_id)
        .having(or_(numbers > 1, calls > 1))
    )
    return [Mismatch(FindingKind.SENT_TWICE, delivery_id) for delivery_id in rows]


def _without_receipt(session: Session, since: datetime) -> Iterable[Mismatch]:
    rows = session.scalars(
        select(Delivery.id).where(
            Delivery.status == S.SENT,
            Delivery.sent_at >= since,
            Delivery.remote_id.is_(None),
            Delivery.settled_by_id.is_(None),
        )
    )
    return [Mismatch(FindingKind.NO_RECEIPT, delivery_id) for delivery_id in rows]


def _shared_ids(session: Session, since: datetime) -> Iterable[Mismatch]:
    """Deliveries of one outlet that name one post; the one that was sent first has it, the others are named."""
    sent = (Delivery.status == S.SENT, Delivery.sent_at >= since, Delivery.remote_id.is_not(None))
    shared = (
        select(Delivery.outlet_id, Delivery.remote_id, func.min(Delivery.id).label("first"))
        .where(*sent)
        .group_by(Delivery.outlet_id, Delivery.remote_id)
        .having(func.count() > 1)
        .subquery()
    )
    rows = session.execute(
        select(Delivery.id, Delivery.remote_id, Delivery.remote_url)
        .join(shared, (shared.c.outlet_id == Delivery.outlet_id) & (shared.c.remote_id == Delivery.remote_id))
        .where(*sent, Delivery.id != shared.c.first)
    )
    return [Mismatch(FindingKind.SHARED_ID, row.id, row.remote_id or "", row.remote_url) for row in rows]
