"""The only place that reads the machine's clock, so that tests can hold it still."""

from datetime import UTC, datetime, timedelta


class Clock:
    """Gives the present as an aware UTC datetime."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class FrozenClock(Clock):
    """A clock that stands until it is moved; used by tests, benchmarks and the demo."""

    def __init__(self, at: datetime) -> None:
        if at.tzinfo is None:
            raise ValueError("a frozen clock needs an aware datetime")
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        return self._at

    def move_to(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)

    def advance(self, **delta: float) -> datetime:
        """Move forward by a timedelta's keywords (`minutes=5`) and return the new now."""
        self._at += timedelta(**delta)
        return self._at
