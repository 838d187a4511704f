"""How far the database has come, known outside of it as well: by that an older copy is recognised.

Every transaction that starts posts raises a number in the database, and before a channel is called the number stands in
`GAUNG_VAR_DIR/generation.json` too. Whatever was sent after a copy was made has a higher number than the copy, so the
file is ahead of a restored database. `epoch` rises when a person lets an older copy go on: numbers begin there anew.
Each machine has a file of its own and follows what the others write.
"""

import fcntl
import json
import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from pathlib import Path

from sqlalchemy import and_, bindparam, delete, func, or_, select, update
from sqlalchemy.orm import Session

from app.outreach.publishing.models import Attempt, Delivery, Heartbeat, LedgerMark
from app.outreach.publishing.models import DeliveryStatus as S

log = logging.getLogger(__name__)

FILE = "generation.json"
SIZE = 128  # bytes, written in place: it fits on a full disk, and no file has to be renamed for each handful of posts
SEEN_EVERY = timedelta(seconds=10)
OTHERS_SHOW_WITHIN = 30.0  # seconds in which a worker elsewhere moves the mark
STILL_THE_SAME = timedelta(hours=1)
"""A database without a mark that was in use so recently was updated from an older version, and not restored."""

_ADVANCE = (
    update(LedgerMark)
    .where(
        LedgerMark.id == 1,
        or_(
            LedgerMark.epoch > bindparam("known_epoch"),
            and_(LedgerMark.epoch == bindparam("known_epoch"), LedgerMark.number >= bindparam("known_number")),
        ),
    )
    .values(number=LedgerMark.number + 1, at=bindparam("now"))
    .returning(LedgerMark.epoch, LedgerMark.number)
)


class Behind(Exception):
    """The database is an older copy, so nothing may start on it."""


class State(Enum):
    SAME = "same"
    NEW = "new"  # the first start on it: there is nothing that could go out a second time
    WAIT = "wait"  # whether others work on it shows within seconds
    OLDER = "older"  # than what this machine has worked on
    ELSEWHERE = "elsewhere"  # in use before, and not by this machine: moved, or from a backup


@dataclass(frozen=True, order=True)
class Mark:
    epoch: int
    number: int


class Generation:
    """The mark of this machine: `known` is the furthest that it has seen, None where it knows nothing."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._path = folder / FILE
        self.known = self._read()
        self._first: tuple[float, datetime] | None = None  # monotonic seconds, and the mark's time then

    @staticmethod
    def forget(folder: Path) -> None:
        """Take the mark of an installation away, whose database was made anew."""
        (folder / FILE).unlink(missing_ok=True)

    def compare(self, session: Session, *, now: datetime) -> tuple[State, datetime | None]:
        """Return how the database stands to what this machine knows, and when it was last in use; writes nothing."""
        row = session.get(LedgerMark, 1)
        self.known = self.known or self._read()  # another worker of this machine may have written it meanwhile
        if self.known is None:
            return self._unknown(session, row, now), row.at if row else _last_beat(session)
        if row is None or Mark(row.epoch, row.number) < self.known:
            return State.OLDER, row.at if row else _last_use(session)
        if Mark(row.epoch, row.number) > self.known:
            self.keep(Mark(row.epoch, row.number))
        return State.SAME, row.at

    def _unknown(self, session: Session, row: LedgerMark | None, now: datetime) -> State:
        if not _has_overdue(session, now) or not _has_sent(session):
            return State.NEW
        if row is None:
            beaten = _last_beat(session)
            return State.NEW if beaten is None or now - beaten < STILL_THE_SAME else State.ELSEWHERE
        if self._first is None:
            self._first = time.monotonic(), row.at
        if row.at != self._first[1]:
            return State.NEW
        return State.WAIT if time.monotonic() - self._first[0] < OTHERS_SHOW_WITHIN else State.ELSEWHERE

    def begin(self, session: Session, *, now: datetime) -> Mark:
        """Follow the database's mark from here on; it is made where there is none. `keep` it after the commit."""
        row = session.get(LedgerMark, 1)
        if row is None:
            row = LedgerMark(id=1, epoch=1, number=0, at=now)
            session.add(row)
            session.flush()
        return Mark(row.epoch, row.number)

    def accept(self, session: Session, *, now: datetime) -> Mark:
        """Let an older copy go on: an epoch that no machine has seen begins. `keep` it after the commit."""
        row = session.get(LedgerMark, 1, with_for_update=True)
        seen = [self.known or Mark(1, 0), Mark(row.epoch, row.number) if row else Mark(1, 0)]
        mark = Mark(max(one.epoch for one in seen) + 1, max(one.number for one in seen) + 1)
        session.execute(delete(LedgerMark))
        session.add(LedgerMark(id=1, epoch=mark.epoch, number=mark.number, at=now))
        session.flush()
        session.expire_all()
        return mark

    def advance(self, session: Session, *, now: datetime) -> Mark:
        """Raise the number in the transaction that starts posts, as its last statement. Raises Behind."""
        known = self.known
        if known is None:
            raise Behind
        values = {"known_epoch": known.epoch, "known_number": known.number, "now": now}
        raised = session.connection().execute(_ADVANCE, values).one_or_none()
        if raised is None:
            raise Behind
        return Mark(*raised)

    def keep(self, mark: Mark) -> None:
        """Write a committed mark to the disk, before a channel is called. Raises OSError where it takes nothing."""
        with self._locked() as file:
            kept = _parse(os.pread(file, SIZE, 0))
            if kept is None or kept < mark:
                line = json.dumps({"epoch": mark.epoch, "number": mark.number}).ljust(SIZE - 1) + "\n"
                os.pwrite(file, line.encode(), 0)
                os.fdatasync(file)
        self.known = max(mark, self.known or mark)

    def _read(self) -> Mark | None:
        try:
            return _parse(self._path.read_bytes())
        except FileNotFoundError:
            return None

    @contextmanager
    def _locked(self) -> Iterator[int]:
        file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file
        finally:
            os.close(file)


def show_in_use(session: Session, *, now: datetime) -> None:
    """Move the mark's time: a copy then knows how far it goes, and a new machine that this database is in use."""
    session.execute(update(LedgerMark).values(at=now).execution_options(synchronize_session=False))


def _parse(data: bytes) -> Mark | None:
    try:
        kept = json.loads(data)
        return Mark(int(kept["epoch"]), int(kept["number"]))
    except (ValueError, KeyError, TypeError):
        if data.strip():
            log.error("%s cannot be read", FILE)
        return None


def _has_sent(session: Session) -> bool:
    return session.scalar(select(func.max(Attempt.id))) is not None


def _has_overdue(session: Session, now: datetime) -> bool:
    waits = select(Delivery.id).where(Delivery.status.in_((S.QUEUED, S.RETRYING, S.SENDING)), Delivery.wake_at <= now)
    return session.scalar(waits.limit(1)) is not None


def _last_beat(session: Session) -> datetime | None:
    return session.scalar(select(func.max(Heartbeat.at)))


def _last_use(session: Session) -> datetime | None:
    return _last_beat(session) or session.scalar(select(func.max(Attempt.finished_at)))
