"""Moving, cancelling, taking back and copying an event."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.notices.models import Notice
from app.gatherings.events.models import Event, EventStatus, Headcount
from app.gatherings.events.planning import changes
from app.gatherings.events.planning.editing import edit
from app.gatherings.events.planning.plans import plan_of, shift_plan
from app.gatherings.events.registration.organiser import count_not_informed
from app.gatherings.events.service import announce, mark_held
from app.kernel.audit import AuditEntry
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused
from app.kernel.roles import SYSTEM, Role
from tests.world import World

REASON = "Jalan menuju balai desa banjir"


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, str, int]]:
    """(event, what, its sequence at that moment) for every call to tell people."""
    calls: list[tuple[int, str, int]] = []

    def note(_session: Session, event: Event, what: str, **_more: Any) -> int:
        calls.append((event.id, what, event.sequence))
        return 0

    monkeypatch.setattr(changes, "tell_registered", note)
    return calls


def moved(world: World, event: Event, actor: Any = SYSTEM, *, days: float = 2, **values: Any) -> Event:
    given = {
        "starts_at": event.starts_at + timedelta(days=days),
        "ends_at": event.ends_at + timedelta(days=days),
        "reason": REASON,
        "place": event.place,
        **values,
    }
    return changes.move_event(world.session, actor, event.id, **given, now=world.clock.now())


def test_a_moved_event_says_whence_and_why(world: World, told: list[Any], session: Session) -> None:
    event = world.event(status=EventStatus.ANNOUNCED, registration_until=None)
    old = event.starts_at
    moved(world, event, place="Gedung  serbaguna", village_code=world.village(2))
    session.commit()
    assert (event.moved_from, event.reason, event.sequence) == (old, REASON, 1)
    assert (event.place, event.village_code) == ("Gedung serbaguna", world.village(2))
    assert told == [(event.id, "moved", 1)]
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "event.moved")).one()
    assert entry.after
    assert entry.after["reason"] == REASON


def test_the_closing_of_registration_moves_along(world: World, told: list[Any]) -> None:
    event = world.event(status=EventStatus.ANNOUNCED)
    event.registration_until = event.starts_at - timedelta(hours=12)
    world.session.commit()
    moved(world, event, days=1)
    assert event.registration_until == event.starts_at - timedelta(hours=12)
    moved(world, event, days=1, ends_at=event.starts_at + timedelta(days=1, minutes=5))
    assert event.registration_until <= event.ends_at


def test_a_move_within_the_place_keeps_the_time_and_is_told(world: World, told: list[Any]) -> None:
    event = world.event(status=EventStatus.ANNOUNCED)
    moved(world, event, days=0, place="Lapangan")
    assert (event.moved_from, event.sequence) == (None, 1)
    assert told == [(event.id, "moved", 1)]


def test_a_move_out_of_the_village(world: World, told: list[Any]) -> None:
    event = world.event()
    moved(world, event, village_code="", place="Gedung kabupaten")
    assert event.village_code is None


def test_a_move_to_where_it_was_is_none(world: World, told: list[Any]) -> None:
    event = world.event(status=EventStatus.ANNOUNCED)
    with pytest.raises(Invalid, match="masih sama"):
        moved(world, event, days=0)
    world.session.rollback()
    assert told == []
    assert event.sequence == 0


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"reason": "  "}, "reason"),
        ({"reason": "x" * 501}, "reason"),
        ({"days": -30}, "starts_at"),
        ({"starts_at": None}, "starts_at"),
        ({"village_code": "99.99.99.9999"}, "village_code"),
    ],
)
def test_a_move_that_cannot_be_kept(world: World, told: list[Any], values: dict[str, Any], field: str) -> None:
    event = world.event(status=EventStatus.ANNOUNCED)
    with pytest.raises(Invalid) as refused:
        moved(world, event, **values)
    assert refused.value.field == field
    assert told == []


def test_a_move_that_ends_before_it_begins(world: World, told: list[Any]) -> None:
    event = world.event()
    with pytest.raises(Invalid, match="sebelum dimulai"):
        moved(world, event, ends_at=event.starts_at)


@pytest.mark.parametrize("status", [EventStatus.HELD, EventStatus.CANCELLED, EventStatus.VERIFIED])
def test_what_took_place_or_is_cancelled_does_not_move(world: World, told: list[Any], status: str) -> None:
    with pytest.raises(Refused):
        moved(world, world.event(status=status))


def test_a_cancelled_event_stays_with_its_reason_and_is_final(world: World, told: list[Any]) -> None:
    event = world.event(status=EventStatus.ANNOUNCED)
    changes.cancel_event(world.session, SYSTEM, event.id, reason=REASON, now=world.clock.now())
    assert (event.status, event.reason, event.cancelled_at) == (EventStatus.CANCELLED, REASON, world.clock.now())
    assert told == [(event.id, "cancelled", 1)]
    with pytest.raises(Refused):
        changes.cancel_event(world.session, SYSTEM, event.id, reason=REASON, now=world.clock.now())
    with pytest.raises(Refused):
        changes.undo_held(world.session, SYSTEM, event.id, now=world.clock.now())
    assert len(told) == 1


def test_cancelling_asks_for_a_reason(world: World, told: list[Any]) -> None:
    event = world.event(status=EventStatus.ANNOUNCED)
    with pytest.raises(Invalid) as refused:
        changes.cancel_event(world.session, SYSTEM, event.id, reason=" ", now=world.clock.now())
    assert refused.value.field == "reason"
    assert event.status == EventStatus.ANNOUNCED


def test_a_plan_that_nobody_knew_of_is_cancelled_quietly(world: World, session: Session) -> None:
    world.registration(world.event(), email="lain@contoh.id")
    changes.cancel_event(world.session, SYSTEM, world.event().id, reason=REASON, now=world.clock.now())
    assert session.scalars(select(Notice)).all() == []


def test_whoever_was_entered_before_the_announcement_hears_of_a_move_and_of_the_end(
    world: World, session: Session
) -> None:
    event = world.event()
    world.registration(event, email="siti@contoh.id")
    world.registration(event)
    moved(world, event)
    changes.cancel_event(world.session, SYSTEM, event.id, reason=REASON, now=world.clock.now())
    assert session.scalars(select(Notice.subject).order_by(Notice.id)).all() == [
        f"Jadwal berubah: {event.title}", f"Dibatalkan: {event.title}",
    ]  # fmt: skip
    assert count_not_informed(session, event) == 1


def test_a_plan_that_people_were_entered_for_is_moved_with_a_reason_only(world: World, session: Session) -> None:
    event = world.event()
    other_day = shift_plan(plan_of(event), timedelta(days=1))
    left = world.registration(event, status="cancelled")
    edit(session, SYSTEM, event.id, other_day, version=event.version, now=world.clock.now())
    left.status = "waiting"
    session.commit()
    with pytest.raises(Invalid, match="Pindahkan") as refused:
        edit(session, SYSTEM, event.id, shift_plan(other_day, timedelta(days=1)), version=event.version,
             now=world.clock.now())  # fmt: skip
    assert refused.value.field == "starts_at"
    edit(session, SYSTEM, event.id, replace(other_day, title="Judul baru"), version=event.version,
         now=world.clock.now())  # fmt: skip
    assert event.title == "Judul baru"


def test_only_the_organiser_and_the_office_move_and_cancel(world: World, told: list[Any]) -> None:
    own, other = world.kim(), world.kim()
    event = world.event(organisation_id=own.id)
    now = world.clock.now()
    stranger = world.actor(Role.COMMUNITY, organisation=other)
    with pytest.raises(NotFound):
        changes.cancel_event(world.session, stranger, event.id, reason=REASON, now=now)
    with pytest.raises(Forbidden):
        moved(world, event, world.actor(Role.VIEWER))
    moved(world, event, world.actor(Role.COMMUNITY, organisation=own))
    assert event.sequence == 1


@pytest.mark.parametrize(("announced", "status"), [(True, EventStatus.ANNOUNCED), (False, EventStatus.PLANNED)])
def test_a_mistaken_mark_of_having_taken_place_is_taken_back(world: World, announced: bool, status: str) -> None:
    event = world.event(
        starts_in=timedelta(hours=-1),
        status=EventStatus.HELD,
        announced_at=world.clock.now() if announced else None,
    )
    changes.undo_held(world.session, SYSTEM, event.id, now=world.clock.now())
    assert event.status == status


def test_an_event_does_not_become_announced_again_at_another_time(world: World, session: Session) -> None:
    event = world.event(status=EventStatus.ANNOUNCED, starts_in=timedelta(hours=-1))
    now, told = world.clock.now(), plan_of(event)
    mark_held(session, SYSTEM, event.id, now=now)
    for by in (timedelta(hours=-1), timedelta(hours=-2)):
        edit(session, SYSTEM, event.id, shift_plan(told, by), version=event.version, now=now)
        with pytest.raises(Refused, match="waktu"):
            changes.undo_held(session, SYSTEM, event.id, now=now)
    edit(session, SYSTEM, event.id, told, version=event.version, now=now)
    changes.undo_held(session, SYSTEM, event.id, now=now)
    assert (event.status, event.starts_at) == (EventStatus.ANNOUNCED, told.starts_at)


def test_a_change_before_the_announcement_hinders_nothing(world: World, session: Session) -> None:
    event = world.event(starts_in=timedelta(hours=-1))
    now = world.clock.now()
    edit(session, SYSTEM, event.id, shift_plan(plan_of(event), timedelta(minutes=-5)), version=1, now=now)
    announce(session, SYSTEM, event.id, now=now)
    mark_held(session, SYSTEM, event.id, now=now)
    changes.undo_held(session, SYSTEM, event.id, now=now)
    assert event.status == EventStatus.ANNOUNCED


def test_what_people_were_counted_at_took_place(world: World) -> None:
    event = world.event(status=EventStatus.HELD, people=3)
    world.session.add(Headcount(event_id=event.id, sex="u", age_band="u", people=3))
    world.session.commit()
    with pytest.raises(Refused, match="3 orang"):
        changes.undo_held(world.session, SYSTEM, event.id, now=world.clock.now())


@pytest.mark.parametrize(("days", "after"), [(3, 10), (-3, 4), (-70, 7), (0, 7)])
def test_a_copy_is_a_new_plan_on_the_next_same_weekday(world: World, days: int, after: int) -> None:
    event = world.event(
        starts_in=timedelta(days=days), status=EventStatus.CANCELLED, speakers=["Siti"], reason=REASON, sequence=4
    )
    copied = changes.copy_event(world.session, SYSTEM, event.id, now=world.clock.now())
    assert copied.starts_at == world.clock.now() + timedelta(days=after)
    assert copied.starts_at.weekday() == event.starts_at.weekday()
    assert (copied.title, copied.status, copied.reason, copied.sequence) == (event.title, "planned", None, 0)
    assert (copied.uid != event.uid, copied.code != event.code) == (True, True)
    assert [speaker.name for speaker in copied.speakers] == ["Siti"]


def test_nobody_copies_for_another_organisation(world: World) -> None:
    event = world.event()
    with pytest.raises(Forbidden):
        changes.copy_event(world.session, world.actor(Role.VIEWER), event.id, now=world.clock.now())
