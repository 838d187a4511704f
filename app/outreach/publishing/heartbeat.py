"""The workers' signs of life, one row a process, which pages, `/healthz` and the watch from outside read."""

import os
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.kernel.text import T
from app.outreach.publishing.models import Heartbeat
from app.outreach.publishing.safety import worker_name
from config import version

EVERY = timedelta(seconds=10)
SILENT_AFTER = timedelta(seconds=45)
FORGOTTEN_AFTER = timedelta(days=1)
"""A process that ended, well or badly, stays in view so long."""


@dataclass(frozen=True)
class Process:
    """Who gives a sign: `key` is of this process alone, since numbers come round again."""

    key: str
    host: str
    pid: int
    version: str


@cache
def this_process() -> Process:
    return Process(uuid.uuid4().hex, worker_name(), os.getpid(), version())


def beat(session: Session, *, now: datetime, process: Process | None = None, doing: T | None = None) -> None:
    """Write that a process is alive and what it is doing; rows that nobody has written for a day go."""
    process = process or this_process()
    row = session.get(Heartbeat, process.key)
    if row is None:
        row = Heartbeat(
            key=process.key, host=process.host, pid=process.pid, version=process.version, started_at=now, at=now
        )
        session.add(row)
    row.at, row.doing, row.stopped_at = now, doing, None
    session.flush()
    session.execute(
        delete(Heartbeat).where(Heartbeat.at < now - FORGOTTEN_AFTER),
        execution_options={"synchronize_session": False},
    )


def end(session: Session, *, now: datetime, process: Process | None = None) -> None:
    """Write that a process ended as it was told to."""
    process = process or this_process()
    session.execute(
        update(Heartbeat).where(Heartbeat.key == process.key).values(at=now, stopped_at=now, doing=None),
        execution_options={"synchronize_session": False},
    )


def forget(session: Session) -> None:
    """Forget all signs of life, at a start: nobody has reported yet."""
    session.execute(delete(Heartbeat))


def alive(session: Session, *, now: datetime) -> bool:
    """Tell whether any worker is alive."""
    return count_alive(session, now=now) > 0


def count_alive(session: Session, *, now: datetime) -> int:
    return sum(is_alive(row, now=now) for row in session.scalars(select(Heartbeat)))


def is_alive(row: Heartbeat, *, now: datetime) -> bool:
    """Tell whether the process of a row gave a sign lately and has not said that it ends."""
    return row.stopped_at is None and now - row.at <= SILENT_AFTER


def processes(session: Session) -> list[Heartbeat]:
    """Return the workers of the last day, who gave the latest sign first."""
    return list(session.scalars(select(Heartbeat).order_by(Heartbeat.at.desc(), Heartbeat.key)))
