"""Planning and editing: what a plan must hold, who may, and what an announced event keeps."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.gatherings.events.models import Event, EventStatus, Registration, RegistrationStatus
from app.gatherings.events.planning.changes import move_event
from app.gatherings.events.planning.editing import edit
from app.gatherings.events.planning.plans import plan_of, shift_plan
from app.gatherings.events.service import MaterialPlan, announce, mark_held, plan
from app.kernel.audit import AuditEntry
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused, Stale
from app.kernel.roles import SYSTEM, Role
from tests.events.plans import a_plan
from tests.world import World


def changed(world: World, event: Event, actor: Any = SYSTEM, *, version: int | None = None, **values: Any) -> Event:
    wanted = replace(plan_of(event), **values)
    return edit(
        world.session, actor, event.id, wanted, version=version or event.version, now=world.clock.now()
    )  # fmt: skip


def register(world: World, event: Event, *statuses: str) -> list[Registration]:
    people = [
        Registration(
            event_id=event.id,
            name=f"Warga {number}",
            contact_key=f"+62812000{number}",
            phone=f"+62812000{number}",
            status=status,
            queue_no=number,
            notice="uji",
            consent_at=world.clock.now(),
            registered_at=world.clock.now(),
        )
        for number, status in enumerate(statuses, start=1)
    ]
    world.session.add_all(people)
    world.session.commit()
    return people


def test_a_plan_keeps_speakers_tags_and_materials(world: World) -> None:
    event = plan(
        world.session,
        SYSTEM,
        a_plan(
            world,
            speakers=[("Dr. H. Ahmad  Yani, M.Si.", "Kepala Dinas"), ("", "tanpa nama")],
            tags=["akses", "akses", "diskusi"],
            materials=[MaterialPlan("Selebaran", 200), MaterialPlan(" ")],
            village_code="",
        ),
        now=world.clock.now(),
    )
    assert [(row.name, row.name_key) for row in event.speakers] == [("Dr. H. Ahmad Yani, M.Si.", "ahmad yani")]
    assert [row.tag for row in event.tags] == ["akses", "diskusi"]
    assert [(row.name, row.planned) for row in event.materials] == [("Selebaran", 200)]
    assert (event.status, event.village_code, event.sequence) == (EventStatus.PLANNED, None, 0)


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"kind": "pesta"}, "kind"),
        ({"title": "  "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"ends_at": None}, "ends_at"),
        ({"village_code": "99.99.99.9999"}, "village_code"),
        ({"village_code": "", "place": " "}, "village_code"),
        ({"capacity": 0}, "capacity"),
        ({"budget": -1}, "budget"),
        ({"campaign_id": 999}, "campaign_id"),
        ({"dimension_key": "smart-nothing"}, "dimension_key"),
        ({"responsible_id": 999}, "responsible_id"),
        ({"organisation_id": 999}, "organisation_id"),
        ({"tags": ["pesta"]}, "tags"),
        ({"materials": [MaterialPlan("Selebaran", 1_000_001)]}, "materials"),
        ({"contact": "x" * 201}, "contact"),
    ],
)
def test_a_plan_that_cannot_be_kept_says_which_field(world: World, values: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        plan(world.session, SYSTEM, a_plan(world, **values), now=world.clock.now())
    assert refused.value.field == field


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("hours", "field"), [(-1, "ends_at"), (24 * 32, "ends_at"), (24 * 365 * 80, "ends_at")]
)  # fmt: skip
def test_an_event_ends_after_it_began_and_within_a_month(world: World, hours: int, field: str) -> None:
    wanted = a_plan(world)
    assert wanted.starts_at
    with pytest.raises(Invalid) as refused:
        plan(
            world.session,
            SYSTEM,
            replace(wanted, ends_at=wanted.starts_at + timedelta(hours=hours)),
            now=world.clock.now(),
        )
    assert refused.value.field == field


def test_registration_closes_before_the_event_is_over(world: World) -> None:
    wanted = a_plan(world)
    assert wanted.ends_at
    with pytest.raises(Invalid, match="Pendaftaran ditutup"):
        plan(
            world.session,
            SYSTEM,
            replace(wanted, registration_until=wanted.ends_at + timedelta(minutes=1)),
            now=world.clock.now(),
        )


def test_a_kim_plans_for_itself_and_sees_no_others(world: World) -> None:
    own, other = world.kim(), world.kim()
    member = world.actor(Role.COMMUNITY, organisation=own)
    mine = plan(world.session, member, a_plan(world, organisation_id=own.id), now=world.clock.now())
    assert mine.organisation_id == own.id
    with pytest.raises(Forbidden):
        plan(world.session, member, a_plan(world, organisation_id=other.id), now=world.clock.now())
    theirs = world.event(organisation_id=other.id)
    with pytest.raises(NotFound):
        changed(world, theirs, member, title="Punya saya")
    with pytest.raises(Forbidden):
        changed(world, mine, member, organisation_id=other.id)


def test_who_only_reads_changes_nothing(world: World) -> None:
    event = world.event()
    with pytest.raises(Forbidden):
        changed(world, event, world.actor(Role.VIEWER), title="Lain")


def test_an_edit_is_written_into_the_trail_and_raises_the_version(world: World, session: Session) -> None:
    event = world.event(title="Lama")
    before = event.version
    changed(world, event, title="  Baru   sekali ", agenda="09.00 Pembukaan\r\n", tags=["aspirasi"])
    session.commit()
    assert (event.title, event.agenda, event.version) == ("Baru sekali", "09.00 Pembukaan", before + 1)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "event.edited")).one()
    assert entry.before
    assert entry.after
    assert (entry.before["title"], entry.after["title"]) == ("Lama", "Baru sekali")


def test_an_edit_on_an_older_version_is_noticed(world: World, session: Session) -> None:
    event = world.event()
    seen = event.version
    changed(world, event, title="Dari orang pertama")
    session.commit()
    with pytest.raises(Stale):
        changed(world, event, version=seen, title="Dari orang kedua")
    assert event.title == "Dari orang pertama"


@pytest.mark.parametrize("what", ["time", "village", "place"])
def test_an_announced_event_changes_its_time_and_place_only_by_moving(world: World, what: str) -> None:
    event = world.event(status=EventStatus.ANNOUNCED)
    values: dict[str, Any] = {
        "time": {"starts_at": event.starts_at + timedelta(minutes=30)},
        "village": {"village_code": world.village(1)},
        "place": {"place": "Lapangan"},
    }[what]
    with pytest.raises(Invalid, match="Pindahkan"):
        changed(world, event, **values)
    changed(world, event, title="Judul boleh")
    assert (event.title, event.sequence) == ("Judul boleh", 0)


def test_a_planned_event_changes_its_time_freely(world: World) -> None:
    event = world.event()
    later = event.starts_at + timedelta(days=1)
    changed(world, event, starts_at=later, ends_at=later + timedelta(hours=1))
    assert event.starts_at == later


@pytest.mark.parametrize("status", [EventStatus.CANCELLED, EventStatus.VERIFIED, EventStatus.MERGED])
def test_what_is_closed_is_not_edited(world: World, status: str) -> None:
    with pytest.raises(Refused):
        changed(world, world.event(status=status), title="Lain")


def test_more_places_let_people_in_from_the_waiting_list(world: World, session: Session) -> None:
    event = world.event(status=EventStatus.ANNOUNCED, registration=True, capacity=1)
    people = register(world, event, "registered", "waiting", "waiting")
    changed(world, event, capacity=2)
    session.commit()
    assert [person.status for person in people] == ["registered", "registered", "waiting"]
    changed(world, event, capacity=None)
    assert people[2].status == RegistrationStatus.REGISTERED


def test_fewer_places_than_are_taken_are_refused(world: World) -> None:
    event = world.event(status=EventStatus.ANNOUNCED, registration=True, capacity=5)
    register(world, event, "registered", "registered", "cancelled")
    with pytest.raises(Invalid, match="Sudah 2 orang") as refused:
        changed(world, event, capacity=1)
    assert refused.value.field == "capacity"
    changed(world, event, capacity=2)
    assert event.capacity == 2


def test_copies_handed_out_survive_an_edit_of_the_plan(world: World, session: Session) -> None:
    event = plan(
        world.session, SYSTEM, a_plan(world, materials=[MaterialPlan("Selebaran", 10)]), now=world.clock.now()
    )  # fmt: skip
    event.materials[0].handed_out = 7
    session.commit()
    changed(world, event, materials=[MaterialPlan("selebaran", 20)])
    assert [(row.name, row.planned, row.handed_out) for row in event.materials] == [("selebaran", 20, 7)]
    changed(world, event, materials=[MaterialPlan("Poster", 5)])
    assert {row.name for row in event.materials} == {"Poster", "selebaran"}


def test_announcing_makes_it_public_once(world: World) -> None:
    event = world.event()
    announce(world.session, SYSTEM, event.id, now=world.clock.now())
    assert (event.status, event.announced_at) == (EventStatus.ANNOUNCED, world.clock.now())
    with pytest.raises(Refused):
        announce(world.session, SYSTEM, event.id, now=world.clock.now())


def test_what_is_over_is_not_announced(world: World) -> None:
    event = world.event(starts_in=timedelta(hours=-3), hours=1)
    with pytest.raises(Refused, match="sudah lewat"):
        announce(world.session, SYSTEM, event.id, now=world.clock.now())


def test_it_took_place_only_after_it_began(world: World) -> None:
    event = world.event(starts_in=timedelta(hours=1))
    with pytest.raises(Refused, match="belum dimulai"):
        mark_held(world.session, SYSTEM, event.id, now=world.clock.now())


def test_a_reason_from_before_the_announcement_stays_inside(world: World, session: Session) -> None:
    event = world.event()
    move_event(
        session, SYSTEM, event.id, starts_at=event.starts_at + timedelta(days=1),
        ends_at=event.ends_at + timedelta(days=1), reason="Kabid cuti", place=event.place, now=world.clock.now(),
    )  # fmt: skip
    announce(session, SYSTEM, event.id, now=world.clock.now())
    assert (event.reason, event.moved_from) == (None, None)
    change = session.scalars(select(AuditEntry).where(AuditEntry.action == "event.moved")).one()
    assert change.after is not None
    assert change.after["reason"] == "Kabid cuti"


def test_what_took_place_is_corrected_within_the_past_and_calendars_hear_of_it(world: World, session: Session) -> None:
    event = world.event(status=EventStatus.HELD, announced_at=world.clock.now(), starts_in=timedelta(days=-1))
    with pytest.raises(Invalid) as refused:
        edit(session, SYSTEM, event.id, shift_plan(plan_of(event), timedelta(days=7)), version=1, now=world.clock.now())
    assert refused.value.field == "starts_at"
    earlier = shift_plan(plan_of(event), timedelta(hours=-1))
    edit(session, SYSTEM, event.id, earlier, version=event.version, now=world.clock.now())
    assert (event.starts_at, event.sequence) == (earlier.starts_at, 1)
    edit(session, SYSTEM, event.id, replace(earlier, title="Nama lain"), version=event.version, now=world.clock.now())
    assert event.sequence == 1


def test_what_was_never_public_is_corrected_without_a_new_sequence(world: World, session: Session) -> None:
    event = world.event(status=EventStatus.HELD, starts_in=timedelta(days=-1))
    edit(session, SYSTEM, event.id, shift_plan(plan_of(event), timedelta(hours=-1)), version=1, now=world.clock.now())
    assert event.sequence == 0
