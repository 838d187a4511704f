"""What the worker reminds of once a day, and tells nobody twice."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.base.notices.models import Notice
from app.gatherings.events.models import Event, EventStatus
from app.gatherings.reports import aspirations, reminders
from app.gatherings.reports.models import Aspiration
from tests.reports.conftest import TZ, People

Sessions = sessionmaker[Session]


def told(session: Session, kind: str) -> list[int | None]:
    session.expire_all()
    return list(session.scalars(select(Notice.user_id).where(Notice.kind == kind).order_by(Notice.user_id)))


def ended(people: People, **values: object) -> Event:
    values = {
        "organisation_id": people.kim.id,
        "starts_in": timedelta(days=-2),
        "responsible_id": people.dian.id,
    } | values
    return people.world.event(**values)  # type: ignore[arg-type]


def test_who_answers_for_an_event_hears_that_its_report_is_missing(
    session: Session, sessions: Sessions, people: People
) -> None:
    ended(people, status=EventStatus.ANNOUNCED)
    now = people.world.clock.now()
    assert reminders.remind_reports(sessions, now=now) == 1
    assert reminders.remind_reports(sessions, now=now + timedelta(days=1)) == 0
    assert told(session, "report.missing") == [people.dian.id]


def test_nobody_is_reminded_within_a_day_or_of_what_was_reported_or_cancelled(
    session: Session, sessions: Sessions, people: People
) -> None:
    ended(people, starts_in=timedelta(hours=-20))
    ended(people, status=EventStatus.REPORTED)
    ended(people, status=EventStatus.CANCELLED)
    assert reminders.remind_reports(sessions, now=people.world.clock.now()) == 0


def test_a_group_hears_of_an_event_that_nobody_answers_for(
    session: Session, sessions: Sessions, people: People
) -> None:
    ended(people, responsible_id=None, status=EventStatus.HELD)
    reminders.remind_reports(sessions, now=people.world.clock.now())
    assert told(session, "report.missing") == sorted([people.dian.id, people.rudi.id])


def test_where_who_answers_for_it_has_left_somebody_else_hears(
    session: Session, sessions: Sessions, people: People
) -> None:
    people.dian.active = False
    session.commit()
    ended(people, status=EventStatus.HELD)
    reminders.remind_reports(sessions, now=people.world.clock.now())
    assert told(session, "report.missing") == [people.rudi.id]


def test_what_was_told_needs_no_transaction_again(
    session: Session, sessions: Sessions, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended(people)
    now = people.world.clock.now()
    reminders.remind_reports(sessions, now=now)
    monkeypatch.setattr(reminders, "_each", lambda _sessions, left, _remind: len(left))
    assert reminders.remind_reports(sessions, now=now) == 0


def test_one_that_fails_blocks_no_other(
    session: Session, sessions: Sessions, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, _good = ended(people), ended(people)
    real = reminders.notify

    def broken(*args: object, **values: object) -> int:
        if f"report:{bad.id}:" in str(values["dedupe_key"]):
            raise RuntimeError("broken row")
        return real(*args, **values)  # type: ignore[arg-type]

    monkeypatch.setattr(reminders, "notify", broken)
    assert reminders.remind_reports(sessions, now=people.world.clock.now()) == 1


def test_a_late_opd_is_reminded_once_a_week(
    session: Session, sessions: Sessions, people: People, logged: Callable[..., Event]
) -> None:
    logged(questions=[("Kapan jembatan diperbaiki?", "")])
    row = session.scalars(select(Aspiration)).one()
    now = people.world.clock.now()
    due = (now + timedelta(days=1)).date()
    aspirations.route(session, people.actor("editor"), row.id, opd_id=people.opd.id, due_on=due, now=now, tz=TZ)
    session.commit()
    days = [reminders.remind_late(sessions, now=now + timedelta(days=each), tz=TZ) for each in range(18)]
    assert [day for day, new in enumerate(days) if new] == [2, 9, 16]
    assert told(session, "aspiration.late") == [people.contact.id] * 3


def test_the_office_sees_to_an_opd_without_a_contact(
    session: Session, sessions: Sessions, people: People, logged: Callable[..., Event]
) -> None:
    logged(questions=[("Kapan?", "")])
    row = session.scalars(select(Aspiration)).one()
    row.opd_id, row.status, row.due_on = (
        people.world.organisation("opd").id,
        "routed",
        (people.world.clock.now() - timedelta(days=3)).date(),
    )
    session.commit()
    reminders.remind_late(sessions, now=people.world.clock.now(), tz=TZ)
    assert told(session, "aspiration.late") == [people.editor.id]
