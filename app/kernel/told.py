"""An event that the handler of a signal may set."""

import math
import time
from contextlib import suppress
from queue import Empty, SimpleQueue

LOOK_EVERY = 1.0  # seconds


class Told:
    """As `threading.Event`, for one that waits.

    An Event's `wait` holds a lock for some instructions, and a handler runs in the thread that waits: its `set` would
    then wait for the lock of its own thread, for ever. A SimpleQueue may be put into from within itself. And the system
    may give a signal to another thread, which does not wake the one that waits: it looks every second.
    """

    def __init__(self) -> None:
        self._queue: SimpleQueue[None] = SimpleQueue()
        self._set = False

    def set(self) -> None:
        self._set = True
        self._queue.put(None)

    def is_set(self) -> bool:
        return self._set

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until it is set, or so many seconds; return whether it is."""
        until = math.inf if timeout is None else time.monotonic() + timeout
        while not self._set and time.monotonic() < until:
            with suppress(Empty):
                self._queue.get(timeout=min(LOOK_EVERY, max(0.0, until - time.monotonic())))
        return self._set
