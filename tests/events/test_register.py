"""Registering: places, the waiting list, doubles, races, cancelling and changing."""

import threading
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.base.notices.models import Notice
from app.gatherings.events.models import Event, EventStatus, Registration, RegistrationStatus
from app.gatherings.events.registration.details import Person
from app.gatherings.events.registration.service import (
    cancel_registration,
    change_registration,
    enter,
    enter_by_hand,
    register,
)
from app.gatherings.events.registration.waiting_list import count_places, fill_places, queue_place
from app.kernel.clock import FrozenClock
from app.kernel.db import unit_of_work
from app.kernel.errors import Invalid, NotFound, Refused
from tests.world import World

REGISTERED, WAITING, CANCELLED = RegistrationStatus.REGISTERED, RegistrationStatus.WAITING, RegistrationStatus.CANCELLED


def person(number: int = 1, **values: object) -> Person:
    return replace(Person(name=f"Warga {number}", phone=f"0812-3456-{number:04d}", consent=True), **values)  # type: ignore[arg-type]


@pytest.fixture
def event(world: World) -> Event:
    return world.event(status=EventStatus.ANNOUNCED, registration=True, capacity=2)


def mails(session: Session) -> list[tuple[str | None, str]]:
    return [(row.address, row.subject) for row in session.scalars(select(Notice).order_by(Notice.id))]


def test_a_place_then_the_waiting_list_in_order(session: Session, event: Event, clock: FrozenClock) -> None:
    entered = [register(session, event.id, person(number), now=clock.now()) for number in range(1, 5)]
    assert [one.status for one in entered] == [REGISTERED, REGISTERED, WAITING, WAITING]
    assert [queue_place(session, one) for one in entered[2:]] == [1, 2]
    assert count_places(session, event) == (2, 2, 0)


def test_a_freed_place_goes_to_the_next_who_is_told_in_the_same_transaction(
    session: Session, event: Event, clock: FrozenClock
) -> None:
    first = register(session, event.id, person(1), now=clock.now())
    register(session, event.id, person(2), now=clock.now())
    next_one = register(session, event.id, person(3, email="tiga@contoh.id"), now=clock.now())
    last = register(session, event.id, person(4), now=clock.now())
    session.commit()
    assert cancel_registration(session, first, now=clock.now()) == [next_one]
    assert (next_one.status, next_one.promoted_at) == (REGISTERED, clock.now())
    assert last.status == WAITING
    assert ("tiga@contoh.id", f"Anda mendapat tempat: {event.title}") in mails(session)
    session.rollback()
    assert session.get_one(Registration, first.id).status == REGISTERED
    assert session.get_one(Registration, next_one.id).status == WAITING
    assert [subject for _to, subject in mails(session)] == [f"Daftar tunggu: {event.title}"]


def test_whoever_gets_a_place_and_gave_only_a_phone_stands_on_the_list_to_be_told(
    session: Session, event: Event, clock: FrozenClock
) -> None:
    first = register(session, event.id, person(1), now=clock.now())
    register(session, event.id, person(2), now=clock.now())
    waits = register(session, event.id, person(3), now=clock.now())
    cancel_registration(session, first, now=clock.now())
    assert waits.told_sequence < event.sequence


def test_cancelling_twice_frees_one_place(session: Session, event: Event, clock: FrozenClock) -> None:
    entered = [register(session, event.id, person(number), now=clock.now()) for number in range(1, 5)]
    cancel_registration(session, entered[0], now=clock.now())
    assert cancel_registration(session, entered[0], now=clock.now()) == []
    assert [one.status for one in entered] == [CANCELLED, REGISTERED, REGISTERED, WAITING]


def test_a_raised_capacity_is_filled_from_the_waiting_list(session: Session, event: Event, clock: FrozenClock) -> None:
    entered = [register(session, event.id, person(number), now=clock.now()) for number in range(1, 6)]
    event.capacity = 4
    assert fill_places(session, event, clock.now()) == entered[2:4]
    event.capacity = None
    fill_places(session, event, clock.now())
    assert count_places(session, event) == (5, 0, None)


def test_nobody_overtakes_those_who_wait(session: Session, event: Event, clock: FrozenClock) -> None:
    entered = [register(session, event.id, person(number), now=clock.now()) for number in range(1, 4)]
    event.capacity = 3  # raised, and nobody filled the places yet
    session.flush()
    late = register(session, event.id, person(4), now=clock.now())
    assert (entered[2].status, late.status) == (REGISTERED, WAITING)


def test_nobody_overtakes_those_who_wait_while_registration_goes_on_after_the_beginning(
    session: Session, event: Event, clock: FrozenClock
) -> None:
    event.registration_until = event.ends_at
    entered = [register(session, event.id, person(number), now=clock.now()) for number in range(1, 4)]
    clock.move_to(event.starts_at + timedelta(minutes=1))
    assert cancel_registration(session, entered[0], now=clock.now()) == [entered[2]]
    assert register(session, event.id, person(4), now=clock.now()).status == WAITING


def test_whoever_the_organiser_enters_late_stands_behind_those_who_wait(
    session: Session, event: Event, clock: FrozenClock
) -> None:
    entered = [register(session, event.id, person(number), now=clock.now()) for number in range(1, 4)]
    clock.move_to(event.starts_at + timedelta(minutes=1))
    assert cancel_registration(session, entered[0], now=clock.now()) == []  # registration is closed: nobody is called
    assert enter_by_hand(session, event, person(4), now=clock.now()).registration.status == WAITING
    cancel_registration(session, entered[2], now=clock.now())
    event.waiting_list = False
    assert enter_by_hand(session, event, person(5), now=clock.now()).registration.status == REGISTERED


def test_full_without_a_waiting_list_says_so(session: Session, event: Event, clock: FrozenClock) -> None:
    event.waiting_list = False
    for number in (1, 2):
        register(session, event.id, person(number), now=clock.now())
    with pytest.raises(Refused, match="sudah penuh"):
        register(session, event.id, person(3), now=clock.now())


@pytest.mark.parametrize(
    ("again", "same"),
    [
        (person(1, name="Orang lain", phone="+62 812 3456 0001"), True),
        (person(9, phone="", email="SATU@contoh.id"), True),
        (person(9, email="satu@contoh.id"), True),
        (person(2), False),
    ],
)
def test_the_same_contact_is_the_same_registration(
    session: Session, event: Event, clock: FrozenClock, again: Person, same: bool
) -> None:
    first = enter(session, event.id, person(1, email="satu@contoh.id"), now=clock.now())
    second = enter(session, event.id, again, now=clock.now())
    assert second.known is same
    assert (second.registration.id == first.registration.id) is same
    assert first.registration.name == "Warga 1"


def test_the_own_link_is_sent_again_but_a_mailbox_is_not_flooded(
    session: Session, event: Event, clock: FrozenClock
) -> None:
    for _again in range(5):
        enter(session, event.id, person(1, email="satu@contoh.id"), now=clock.now())
    assert [subject for _to, subject in mails(session)] == [
        f"Terdaftar: {event.title}",
        f"Tautan pendaftaran: {event.title}",
    ]
    clock.advance(hours=1)
    enter(session, event.id, person(1, email="satu@contoh.id"), now=clock.now())
    assert len(mails(session)) == 3


def test_registering_and_cancelling_in_turn_does_not_flood_a_mailbox(
    session: Session, event: Event, clock: FrozenClock
) -> None:
    for _again in range(5):
        one = register(session, event.id, person(1, email="satu@contoh.id"), now=clock.now())
        cancel_registration(session, one, now=clock.now())
    assert [subject for _to, subject in mails(session)] == [f"Terdaftar: {event.title}"]


def test_whoever_cancelled_may_register_again_at_the_end(session: Session, event: Event, clock: FrozenClock) -> None:
    entered = [register(session, event.id, person(number), now=clock.now()) for number in range(1, 4)]
    cancel_registration(session, entered[0], now=clock.now())
    again = enter(session, event.id, person(1, name="Nama baru"), now=clock.now())
    assert (again.registration.id, again.known) == (entered[0].id, False)
    assert (again.registration.status, again.registration.name) == (WAITING, "Nama baru")
    assert queue_place(session, again.registration) == 1


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"status": EventStatus.CANCELLED}, "dibatalkan"),
        ({"status": EventStatus.HELD}, "selesai"),
        ({"registration": False}, "tidak memakai pendaftaran"),
        ({"registration_until": timedelta(0)}, "sudah ditutup"),
        ({"starts_at": timedelta(0)}, "sudah ditutup"),
    ],
)
def test_a_closed_registration_says_why(
    session: Session, event: Event, clock: FrozenClock, values: dict[str, object], sentence: str
) -> None:
    for name, value in values.items():
        setattr(event, name, clock.now() if isinstance(value, timedelta) else value)
    with pytest.raises(Refused, match=sentence):
        register(session, event.id, person(), now=clock.now())


def test_a_planned_event_cannot_be_registered_for(session: Session, world: World, clock: FrozenClock) -> None:
    planned = world.event(registration=True)
    with pytest.raises(NotFound):
        register(session, planned.id, person(), now=clock.now())
    with pytest.raises(NotFound):
        register(session, 2**31 - 1, person(), now=clock.now())


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": "Menang hadiah http://jahat.example"}, "name"),
        ({"name": "Siti\x07"}, "name"),
        ({"phone": "", "email": ""}, "phone"),
        ({"phone": "123"}, "phone"),
        ({"email": "bukan surel"}, "email"),
        ({"email": "a@contoh.id\r\nBcc: b@contoh.id"}, "email"),
        ({"email": "a@contoh.id,b@contoh.id"}, "email"),
        ({"email": "a,b@contoh.id"}, "email"),
        ({"email": '"<x>"@contoh.id;'}, "email"),
        ({"village_code": "99.99.99.9999"}, "village"),
        ({"sex": "z"}, "sex"),
        ({"age_band": "z"}, "age_band"),
        ({"consent": False}, "consent"),
        ({"age_band": "child"}, "guardian"),
        ({"age_band": "child", "guardian": "Ibu Siti"}, "guardian_consent"),
    ],
)
def test_what_cannot_be_used_is_named_by_its_field(
    session: Session, event: Event, clock: FrozenClock, wrong: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        register(session, event.id, person(**wrong), now=clock.now())
    assert refused.value.field == field
    assert session.scalars(select(Registration)).all() == []


def test_what_is_stored_is_clean_and_knows_its_notice(session: Session, event: Event, clock: FrozenClock) -> None:
    values = person(
        name="  Siti\r\n Bcc:  Aminah ", phone="0812 3456 7890", email=" SITI@Contoh.ID ", age_band="child",
        guardian="Ibu Rina", guardian_consent=True,
    )  # fmt: skip
    one = register(session, event.id, values, now=clock.now())
    assert (one.name, one.phone, one.email) == ("Siti Bcc: Aminah", "+6281234567890", "siti@contoh.id")
    assert (one.contact_key, one.guardian, one.notice, one.consent_at) == (
        "+6281234567890", "Ibu Rina", "2026-11", clock.now(),
    )  # fmt: skip
    assert all("\n" not in subject for _to, subject in mails(session))


def test_a_contact_may_be_corrected_but_not_to_somebody_elses(
    session: Session, event: Event, clock: FrozenClock
) -> None:
    mine = register(session, event.id, person(1), now=clock.now())
    register(session, event.id, person(2, email="dua@contoh.id"), now=clock.now())
    change_registration(session, mine, Person(name="Warga Satu", phone="0813-1111-2222"), now=clock.now())
    assert (mine.name, mine.phone, mine.contact_key) == ("Warga Satu", "+6281311112222", "+6281311112222")
    for field, taken in (
        ("phone", Person(name="x", phone="0812-3456-0002")),
        ("email", Person(name="x", email="dua@contoh.id")),
        ("email", Person(name="x", phone="0813-1111-2222", email="dua@contoh.id")),
    ):
        with pytest.raises(Invalid, match="sudah dipakai") as doubled:
            change_registration(session, mine, taken, now=clock.now())
        assert doubled.value.field == field
    with pytest.raises(Invalid) as refused:
        change_registration(session, mine, Person(name="x"), now=clock.now())
    assert refused.value.field == "phone"


def test_the_organiser_may_enter_people_without_contact_and_after_the_closing_date(
    session: Session, event: Event, clock: FrozenClock
) -> None:
    event.registration_until = clock.now() - timedelta(days=1)
    entered = [
        enter_by_hand(session, event, person(number, phone=""), now=clock.now()).registration for number in range(3)
    ]
    assert [one.status for one in entered] == [REGISTERED, REGISTERED, WAITING]
    clock.move_to(event.ends_at)
    with pytest.raises(Refused):
        enter_by_hand(session, event, person(9), now=clock.now())


def _at_once(count: int, work) -> list[BaseException]:  # type: ignore[no-untyped-def]
    """Run `work(number)` in so many threads that start together; return what went wrong."""
    barrier, faults = threading.Barrier(count), []

    def run(number: int) -> None:
        barrier.wait()
        try:
            work(number)
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return faults


@pytest.mark.parametrize("waiting_list", [True, False])
def test_fifty_people_race_for_ten_places_and_exactly_ten_get_in(
    session: Session, sessions: "sessionmaker[Session]", event: Event, clock: FrozenClock, waiting_list: bool
) -> None:
    event.capacity, event.waiting_list = 10, waiting_list
    session.commit()
    event_id = event.id

    def one(number: int) -> None:
        with unit_of_work(sessions) as own:
            register(own, event_id, person(number), now=clock.now())

    faults = _at_once(50, one)
    counts = Counter(session.scalars(select(Registration.status)))
    assert counts[REGISTERED] == 10
    if waiting_list:
        assert faults == []
        assert counts[WAITING] == 40
        ordered = session.scalars(select(Registration.status).order_by(Registration.queue_no)).all()
        assert ordered == [REGISTERED] * 10 + [WAITING] * 40
    else:
        assert counts[WAITING] == 0
        assert {type(fault) for fault in faults} == {Refused}
        assert len(faults) == 40


def test_the_same_contact_from_ten_phones_at_once_is_one_registration(
    session: Session, sessions: "sessionmaker[Session]", event: Event, clock: FrozenClock
) -> None:
    event_id = event.id

    def one(_number: int) -> None:
        with unit_of_work(sessions) as own:
            register(own, event_id, person(1), now=clock.now())

    assert _at_once(10, one) == []
    assert session.scalars(select(Registration.status)).all() == [REGISTERED]


def test_ten_cancel_while_ten_register_and_no_place_is_lost_or_doubled(
    session: Session, sessions: "sessionmaker[Session]", event: Event, clock: FrozenClock
) -> None:
    event.capacity = 10
    held = [register(session, event.id, person(number), now=clock.now()).id for number in range(100, 115)]
    session.commit()
    event_id = event.id

    def one(number: int) -> None:
        with unit_of_work(sessions) as own:
            if number % 2:
                register(own, event_id, person(number), now=clock.now())
            else:
                cancel_registration(own, own.get_one(Registration, held[number // 2]), now=clock.now())

    assert _at_once(20, one) == []
    session.expire_all()
    assert Counter(session.scalars(select(Registration.status))) == {REGISTERED: 10, WAITING: 5, CANCELLED: 10}
