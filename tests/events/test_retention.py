"""Names and contacts go after their time; the counts stay."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.base.notices.models import Notice
from app.base.notices.service import notify, notify_address
from app.gatherings.events.models import Attendance, Event, EventStatus, Registration
from app.gatherings.events.registration.details import Person
from app.gatherings.events.registration.news import MOVED, send_registration_link, tell_registered
from app.gatherings.events.registration.service import change_registration
from app.gatherings.events.registration.waiting_list import count_places
from app.gatherings.events.retention import erase_expired, erase_registration
from app.kernel.audit import AuditEntry
from app.kernel.clock import FrozenClock
from tests.world import World

DAYS = 365


def came(world: World, event: Event, registration: Registration | None = None) -> Attendance:
    return world._add(
        Attendance(
            event_id=event.id, registration_id=registration.id if registration else None, name="Rina Wati",
            organisation="RT 4", sex="f", age_band="adult", method="list", at=world.clock.now(),
        )
    )  # fmt: skip


def test_after_its_time_nothing_of_a_person_stays_and_every_count_does(
    session: Session, world: World, clock: FrozenClock
) -> None:
    event = world.event(status=EventStatus.HELD, people=3)
    one = world.registration(event, email="siti@contoh.id", guardian="Ibu Rina", sex="f", age_band="child")
    world.registration(event, status="waiting")
    came(world, event, one)
    before = count_places(session, event)
    clock.move_to(event.ends_at + timedelta(days=DAYS))
    assert erase_expired(session, personal_days=DAYS, now=clock.now()).events == 0
    clock.advance(seconds=1)
    erased = erase_expired(session, personal_days=DAYS, now=clock.now())
    session.commit()
    session.expire_all()
    assert (erased.events, erased.registrations, erased.attendances) == (1, 2, 1)
    for row in session.scalars(select(Registration)):
        assert (row.phone, row.email, row.contact_key, row.guardian, row.erased_at) == (None,) * 4 + (clock.now(),)
        assert "Warga" not in row.name
    attended = session.scalars(select(Attendance)).one()
    assert (attended.name, attended.organisation, attended.sex) == ("–", "", "f")
    assert count_places(session, event) == before
    assert session.get_one(Registration, one.id).age_band == "child"
    assert session.get_one(Event, event.id).people == 3


def test_a_second_run_finds_nothing_and_writes_no_second_line(
    session: Session, world: World, clock: FrozenClock
) -> None:
    event = world.event(status=EventStatus.HELD)
    world.registration(event)
    clock.move_to(event.ends_at + timedelta(days=DAYS + 1))
    for _twice in range(2):
        erase_expired(session, personal_days=DAYS, now=clock.now())
    session.commit()
    lines = session.scalars(select(AuditEntry).where(AuditEntry.action == "event.personal_data_erased")).all()
    assert [(line.subject_id, line.after) for line in lines] == [
        (str(event.id), {"registrations": 1, "attendances": 0})
    ]
    assert "Warga" not in str(lines[0].after)


def test_events_within_their_time_keep_theirs(session: Session, world: World, clock: FrozenClock) -> None:
    old, fresh = world.event(status=EventStatus.HELD), world.event(starts_in=timedelta(days=30))
    world.registration(old)
    kept = world.registration(fresh)
    clock.move_to(old.ends_at + timedelta(days=DAYS + 1))
    assert erase_expired(session, personal_days=DAYS, now=clock.now()).registrations == 1
    session.expire_all()
    assert session.get_one(Registration, kept.id).phone is not None


def test_mails_to_people_without_an_account_go_too_and_those_of_users_stay(
    session: Session, world: World, clock: FrozenClock
) -> None:
    user = world.user(email="a@kukarkab.go.id")
    notify(session, user_ids=[user.id], kind="k", subject="s", body="b", dedupe_key="k", now=clock.now())
    for number, state in enumerate(("sent", "queued")):
        notify_address(
            session, address=f"w{number}@contoh.id", kind="k", subject="s", body="b", dedupe_key=f"w{number}",
            now=clock.now(),
        )  # fmt: skip
        session.scalars(select(Notice).where(Notice.address == f"w{number}@contoh.id")).one().email_status = state
    session.commit()
    clock.advance(days=DAYS + 1)
    assert erase_expired(session, personal_days=DAYS, now=clock.now()).mails == 2
    assert session.scalars(select(Notice.address)).all() == [None]


def test_somebody_may_be_erased_at_once_and_the_place_goes_to_the_next(
    session: Session, world: World, clock: FrozenClock
) -> None:
    event = world.event(status=EventStatus.ANNOUNCED, registration=True, capacity=1)
    mine, waits = world.registration(event, email="siti@contoh.id"), world.registration(event, status="waiting")
    came(world, event, mine)
    erase_registration(session, mine, now=clock.now())
    session.commit()
    session.expire_all()
    assert (mine.name, mine.phone, mine.email, mine.status) == ("–", None, None, "cancelled")
    assert waits.status == "registered"
    assert session.scalars(select(Attendance.name)).one() == "–"
    assert (
        session.scalar(select(func.count(AuditEntry.id)).where(AuditEntry.action == "event.registration_erased")) == 1
    )


def test_nothing_that_still_waits_to_be_mailed_reaches_whoever_was_erased(
    session: Session, world: World, clock: FrozenClock
) -> None:
    event = world.event(status=EventStatus.ANNOUNCED, registration=True, sequence=1)
    mine, other = world.registration(event, email="lama@contoh.id"), world.registration(event, email="budi@contoh.id")
    send_registration_link(session, event, mine, now=clock.now())
    change_registration(session, mine, Person(name="Siti", email="siti@contoh.id"), now=clock.now())
    tell_registered(session, event, MOVED, now=clock.now())
    session.commit()
    assert len(session.scalars(select(Notice)).all()) == 3
    erase_registration(session, mine, now=clock.now())
    session.commit()
    assert session.scalars(select(Notice.address)).all() == [other.email]
