"""Numbers of a case, the same way in every benchmark."""

import math
import os
from collections.abc import Sequence


def percentile(values: Sequence[float], part: float) -> float:
    """Nearest-rank percentile; `part` between 0 and 1."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(part * len(ordered)) - 1)]


def line(bench: str, case: str, values: Sequence[float], **more: object) -> dict[str, object]:
    """A result line from durations in milliseconds."""
    return {
        "bench": bench,
        "case": case,
        "n": len(values),
        "unit": "ms",
        "p50": round(percentile(values, 0.5), 2),
        "p99": round(percentile(values, 0.99), 2),
        **more,
    }


def rss_mb(pid: int | str = "self") -> float:
    """Resident memory of a process in MB (Linux)."""
    with open(f"/proc/{pid}/statm") as file:
        pages = int(file.read().split()[1])
    return round(pages * os.sysconf("SC_PAGE_SIZE") / 1e6, 1)
