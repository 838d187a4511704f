"""The time that a manager's page, a report or a file is about: a year, a quarter or a month, in local days."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WRITTEN = re.compile(r"(\d{4})(?:-(?:(0[1-9]|1[0-2])|K([1-4])))?", re.ASCII)
EARLIEST = 2000
LATEST = 2100


@dataclass(frozen=True, order=True)
class Period:
    """Both days belong to it. `str` is how an address names it: `2026`, `2026-K4` (a quarter) or `2026-11`."""

    first: date
    last: date

    @classmethod
    def year(cls, year: int) -> "Period":
        return cls(date(year, 1, 1), date(year, 12, 31))

    @classmethod
    def quarter(cls, year: int, number: int) -> "Period":
        return cls(date(year, 3 * number - 2, 1), cls.month(year, 3 * number).last)

    @classmethod
    def month(cls, year: int, month: int) -> "Period":
        after = date(year + month // 12, month % 12 + 1, 1)
        return cls(date(year, month, 1), after - timedelta(days=1))

    @classmethod
    def read(cls, text: str | None) -> "Period | None":
        """The period of such a name; None for anything else."""
        found = WRITTEN.fullmatch(text or "")
        if not found or not EARLIEST <= int(found[1]) <= LATEST:
            return None
        year, month, quarter = int(found[1]), found[2], found[3]
        if quarter:
            return cls.quarter(year, int(quarter))
        return cls.month(year, int(month)) if month else cls.year(year)

    def __str__(self) -> str:
        year = self.first.year
        if self == Period.year(year):
            return str(year)
        if self.first.month == self.last.month:
            return f"{self.first:%Y-%m}"
        return f"{year}-K{self.last.month // 3}"

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    @property
    def before(self) -> "Period":
        """The period of the same length that ends the day before this one begins."""
        last = self.first - timedelta(days=1)
        if self == Period.year(self.first.year):
            return Period.year(last.year)
        if self.first.month == self.last.month:
            return Period.month(last.year, last.month)
        return Period.quarter(last.year, last.month // 3)

    def borders(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """The first moment of it, and the first one after it; aware."""
        end = self.last + timedelta(days=1)
        return datetime.combine(self.first, time(), zone), datetime.combine(end, time(), zone)


def choices(today: date, *, years: int = 3) -> Sequence[Period]:
    """What a page offers: this year and its quarters and months that have begun, then the years before."""
    quarters = [Period.quarter(today.year, number) for number in range((today.month + 2) // 3, 0, -1)]
    months = [Period.month(today.year, month) for month in range(today.month, 0, -1)]
    earlier = [Period.year(today.year - back) for back in range(1, years)]
    return [Period.year(today.year), *quarters, *months, *earlier]
