"""Claims of workers on a step of a file: whoever lost the claim by pausing too long writes nothing any more."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, and_, func, or_, select, update
from sqlalchemy.orm import Session, sessionmaker

from app.evidence.responses.imports.service import BUSY, WAITING
from app.evidence.responses.models import ResponseImport
from app.kernel.clock import Clock
from app.kernel.db import unit_of_work

STALE = timedelta(seconds=60)


class ClaimLost(Exception):
    """Somebody else took the step over, or a person dropped the file."""


@dataclass(frozen=True)
class Step:
    """One step of a file that a worker has claimed.

    `status` is what is to be done: checking, importing or removing.
    """

    sessions: "sessionmaker[Session]"
    clock: Clock
    number: int
    status: str
    claim: str

    def write(self, session: Session, **values: Any) -> None:
        """Write to the file's row within a transaction, which holds the row from then on. Raises ClaimLost."""
        values.setdefault("heartbeat_at", self.clock.now())
        written = session.execute(
            update(ResponseImport)
            .where(
                ResponseImport.id == self.number,
                ResponseImport.claim == self.claim,
                ResponseImport.status == self.status,
            )
            .values(**values),
            execution_options={"synchronize_session": False},
        )
        if not isinstance(written, CursorResult) or written.rowcount != 1:
            raise ClaimLost

    def note(self, **values: Any) -> None:
        """Write as `write` does, in a transaction of its own: how far it is, and that somebody is at it."""
        with unit_of_work(self.sessions) as session:
            self.write(session, **values)

    def end(self, session: Session, status: str, **values: Any) -> None:
        """End the step, whatever came of it."""
        self.write(session, status=status, claim=None, heartbeat_at=None, **values)

    def finish(self, status: str, **values: Any) -> None:
        """Call `end` in a transaction of its own."""
        with unit_of_work(self.sessions) as session:
            self.end(session, status, **values)


def claim_next(sessions: "sessionmaker[Session]", clock: Clock) -> Step | None:
    """Claim a file that nobody works on, or did until the power failed; None where there is none."""
    now = clock.now()
    with sessions() as session:  # a look first: nobody waits for a write lock where there is nothing to do
        if session.scalar(select(ResponseImport.id).where(_free(now)).limit(1)) is None:
            return None
    with unit_of_work(sessions) as session:
        found = session.scalar(
            select(ResponseImport)
            .where(_free(now))
            .order_by(ResponseImport.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if found is None:
            return None
        found.status = {"uploaded": "checking", "queued": "importing"}.get(found.status, found.status)
        found.heartbeat_at, found.claim = now, secrets.token_hex(16)
        return Step(sessions, clock, found.id, found.status, found.claim)


def _free(now: datetime) -> ColumnElement[bool]:
    fresh = func.coalesce(ResponseImport.heartbeat_at > now - STALE, False)
    return or_(ResponseImport.status.in_(WAITING), and_(ResponseImport.status.in_(BUSY), ~fresh))
