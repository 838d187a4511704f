"""Who came: once for a person, whatever the way and however often."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from app.gatherings.attendance import service as attendance
from app.gatherings.attendance.door import write_down
from app.gatherings.attendance.service import DoubleLines, Guest, KeyedSheet, SameName
from app.gatherings.attendance.sheet_lines import BadLines, SheetLine, read_lines, read_text
from app.gatherings.events.models import Attendance, Event, EventStatus
from app.kernel.audit import AuditEntry
from app.kernel.clock import FrozenClock
from app.kernel.db import unit_of_work
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused
from app.kernel.roles import Actor, Role
from tests.world import World

NOW = timedelta(0)


@pytest.fixture
def event(world: World) -> Event:
    return world.event(status=EventStatus.ANNOUNCED, starts_in=NOW)


@pytest.fixture
def staff(world: World) -> Actor:
    return world.actor(Role.EDITOR)


def names(session: Session, event: Event) -> list[str]:
    rows = session.scalars(select(Attendance.name).where(Attendance.event_id == event.id).order_by(Attendance.id))
    return list(rows)


def people(session: Session, event: Event) -> int | None:
    session.commit()
    session.refresh(event)
    return event.people


def sheet(text: str) -> list[SheetLine]:
    return read_lines(read_text(text))


def test_a_second_check_in_is_the_first_and_says_when_it_was(
    session: Session, world: World, clock: FrozenClock, event: Event, staff: Actor
) -> None:
    registration = world.registration(event, "Siti Aminah", sex="f", age_band="adult", village_code=world.village(2))
    first = attendance.check_in(session, staff, event.id, registration.id, method="qr", now=clock.now())
    again = attendance.tick(session, staff, event.id, registration.id, now=clock.advance(minutes=20))
    assert (first.new, again.new) == (True, False)
    assert again.attendance.at == clock.now() - timedelta(minutes=20)
    assert again.attendance.method == "qr"
    assert (first.attendance.name, first.attendance.sex, first.attendance.age_band) == ("Siti Aminah", "f", "adult")
    assert first.attendance.village_code == registration.village_code
    assert people(session, event) == 1


def test_two_phones_that_check_the_same_ticket_in_at_once_make_one_row(
    session: Session, sessions: "sessionmaker[Session]", world: World, clock: FrozenClock, event: Event, staff: Actor
) -> None:
    registration = world.registration(event)
    both, results, errors = threading.Barrier(2), [], []

    def scan() -> None:
        try:
            both.wait()
            with unit_of_work(sessions) as mine:
                done = attendance.check_in(mine, staff, event.id, registration.id, method="qr", now=clock.now())
                results.append(done.new)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=scan) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert sorted(results) == [False, True]
    assert session.scalar(select(func.count()).select_from(Attendance)) == 1


def test_many_phones_at_once_lose_nobody_from_the_count(
    session: Session, sessions: "sessionmaker[Session]", world: World, clock: FrozenClock, event: Event, staff: Actor
) -> None:
    registered = [world.registration(event).id for _ in range(8)]
    start, errors = threading.Barrier(len(registered)), []

    def scan(registration_id: int) -> None:
        try:
            start.wait()
            with unit_of_work(sessions) as mine:
                attendance.check_in(mine, staff, event.id, registration_id, method="qr", now=clock.now())
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=scan, args=(number,)) for number in registered]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert people(session, event) == len(registered)


def test_counting_people_does_not_outdate_the_form_of_whoever_edits_the_event(
    session: Session, world: World, clock: FrozenClock, event: Event, staff: Actor
) -> None:
    before = event.version
    attendance.tick(session, staff, event.id, world.registration(event).id, now=clock.now())
    assert people(session, event) == 1
    assert event.version == before


def test_more_may_come_than_there_are_places(session: Session, world: World, clock: FrozenClock, staff: Actor) -> None:
    event = world.event(status=EventStatus.ANNOUNCED, starts_in=NOW, capacity=1)
    attendance.tick(session, staff, event.id, world.registration(event).id, now=clock.now())
    attendance.walk_in(session, staff, event.id, Guest("Tamu Lain"), now=clock.now())
    assert people(session, event) == 2


def test_who_waits_for_a_place_and_shows_up_is_let_in(
    session: Session, world: World, clock: FrozenClock, event: Event, staff: Actor
) -> None:
    waiting = world.registration(event, status="waiting")
    assert attendance.tick(session, staff, event.id, waiting.id, now=clock.now()).waiting
    assert people(session, event) == 1


def test_a_cancelled_registration_is_not_checked_in(
    session: Session, world: World, clock: FrozenClock, event: Event, staff: Actor
) -> None:
    gone = world.registration(event, status="cancelled")
    with pytest.raises(Refused, match="sudah dibatalkan"):
        attendance.tick(session, staff, event.id, gone.id, now=clock.now())


@pytest.mark.parametrize(
    ("status", "starts_in", "sentence"),
    [
        (EventStatus.CANCELLED, NOW, "dibatalkan"),
        (EventStatus.MERGED, NOW, "digabung"),
        (EventStatus.VERIFIED, NOW, "sudah diperiksa"),
        (EventStatus.ANNOUNCED, timedelta(hours=25), "sehari sebelum"),
    ],
)
def test_nobody_is_noted_where_nobody_can_have_been(
    session: Session, world: World, clock: FrozenClock, staff: Actor, status: str, starts_in: timedelta, sentence: str
) -> None:
    event = world.event(status=status, starts_in=starts_in)
    registration = world.registration(event)
    for note in (
        lambda: attendance.tick(session, staff, event.id, registration.id, now=clock.now()),
        lambda: attendance.walk_in(session, staff, event.id, Guest("Ani"), now=clock.now()),
        lambda: write_down(session, event.id, Guest("Ani"), now=clock.now()),
        lambda: attendance.key_sheet(session, staff, event.id, sheet("Ani"), now=clock.now()),
        lambda: attendance.count_heads(session, staff, event.id, {("u", "u"): 3}, now=clock.now()),
    ):
        with pytest.raises(Refused, match=sentence):
            note()
    assert people(session, event) is None


def test_a_registration_of_another_event_is_not_found(
    session: Session, world: World, clock: FrozenClock, event: Event, staff: Actor
) -> None:
    other = world.registration(world.event(starts_in=NOW))
    with pytest.raises(NotFound):
        attendance.tick(session, staff, event.id, other.id, now=clock.now())


def test_only_who_holds_the_event_keeps_its_list(session: Session, world: World, clock: FrozenClock) -> None:
    kim = world.kim()
    event = world.event(organisation_id=kim.id, starts_in=NOW)
    registration = world.registration(event)
    stranger = world.actor(Role.COMMUNITY, organisation=world.kim())
    reader = world.actor(Role.VIEWER)
    with pytest.raises(NotFound):
        attendance.tick(session, stranger, event.id, registration.id, now=clock.now())
    with pytest.raises(Forbidden):
        attendance.tick(session, reader, event.id, registration.id, now=clock.now())
    own = world.actor(Role.COMMUNITY, organisation=kim)
    assert attendance.tick(session, own, event.id, registration.id, now=clock.now()).new


def test_a_wrong_tick_is_taken_back_and_leaves_no_name_in_the_trail(
    session: Session, world: World, clock: FrozenClock, event: Event, staff: Actor
) -> None:
    done = attendance.tick(session, staff, event.id, world.registration(event, "Siti Aminah").id, now=clock.now())
    attendance.untick(session, staff, event.id, done.attendance.id, now=clock.now())
    attendance.untick(session, staff, event.id, done.attendance.id, now=clock.now())  # the second click
    assert people(session, event) is None
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "event.attendance_removed")).all()
    assert len(entries) == 1
    assert "Siti" not in str(entries[0].before)


def test_a_walk_in_of_the_same_name_is_asked_about(
    session: Session, world: World, clock: FrozenClock, event: Event, staff: Actor
) -> None:
    guest = Guest("  Hj. Siti   Aminah ", "Desa Loa Ulung", "f", "elder")
    row = attendance.walk_in(session, staff, event.id, guest, now=clock.now())
    assert (row.name, row.organisation) == ("Hj. Siti Aminah", "Desa Loa Ulung")
    with pytest.raises(SameName):
        attendance.walk_in(session, staff, event.id, Guest("siti aminah", "desa loa ulung"), now=clock.now())
    attendance.walk_in(session, staff, event.id, Guest("Siti Aminah", "Dinas Kesehatan"), now=clock.now())
    attendance.walk_in(session, staff, event.id, guest, certain=True, now=clock.now())
    assert people(session, event) == 3


def test_who_registered_is_ticked_and_not_written_down_as_a_guest(
    session: Session, world: World, clock: FrozenClock, event: Event, staff: Actor
) -> None:
    siti = world.registration(event, "Siti Aminah")
    with pytest.raises(SameName, match="sudah mendaftar"):
        attendance.walk_in(session, staff, event.id, Guest("Hj. Siti Aminah"), now=clock.now())
    attendance.walk_in(session, staff, event.id, Guest("Siti Aminah"), certain=True, now=clock.now())
    attendance.tick(session, staff, event.id, siti.id, now=clock.now())
    assert people(session, event) == 2


@pytest.mark.one_database
@pytest.mark.parametrize("name", ["", "   ", "...", "x" * 201])
def test_a_walk_in_needs_a_name(session: Session, clock: FrozenClock, event: Event, staff: Actor, name: str) -> None:
    with pytest.raises(Invalid) as caught:
        attendance.walk_in(session, staff, event.id, Guest(name), now=clock.now())
    assert caught.value.field == "name"


def test_a_speaker_of_the_plan_is_ticked_once(session: Session, world: World, clock: FrozenClock, staff: Actor) -> None:
    event = world.event(starts_in=NOW, speakers=["Dr. Budi Santoso, M.Si."])
    speaker = event.speakers[0]
    for _ in range(2):
        row = attendance.tick_speaker(session, staff, event.id, speaker.id, now=clock.now())
    assert (row.role, row.name) == ("speaker", "Dr. Budi Santoso, M.Si.")
    assert people(session, event) == 1


def test_who_registered_is_found_by_phone_in_any_spelling_or_by_mail(
    session: Session, world: World, event: Event
) -> None:
    one = world.registration(event, phone="+6281234567890")
    two = world.registration(event, phone=None, email="ani@contoh.id")
    world.registration(event, phone="+6281299999999", status="cancelled")
    assert attendance.registration_of(session, event.id, "0812-3456-7890") == one
    assert attendance.registration_of(session, event.id, " Ani@Contoh.id ") == two
    both = world.registration(event, phone="+6281255556666", email="budi@contoh.id")
    assert attendance.registration_of(session, event.id, "budi@contoh.id") == both
    assert attendance.registration_of(session, event.id, "0812-5555-6666") == both
    assert attendance.registration_of(session, event.id, "081299999999") is None
    assert attendance.registration_of(session, world.event().id, "081234567890") is None
    with pytest.raises(Invalid):
        attendance.registration_of(session, event.id, "Ani")


# --- the paper sheet ---


def test_a_sheet_is_read_as_people_type_and_paste_it() -> None:
    read = sheet(
        "No\tNama\tAsal\n1\tSiti Aminah\tDesa Loa Ulung\tP\n\n2. Budi, S.Pd.; SDN 003 ;L\nAni;;perempuan\nJoko"
    )
    assert [(line.number, line.name, line.origin, line.sex) for line in read] == [
        (2, "Siti Aminah", "Desa Loa Ulung", "f"),
        (4, "Budi, S.Pd.", "SDN 003", "m"),
        (5, "Ani", "", "f"),
        (6, "Joko", "", "u"),
    ]


def test_all_bad_lines_are_told_by_their_number() -> None:
    with pytest.raises(BadLines) as caught:
        sheet("Siti;Desa A;P\n;Desa B;L\nBudi;Desa C;X\nAni;a;b;c")
    assert [(one.number, one.column) for one in caught.value.problems] == [(2, "name"), (3, "sex"), (4, "name")]


def test_too_many_lines_and_none_are_refused() -> None:
    with pytest.raises(Invalid, match="satu nama"):
        sheet("\n ; ;\n")
    with pytest.raises(Invalid, match="500"):
        sheet("\n".join(f"Warga {number}" for number in range(501)))


def test_a_keyed_sheet_checks_in_who_had_registered_and_adds_the_others(
    session: Session, world: World, clock: FrozenClock, event: Event, staff: Actor
) -> None:
    registered = world.registration(event, "Siti Aminah", sex="u")
    for _ in range(2):
        world.registration(event, "Muhammad")  # nobody knows which of both signed
    done = attendance.key_sheet(
        session, staff, event.id, sheet("Hj. Siti Aminah; Desa A; P\nMuhammad; Desa B; L\nBaru; Desa C; L"),
        now=clock.now(),
    )  # fmt: skip
    assert done == KeyedSheet(3, 0)
    rows = {row.name: row for row in session.scalars(select(Attendance))}
    assert rows["Siti Aminah"].registration_id == registered.id
    assert (rows["Siti Aminah"].sex, rows["Siti Aminah"].organisation) == ("f", "Desa A")
    assert rows["Muhammad"].registration_id is None
    assert people(session, event) == 3


def test_a_line_that_comes_twice_is_asked_about_and_nothing_is_stored_meanwhile(
    session: Session, clock: FrozenClock, event: Event, staff: Actor
) -> None:
    attendance.walk_in(session, staff, event.id, Guest("Joko", "Desa B"), now=clock.now())
    lines = sheet("Siti; Desa A; P\nJoko; Desa B; L\nsiti; desa a; P")
    with pytest.raises(DoubleLines) as caught:
        attendance.key_sheet(session, staff, event.id, lines, now=clock.now())
    assert [(double.line.number, double.of and double.of.number) for double in caught.value.doubles] == [
        (2, None),
        (3, 1),
    ]
    assert names(session, event) == ["Joko"]
    once = attendance.key_sheet(session, staff, event.id, lines, doubles="once", now=clock.now())
    assert once == KeyedSheet(1, 2)
    assert names(session, event) == ["Joko", "Siti"]
    both = attendance.key_sheet(session, staff, event.id, lines[1:2], doubles="both", now=clock.now())
    assert both == KeyedSheet(1, 0)
    assert people(session, event) == 3


def test_a_sheet_of_speakers_gives_speakers(session: Session, clock: FrozenClock, event: Event, staff: Actor) -> None:
    attendance.key_sheet(session, staff, event.id, sheet("Dr. Budi; Bappeda; L"), role="speaker", now=clock.now())
    assert session.scalars(select(Attendance.role)).all() == ["speaker"]
    with pytest.raises(Invalid):
        attendance.key_sheet(session, staff, event.id, sheet("Ani"), role="tamu", now=clock.now())


def test_where_names_are_not_taken_a_headcount_stands(
    session: Session, world: World, clock: FrozenClock, event: Event, staff: Actor
) -> None:
    assert (
        attendance.count_heads(session, staff, event.id, {("f", "adult"): 12, ("m", "youth"): 5}, now=clock.now()) == 17
    )
    attendance.tick(session, staff, event.id, world.registration(event).id, now=clock.now())
    assert people(session, event) == 17
    attendance.count_heads(session, staff, event.id, {}, now=clock.now())
    assert people(session, event) == 1, "the names are what is left"
    with pytest.raises(Invalid) as caught:
        attendance.count_heads(session, staff, event.id, {("u", "u"): -1}, now=clock.now())
    assert caught.value.field == "headcount"
