"""How often somebody asked for codes that were never given, in this process."""

from collections import OrderedDict, deque
from datetime import datetime, timedelta

WITHIN = timedelta(minutes=1)
MOST = 20  # misses of one address within that time
ADDRESSES = 10_000  # are kept in mind; the oldest go


class Misses:
    def __init__(self) -> None:
        self._by_address: OrderedDict[str, deque[datetime]] = OrderedDict()

    def too_many(self, address: str, now: datetime) -> bool:
        times = self._by_address.get(address)
        while times and times[0] <= now - WITHIN:
            times.popleft()
        return times is not None and len(times) >= MOST

    def note(self, address: str, now: datetime) -> None:
        times = self._by_address.setdefault(address, deque(maxlen=MOST))
        times.append(now)
        self._by_address.move_to_end(address)
        while len(self._by_address) > ADDRESSES:
            self._by_address.popitem(last=False)
