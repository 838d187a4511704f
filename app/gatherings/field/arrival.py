"""The moment and the way of an arrival: the device's clock, and how far it is off."""

from dataclasses import dataclass
from datetime import datetime

MOST_SKEW = 10 * 365 * 24 * 3600  # seconds; a clock that is further off says nothing more


@dataclass(frozen=True)
class Arrival:
    """`device_now`: what the device's clock said as it sent. `source`: phone (an exported file too), web."""

    now: datetime
    tz: str
    device_now: datetime | None = None
    source: str = "phone"

    @property
    def skew(self) -> int | None:
        """Seconds by which the device's clock stands ahead of ours."""
        if self.device_now is None:
            return None
        seconds = int((self.device_now - self.now).total_seconds())
        return max(-MOST_SKEW, min(MOST_SKEW, seconds))
