"""Events that only those who are registered know of: reminded, in their calendars, and not on the public agenda."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

import icalendar
import pytest
from sqlalchemy import Row, select
from sqlalchemy.orm import Session, sessionmaker

from app.base.notices.models import Notice
from app.gatherings.events.access import is_public
from app.gatherings.events.agenda import ical
from app.gatherings.events.models import Event, EventStatus
from app.gatherings.events.panels import DOORS, Door, doors
from app.gatherings.events.planning import changes
from app.gatherings.events.registration.organiser import count_not_informed
from app.gatherings.events.reminders import remind_due
from app.gatherings.events.service import announce, mark_held, show_to_public
from app.kernel.clock import FrozenClock
from app.kernel.errors import Refused
from app.kernel.roles import SYSTEM
from tests.slots import holding
from tests.world import World


@pytest.fixture
def event(world: World, session: Session) -> Event:
    event = world.event(title="Kelas data", starts_in=timedelta(days=1))
    announce(session, SYSTEM, event.id, now=world.clock.now(), public=False)
    session.commit()
    return event


def on_the_agenda(session: Session) -> Sequence[int]:
    return session.scalars(select(Event.id).where(is_public())).all()


def test_it_is_announced_and_not_public(session: Session, event: Event) -> None:
    assert (event.status, event.announced_at) == (EventStatus.ANNOUNCED, None)
    assert on_the_agenda(session) == []


def test_who_is_registered_is_reminded(
    session: Session, sessions: "sessionmaker[Session]", world: World, event: Event, clock: FrozenClock
) -> None:
    world.registration(event, email="siti@contoh.id")
    clock.advance(hours=2)
    assert remind_due(sessions, now=clock.now()) == 1


def test_a_mark_taken_back_leaves_it_announced(session: Session, event: Event, clock: FrozenClock) -> None:
    clock.advance(days=1, hours=1)
    mark_held(session, SYSTEM, event.id, now=clock.now())
    changes.undo_held(session, SYSTEM, event.id, now=clock.now())
    assert (event.status, event.announced_at) == (EventStatus.ANNOUNCED, None)


def test_it_is_shown_to_everybody_later(session: Session, event: Event, clock: FrozenClock) -> None:
    show_to_public(session, SYSTEM, event.id, now=clock.now())
    assert on_the_agenda(session) == [event.id]


def test_a_plan_is_not_shown_that_way(session: Session, world: World, clock: FrozenClock) -> None:
    with pytest.raises(Refused):
        show_to_public(session, SYSTEM, world.event().id, now=clock.now())


def test_the_own_calendar_holds_it_and_leads_to_the_own_page(session: Session, event: Event) -> None:
    data = ical.participant_calendar(
        session, "Pelatihan saya", Event.id == event.id, address="https://contoh.id/peserta/x"
    )
    [entry] = icalendar.Calendar.from_ical(data).walk("VEVENT")
    assert (str(entry["SUMMARY"]), str(entry["URL"])) == ("Kelas data", "https://contoh.id/peserta/x")
    assert "CREATED" not in entry


def test_who_is_told_elsewhere_is_not_told_here(session: Session, world: World, event: Event) -> None:
    ours = [world.registration(event, email="a@contoh.id"), world.registration(event)]
    world.registration(event, email="b@contoh.id")
    spare = {one.id for one in ours}
    changes.cancel_event(session, SYSTEM, event.id, reason="Banjir", now=world.clock.now(), spare=spare)
    assert [row.address for row in session.scalars(select(Notice))] == ["b@contoh.id"]
    assert count_not_informed(session, event) == 0


@pytest.fixture
def door() -> Iterator[None]:
    def led(_session: Session, rows: Sequence[Row[Any]]) -> Mapping[int, Door]:
        return {row.id: Door("Lewat pelatihannya", "/ikut/x", "Daftar pelatihan") for row in rows}

    with holding(DOORS, [led]):
        yield


@pytest.mark.usefixtures("door")
def test_a_higher_room_says_where_one_registers(session: Session, event: Event) -> None:
    row = session.execute(select(Event.id, Event.kind)).one()
    assert doors(session, [row])[event.id].url == "/ikut/x"
