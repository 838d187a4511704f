"""The only place that reads a clock, so that tests can hold it still."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session


class Clock:
    """Gives the present as an aware UTC datetime."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def now_in(self, session: Session) -> datetime:
        """Give the present as the database has it, which machines that share one agree on.

        SQLite serves one machine alone: its own clock is the database's.
        """
        if session.get_bind().dialect.name != "postgresql":
            return self.now()
        # not now(): that stands still at the beginning of the transaction, which may have waited for a lock
        return session.execute(select(func.clock_timestamp())).scalar_one().astimezone(UTC)


class FrozenClock(Clock):
    """A clock that stands until it is moved; used by tests, benchmarks and the demo."""

    def __init__(self, at: datetime) -> None:
        if at.tzinfo is None:
            raise ValueError("a frozen clock needs an aware datetime")
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        return self._at

    def now_in(self, session: Session) -> datetime:
        return self._at

    def move_to(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)

    def advance(self, **delta: float) -> datetime:
        """Move forward by a timedelta's keywords (`minutes=5`) and return the new now."""
        self._at += timedelta(**delta)
        return self._at
