"""Months as the calendar shows them: weeks from Monday, the month before and after."""

from calendar import Calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Month:
    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> "Month":
        return cls(day.year, day.month)

    @classmethod
    def read(cls, text: str | None) -> "Month | None":
        """Read `2026-11`; None where that is no month that the calendar can show."""
        try:
            day = date.fromisoformat(f"{text}-01")
        except ValueError:
            return None
        return cls.of(day) if 2000 <= day.year <= 2100 else None

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"

    @property
    def first(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def last(self) -> date:
        return self.next.first - timedelta(days=1)

    @property
    def next(self) -> "Month":
        return Month(self.year + self.number // 12, self.number % 12 + 1)

    @property
    def before(self) -> "Month":
        return Month.of(self.first - timedelta(days=1))

    def weeks(self) -> list[list[date]]:
        """Return whole ISO weeks, also with the days of the neighbouring months."""
        return Calendar(firstweekday=0).monthdatescalendar(self.year, self.number)

    def days(self) -> Iterator[date]:
        """Yield the days of this month only."""
        day = self.first
        while day <= self.last:
            yield day
            day += timedelta(days=1)

    def holds(self, day: date) -> bool:
        return (day.year, day.month) == (self.year, self.number)
