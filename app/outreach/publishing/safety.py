"""Why a worker sends nothing at present: kept in a table, so that pages and `/healthz` can say it.

A stop belongs to the worker that saw it (its clock, its disk). Only RESTORED holds for every worker, since all of them
work on the same copy, and only RESTORED and CLOCK can be released by a person.
"""

import logging
import os
import socket
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.kernel.text import T
from app.outreach.publishing.models import SendingStop

log = logging.getLogger(__name__)

SAID_EVERY = timedelta(seconds=10)
FORGOTTEN_AFTER = timedelta(minutes=5)
"""A worker that is gone says no more that its stop is over."""


class Reason(StrEnum):
    RESTORED = "restored"  # the database is an older copy than the one this machine worked on
    CLOCK = "clock"  # our clock cannot be right, or jumped
    DISK = "disk"  # the mark that tells an older copy cannot be written: a full disk


def worker_name() -> str:
    """Return the name of this machine, under which its worker says why it stands still."""
    return socket.gethostname()[:80]


def this_worker() -> str:
    """Return the name of this process: what it has heard of the time another of the machine may not have."""
    return f"{worker_name()[:68]} ({os.getpid()})"


def stop(
    session: Session, *, worker: str, reason: Reason, sentence: T, now: datetime, copied_at: datetime | None = None
) -> bool:
    """Write that a worker does not send, or that it still does not; return whether that is new."""
    row = session.get(SendingStop, (worker, reason))
    if row is not None:
        if now - row.seen_at >= SAID_EVERY or row.sentence != sentence:
            row.seen_at, row.sentence = now, sentence
        return False
    gone = SendingStop.reason != Reason.RESTORED, SendingStop.seen_at < now - FORGOTTEN_AFTER
    session.execute(delete(SendingStop).where(*gone).execution_options(synchronize_session=False))
    session.add(
        SendingStop(worker=worker, reason=reason, sentence=sentence, since=now, seen_at=now, copied_at=copied_at)
    )
    session.flush()
    log.warning("sending has stopped (%s): %s", reason, sentence)
    return True


def resume(session: Session, *, worker: str, reason: Reason) -> bool:
    """Take a worker's stop back; return whether there was one."""
    gone = session.scalars(
        delete(SendingStop)
        .where(SendingStop.worker == worker, SendingStop.reason == reason)
        .returning(SendingStop.worker)
        .execution_options(synchronize_session=False)
    ).all()
    if gone:
        log.warning("sending goes on (%s)", reason)
    return bool(gone)


def stops(session: Session, *, now: datetime) -> Sequence[SendingStop]:
    """Return why nothing is sent at present, the oldest first: what waits for a person, and what workers say."""
    kept = select(SendingStop).where(
        (SendingStop.reason == Reason.RESTORED) | (SendingStop.seen_at >= now - FORGOTTEN_AFTER)
    )
    return session.scalars(kept.order_by(SendingStop.since, SendingStop.worker)).all()
