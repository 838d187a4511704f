"""Sessions are events: proposed from the modules, announced, reminded, with trainers who keep them, and clashes."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.base.notices.models import Notice
from app.gatherings.events.access import may_manage, visible_to
from app.gatherings.events.models import Event, EventStatus, Registration
from app.gatherings.events.registration.organiser import count_not_informed
from app.gatherings.events.reminders import remind_due
from app.kernel.clock import FrozenClock
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused
from app.kernel.roles import SYSTEM, Role
from app.learning.training.batches import service as batches
from app.learning.training.batches.service import TrainerPlan, plan_of
from app.learning.training.models import Batch, BatchStatus, EnrolmentStatus, Seat
from app.learning.training.sessions.service import (
    Rhythm,
    add_session,
    add_sessions,
    clashes_ahead,
    modules_left,
    propose,
)
from tests.training.plans import FIRST, a_batch, a_session
from tests.world import ZONE, World


def planned(world: World, **values: Any) -> Batch:
    batch = batches.plan(world.session, SYSTEM, a_batch(world, **values), now=world.clock.now())
    world.session.commit()
    return batch


# --- proposing ---


def proposed(world: World, batch: Batch, **values: Any) -> list[tuple[date, str]]:
    rhythm = Rhythm(values.pop("first", FIRST), time(9), **values)
    return [
        (one.starts_at.date(), f"{one.starts_at:%H.%M}–{one.ends_at:%H.%M}")
        for one in propose(world.session, batch, rhythm)
    ]


def test_one_for_each_module_on_the_weekdays(world: World) -> None:
    batch = planned(world, programme=world.programme(modules=4))
    days = [day for day, _hours in proposed(world, batch, weekdays=(1, 3))]
    assert days == [date(2026, 12, 1), date(2026, 12, 3), date(2026, 12, 8), date(2026, 12, 10)]


def test_without_weekdays_every_week(world: World) -> None:
    batch = planned(world)
    assert proposed(world, batch) == [(FIRST, "09.00–11.00"), (FIRST + timedelta(days=7), "09.00–11.00")]


def test_several_on_one_day_follow_each_other(world: World) -> None:
    batch = planned(world, programme=world.programme(modules=3))
    assert proposed(world, batch, a_day=2, weekdays=(1, 2)) == [
        (FIRST, "09.00–11.00"), (FIRST, "11.15–13.15"), (FIRST + timedelta(days=1), "09.00–11.00")
    ]  # fmt: skip


def test_holidays_are_left_out_or_named(world: World, session: Session) -> None:
    batch, christmas = planned(world), date(2026, 12, 25)
    assert proposed(world, batch, first=christmas)[0][0] == date(2027, 1, 8)  # New Year's Day is a Friday too
    kept = propose(session, batch, Rhythm(christmas, time(9), skip_holidays=False))
    assert kept[0].starts_at.date() == christmas
    assert kept[0].holiday


def test_a_module_that_has_its_session_is_not_proposed_again(world: World, session: Session) -> None:
    batch = planned(world, programme=world.programme(modules=3))
    first = batch.programme.modules[0]
    meeting = add_session(session, SYSTEM, batch.id, a_session(module_id=first.id), now=world.clock.now())
    assert [one.title for one in modules_left(session, batch)] == ["Modul 2", "Modul 3"]
    meeting.event.status = EventStatus.CANCELLED
    batch.programme.modules[2].archived_at = world.clock.now()
    session.flush()
    assert [one.title for one in modules_left(session, batch)] == ["Modul 1", "Modul 2"]


@pytest.mark.one_database
@pytest.mark.parametrize(("values", "field"), [({"first": date(1026, 1, 1)}, "first"), ({"a_day": 9}, "a_day")])
def test_a_rhythm_that_makes_no_sense(world: World, values: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as error:
        proposed(world, planned(world), **values)
    assert error.value.field == field


# --- adding ---


def test_a_session_is_an_event_of_the_organiser(world: World, session: Session) -> None:
    campaign = world.campaign()
    user = world.user(Role.TRAINER, name="Siti Rahma", organisation=world.organisation())
    batch = planned(
        world, campaign_id=campaign.id, trainers=[TrainerPlan("Ahmad Yani", "Diskominfo"), TrainerPlan("", "", user.id)]
    )
    module = batch.programme.modules[0]
    module.objectives = "Membuka SIED\nMengisi data"
    event = add_session(
        session, SYSTEM, batch.id, a_session(module_id=module.id, title=""), now=world.clock.now()
    ).event
    assert (event.kind, event.title, event.registration) == ("training", "Modul 1", False)
    assert (event.status, event.campaign_id, event.agenda) == ("planned", campaign.id, "Membuka SIED\nMengisi data")
    assert (event.place, event.village_code) == (batch.place, batch.village_code)
    assert [(one.name, one.user_id) for one in event.speakers] == [("Ahmad Yani", None), ("Siti Rahma", user.id)]


def test_sessions_of_an_online_batch_do_not_tell_the_link(world: World, session: Session) -> None:
    batch = planned(world, place="", village_code=None, link="https://meet.example/rahasia")
    event = add_session(session, SYSTEM, batch.id, a_session(), now=world.clock.now()).event
    assert event.place == "Daring"
    assert "rahasia" not in f"{event.description}{event.agenda}{event.contact}"


def test_a_trainer_from_elsewhere_plans_and_keeps_the_sessions(world: World, session: Session) -> None:
    user = world.user(Role.TRAINER, organisation=world.organisation())
    batch = planned(world, trainers=[TrainerPlan("", user_id=user.id)])
    actor = world.actor_of(user)
    event = add_session(session, actor, batch.id, a_session(), now=world.clock.now()).event
    assert event.organisation_id == world.office().id
    assert may_manage(actor, event)
    assert session.scalars(select(Event.id).where(visible_to(actor))).all() == [event.id]
    with pytest.raises(NotFound):
        add_session(
            session, world.actor(Role.TRAINER, organisation=world.organisation()), batch.id, a_session(),
            now=world.clock.now(),
        )  # fmt: skip


def test_a_viewer_adds_none(world: World, session: Session) -> None:
    with pytest.raises(Forbidden):
        add_session(session, world.actor(Role.VIEWER), planned(world).id, a_session(), now=world.clock.now())


def test_the_days_of_the_batch_widen(world: World, session: Session) -> None:
    batch = planned(world)
    for day in (-1, 20):
        add_session(session, SYSTEM, batch.id, a_session(day=day), now=world.clock.now())
    assert (batch.starts_on, batch.ends_on) == (FIRST - timedelta(days=1), FIRST + timedelta(days=20))


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("values", "field"),
    [({"starts_at": None}, "starts_at"), ({"minutes": -10}, "ends_at"), ({"module_id": 999_999}, "module_id")],
)
def test_a_session_that_cannot_be_stored(world: World, values: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as error:
        add_session(world.session, SYSTEM, planned(world).id, a_session(**values), now=world.clock.now())
    assert error.value.field == field


def test_a_module_of_another_programme_is_refused(world: World) -> None:
    other = world.programme().modules[0]
    with pytest.raises(Invalid):
        add_session(
            world.session, SYSTEM, planned(world).id, a_session(module_id=other.id), now=world.clock.now()
        )  # fmt: skip


def test_none_is_added_to_the_past_of_an_open_batch_nor_to_one_that_is_over(world: World) -> None:
    now = world.clock.now()
    with pytest.raises(Invalid, match="sudah lewat"):
        add_session(world.session, SYSTEM, world.batch(place="Balai").id, a_session(day=-20), now=now)
    with pytest.raises(Refused):
        add_session(world.session, SYSTEM, world.batch(status=BatchStatus.FINISHED).id, a_session(), now=now)


def test_all_are_added_or_none(world: World, session: Session) -> None:
    batch = planned(world)
    with pytest.raises(Invalid):
        add_sessions(session, SYSTEM, batch.id, [a_session(), a_session(starts_at=None)], now=world.clock.now())
    session.rollback()
    assert session.scalars(select(Event.id)).all() == []
    with pytest.raises(Invalid):
        add_sessions(session, SYSTEM, batch.id, [], now=world.clock.now())


def test_one_added_later_is_announced_and_everybody_sits_in_it(world: World, session: Session) -> None:
    batch = world.batch(sessions=1, place="Balai")
    enrolment = world.enrolment(batch)
    meeting = add_session(session, SYSTEM, batch.id, a_session(), now=world.clock.now())
    assert meeting.event.status == EventStatus.ANNOUNCED
    assert session.get(Seat, (enrolment.id, meeting.id)) is not None


def test_participants_of_a_closed_batch_are_reminded(
    world: World, session: Session, sessions: "sessionmaker[Session]", clock: FrozenClock
) -> None:
    batch = planned(world, admission="nomination")
    meeting = add_session(session, SYSTEM, batch.id, a_session(), now=clock.now())
    batches.open_batch(session, SYSTEM, batch.id, now=clock.now())
    world.enrolment(batch, world.trainee(email="siti@contoh.id"))
    session.commit()
    assert meeting.event.kind == "bimtek"
    clock.move_to(datetime(2026, 11, 30, 9, 30, tzinfo=ZONE).astimezone(UTC))
    assert remind_due(sessions, now=clock.now()) == 1


# --- trainers change ---


def names(event: Event) -> list[tuple[str, int | None]]:
    return [(one.name, one.user_id) for one in event.speakers]


def test_sessions_ahead_follow_the_trainers_and_keep_their_guests(world: World, session: Session) -> None:
    user = world.user(Role.TRAINER, name="Siti Rahma")
    batch = planned(world, trainers=[TrainerPlan("Ahmad Yani"), TrainerPlan("Budi Santoso")])
    first = add_session(session, SYSTEM, batch.id, a_session(), now=world.clock.now()).event
    held = add_session(session, SYSTEM, batch.id, a_session(day=1), now=world.clock.now()).event
    first.speakers[1].name = first.speakers[1].name_key = "tamu"  # Budi was taken off this one for a guest
    held.status = EventStatus.HELD
    session.commit()
    values = plan_of(batch)
    trainers = [TrainerPlan("Budi Santoso"), TrainerPlan("", "", user.id)]
    batches.edit(
        session, SYSTEM, batch.id, batches.Plan(**{**values.__dict__, "trainers": trainers}), now=world.clock.now()
    )
    session.commit()
    session.expire_all()
    assert names(first) == [("tamu", None), ("Siti Rahma", user.id)]
    assert names(held) == [("Ahmad Yani", None), ("Budi Santoso", None)]


# --- clashes ---


def test_a_trainer_who_teaches_elsewhere_under_another_name_is_shown(world: World, session: Session) -> None:
    user = world.user(Role.TRAINER, name="Siti Rahma")
    one = planned(world, trainers=[TrainerPlan("Siti Rahma", user_id=user.id)])
    other = planned(world, trainers=[TrainerPlan("Bu Rahma, S.Kom", user_id=user.id)], place="Gedung lain")
    event = add_session(session, SYSTEM, other.id, a_session(), now=world.clock.now()).event
    span = (event.starts_at, event.ends_at)
    [found] = clashes_ahead(session, SYSTEM, one, [span])
    assert (found.event_id, list(found.why), list(found.speakers)) == (event.id, ["speaker"], ["Siti Rahma"])
    assert clashes_ahead(session, SYSTEM, one, [(event.ends_at, event.ends_at + timedelta(hours=1))]) == []
    assert clashes_ahead(session, SYSTEM, one, []) == []


# --- cancelling ---


def mails(session: Session) -> list[tuple[str | None, str]]:
    session.expire_all()
    return sorted((row.address, row.subject) for row in session.scalars(select(Notice)))


def test_a_cancelled_batch_tells_each_participant_once(world: World, session: Session) -> None:
    batch = world.batch(sessions=3)
    siti = world.enrolment(batch, world.trainee(email="siti@contoh.id"))
    budi = world.enrolment(batch)  # without an address
    waiting = world.enrolment(batch, world.trainee(email="w@contoh.id"), status=EnrolmentStatus.WAITING)
    left = world.enrolment(batch, world.trainee(email="x@contoh.id"), status=EnrolmentStatus.WITHDRAWN)
    world.registration(batch.sessions[0].event, email="tamu@contoh.id")
    batches.cancel_batch(session, SYSTEM, batch.id, reason="Gedung  terbakar", now=world.clock.now())
    session.commit()
    assert mails(session) == sorted(
        [("siti@contoh.id", f"Dibatalkan: {batch.name}"), ("w@contoh.id", f"Dibatalkan: {batch.name}"),
         ("tamu@contoh.id", f"Dibatalkan: {batch.sessions[0].event.title}")]
    )  # fmt: skip
    assert (siti.told, budi.told, waiting.told, left.told) == (True, False, True, True)
    assert [count_not_informed(session, one.event) for one in batch.sessions] == [0, 0, 0]
    assert {one.event.status for one in batch.sessions} == {"cancelled"}
    assert (batch.status, batch.cancel_reason) == (BatchStatus.CANCELLED, "Gedung terbakar")


def test_sessions_that_took_place_stay(world: World, session: Session) -> None:
    batch = world.batch(sessions=2)
    batch.sessions[0].event.status = EventStatus.HELD
    session.commit()
    batches.cancel_batch(session, SYSTEM, batch.id, reason="Pelatih sakit", now=world.clock.now())
    assert [one.event.status for one in batch.sessions] == ["held", "cancelled"]
    assert session.scalars(select(Registration)).all() == []


@pytest.mark.one_database
@pytest.mark.parametrize("reason", ["", "  ", "a" * 501])
def test_cancelling_needs_a_reason(world: World, reason: str) -> None:
    with pytest.raises(Invalid) as error:
        batches.cancel_batch(world.session, SYSTEM, world.batch().id, reason=reason, now=world.clock.now())
    assert error.value.field == "reason"


def test_a_finished_batch_is_not_cancelled(world: World) -> None:
    batch = world.batch(status=BatchStatus.FINISHED)
    with pytest.raises(Refused):
        batches.cancel_batch(world.session, SYSTEM, batch.id, reason="Salah", now=world.clock.now())
