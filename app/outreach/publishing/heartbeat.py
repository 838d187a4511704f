"""The worker says that it lives; pages and `/healthz` ask."""

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
    """At a start: nobody has reported yet."""
    session.execute(delete(Heartbeat))


def alive(session: Session, *, now: datetime, name: str = WORKER) -> bool:
    row = session.get(Heartbeat, name)
    return row is not None and now - row.at <= SILENT_AFTER
