"""Working days of Indonesian offices: no weekends, no national holidays, no cuti bersama.

A year whose holidays nobody has decreed yet has its weekends only.
"""

from bisect import bisect_right
from datetime import date, timedelta
from functools import lru_cache

import lokal

EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)
WEEKEND = 5  # weekday() of a Saturday


@lru_cache(maxsize=1024)
def is_working_day(day: date) -> bool:
    try:
        return bool(lokal.is_working_day(day))
    except ValueError:
        return day.weekday() < WEEKEND


@lru_cache(maxsize=128)
def _days_of(year: int) -> tuple[date, ...]:
    first = date(year, 1, 1)
    days = (first + timedelta(days=number) for number in range((date(year + 1, 1, 1) - first).days))
    return tuple(day for day in days if is_working_day(day))


def after(day: date, number: int) -> date:
    """Return the day that lies `number` working days after this one, or before it where the number is negative.

    Zero gives the day itself, also where it is none.
    """
    step = timedelta(days=1 if number >= 0 else -1)
    left = abs(number)
    while left and EARLIEST < day < LATEST:
        day += step
        left -= is_working_day(day)
    return day


def between(first: date, last: date) -> int:
    """Count the working days that came after `first` until `last`, that day with it; negative where `last` lies
    before."""
    if last < first:
        return -between(last, first)
    whole = sum(len(_days_of(year)) for year in range(first.year, last.year))
    return whole - bisect_right(_days_of(first.year), first) + bisect_right(_days_of(last.year), last)
