"""The time that a manager's page, a report or a file is about, in local days: a year, a quarter, a month, or any days
from one to another."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date

from app.kernel.site import LOCALE
from app.kernel.text import T

WRITTEN = re.compile(r"(\d{4})(?:-(?:(0[1-9]|1[0-2])|K([1-4])))?", re.ASCII)
SPAN = re.compile(r"(\d{4}-\d{2}-\d{2})_(\d{4}-\d{2}-\d{2})", re.ASCII)
LONGEST = timedelta(days=3660)
EARLIEST = 2000
LATEST = 2100


@dataclass(frozen=True, order=True)
class Period:
    """Both days belong to it. `str` is how an address names it: `2026`, `2026-K4` (a quarter), `2026-11`, or
    `2025-12-02_2026-12-01` for any other."""

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
    def twelve_months(cls, today: date) -> "Period":
        """Return the year that ends today: what is asked for in January, when this year has just begun."""
        day = min(today.day, cls.month(today.year - 1, today.month).last.day)
        return cls(date(today.year - 1, today.month, day) + timedelta(days=1), today)

    @classmethod
    def read(cls, text: str | None) -> "Period | None":
        """Return the period of such a name; None for anything else."""
        span = SPAN.fullmatch(text or "")
        if span:
            return cls._span(span[1], span[2])
        found = WRITTEN.fullmatch(text or "")
        if not found or not EARLIEST <= int(found[1]) <= LATEST:
            return None
        year, month, quarter = int(found[1]), found[2], found[3]
        if quarter:
            return cls.quarter(year, int(quarter))
        return cls.month(year, int(month)) if month else cls.year(year)

    @classmethod
    def _span(cls, first: str, last: str) -> "Period | None":
        try:
            begin, end = date.fromisoformat(first), date.fromisoformat(last)
        except ValueError:
            return None
        fits = begin.year >= EARLIEST and end.year <= LATEST and timedelta(0) <= end - begin <= LONGEST
        return cls(begin, end) if fits else None

    def __str__(self) -> str:
        year = self.first.year
        match self.kind:
            case "year":
                return str(year)
            case "month":
                return f"{self.first:%Y-%m}"
            case "quarter":
                return f"{year}-K{self.last.month // 3}"
        return f"{self.first}_{self.last}"

    @property
    def kind(self) -> str:
        """year, quarter, month, or days."""
        year, month = self.first.year, self.last.month
        if self == Period.year(year):
            return "year"
        if self == Period.month(year, month):
            return "month"
        return "quarter" if not month % 3 and self == Period.quarter(year, month // 3) else "days"

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    @property
    def before(self) -> "Period":
        """The period of the same length that ends the day before this one begins."""
        last = self.first - timedelta(days=1)
        match self.kind:
            case "year":
                return Period.year(last.year)
            case "month":
                return Period.month(last.year, last.month)
            case "quarter":
                return Period.quarter(last.year, last.month // 3)
        return Period(last - (self.last - self.first), last)

    def borders(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Return the first moment of it, and the first one after it; aware."""
        end = self.last + timedelta(days=1)
        return datetime.combine(self.first, time(), zone), datetime.combine(end, time(), zone)


def choices(today: date, *, years: int = 3) -> Sequence[Period]:
    """Return what a page offers: this year and its quarters and months that have begun, then the years before."""
    quarters = [Period.quarter(today.year, number) for number in range((today.month + 2) // 3, 0, -1)]
    months = [Period.month(today.year, month) for month in range(today.month, 0, -1)]
    earlier = [Period.year(today.year - back) for back in range(1, years)]
    return [Period.year(today.year), *quarters, *months, *earlier]


def describe_period(period: Period, today: date) -> T:
    """Say a period as it stands within a sentence: `12 bulan terakhir`, `tahun 2026`, `triwulan 4 2026`, `November
    2026`."""
    year = period.first.year
    if period == Period.twelve_months(today):
        return T("12 bulan terakhir")
    match period.kind:
        case "year":
            return T("tahun %(year)s", year=year)
        case "month":
            return T("%(month)s", month=format_date(period.first, "MMMM y", LOCALE))
        case "quarter":
            return T("triwulan %(n)s %(year)s", n=period.last.month // 3, year=year)
    first, last = (format_date(day, "d MMM y", LOCALE) for day in (period.first, period.last))
    return T("%(first)s sampai %(last)s", first=first, last=last)
