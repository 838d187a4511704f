"""Whether our clock can be right: held against the platforms, the database and the machine's own running time.

A clock that leapt for seconds would miss posts for good and send others early, and one that is minutes ahead makes a
look-up blind. So nothing leaves and nothing is missed while it is in doubt.
"""

import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from app.kernel.clock import Clock
from app.kernel.witnesses import WITNESSES, running_seconds

DIFFERS = 30.0  # seconds
HEARD_WITHIN = 600.0  # seconds in which what a platform said counts
ASK_EVERY = 30.0
BELIEVED_FOR = 3600.0  # seconds for which a person's word stands against the platforms'


class ClockWatch:
    """Asked before each round, start and settling; `ask` asks the platforms for the time and may take seconds."""

    def __init__(
        self,
        *,
        wall: Callable[[], float] = time.time,
        running: Callable[[], float] = running_seconds,
        offsets: Callable[[float], Mapping[str, float]] = WITNESSES.offsets,
        ask: Callable[[], None] | None = None,
    ) -> None:
        self._wall, self._running, self._offsets, self._ask = wall, running, offsets, ask
        self._base = wall() - running()
        self._asked = self._believed_until = float("-inf")

    def doubt(self) -> float | None:
        """Return by how many seconds our clock seems to be ahead (behind: below zero), None while nothing says so.

        One platform that agrees is enough: another's clock may be wrong. Without any, a leap against the running time
        counts until it is taken back, a platform agrees, or a person says that the clock is right.
        """
        here = self._wall() - self._running()
        said = [] if self._running() < self._believed_until else [here - one for one in self._heard()]
        if any(abs(one) <= DIFFERS for one in said):
            self._base = here
            return None
        ahead = max(said, key=abs) if said else here - self._base
        if abs(ahead) <= DIFFERS:
            return None
        self._ask_around()
        return ahead

    def believe(self) -> None:
        """Take the clock for right, because a person says so."""
        self._base = self._wall() - self._running()
        self._believed_until = self._running() + BELIEVED_FOR

    def _heard(self) -> list[float]:
        return list(self._offsets(HEARD_WITHIN).values())

    def _ask_around(self) -> None:
        if self._ask is None or self._running() - self._asked < ASK_EVERY:
            return
        self._asked = self._running()
        threading.Thread(target=self._ask, name="time", daemon=True).start()


class ClockInDoubt(Exception):
    """What was read cannot be believed: whatever was to be written with it waits until the clock is right."""


class WatchedClock(Clock):
    """A clock that is asked again after it was read, and says nothing rather than a time that may be wrong.

    A transaction may wait for its lock as long as it takes a clock to leap: a doubt that was asked for before it says
    nothing about what is read in it.
    """

    def __init__(self, clock: Clock, doubt: Callable[[], float | None]) -> None:
        self._clock, self._doubt = clock, doubt

    def now(self) -> datetime:
        """Give the present unasked: by it nothing is decided."""
        return self._clock.now()

    def now_in(self, session: Session) -> datetime:
        """Give the present as the database has it; raises ClockInDoubt, which rolls the transaction back."""
        now = self._clock.now_in(session)
        ahead = self._doubt()
        if ahead is not None:
            raise ClockInDoubt(f"the clock seems to be {ahead:.0f} s ahead")
        return now
