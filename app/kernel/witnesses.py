"""What others say of the present: the `Date` of each answer of a platform, kept for the process by the host's name.

It is kept against a clock that nobody sets (CLOCK_BOOTTIME, which also counts a sleeping machine), so that it still
tells something after our own clock has leapt.
"""

import threading
import time
from collections.abc import Mapping
from datetime import datetime


def running_seconds() -> float:
    """Return the seconds since the machine was started, which no setting of its clock changes."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class Witnesses:
    """The newest word of each witness."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._said: dict[str, tuple[float, float]] = {}  # name: their clock less ours that nobody sets, and when

    def note(self, name: str, moment: datetime) -> None:
        """Keep what somebody said the time is, just now."""
        now = running_seconds()
        with self._lock:
            self._said[name] = moment.timestamp() - now, now

    def offsets(self, within: float) -> Mapping[str, float]:
        """Return what was said in the last seconds, as the difference to `running_seconds`."""
        since = running_seconds() - within
        with self._lock:
            return {name: offset for name, (offset, at) in self._said.items() if at >= since}


WITNESSES = Witnesses()
