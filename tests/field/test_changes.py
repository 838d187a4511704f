"""A record that was sent, changed on the phone: what others wrote since is shown, never laid over in silence."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.media.storage import Storage
from app.base.people.models import Organisation
from app.gatherings.events.models import AgeBand, Event, EventPhoto, EventStatus, Sex
from app.gatherings.events.photos import remove_photo
from app.gatherings.events.planning.editing import edit
from app.gatherings.events.service import Plan, announce, plan
from app.gatherings.field.intake import Answer
from app.gatherings.field.models import FieldRecord
from app.gatherings.reports.aspirations import route
from app.gatherings.reports.models import Aspiration, Report
from app.gatherings.reports.service import ReportContent, to_write, write
from app.gatherings.reports.verification import send_back
from app.kernel.clock import FrozenClock
from app.kernel.roles import Actor, Role
from tests.field.build import LONG_LALANG, TZ, content, photo, record
from tests.world import World

Send = Callable[..., Answer]


@pytest.fixture
def editor(world: World) -> Actor:
    return world.actor(Role.EDITOR)


@pytest.fixture
def office_writes(session: Session, editor: Actor, clock: FrozenClock) -> Callable[..., None]:
    def office_writes(event_id: int, **values: Any) -> None:
        report = to_write(session, editor, event_id, now=clock.now())
        write(session, editor, report, ReportContent(**values), now=clock.now())
        session.commit()

    return office_writes


QUESTION = {"asked": "Kapan tower dibangun?", "answer": ""}


def test_what_the_office_wrote_since_is_shown_instead_of_being_overwritten(
    session: Session, send: Send, office_writes: Callable[..., None], kim: Organisation
) -> None:
    sent = record(kim, told="KTP digital.", questions=[QUESTION], tags=["diskusi"], total=12, end="10:30")
    first = send(sent)
    office_writes(
        first.event_id, told="KTP digital, dan cara mengaktifkannya.", counts={(Sex.FEMALE, AgeBand.ADULT): 9}
    )
    mine = {**sent, "content": content(title="Penyuluhan IKD", told="KTP digital."), "replaces": first.hash}
    answer = send(mine)
    assert (answer.state, answer.choices, answer.receipt) == ("conflict", ("theirs", "mine"), first.receipt)
    assert "diubah" in str(answer.message)
    assert answer.theirs is not None
    assert (answer.theirs["title"], answer.theirs["people"]) == ("Penyuluhan KTP digital", 9)
    assert answer.theirs["content"] == {
        **content(), "end": "10:30", "event_id": None, "campaign_id": None, "total": None, "materials": [],
        "told": "KTP digital, dan cara mengaktifkannya.", "counts": {"f.adult": 9}, "questions": [QUESTION],
        "tags": ["diskusi"],
    }  # fmt: skip
    report = session.get_one(Report, first.event_id)
    assert (report.told, report.event.title) == (answer.theirs["content"]["told"], "Penyuluhan KTP digital")
    assert send(mine).state == "conflict"


def test_who_has_seen_what_stands_lays_the_own_over_it(
    session: Session, send: Send, office_writes: Callable[..., None], kim: Organisation
) -> None:
    sent = record(kim, told="Satu")
    first = send(sent)
    office_writes(first.event_id, told="Dua")
    mine = {**sent, "content": content(told="Tiga"), "replaces": first.hash}
    seen = send(mine)
    chosen = {**mine, "replaces": seen.hash}
    stored = send(chosen)
    assert (stored.state, stored.receipt) == ("stored", first.receipt)
    assert session.get_one(Report, first.event_id).told == "Tiga"
    assert send(chosen).state == "known"  # the reply was lost
    assert send({**sent, "content": content(told="Empat"), "replaces": stored.hash}).state == "stored"


def test_back_to_the_first_version_is_a_change_once_the_other_was_seen(
    session: Session, send: Send, office_writes: Callable[..., None], kim: Organisation
) -> None:
    sent = record(kim, told="Satu")
    first = send(sent)
    office_writes(first.event_id, told="Dua")
    seen = send({**sent, "content": content(told="Tiga"), "replaces": first.hash})
    assert send(sent).state == "known"  # an old copy that comes once more overwrites nothing
    assert session.get_one(Report, first.event_id).told == "Dua"
    assert send({**sent, "replaces": seen.hash}).state == "stored"
    assert session.get_one(Report, first.event_id).told == "Satu"


def test_what_stands_taken_over_on_the_phone_is_known_and_can_be_changed_on(
    session: Session, send: Send, office_writes: Callable[..., None], kim: Organisation
) -> None:
    sent = record(kim, told="Satu")
    first = send(sent)
    office_writes(first.event_id, told="Dua")
    seen = send({**sent, "content": content(told="Tiga"), "replaces": first.hash})
    assert seen.theirs is not None
    theirs = {**sent, "content": seen.theirs["content"]}
    again = send(theirs)
    assert (again.state, again.hash) == ("known", seen.hash)
    changed = {**theirs, "content": {**seen.theirs["content"], "place": "Masjid"}, "replaces": seen.hash}
    assert send(changed).state == "stored"
    report = session.get_one(Report, first.event_id)
    assert (report.told, report.event.place) == ("Dua", "Masjid")


def test_another_time_and_place_of_the_event_are_shown(
    session: Session, send: Send, editor: Actor, kim: Organisation, clock: FrozenClock
) -> None:
    sent = record(kim)
    first = send(sent)
    event = session.get_one(Event, first.event_id)
    values = Plan(
        kind="meeting", title="Rapat RT", organisation_id=kim.id, place="Rumah RT",
        starts_at=event.starts_at - timedelta(days=1, hours=1), ends_at=event.starts_at - timedelta(days=1),
    )  # fmt: skip
    edit(session, editor, event.id, values, version=event.version, now=clock.now())
    session.commit()
    answer = send({**sent, "content": content(told="Tiga"), "replaces": first.hash})
    assert answer.state == "conflict"
    assert answer.theirs is not None
    assert {key: answer.theirs[key] for key in ("title", "date", "start", "place")} == {
        "title": "Rapat RT", "date": "2026-11-22", "start": "08:00", "place": "Rumah RT",
    }  # fmt: skip
    stands = answer.theirs["content"]
    assert (stands["event_kind"], stands["end"], stands["village_code"]) == ("meeting", "09:00", None)


def test_a_total_and_copies_stand_as_the_phone_would_write_them(
    send: Send, office_writes: Callable[..., None], kim: Organisation
) -> None:
    sent = record(kim)
    first = send(sent)
    office_writes(
        first.event_id, counts={(Sex.FEMALE, AgeBand.ADULT): 4, (Sex.UNKNOWN, AgeBand.UNKNOWN): 6},
        materials=[("Brosur", 25, None)],
    )  # fmt: skip
    answer = send({**sent, "content": content(told="Tiga"), "replaces": first.hash})
    assert answer.theirs is not None
    stands = answer.theirs["content"]
    assert (stands["counts"], stands["total"], answer.theirs["people"]) == ({"f.adult": 4}, 10, 10)
    assert stands["materials"] == [{"name": "Brosur", "copies": 25, "piece_id": None}]


def test_what_the_office_only_handles_is_no_other_content(
    session: Session, send: Send, editor: Actor, world: World, kim: Organisation, clock: FrozenClock
) -> None:
    """Sent back, a question routed, notes of the office: nothing that the phone writes was changed."""
    sent = record(kim, questions=[QUESTION])
    first = send(sent)
    assert first.event_id
    row = session.scalars(select(Aspiration)).one()
    route(
        session, editor, row.id, opd_id=world.organisation("opd").id, due_on=clock.now().date() + timedelta(days=7),
        now=clock.now(), tz=TZ,
    )  # fmt: skip
    send_back(session, editor, first.event_id, missing=["photos"], note="Fotonya?", now=clock.now())
    session.commit()
    changed = {**sent, "content": content(title="Lebih lengkap", questions=[QUESTION]), "replaces": first.hash}
    assert send(changed).state == "stored"
    assert session.get_one(Event, first.event_id).status == EventStatus.REPORTED


def test_the_office_lets_nothing_be_changed_any_more_and_shows_what_stands(
    session: Session, send: Send, office_writes: Callable[..., None], kim: Organisation
) -> None:
    sent = record(kim, told="Satu")
    first = send(sent)
    office_writes(first.event_id, told="Dua")
    session.get_one(Event, first.event_id).status = EventStatus.VERIFIED
    session.commit()
    answer = send({**sent, "content": content(told="Tiga"), "replaces": first.hash})
    assert (answer.state, answer.choices) == ("conflict", ("theirs",))
    assert answer.theirs is not None
    assert answer.theirs["content"]["told"] == "Dua"


def _planned(session: Session, editor: Actor, kim: Organisation, clock: FrozenClock) -> Event:
    at = clock.now() + timedelta(hours=1)
    values = Plan(
        kind="meeting", title="Rapat KIM", organisation_id=kim.id, starts_at=at, ends_at=at + timedelta(hours=1),
        village_code=LONG_LALANG,
    )  # fmt: skip
    event = plan(session, editor, values, now=clock.now())
    announce(session, editor, event.id, now=clock.now())
    session.commit()
    clock.advance(hours=3)
    return event


def test_a_record_of_a_plan_does_not_become_another_event(
    session: Session, send: Send, editor: Actor, kim: Organisation, clock: FrozenClock
) -> None:
    event = _planned(session, editor, kim, clock)
    begins = event.starts_at
    sent = record(kim, event_id=event.id)
    first = send(sent)
    other = {**sent, "content": content(title="Arisan", date="2026-11-20"), "replaces": first.hash}
    answer = send(other)
    assert (answer.state, "tidak bisa dipindah" in str(answer.message)) == ("invalid", True)
    session.refresh(event)
    assert (event.title, event.starts_at) == ("Rapat KIM", begins)
    assert send({**sent, "content": content(event_id=event.id, told="Isi"), "replaces": first.hash}).state == "stored"


def test_a_record_of_its_own_does_not_become_one_of_a_plan(
    session: Session, send: Send, editor: Actor, kim: Organisation, clock: FrozenClock
) -> None:
    sent = record(kim)
    first = send(sent)
    for event_id in (first.event_id, _planned(session, editor, kim, clock).id):
        changed = {**sent, "content": content(title="Lain", event_id=event_id), "replaces": first.hash}
        assert send(changed).state == "invalid"
    assert session.scalars(select(FieldRecord.payload)).one()["content"]["event_id"] is None


def test_what_stands_for_a_plan_names_the_plan(
    session: Session, send: Send, office_writes: Callable[..., None], editor: Actor, kim: Organisation,
    clock: FrozenClock,
) -> None:  # fmt: skip
    event = _planned(session, editor, kim, clock)
    sent = record(kim, event_id=event.id, title="", date="", start="")
    first = send(sent)
    office_writes(event.id, told="Dua")
    answer = send({**sent, "content": content(event_id=event.id, told="Tiga"), "replaces": first.hash})
    assert answer.theirs is not None
    assert (answer.theirs["title"], answer.theirs["content"]["event_id"]) == ("Rapat KIM", event.id)


def test_a_picture_that_the_office_took_away_does_not_come_back_with_a_change(
    session: Session, send: Send, member: Actor, editor: Actor, storage: Storage, kim: Organisation, clock: FrozenClock
) -> None:
    number = str(uuid.uuid4())
    one, two = (photo(session, storage, member, number, clock) for _ in range(2))
    sent = record(kim, uuid=number, photos=[one])
    first = send(sent)
    shown = session.scalars(select(EventPhoto)).one()
    remove_photo(session, editor, shown.id, now=clock.now())
    session.commit()
    changed = {**sent, "content": content(told="Isi"), "photos": [one, two], "replaces": first.hash}
    assert send(changed).state == "stored"
    assert len(session.scalars(select(EventPhoto)).all()) == 1
