"""What a report counts of a period: practice only where the whole installation is one for practice."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from app.gatherings.events.models import EventStatus
from app.gatherings.reports.contacts import contacts
from app.kernel.periods import Period
from app.kernel.site import Site
from app.outreach.publishing import figures
from app.oversight.recaps import counts
from tests.publishing.counted import measured, sent
from tests.world import World

WITA, NOVEMBER = ZoneInfo("Asia/Makassar"), Period.month(2026, 11)


@pytest.mark.parametrize("practice", [False, True])
def test_simulated_meetings_and_practice_accounts_count_only_in_practice(
    session: Session, world: World, practice: bool
) -> None:
    took = {"status": EventStatus.HELD, "starts_in": timedelta(days=-2), "people": 20}
    for number, simulated in enumerate((False, True)):
        world.session_of(world.batch(simulated=simulated), village_code=world.village(number), **took)
        measured(world, sent(world, world.outlet("x", practice=simulated)), 24, views=10)
    session.commit()
    session.info["site"] = Site(practice=practice)
    both, now = 1 + practice, world.clock.now()

    assert [(one.events, one.people) for one in counts.events(session, NOVEMBER, WITA, now)] == [(both, 20 * both)]
    assert set(contacts(session, WITA, now)) == {world.village(number) for number in range(both)}
    assert counts.posts(session, NOVEMBER, WITA).sent == both
    (platform,) = figures.of_period(session, *NOVEMBER.borders(WITA))
    assert (platform.sent, platform.counts["views"].total) == (both, 10 * both)
