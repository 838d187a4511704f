"""A village is reached when somebody from there sits in a session, wherever it is held."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.gatherings.events.models import EventStatus
from app.gatherings.reports import contacts
from app.kernel.periods import Period
from app.learning.skills.villages_reached import KEY, TRAINING, count_people, last_days
from app.learning.training.models import Batch, Enrolment
from tests.pages import asked
from tests.world import World

ZONE = ZoneInfo("Asia/Makassar")


def batch_days_ago(world: World, *days: int, **values: Any) -> Batch:
    """A batch with a session at 22.00 WITA so many days ago each, held somewhere else."""
    batch = world.batch(sessions=len(days), **values)
    for meeting, ago in zip(batch.sessions, days, strict=True):
        meeting.event.starts_at = world.clock.now() - timedelta(days=ago) + timedelta(hours=14)
        meeting.event.ends_at = meeting.event.starts_at + timedelta(hours=1)
        meeting.event.village_code = world.village(30)
    world.session.commit()
    return batch


def from_village(world: World, batch: Batch, number: int) -> Enrolment:
    return world.enrolment(batch, world.trainee(village_code=world.village(number)))


def days(session: Session, world: World, campaign_id: int | None = None) -> dict[str, date]:
    return dict(last_days(session, ZONE, world.clock.now(), campaign_id))


def test_the_last_session_that_somebody_from_there_attended_counts(session: Session, world: World) -> None:
    batch = batch_days_ago(world, 20, 10)
    first, second, absent = (from_village(world, batch, number) for number in (0, 1, 2))
    world.attended(first, *batch.sessions)
    world.attended(second, batch.sessions[0])
    assert absent.trainee.village_code not in days(session, world)
    assert days(session, world) == {
        world.village(0): date(2026, 11, 14),
        world.village(1): date(2026, 11, 4),
    }


def test_practice_and_cancelled_sessions_reach_nobody(session: Session, world: World) -> None:
    practice = batch_days_ago(world, 5, simulated=True)
    world.attended(from_village(world, practice, 0), practice.sessions[0])
    cancelled = batch_days_ago(world, 5)
    world.attended(from_village(world, cancelled, 1), cancelled.sessions[0])
    cancelled.sessions[0].event.status = EventStatus.CANCELLED
    session.commit()
    assert days(session, world) == {}


def test_practice_is_counted_only_where_there_is_nothing_real(session: Session, world: World) -> None:
    def counted() -> dict[str, int]:
        return dict(count_people(session, ZONE, world.clock.now(), Period.year(2026)))

    practice = batch_days_ago(world, 5, simulated=True)
    world.attended(from_village(world, practice, 0), practice.sessions[0])
    assert counted() == {world.village(0): 1}
    real = batch_days_ago(world, 5)
    assert counted() == {}
    world.attended(from_village(world, real, 1), real.sessions[0])
    assert counted() == {world.village(1): 1}


def test_a_campaign_counts_its_own_batches(session: Session, world: World) -> None:
    campaign = world.campaign()
    of_it, other = batch_days_ago(world, 5, campaign_id=campaign.id), batch_days_ago(world, 5)
    world.attended(from_village(world, of_it, 0), of_it.sessions[0])
    world.attended(from_village(world, other, 1), other.sessions[0])
    assert set(days(session, world, campaign.id)) == {world.village(0)}
    assert set(days(session, world)) == {world.village(0), world.village(1)}


def test_a_period_counts_its_own_sessions(session: Session, world: World) -> None:
    batch = batch_days_ago(world, 40, 10)
    both, late = from_village(world, batch, 0), from_village(world, batch, 1)
    world.attended(both, *batch.sessions)
    world.attended(late, batch.sessions[1])
    found = last_days(session, ZONE, world.clock.now(), None, Period.month(2026, 10))
    assert found == {world.village(0): date(2026, 10, 15)}


def test_training_is_a_source_of_contacts_once_and_costs_one_question(session: Session, world: World) -> None:
    assert [source.key for source in contacts.SOURCES].count(KEY) == 1
    batch = batch_days_ago(world, 5)
    world.attended(from_village(world, batch, 0), batch.sessions[0])
    with asked() as seen:
        last_days(session, ZONE, world.clock.now(), None)
    assert len([one for one in seen.statements if one != "BEGIN"]) == 1
    found = contacts.contacts(session, ZONE, world.clock.now())
    assert found[world.village(0)].sources == (TRAINING,)
