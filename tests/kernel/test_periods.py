from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from app.kernel.periods import Period, choices

WITA = ZoneInfo("Asia/Makassar")


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-K1", date(2026, 1, 1), date(2026, 3, 31)),
        ("2026-K4", date(2026, 10, 1), date(2026, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31)),
        ("2025-12-02_2026-12-01", date(2025, 12, 2), date(2026, 12, 1)),
        ("2026-11-30_2026-11-30", date(2026, 11, 30), date(2026, 11, 30)),
    ],
)
def test_a_name_stands_for_its_days_and_back(name: str, first: date, last: date) -> None:
    period = Period.read(name)
    assert period == Period(first, last)
    assert str(period) == name
    assert first in period
    assert last in period


@pytest.mark.parametrize(
    "name",
    [
        None,
        "2026-12-01_2026-11-30",
        "2026-02-30_2026-03-01",
        "2010-01-01_2026-01-01",
        "",
        "tahun",
        "2026-13",
        "2026-00",
        "2026-K5",
        "1999",
        "2101",
        "２０２６",
        "2026\n",
    ],
)
def test_other_names_stand_for_nothing(name: str | None) -> None:
    assert Period.read(name) is None


@pytest.mark.parametrize(
    ("name", "before"),
    [
        ("2026-11-11_2026-11-20", "2026-11-01_2026-11-10"),
        ("2026", "2025"),
        ("2026-K1", "2025-K4"),
        ("2026-K3", "2026-K2"),
        ("2026-01", "2025-12"),
        ("2026-11", "2026-10"),
    ],
)
def test_the_period_before_is_of_the_same_kind(name: str, before: str) -> None:
    period = Period.read(name)
    assert period
    assert str(period.before) == before


def test_its_borders_are_the_midnights_of_the_regency() -> None:
    start, end = Period.month(2026, 11).borders(WITA)
    assert start.astimezone(UTC) == datetime(2026, 10, 31, 16, tzinfo=UTC)
    assert end.astimezone(UTC) == datetime(2026, 11, 30, 16, tzinfo=UTC)


def test_a_page_offers_nothing_that_has_not_begun() -> None:
    today = date(2026, 4, 2)
    offered = [str(period) for period in choices(today)]
    assert offered == ["2026", "2026-K2", "2026-K1", "2026-04", "2026-03", "2026-02", "2026-01", "2025", "2024"]


@pytest.mark.parametrize(
    ("today", "first"),
    [
        (date(2027, 1, 5), date(2026, 1, 6)),
        (date(2024, 2, 29), date(2023, 3, 1)),
        (date(2025, 2, 28), date(2024, 2, 29)),
        (date(2026, 12, 31), date(2026, 1, 1)),
    ],
)
def test_twelve_months_end_today_and_last_a_year(today: date, first: date) -> None:
    period = Period.twelve_months(today)
    assert (period.first, period.last) == (first, today)
    assert Period.read(str(period)) == period
