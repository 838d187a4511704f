"""The local day of a moment, in SQL: for lists that sort or count moments and days together."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Date, Integer, cast, func, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)


class _LocalDay(FunctionElement[date]):
    type = Date()
    inherit_cache = True


def local_day(column: Any, zone: ZoneInfo) -> FunctionElement[date]:
    """Return the date of a moment in a zone, in SQL: `local_day(Post.scheduled_at, zone)`. On SQLite the zone has one
    distance from UTC, which is"""
    minutes = int((SOME_DAY.astimezone(zone).utcoffset() or timedelta(0)).total_seconds() // 60)
    return _LocalDay(column, literal(zone.key), literal(f"{minutes:+d} minutes"))


@compiles(_LocalDay)
def _postgresql(element: _LocalDay, compiler: Any, **values: Any) -> str:
    moment, zone, _minutes = element.clauses
    return str(compiler.process(cast(func.timezone(zone, moment), Date), **values))


@compiles(_LocalDay, "sqlite")
def _sqlite(element: _LocalDay, compiler: Any, **values: Any) -> str:
    moment, _zone, minutes = element.clauses
    return str(compiler.process(func.date(moment, minutes), **values))


class _DayNumber(FunctionElement[int]):
    type = Integer()
    inherit_cache = True


def day_number(day: Any) -> FunctionElement[int]:
    """Return a day as a number that grows by one a day, to sort and to reckon with."""
    return _DayNumber(day)


@compiles(_DayNumber)
def _postgresql_number(element: _DayNumber, compiler: Any, **values: Any) -> str:
    (day,) = element.clauses
    return f"(({compiler.process(day, **values)}) - DATE '2000-01-01')"


@compiles(_DayNumber, "sqlite")
def _sqlite_number(element: _DayNumber, compiler: Any, **values: Any) -> str:
    (day,) = element.clauses
    return str(compiler.process(cast(func.julianday(day), Integer), **values))
