"""What a group did in a year, as the regency's clock has it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from app.gatherings.events.models import Event
from app.gatherings.reports.queries import year_of_group
from tests.reports.conftest import TZ, People

Logged = Callable[..., Event]


@pytest.mark.parametrize(
    ("begins", "year"),
    [
        (datetime(2025, 12, 31, 16, 30, tzinfo=UTC), 2026),  # half past midnight on New Year's Day there
        (datetime(2025, 12, 31, 15, 30, tzinfo=UTC), 2025),
    ],
)
def test_a_year_begins_at_midnight_of_the_regency(
    session: Session, people: People, logged: Logged, begins: datetime, year: int
) -> None:
    event, now = logged(questions=[("Kapan?", "")]), people.world.clock.now()
    event.starts_at, event.ends_at = begins, begins + timedelta(hours=2)
    session.commit()
    done = {one: year_of_group(session, people.kim.id, one, ZoneInfo(TZ), now) for one in (2025, 2026)}
    assert {one: row.activities for one, row in done.items()} == {2025: int(year == 2025), 2026: int(year == 2026)}
    assert done[year].aspirations_noted == 1
