"""How long a try that failed waits for the next."""

import random
from datetime import timedelta

BACKOFF_FIRST = 15.0  # seconds
BACKOFF_MOST = 1800.0


def backoff(tries: int, jitter: float | None = None) -> timedelta:
    """Return an exponential pause, full jitter on the upper half: a thousand rows do not come back in one second."""
    ceiling = min(BACKOFF_MOST, BACKOFF_FIRST * 2 ** min(tries, 10))
    part = random.random() if jitter is None else jitter
    return timedelta(seconds=ceiling * (0.5 + part / 2))
