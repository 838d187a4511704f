"""How the ledger is doing, in a few numbers that cost four small queries: for `/healthz` and the page of its state."""

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import ColumnElement, Engine, and_, func, or_, select
from sqlalchemy.orm import Session

from app.outreach.publishing import heartbeat, safety
from app.outreach.publishing.gate import read_gate
from app.outreach.publishing.ledger import LOOKUP_AFTER, still_approved
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.models import DeliveryStatus as S

STUCK_AFTER = timedelta(minutes=10)
"""A worker ends leases and looks up within seconds; what waits so long waits for nobody."""


@dataclass(frozen=True)
class Health:
    """`workers`: how many are alive. `oldest_due`: how long the longest waits that may leave now. `stuck`: deliveries
    whose lease is long over, or whose look-up is. `stops`: reasons for which nothing is sent."""

    workers: int
    oldest_due: timedelta
    stuck: int
    stops: int


def health(session: Session, *, now: datetime) -> Health:
    """Read the numbers."""
    return Health(
        workers=heartbeat.count_alive(session, now=now),
        oldest_due=_oldest_due(session, now),
        stuck=session.scalar(select(func.count()).select_from(Delivery).where(is_stuck(now))) or 0,
        stops=len(safety.stops(session, now=now)),
    )


def _oldest_due(session: Session, now: datetime) -> timedelta:
    gate = read_gate(session, now=now)
    if gate.closed:
        return timedelta(0)
    oldest = []
    for status in (S.QUEUED, S.RETRYING):  # one by one: each is a walk over the index, which ends at its first row
        may_leave = (
            Delivery.status == status,
            Delivery.wake_at <= now,
            or_(Delivery.useful_until.is_(None), Delivery.useful_until >= now),
            still_approved(gate),
        )
        first = session.scalar(select(Delivery.wake_at).where(*may_leave).order_by(Delivery.wake_at).limit(1))
        oldest += [first] if first else []
    return now - min(oldest) if oldest else timedelta(0)


def can_write(engine: Engine) -> bool:
    """Tell whether the file of the database may be written; True where it is none. Takes no lock."""
    if engine.dialect.name != "sqlite":
        return True
    path = Path(engine.url.database or "")
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


def is_stuck(now: datetime) -> ColumnElement[bool]:
    """Return the condition of a delivery whose lease or look-up is long over, though nobody goes on with it."""
    before = now - STUCK_AFTER
    sending = and_(Delivery.status == S.SENDING, or_(Delivery.lease_until.is_(None), Delivery.lease_until < before))
    looking = and_(
        Delivery.status == S.UNKNOWN,
        Delivery.lookups < len(LOOKUP_AFTER),
        Delivery.wake_at < before,
        or_(Delivery.lease_until.is_(None), Delivery.lease_until < before),
    )
    return or_(sending, looking)
