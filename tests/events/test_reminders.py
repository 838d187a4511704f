"""Reminders: the day before and in the morning, once each, and one fault keeps nobody else from theirs."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.base.notices.models import Notice
from app.gatherings.events import reminders
from app.gatherings.events.models import Event, EventStatus, Registration
from app.gatherings.events.reminders import Due, due_of, remind_due
from app.kernel.clock import FrozenClock
from app.kernel.roles import Role
from app.kernel.text import T
from tests.world import ZONE, World

START = datetime(2026, 11, 27, 14, 0, tzinfo=ZONE)


@pytest.fixture
def event(world: World) -> Event:
    return world.event(status=EventStatus.ANNOUNCED, registration=True, starts_at=START, title="Rembuk warga")


def subjects(session: Session) -> list[tuple[str | None, str]]:
    session.expire_all()
    return [(row.address, row.subject) for row in session.scalars(select(Notice).order_by(Notice.id))]


@pytest.mark.parametrize(
    ("day", "hour", "expected"),
    [(25, 23, None), (26, 8, None), (26, 9, "tomorrow"), (26, 23, "tomorrow"), (27, 5, "tomorrow"), (27, 6, "today"),
     (27, 13, "today"), (27, 14, None), (28, 7, None)],
)  # fmt: skip
def test_which_reminder_is_due(day: int, hour: int, expected: str | None) -> None:
    due = due_of(START, datetime(2026, 11, day, hour, 0, tzinfo=ZONE).astimezone(UTC), ZoneInfo("Asia/Makassar"))
    assert (due.key if due else None) == expected


def test_each_is_sent_once_however_often_the_routine_runs(
    session: Session, sessions: "sessionmaker[Session]", world: World, event: Event, clock: FrozenClock
) -> None:
    world.registration(event, email="siti@contoh.id")
    moments = [START - timedelta(hours=hours) for hours in (48, 29, 28, 24, 12, 8, 5, 1, 0)]
    sent = []
    for moment in moments:
        clock.move_to(moment)
        sent += [remind_due(sessions, now=clock.now()), remind_due(sessions, now=clock.now())]
    assert sum(sent) == 2
    assert subjects(session) == [
        ("siti@contoh.id", "Besok: Rembuk warga"),
        ("siti@contoh.id", "Hari ini: Rembuk warga"),
    ]
    body = session.scalars(select(Notice.body)).first()
    assert body is not None
    assert "Jumat, 27 November 2026 pukul 14.00" in body


def test_only_who_is_coming_and_can_be_mailed_is_reminded(
    session: Session, sessions: "sessionmaker[Session]", world: World, event: Event, clock: FrozenClock
) -> None:
    world.registration(event, email="ikut@contoh.id")
    world.registration(event, email="tunggu@contoh.id", status="waiting")
    world.registration(event, email="batal@contoh.id", status="cancelled")
    world.registration(event)
    clock.move_to(START - timedelta(hours=20))
    world.registration(event, email="baru@contoh.id")  # has just read when it is
    assert remind_due(sessions, now=clock.now()) == 1
    assert [address for address, _subject in subjects(session)] == ["ikut@contoh.id"]


def test_a_bad_address_and_a_fault_keep_nobody_else_waiting(
    session: Session, sessions: "sessionmaker[Session]", world: World, event: Event, clock: FrozenClock
) -> None:
    other = world.event(status=EventStatus.ANNOUNCED, starts_at=START + timedelta(hours=1))
    world.registration(event, email="bukan alamat\r\nBcc: x@contoh.id")
    world.registration(event, email="siti@contoh.id")
    world.registration(other, email="budi@contoh.id")
    clock.move_to(START - timedelta(hours=3))
    assert remind_due(sessions, now=clock.now()) == 2
    assert [address for address, _subject in subjects(session)] == ["siti@contoh.id", "budi@contoh.id"]


def test_a_fault_at_one_event_leaves_the_others_their_reminders(
    session: Session,
    sessions: "sessionmaker[Session]",
    world: World,
    event: Event,
    clock: FrozenClock,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    other = world.event(status=EventStatus.ANNOUNCED, starts_at=START + timedelta(hours=1))
    world.registration(event, email="siti@contoh.id")
    world.registration(other, email="budi@contoh.id")
    clock.move_to(START - timedelta(hours=3))
    words = reminders._words

    def faulty(session: Session, one: Event, due: Due) -> tuple[T, T]:
        if one.id == event.id:
            raise RuntimeError("broken")
        return words(session, one, due)

    monkeypatch.setattr(reminders, "_words", faulty)
    assert remind_due(sessions, now=clock.now()) == 1
    assert [address for address, _subject in subjects(session)] == ["budi@contoh.id"]
    assert f"event {event.id} " in caplog.text
    monkeypatch.undo()
    assert remind_due(sessions, now=clock.now()) == 1  # the next run makes up for it


def test_an_event_that_moves_to_the_next_morning_is_reminded_of_anew(
    session: Session, sessions: "sessionmaker[Session]", world: World, event: Event, clock: FrozenClock
) -> None:
    event.starts_at = datetime(2026, 11, 26, 9, 0, tzinfo=ZONE)
    event.ends_at = event.starts_at + timedelta(hours=2)
    world.registration(event, email="siti@contoh.id")
    clock.move_to(datetime(2026, 11, 25, 10, 0, tzinfo=ZONE))
    assert remind_due(sessions, now=clock.now()) == 1
    event.starts_at = datetime(2026, 11, 27, 7, 0, tzinfo=ZONE)  # 26 November too, by UTC
    event.ends_at = event.starts_at + timedelta(hours=2)
    session.commit()
    clock.move_to(datetime(2026, 11, 26, 10, 0, tzinfo=ZONE))
    assert remind_due(sessions, now=clock.now()) == 1


def test_a_cancelled_event_reminds_of_nothing_and_a_moved_one_again(
    session: Session, sessions: "sessionmaker[Session]", world: World, event: Event, clock: FrozenClock
) -> None:
    gone = world.event(status=EventStatus.CANCELLED, announced_at=clock.now(), starts_at=START)
    world.registration(gone, email="batal@contoh.id")
    world.registration(event, email="siti@contoh.id")
    clock.move_to(START - timedelta(hours=20))
    assert remind_due(sessions, now=clock.now()) == 1
    event.starts_at, event.ends_at = START + timedelta(days=7), START + timedelta(days=7, hours=1)
    session.commit()
    clock.move_to(START + timedelta(days=7) - timedelta(hours=20))
    assert remind_due(sessions, now=clock.now()) == 1
    assert [subject for _address, subject in subjects(session)] == ["Besok: Rembuk warga"] * 2


def test_who_answers_for_the_event_is_reminded_in_the_app(
    session: Session, sessions: "sessionmaker[Session]", world: World, event: Event, clock: FrozenClock
) -> None:
    user = world.user(Role.EDITOR)
    event.responsible_id = user.id
    session.commit()
    clock.move_to(START - timedelta(hours=20))
    for _twice in range(2):
        remind_due(sessions, now=clock.now())
    notices = session.scalars(select(Notice)).all()
    assert [(one.user_id, one.path) for one in notices] == [(user.id, f"/kegiatan/{event.id}")]
    assert session.scalars(select(Registration)).all() == []
