"""The worker's sign of life, which pages and `/healthz` read."""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.outreach.publishing.models import Heartbeat

WORKER = "worker"
EVERY = timedelta(seconds=10)
SILENT_AFTER = timedelta(seconds=45)


def beat(session: Session, *, now: datetime, name: str = WORKER) -> None:
    session.merge(Heartbeat(name=name, at=now))


def forget(session: Session) -> None:
    """Forget all signs of life, at a start: nobody has reported yet."""
    session.execute(delete(Heartbeat))


def alive(session: Session, *, now: datetime, name: str = WORKER) -> bool:
    row = session.get(Heartbeat, name)
    return row is not None and now - row.at <= SILENT_AFTER
