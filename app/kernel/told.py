"""An event that the handler of a signal may set."""

from contextlib import suppress
from queue import Empty, SimpleQueue


class Told:
    """As `threading.Event`, for one that waits.

    An Event's `wait` holds a lock for some instructions, and a handler runs in the thread that waits: its `set` would
    then wait for the lock of its own thread, for ever. A SimpleQueue may be put into from within itself.
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
        if not self._set:
            with suppress(Empty):
                self._queue.get(timeout=timeout)
        return self._set
