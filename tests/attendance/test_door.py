"""Guests who write themselves down on their own phone at the door."""

from datetime import timedelta

import pytest
from sqlalchemy import event as hook
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.gatherings.attendance import door
from app.gatherings.attendance import service as attendance
from app.gatherings.attendance.door import write_down
from app.gatherings.attendance.presence import Guest
from app.gatherings.events.models import Attendance, Event, EventStatus
from app.gatherings.events.registration.details import NOTICE
from app.kernel.clock import FrozenClock
from app.kernel.errors import NotFound, Refused
from app.kernel.roles import Role
from tests.world import World


@pytest.fixture
def event(world: World) -> Event:
    return world.event(status=EventStatus.ANNOUNCED, starts_in=timedelta(0))


def names(session: Session, event: Event) -> list[str]:
    found = select(Attendance.name).where(Attendance.event_id == event.id).order_by(Attendance.id)
    return list(session.scalars(found))


def test_the_same_words_soon_again_are_one_person(session: Session, clock: FrozenClock, event: Event) -> None:
    for wait, name in ((0, "Siti"), (5, "SITI"), (9, "Siti"), (2, "Siti")):
        clock.advance(minutes=wait)
        write_down(session, event.id, Guest(name, "Desa  Loa Ulung"), now=clock.now())
    assert names(session, event) == ["Siti", "Siti"]  # the third is fourteen minutes later: somebody else
    write_down(session, event.id, Guest("Siti", "Desa Bakungan"), now=clock.now())
    assert len(names(session, event)) == 3
    session.refresh(event)
    assert event.people == 3


def test_whoever_a_committee_wrote_down_a_moment_ago_is_not_doubled(
    session: Session, world: World, clock: FrozenClock, event: Event
) -> None:
    attendance.walk_in(session, world.actor(Role.EDITOR), event.id, Guest("Siti", "RT 4"), now=clock.now())
    write_down(session, event.id, Guest("Siti", "rt 4"), now=clock.advance(minutes=1))
    assert names(session, event) == ["Siti"]


def test_what_a_guest_agreed_to_is_kept_with_its_time(session: Session, clock: FrozenClock, event: Event) -> None:
    row = write_down(session, event.id, Guest("Siti"), now=clock.now())
    assert (row.notice, row.consent_at, row.method) == (NOTICE, clock.now(), "self")


def test_a_name_on_the_list_is_told_to_nobody(session: Session, world: World, clock: FrozenClock, event: Event) -> None:
    world.registration(event, "Siti Aminah")
    write_down(session, event.id, Guest("Siti Aminah"), now=clock.now())
    assert names(session, event) == ["Siti Aminah"]


def test_only_what_was_written_down_lately_is_read(
    session: Session, world: World, clock: FrozenClock, event: Event
) -> None:
    rows = [
        Attendance(event_id=event.id, name=f"Tamu {number}", method="list", at=clock.now() - timedelta(hours=1))
        for number in range(50)
    ]
    world.session.add_all(rows)
    world.session.commit()
    session.expunge_all()
    loaded: list[object] = []
    hook.listen(session, "loaded_as_persistent", lambda _session, one: loaded.append(one))
    write_down(session, event.id, Guest("Siti"), now=clock.now())
    assert [one for one in loaded if isinstance(one, Attendance)] == []


def test_a_flood_at_the_door_is_stopped_and_sent_to_the_committee(
    session: Session, world: World, clock: FrozenClock, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = world.event(status=EventStatus.ANNOUNCED, starts_in=timedelta(0))
    for number in range(door.MOST_A_MINUTE):
        write_down(session, event.id, Guest(f"Tamu {number}"), now=clock.now())
    with pytest.raises(Refused, match="minta panitia"):
        write_down(session, event.id, Guest("Satu lagi"), now=clock.now())
    write_down(session, event.id, Guest("Tamu 3"), now=clock.now())  # the same words again are no new entry
    write_down(session, other.id, Guest("Siti"), now=clock.now())
    attendance.walk_in(session, world.actor(Role.EDITOR), event.id, Guest("Satu lagi"), now=clock.now())
    clock.advance(minutes=1, seconds=1)
    write_down(session, event.id, Guest("Kemudian"), now=clock.now())
    monkeypatch.setattr(door, "MOST", door.MOST_A_MINUTE + 1)
    clock.advance(minutes=2)
    with pytest.raises(Refused, match="Minta panitia"):
        write_down(session, event.id, Guest("Terlalu banyak"), now=clock.now())
    assert len(names(session, event)) == door.MOST_A_MINUTE + 2


def test_nobody_is_noted_where_nobody_can_have_been(session: Session, world: World, clock: FrozenClock) -> None:
    gone = world.event(status=EventStatus.CANCELLED, starts_in=timedelta(0))
    with pytest.raises(Refused):
        write_down(session, gone.id, Guest("Ani"), now=clock.now())
    with pytest.raises(NotFound):
        write_down(session, 2**31 - 1, Guest("Ani"), now=clock.now())
