from datetime import timedelta

from sqlalchemy.orm import Session

from app.gatherings.events.models import EventStatus
from app.learning.programmes.models import SkillLevel
from app.learning.training.sessions.taught_modules import days_taught, levels_of, modules_taught
from tests.world import World

YESTERDAY = timedelta(days=-1)


def test_a_cancelled_session_taught_nothing(session: Session, world: World) -> None:
    batch = world.batch(programme=world.programme(modules=3))
    first, second, third = batch.programme.modules
    world.session_of(batch, position=2, module=third, starts_in=YESTERDAY)
    world.session_of(batch, position=0, module=first, starts_in=YESTERDAY)
    world.session_of(batch, position=1, module=second, starts_in=YESTERDAY, status=EventStatus.CANCELLED)
    assert modules_taught(session, batch, now=world.clock.now()) == [first, third]


def test_what_is_still_ahead_was_not_taught(session: Session, world: World) -> None:
    batch = world.batch(programme=world.programme(modules=2))
    first, second = batch.programme.modules
    world.session_of(batch, module=first, starts_in=YESTERDAY)
    world.session_of(batch, module=second, starts_in=timedelta(days=2))
    assert modules_taught(session, batch, now=world.clock.now()) == [first]


def test_a_module_that_was_archived_since_stays_taught(session: Session, world: World) -> None:
    batch = world.batch(programme=world.programme(modules=1))
    (module,) = batch.programme.modules
    world.session_of(batch, module=module, starts_in=YESTERDAY)
    module.archived_at = world.clock.now()
    session.commit()
    assert modules_taught(session, batch, now=world.clock.now()) == [module]


def test_sessions_without_modules_stand_for_the_whole_programme(session: Session, world: World) -> None:
    batch = world.batch(programme=world.programme(modules=2))
    modules = list(batch.programme.modules)
    assert modules_taught(session, batch, now=world.clock.now()) == modules


def test_the_highest_level_of_each_skill_counts(world: World) -> None:
    data, web = world.skill(), world.skill()
    low = world.programme(modules=1, skills=[(data, SkillLevel.BASIC), (web, SkillLevel.BASIC)]).modules
    high = world.programme(modules=1, skills=[(data, SkillLevel.COACHING)]).modules
    assert levels_of([*low, *high]) == {data.id: SkillLevel.COACHING, web.id: SkillLevel.BASIC}


def test_the_days_are_those_on_which_something_was_held(session: Session, world: World) -> None:
    batch = world.batch()
    assert days_taught(session, batch, now=world.clock.now()) == (batch.starts_on, batch.ends_on)
    for days in (-5, -3, 4):
        world.session_of(batch, starts_in=timedelta(days=days))
    world.session_of(batch, starts_in=timedelta(days=-9), status=EventStatus.CANCELLED)
    today = world.clock.now().date()
    first, last = days_taught(session, batch, now=world.clock.now())
    assert ((first - today).days, (last - today).days) == (-5, -3)
