"""What arrives from phones: once, whatever the line does; nothing merged in silence; nothing that breaks the server."""

import threading
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.base.media.check import check_image
from app.base.media.models import StoredFile
from app.base.media.storage import Storage
from app.base.people.models import Organisation
from app.gatherings.events.models import Event, EventStatus, Material
from app.gatherings.events.reach import reached_villages
from app.gatherings.events.service import Plan, plan
from app.gatherings.field.arrival import Arrival
from app.gatherings.field.intake import MOST_RECORDS, Answer, receive
from app.gatherings.field.models import FieldPhoto, FieldRecord
from app.gatherings.field.photos import keep_photo
from app.gatherings.reports.models import Aspiration, Report
from app.gatherings.reports.service import new_receipt
from app.kernel.clock import FrozenClock
from app.kernel.db import unit_of_work
from app.kernel.errors import Invalid, Refused
from app.kernel.roles import Actor, Role
from tests.field.build import LONG_LALANG, TZ, content, count, photo, record
from tests.media.images import flat
from tests.world import World

Send = Callable[..., list[Answer]]


@pytest.fixture
def arrival(clock: FrozenClock) -> Arrival:
    return Arrival(clock.now(), TZ, clock.now())


@pytest.fixture
def send(session: Session, member: Actor, arrival: Arrival) -> Send:
    def send(*records: Any, actor: Actor = member, arrival: Arrival = arrival) -> list[Answer]:
        answers = receive(session, actor, records, arrival)
        session.commit()
        return answers

    return send


def test_an_activity_becomes_a_reported_event_and_reaches_its_village(
    session: Session, clock: FrozenClock, send: Send, kim: Organisation
) -> None:
    sent = record(
        kim, questions=[{"asked": "Kapan tower dibangun?", "answer": ""}], tags=["diskusi"], told="KTP digital.",
        materials=[{"name": "Brosur", "copies": 25, "piece_id": None}], end="10:30",
    )  # fmt: skip
    (answer,) = send(sent)
    assert answer.state == "stored"
    assert answer.receipt is not None
    event = session.get_one(Event, answer.event_id)
    assert (event.status, event.people, event.village_code) == (EventStatus.REPORTED, 10, LONG_LALANG)
    assert event.starts_at == datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    assert event.ends_at == datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
    assert [row.tag for row in event.tags] == ["diskusi"]
    assert session.execute(select(Material.name, Material.handed_out)).all() == [("Brosur", 25)]
    assert session.scalars(select(Aspiration.text)).all() == ["Kapan tower dibangun?"]
    report = session.get_one(Report, event.id)
    assert (report.receipt, report.source, report.on_behalf, report.flags) == (answer.receipt, "phone", False, [])
    assert reached_villages(session, clock.now())[LONG_LALANG] == event.starts_at


def test_the_same_again_is_known_with_the_same_receipt_and_counted(
    session: Session, send: Send, kim: Organisation
) -> None:
    sent = record(kim)
    first = send(sent)[0]
    again = send(sent, sent)
    assert [(answer.state, answer.receipt) for answer in again] == [("known", first.receipt)] * 2
    assert count(session) == (1, 1, 1)
    assert session.get_one(FieldRecord, sent["uuid"]).repeats == 2


def test_when_it_was_saved_and_what_was_left_out_make_no_other_content(send: Send, kim: Organisation) -> None:
    sent = record(kim, saved_at="2026-11-23T10:00:00+08:00")
    send(sent)
    other = {**sent, "saved_at": "2026-11-23T11:00:00+08:00", "content": {**sent["content"], "told": "", "tags": []}}
    assert send(other)[0].state == "known"


def test_one_bad_record_hinders_no_other(session: Session, send: Send, kim: Organisation) -> None:
    answers = send(record(kim), record(kim, title=""), record(kim, title="Diskusi"), record(kim, village_code="99.99"))
    assert [answer.state for answer in answers] == ["stored", "invalid", "stored", "invalid"]
    assert [answer.field for answer in answers] == [None, "title", None, "village_code"]
    assert count(session) == (2, 2, 2)


def test_another_content_under_the_same_number_is_shown_and_never_merged(
    session: Session, send: Send, kim: Organisation
) -> None:
    sent = record(kim)
    first = send(sent)[0]
    changed = {**sent, "content": content(title="Penyuluhan IKD", counts={"f.adult": 9})}
    for _ in range(2):
        (answer,) = send(changed)
        assert (answer.state, answer.choices, answer.hash) == ("conflict", ("theirs", "mine"), first.hash)
        assert answer.theirs is not None
        assert (answer.theirs["title"], answer.theirs["people"]) == ("Penyuluhan KTP digital", 10)
    assert session.get_one(Event, first.event_id).title == "Penyuluhan KTP digital"
    assert count(session) == (1, 1, 1)


def test_my_changes_take_the_place_of_what_was_sent_when_i_say_so(
    session: Session, send: Send, kim: Organisation
) -> None:
    sent = record(kim, questions=[{"asked": "Lama?", "answer": ""}])
    first = send(sent)[0]
    changed = {**sent, "content": content(title="Penyuluhan IKD", date="2026-11-22", counts={"f.adult": 9})}
    (answer,) = send({**changed, "replaces": first.hash})
    assert (answer.state, answer.receipt, answer.event_id) == ("stored", first.receipt, first.event_id)
    event = session.get_one(Event, first.event_id)
    assert (event.title, event.people, event.status) == ("Penyuluhan IKD", 9, EventStatus.REPORTED)
    assert event.starts_at == datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
    assert session.scalars(select(Aspiration.text)).all() == []
    # the reply was lost: the same change again is known; the first version is the other one now
    assert send({**changed, "replaces": first.hash})[0].state == "known"
    assert send(sent)[0].state == "conflict"
    assert count(session) == (1, 1, 1)


def test_an_old_replacement_does_not_overwrite_a_newer_one(send: Send, kim: Organisation) -> None:
    sent = record(kim)
    first = send(sent)[0]
    assert send({**sent, "content": content(title="Dua"), "replaces": first.hash})[0].state == "stored"
    late = send({**sent, "content": content(title="Tiga"), "replaces": first.hash})[0]
    assert (late.state, late.choices) == ("conflict", ("theirs", "mine"))


def test_what_the_office_has_checked_is_not_changed_from_a_phone(
    session: Session, send: Send, kim: Organisation
) -> None:
    sent = record(kim)
    first = send(sent)[0]
    session.get_one(Event, first.event_id).status = EventStatus.VERIFIED
    session.commit()
    (answer,) = send({**sent, "content": content(title="Lain"), "replaces": first.hash})
    assert (answer.state, answer.choices) == ("conflict", ("theirs",))
    assert "diperiksa kantor" in str(answer.message)
    assert session.get_one(Event, first.event_id).title == "Penyuluhan KTP digital"


def test_a_returned_report_is_handed_in_again_by_the_change(session: Session, send: Send, kim: Organisation) -> None:
    sent = record(kim)
    first = send(sent)[0]
    session.get_one(Event, first.event_id).status = EventStatus.RETURNED
    session.commit()
    send({**sent, "content": content(title="Lebih lengkap"), "replaces": first.hash})
    assert session.get_one(Event, first.event_id).status == EventStatus.REPORTED


def test_somebody_elses_number_shows_nothing_of_theirs(
    session: Session, send: Send, world: World, kim: Organisation
) -> None:
    sent = record(kim)
    send(sent)
    other = world.organisation("kim", name="KIM Lain")
    stranger = world.actor(Role.COMMUNITY, organisation=other)
    (answer,) = send({**sent, "organisation_id": other.id}, actor=stranger)
    assert (answer.state, answer.choices, answer.theirs, answer.receipt) == ("conflict", ("new",), None, None)
    (guess,) = send(sent, actor=stranger)
    assert (guess.state, guess.receipt) == ("conflict", None)
    assert count(session) == (1, 1, 1)


def test_a_kim_records_for_itself_only_and_the_office_for_every_kim(
    session: Session, send: Send, world: World, kim: Organisation
) -> None:
    stranger = world.actor(Role.COMMUNITY, organisation=world.organisation("kim", name="KIM Lain"))
    assert send(record(kim), actor=stranger)[0].state == "forbidden"
    editor = world.actor(Role.EDITOR)
    (answer,) = send(record(kim), actor=editor)
    report = session.get_one(Report, answer.event_id)
    assert (answer.state, report.source, report.on_behalf) == ("stored", "office", True)


def test_a_file_read_in_by_the_office_knows_what_the_member_sent(send: Send, world: World, kim: Organisation) -> None:
    sent = record(kim)
    first = send(sent)[0]
    (answer,) = send(sent, actor=world.actor(Role.EDITOR))
    assert (answer.state, answer.receipt) == ("known", first.receipt)


@pytest.mark.parametrize(
    ("device", "flags"), [(timedelta(days=1), ["clock"]), (-timedelta(days=1), ["clock"]), (timedelta(minutes=5), [])]
)
def test_a_wrong_clock_is_kept_and_flagged(
    session: Session, send: Send, kim: Organisation, clock: FrozenClock, device: timedelta, flags: list[str]
) -> None:
    moved = Arrival(clock.now(), TZ, clock.now() + device)
    saved_at = (clock.now() + device).isoformat()
    (answer,) = send(record(kim, told="Isi", saved_at=saved_at), arrival=moved)
    report = session.get_one(Report, answer.event_id)
    assert report.flags == flags
    assert report.device_skew == int(device.total_seconds())
    assert report.device_at == clock.now() + device


def test_a_clock_of_another_age_is_kept_within_bounds(session: Session, send: Send, kim: Organisation) -> None:
    far = Arrival(datetime(2026, 11, 24, tzinfo=UTC), TZ, datetime(9999, 1, 1, tzinfo=UTC))
    (answer,) = send(record(kim, told="Isi", saved_at="9999-12-31T23:59:59-12:00"), arrival=far)
    assert answer.state == "stored"
    assert session.get_one(Report, answer.event_id).flags == ["clock"]


def test_a_day_that_has_not_come_is_kept_and_flagged(session: Session, send: Send, kim: Organisation) -> None:
    (answer,) = send(record(kim, told="Isi", date="2026-11-26"))
    assert session.get_one(Report, answer.event_id).flags == ["future"]


def test_an_evening_ends_on_the_next_day_and_is_told_so(session: Session, send: Send, kim: Organisation) -> None:
    raw = record(kim, start="20:00", end="01:00")
    assert send(raw)[0].state == "stored"
    event = session.scalars(select(Event)).one()
    assert event.ends_at - event.starts_at == timedelta(hours=5)
    theirs = send({**raw, "content": {**raw["content"], "title": "Lain"}})[0].theirs
    assert theirs is not None
    assert theirs["content"]["end"] == "01:00"


@pytest.mark.parametrize(("start", "end"), [("09:00", "08:00"), ("12:00", "00:00")])
def test_an_end_before_the_start_that_is_no_evening_is_refused(
    send: Send, kim: Organisation, start: str, end: str
) -> None:
    (answer,) = send(record(kim, start=start, end=end))
    assert (answer.state, answer.field) == ("invalid", "end")


def test_two_members_with_the_same_gathering_are_told(send: Send, world: World, kim: Organisation) -> None:
    assert send(record(kim))[0].twins == 0
    other = world.actor(Role.COMMUNITY, organisation=kim)
    assert send(record(kim, title="Sosialisasi IKD"), actor=other)[0].twins == 1


def test_a_planned_event_is_reported_instead_of_a_new_one(
    session: Session, send: Send, member: Actor, kim: Organisation, clock: FrozenClock
) -> None:
    planned = _plan(session, member, kim, clock, hours=-20)
    sent = record(kim, event_id=planned.id, title="", date="", start="")
    (answer,) = send(sent)
    assert (answer.state, answer.event_id) == ("stored", planned.id)
    event = session.get_one(Event, planned.id)
    assert (event.status, event.people, event.title) == (EventStatus.REPORTED, 10, "Rapat KIM")
    assert session.get_one(Report, planned.id).receipt == answer.receipt
    assert send(sent)[0].state == "known"
    (second,) = send(record(kim, event_id=planned.id))
    assert second.state == "invalid"
    assert str(answer.receipt) in str(second.message)
    assert count(session)[1] == 1


def _plan(session: Session, actor: Actor, kim: Organisation, clock: FrozenClock, hours: int) -> Event:
    at = clock.now() + timedelta(hours=hours)
    values = Plan(
        kind="meeting", title="Rapat KIM", organisation_id=kim.id, starts_at=at, ends_at=at + timedelta(hours=1),
        village_code=LONG_LALANG,
    )  # fmt: skip
    event = plan(session, actor, values, now=clock.now())
    session.commit()
    return event


def test_an_event_that_has_not_begun_waits_with_a_sentence(
    session: Session, send: Send, member: Actor, kim: Organisation, clock: FrozenClock
) -> None:
    planned = _plan(session, member, kim, clock, hours=5)
    assert send(record(kim, event_id=planned.id))[0].state == "invalid"
    assert session.get_one(Event, planned.id).status == EventStatus.PLANNED
    assert count(session)[0] == 0


def test_an_event_of_another_group_is_not_reported(
    session: Session, send: Send, world: World, kim: Organisation, clock: FrozenClock
) -> None:
    other = world.organisation("kim", name="KIM Lain")
    planned = _plan(session, world.actor(Role.COMMUNITY, organisation=other), other, clock, hours=-5)
    assert send(record(kim, event_id=planned.id))[0].state == "forbidden"
    assert send(record(kim, event_id=planned.id), actor=world.actor(Role.EDITOR))[0].state == "invalid"
    assert send(record(kim, event_id=2**31 - 1))[0].state == "forbidden"


def test_a_record_waits_for_its_pictures(
    session: Session, send: Send, member: Actor, kim: Organisation, storage: Storage, clock: FrozenClock
) -> None:
    number = str(uuid.uuid4())
    first = photo(session, storage, member, number, clock)
    later = str(uuid.uuid4())
    sent = record(kim, uuid=number, photos=[first, later])
    (answer,) = send(sent)
    assert (answer.state, answer.missing) == ("wait", (later,))
    assert count(session) == (0, 0, 0)
    picture = check_image(flat(size=(20, 20)), "b.jpg")
    keep_photo(session, storage, member, picture, uuid=later, record_uuid=number, consent=True, now=clock.now())
    (answer,) = send(sent)
    event = session.get_one(Event, answer.event_id)
    assert (answer.state, len(event.photos)) == ("stored", 2)
    assert all(one.consent_at for one in event.photos)


def test_the_same_picture_again_is_the_same_picture(
    session: Session, member: Actor, storage: Storage, clock: FrozenClock, world: World
) -> None:
    number, picture = str(uuid.uuid4()), check_image(flat(), "a.jpg")
    one = str(uuid.uuid4())
    for _ in range(2):
        keep_photo(session, storage, member, picture, uuid=one, record_uuid=number, consent=True, now=clock.now())
    assert len(session.scalars(select(FieldPhoto)).all()) == 1
    stranger = world.actor(Role.COMMUNITY, organisation=world.organisation("kim", name="KIM Lain"))
    with pytest.raises(Refused):
        keep_photo(session, storage, stranger, picture, uuid=one, record_uuid=number, consent=True, now=clock.now())
    with pytest.raises(Invalid):
        keep_photo(
            session, storage, member, picture, uuid=str(uuid.uuid4()), record_uuid=number, consent=False,
            now=clock.now(),
        )  # fmt: skip


def test_pictures_of_another_group_are_not_taken_along(
    session: Session, send: Send, world: World, kim: Organisation, storage: Storage, clock: FrozenClock
) -> None:
    stranger = world.actor(Role.COMMUNITY, organisation=world.organisation("kim", name="KIM Lain"))
    number = str(uuid.uuid4())
    theirs = photo(session, storage, stranger, number, clock)
    assert send(record(kim, uuid=number, photos=[theirs]))[0].missing == (theirs,)


def test_what_the_office_keys_belongs_to_the_group_with_its_pictures(
    session: Session, send: Send, world: World, kim: Organisation, storage: Storage, clock: FrozenClock
) -> None:
    editor, number = world.actor(Role.EDITOR), str(uuid.uuid4())
    one = photo(session, storage, editor, number, clock)
    (answer,) = send(record(kim, uuid=number, photos=[one]), actor=editor)
    (kept,) = session.get_one(Event, answer.event_id).photos
    assert session.get_one(StoredFile, kept.file_id).organisation_id == kim.id


def test_a_changed_record_changes_its_pictures(
    session: Session, send: Send, member: Actor, kim: Organisation, storage: Storage, clock: FrozenClock
) -> None:
    number = str(uuid.uuid4())
    one, two = (photo(session, storage, member, number, clock) for _ in range(2))
    sent = record(kim, uuid=number, photos=[one])
    first = send(sent)[0]
    assert send({**sent, "photos": [two], "replaces": first.hash})[0].state == "stored"
    (left,) = session.get_one(Event, first.event_id).photos
    assert left.file_id == session.get_one(FieldPhoto, two).file_id


BAD: list[Any] = [
    None, 5, "teks", [], {}, {"uuid": "x"}, {"uuid": None, "kind": "activity"},
]  # fmt: skip
WRONG: list[dict[str, Any]] = [
    {"title": "x" * 201}, {"title": 5}, {"title": None}, {"title": "a\0b"}, {"title": "\ud800"}, {"title": ["a"]},
    {"told": "x" * 1_000_000}, {"date": "2026-13-40"}, {"date": "kemarin"}, {"date": "0001-01-01"}, {"date": 20261123},
    {"start": "25:00"}, {"start": None}, {"start": "10:00", "end": "09:00"}, {"village_code": "64.02.12.9999"},
    {"village_code": "x" * 99}, {"village_code": None, "place": ""}, {"counts": {"f.adult": -1}},
    {"counts": {"f.adult": 10**30}}, {"counts": {"f.adult": 1.5}}, {"counts": {"f.adult": True}},
    {"counts": {"robot.adult": 1}}, {"counts": [1]}, {"total": 5}, {"total": "banyak"}, {"event_kind": "pesta"},
    {"materials": "brosur"}, {"materials": [{"name": "", "copies": 1}]}, {"materials": [{"name": "A", "copies": -1}]},
    {"materials": [{"name": "A", "piece_id": 999_999}]}, {"materials": [{"name": "A"}] * 31}, {"questions": [1]},
    {"questions": [{"asked": ""}]}, {"questions": [{"asked": "x" * 2001}]}, {"tags": ["makan"]}, {"tags": [{}]},
    {"campaign_id": 2**31}, {"campaign_id": 999_999}, {"event_id": 2**40}, {"asing": 1}, {"event_kind": {}},
]  # fmt: skip


@pytest.mark.parametrize("raw", BAD, ids=repr)
def test_what_is_no_record_is_answered_in_words(send: Send, raw: Any) -> None:
    (answer,) = send(raw)
    assert answer.state == "invalid"
    assert answer.message


def test_every_bad_content_is_answered_in_words_and_stores_nothing(
    session: Session, send: Send, kim: Organisation
) -> None:
    for values in WRONG:
        (answer,) = send(record(kim, **values))
        assert (answer.state, bool(answer.message)) == ("invalid", True), values
    for envelope in (
        {"uuid": "x"}, {"uuid": "g" * 36}, {"kind": "survey"}, {"kind": ["activity"]}, {"photos": ["x"]},
        {"photos": [str(uuid.uuid4()) for _ in range(6)]}, {"replaces": "x" * 65}, {"replaces": 5},
    ):  # fmt: skip
        assert send(record(kim, **envelope))[0].state == "invalid", envelope
    for organisation_id in (None, "1", 0, 2**31, True):
        assert send({**record(kim), "organisation_id": organisation_id})[0].state == "invalid", organisation_id
    assert count(session) == (0, 0, 0)


def test_an_unreadable_clock_loses_no_record(send: Send, kim: Organisation) -> None:
    for saved_at in ("kemarin", 5, "2026-11-23T10:00:00", {}):
        assert send(record(kim, saved_at=saved_at))[0].state == "stored"


def test_a_group_that_is_not_there_is_no_fault_of_the_database(send: Send, world: World) -> None:
    assert send(record(999_999), actor=world.actor(Role.EDITOR))[0].field == "organisation_id"


def test_script_tags_stay_text(session: Session, send: Send, kim: Organisation) -> None:
    script = "<script>alert(1)</script>"
    (answer,) = send(record(kim, title=script, questions=[{"asked": script, "answer": ""}]))
    assert session.get_one(Event, answer.event_id).title == script
    assert session.scalars(select(Aspiration.text)).one() == script


def test_only_so_many_at_once(send: Send, kim: Organisation) -> None:
    with pytest.raises(Invalid):
        send(*[record(kim)] * (MOST_RECORDS + 1))


def test_the_receipt_of_a_report_that_was_begun_before_is_the_one_that_counts(
    session: Session, send: Send, member: Actor, kim: Organisation, clock: FrozenClock
) -> None:
    planned = _plan(session, member, kim, clock, hours=-20)
    receipt = new_receipt()
    session.add(Report(event_id=planned.id, receipt=receipt, source="web", recorded_at=clock.now()))
    planned.status = EventStatus.HELD
    session.commit()
    sent = record(kim, event_id=planned.id)
    assert send(sent)[0].receipt == receipt
    assert send(sent)[0].receipt == receipt


@pytest.mark.parametrize("turned", [False, True])
def test_many_phones_at_once_store_each_record_once(
    sessions: "sessionmaker[Session]",
    session: Session,
    member: Actor,
    kim: Organisation,
    arrival: Arrival,
    turned: bool,
) -> None:
    """The same records from several requests at the same moment, in another order too."""
    sent = [record(kim, title=f"Kegiatan {number}", date=f"2026-11-{number + 1:02}") for number in range(6)]
    start, states, faults = threading.Barrier(4), [], []

    def phone(number: int) -> None:
        mine = sent[::-1] if turned and number % 2 else sent
        try:
            start.wait(10)
            with unit_of_work(sessions) as own:
                states.extend(answer.state for answer in receive(own, member, mine, arrival))
        except Exception as fault:
            faults.append(fault)

    threads = [threading.Thread(target=phone, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert faults == []
    assert (states.count("stored"), states.count("known")) == (6, 18)
    session.rollback()
    assert count(session) == (6, 6, 6)
    assert {row.repeats for row in session.scalars(select(FieldRecord))} == {3}


def test_two_changes_at_once_do_not_both_win(
    sessions: "sessionmaker[Session]", session: Session, send: Send, member: Actor, kim: Organisation, arrival: Arrival
) -> None:
    sent = record(kim)
    first = send(sent)[0]
    start, states = threading.Barrier(2), []

    def change(title: str) -> None:
        start.wait(10)
        with unit_of_work(sessions) as own:
            mine = {**sent, "content": content(title=title), "replaces": first.hash}
            states.extend(answer.state for answer in receive(own, member, [mine], arrival))

    threads = [threading.Thread(target=change, args=(title,)) for title in ("Satu", "Dua")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(states) == ["conflict", "stored"]
