"""What a dispatcher has in hand: rows being packed, rows that wait for a thread, calls under way. One thread owns it.

One slow platform never takes every thread, and look-ups always have some.
"""

from collections import Counter, deque
from collections.abc import Iterator

from app.outreach.publishing.calls import Ready
from app.outreach.publishing.outgoing import Parcel


class InHand:
    """`threads`: how many calls may be under way at once."""

    def __init__(self, threads: int) -> None:
        self._threads, self._most_per_channel = threads, max(1, threads * 3 // 4)
        self._ready: dict[str, deque[Ready]] = {}
        self._at_work: Counter[str] = Counter()
        self._looking: set[int] = set()  # deliveries
        self.packing: dict[int, Parcel] = {}  # by delivery
        self.calling = 0

    def __len__(self) -> int:
        return self.calling + self.waiting

    @property
    def waiting(self) -> int:
        """How many rows are claimed and not started."""
        return sum(len(queue) for queue in self._ready.values()) + len(self.packing)

    def waits(self) -> list[Parcel]:
        """Return what is claimed and not started."""
        return [item.parcel for queue in self._ready.values() for item in queue] + list(self.packing.values())

    def queue(self, item: Ready) -> None:
        """Let a packed row wait for a thread."""
        self._ready.setdefault(item.parcel.channel, deque()).append(item)

    def may_start(self) -> bool:
        """Tell whether a row waits for which a thread is free."""
        return self.calling < self._threads and any(self._room(channel) for channel in self._ready)

    def take(self) -> Iterator[list[Ready]]:
        """Yield for each channel the rows for which a thread is free, and wait for them no longer."""
        for channel, queue in self._ready.items():
            batch = [queue.popleft() for _ in range(self._room(channel))]
            if batch:
                yield batch

    def take_all(self) -> list[Ready]:
        """Return every row that waits for a thread, and wait for them no longer."""
        waiting = [item for queue in self._ready.values() for item in queue]
        self._ready.clear()
        return waiting

    def begin(self, parcel: Parcel, *, looking: bool) -> None:
        """Count a call as under way."""
        self.calling += 1
        self._at_work[parcel.channel] += 1
        if looking:
            self._looking.add(parcel.delivery_id)

    def end(self, parcel: Parcel) -> None:
        """Count a call as ended."""
        self.calling -= 1
        self._at_work[parcel.channel] -= 1
        self._looking.discard(parcel.delivery_id)

    def may_look(self) -> int:
        """Return how many look-ups may begin: half of the free threads, and in any case a quarter of all threads.

        A post that is looked for after a burst stands below hundreds of newer ones, where no look gets to.
        """
        share = max(1, self._threads // 4) - len(self._looking)
        return max(0, share, (self._threads - self.calling) // 2)

    def _room(self, channel: str) -> int:
        free = min(self._threads - self.calling, self._most_per_channel - self._at_work[channel])
        return max(0, min(free, len(self._ready[channel])))
