"""Outcomes on their way into the database: tried without end, one at a time, by the thread that writes.

Two kinds of trouble. The database takes nothing (locked, away, disk full): everything waits, and one outcome asks again
each second. One row cannot be written: it waits longer and longer and stands in nobody's way.
"""

import logging
import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.orm import Session, sessionmaker

from app.kernel.clock import Clock
from app.kernel.db import unit_of_work
from app.outreach.publishing import breaker
from app.outreach.publishing.attempts import was_settled
from app.outreach.publishing.clock_watch import ClockInDoubt
from app.outreach.publishing.outcomes import Outcome
from app.outreach.publishing.settle import settle

log = logging.getLogger(__name__)

MOST_WAITING = 200
"""With so many outcomes that cannot be written nothing new is claimed."""
SETTLE_WITHIN = 2.0  # seconds that a finished call may wait behind starts
ASK_AGAIN, ASK_AGAIN_MOST = 1.0, 60.0  # seconds


class Kept(Protocol):
    """Where an outcome stands on disk until it is settled."""

    def done(self) -> None: ...


@dataclass
class _Waiting:
    outcome: Outcome
    kept: Kept | None
    since: float = field(default_factory=time.monotonic)
    not_before: float = 0.0
    tries: int = 0
    first: bool = False  # it may close its account: before another row of it is called


class Settling:
    """The outcomes that wait. `stalled`: the database takes nothing at present, so nothing may start either."""

    def __init__(self, sessions: "sessionmaker[Session]", clock: Clock, can_look: Callable[[str], bool]) -> None:
        self._sessions, self._clock, self._can_look = sessions, clock, can_look
        self._fresh: deque[_Waiting] = deque()  # the oldest first
        self._failed: list[_Waiting] = []  # could not be written so far
        self.stalled = False

    def __len__(self) -> int:
        return len(self._fresh) + len(self._failed)

    @property
    def full(self) -> bool:
        """Whether nothing new may be claimed."""
        return self.stalled or len(self._failed) >= MOST_WAITING

    @property
    def kept(self) -> bool:
        """Whether everything that waits stands on disk, so that the process may end."""
        return all(one.kept for one in (*self._fresh, *self._failed))

    def add(self, outcome: Outcome, kept: Kept | None = None) -> None:
        """Take the outcome of a call that has just ended."""
        if breaker.may_close(outcome.result):
            self._fresh.appendleft(_Waiting(outcome, kept, first=True))
        else:
            self._fresh.append(_Waiting(outcome, kept))

    def add_left(self, outcome: Outcome, kept: Kept) -> None:
        """Take an outcome that a dead process left: it may be written already."""
        self._failed.append(_Waiting(outcome, kept, tries=1))

    def is_due(self) -> bool:
        now = time.monotonic()
        return bool(self._fresh and not self.stalled) or any(one.not_before <= now for one in self._failed)

    def is_overdue(self) -> bool:
        """Tell whether a finished call may wait behind starts no longer."""
        if not self._fresh:
            return False
        return self._fresh[0].first or time.monotonic() - self._fresh[0].since > SETTLE_WITHIN

    def failed(self) -> list[Outcome]:
        """Return what could not be written so far: others should not take these rows meanwhile."""
        return [one.outcome for one in self._failed]

    def step(self) -> None:
        """Write one outcome, if one is due; raises ClockInDoubt where its time could not be told, and it waits."""
        now = time.monotonic()
        again = next((one for one in self._failed if one.not_before <= now), None)
        if again is not None:
            self._failed.remove(again)
            self._write(again)
        elif self._fresh and not self.stalled:
            self._write(self._fresh.popleft())

    def _write(self, one: _Waiting) -> None:
        try:
            with unit_of_work(self._sessions) as session:
                if not (one.tries and was_settled(session, one.outcome)):
                    look = self._can_look(one.outcome.parcel.channel)
                    settle(session, one.outcome, now=self._clock.now_in(session), can_look=look)
        except ClockInDoubt:
            self._failed.append(one) if one.tries else self._fresh.appendleft(one)
            raise
        except Exception as error:
            self._later(one, error)
            return
        self._resume()
        if one.kept:
            one.kept.done()

    def _later(self, one: _Waiting, error: Exception) -> None:
        one.tries += 1
        if not takes_nothing(error):
            self._resume()
            log.error("delivery %s could not be settled", one.outcome.parcel.delivery_id, exc_info=error)
            one.not_before = time.monotonic() + min(ASK_AGAIN * 2 ** (one.tries - 1), ASK_AGAIN_MOST)
            self._failed.append(one)
            return
        if not self.stalled:
            log.error("the database takes no outcome: %s", getattr(error, "orig", error))
        self.stalled = True  # one asks for all
        for other in self._failed:
            other.not_before = math.inf
        one.not_before = time.monotonic() + ASK_AGAIN
        self._failed.append(one)

    def _resume(self) -> None:
        if not self.stalled:
            return
        log.warning("the database takes outcomes again")
        self.stalled = False
        for other in self._failed:
            other.not_before = 0.0


def takes_nothing(error: BaseException) -> bool:
    """Decide whether the whole database is in trouble, and not this one row."""
    if isinstance(error, OperationalError | InterfaceError | NoConnection):
        return True
    return isinstance(error, DBAPIError) and error.connection_invalidated
