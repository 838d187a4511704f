"""From a question to the OPD that answers it, and back."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.notices.models import Notice
from app.gatherings.events.models import Event, EventStatus
from app.gatherings.reports import aspirations, queries
from app.gatherings.reports.models import Aspiration, AspirationStatus
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused, Stale
from app.kernel.roles import Role
from tests.reports.conftest import TZ, People

Logged = Callable[..., Event]
TODAY = date(2026, 11, 24)


@pytest.fixture
def asked(session: Session, logged: Logged) -> Aspiration:
    logged(questions=[("Kapan jembatan diperbaiki?", "")])
    return session.scalars(select(Aspiration)).one()


def route(session: Session, people: People, row: Aspiration, **values: object) -> Aspiration:
    values = {"opd_id": people.opd.id, "due_on": None, "now": people.world.clock.now(), "tz": TZ} | values
    return aspirations.route(session, people.actor("editor"), row.id, **values)  # type: ignore[arg-type]


def heard(session: Session, kind: str) -> set[int | None]:
    return set(session.scalars(select(Notice.user_id).where(Notice.kind == kind)))


def test_an_opd_is_asked_with_fourteen_working_days(session: Session, people: People, asked: Aspiration) -> None:
    route(session, people, asked)
    assert (asked.status, asked.opd_id, asked.due_on) == (AspirationStatus.ROUTED, people.opd.id, date(2026, 12, 14))
    assert heard(session, "aspiration.routed") == {people.contact.id}


def test_the_due_day_leaves_out_weekends_and_holidays() -> None:
    christmas_week = aspirations.default_due(date(2026, 12, 18))
    assert christmas_week > date(2026, 12, 18) + timedelta(days=18)


def test_a_year_without_decreed_holidays_has_its_weekends() -> None:
    assert aspirations.default_due(date(2031, 1, 1)) == date(2031, 1, 21)


def test_an_opds_bidang_answers_too(session: Session, people: People, asked: Aspiration) -> None:
    bidang = people.world.organisation("bidang", parent_id=people.opd.id)
    inside = people.world.user(Role.OPD_CONTACT, organisation=bidang)
    route(session, people, asked)
    assert heard(session, "aspiration.routed") == {people.contact.id, inside.id}


@pytest.mark.one_database
@pytest.mark.parametrize("due", [TODAY - timedelta(days=1), TODAY + timedelta(days=400)])
def test_a_due_day_that_nobody_can_keep_is_refused(
    session: Session, people: People, asked: Aspiration, due: date
) -> None:
    with pytest.raises(Invalid) as refused:
        route(session, people, asked, due_on=due)
    assert refused.value.field == "due_on"


def test_only_an_opd_is_asked(session: Session, people: People, asked: Aspiration) -> None:
    with pytest.raises(Invalid):
        route(session, people, asked, opd_id=people.kim.id)


def test_the_opd_answers_and_the_group_hears(session: Session, people: People, asked: Aspiration) -> None:
    route(session, people, asked)
    now = people.world.clock.now()
    aspirations.answer(session, people.actor("contact"), asked.id, text="  Mulai Januari.\r\nOleh PU.", now=now)
    assert (asked.status, asked.answer) == (AspirationStatus.ANSWERED, "Mulai Januari.\nOleh PU.")
    assert asked.answered_by_id == people.contact.id
    assert heard(session, "aspiration.answered") == {people.dian.id, people.rudi.id}


def test_an_opd_sees_and_answers_only_what_was_routed_to_it(
    session: Session, people: People, asked: Aspiration
) -> None:
    now = people.world.clock.now()
    with pytest.raises(NotFound):
        aspirations.answer(session, people.actor("contact"), asked.id, text="Ya", now=now)
    route(session, people, asked)
    stranger = people.world.actor(Role.OPD_CONTACT, organisation=people.world.organisation())
    with pytest.raises(NotFound):
        aspirations.answer(session, stranger, asked.id, text="Ya", now=now)


def test_the_group_that_heard_it_does_not_answer_for_the_opd(
    session: Session, people: People, asked: Aspiration
) -> None:
    route(session, people, asked)
    with pytest.raises(Forbidden):
        aspirations.answer(session, people.actor("dian"), asked.id, text="Ya", now=people.world.clock.now())
    with pytest.raises(Forbidden):
        aspirations.close(session, people.actor("dian"), asked.id, reason="x", now=people.world.clock.now())


def test_asking_another_opd_takes_it_from_the_first(session: Session, people: People, asked: Aspiration) -> None:
    other = people.world.organisation("opd")
    route(session, people, asked)
    route(session, people, asked, opd_id=other.id)
    with pytest.raises(NotFound):
        aspirations.get(session, people.actor("contact"), asked.id)


def test_it_is_closed_with_a_reason_only(session: Session, people: People, asked: Aspiration) -> None:
    editor, now = people.actor("editor"), people.world.clock.now()
    with pytest.raises(Invalid):
        aspirations.close(session, editor, asked.id, reason="  ", now=now)
    aspirations.close(session, editor, asked.id, reason="Sudah selesai.", now=now)
    assert asked.status == AspirationStatus.CLOSED
    told = session.scalars(select(Notice.user_id).where(Notice.kind == "aspiration.closed")).all()
    assert people.dian.id in told, "who heard the question hears that it was closed"
    with pytest.raises(Refused):
        aspirations.answer(session, editor, asked.id, text="Terlambat", now=now)


def test_the_answer_is_brought_back_once(session: Session, people: People, asked: Aspiration) -> None:
    route(session, people, asked)
    dian, now = people.actor("dian"), people.world.clock.now()
    with pytest.raises(Invalid):
        aspirations.mark_told_back(session, dian, asked.id, now=now)
    aspirations.answer(session, people.actor("contact"), asked.id, text="Ya", now=now)
    aspirations.mark_told_back(session, dian, asked.id, now=now)
    aspirations.mark_told_back(session, dian, asked.id, now=now + timedelta(hours=1))
    assert asked.told_back_at == now
    with pytest.raises(Forbidden):
        aspirations.mark_told_back(session, people.actor("contact"), asked.id, now=now)


def test_two_people_at_once_do_not_overwrite_each_other(session: Session, people: People, asked: Aspiration) -> None:
    seen, now = asked.version, people.world.clock.now()
    route(session, people, asked, version=seen)
    with pytest.raises(Stale):
        aspirations.close(session, people.actor("editor"), asked.id, reason="x", now=now, version=seen)


def test_it_is_late_until_it_is_answered(session: Session, people: People, asked: Aspiration) -> None:
    route(session, people, asked, due_on=TODAY)
    office = people.actor("editor")

    def late(day: date) -> list[int]:
        return [row.id for row in session.scalars(queries.late_aspirations(office, day))]

    assert late(TODAY) == []
    assert late(TODAY + timedelta(days=1)) == [asked.id]
    aspirations.answer(session, office, asked.id, text="Ya", now=people.world.clock.now())
    assert late(TODAY + timedelta(days=1)) == []


def test_one_that_stands_at_a_merged_record_is_not_counted_twice(
    session: Session, people: People, asked: Aspiration
) -> None:
    route(session, people, asked, due_on=TODAY)
    office, after = people.actor("editor"), TODAY + timedelta(days=1)
    assert queries.count_late(session, office, after) == 1
    asked.event.status = EventStatus.MERGED
    session.commit()
    assert queries.count_late(session, office, after) == 0
    assert session.scalars(queries.late_aspirations(office, after)).all() == []


def test_each_sees_their_own_list(session: Session, people: People, asked: Aspiration) -> None:
    def seen(name: str) -> list[int]:
        rows = session.execute(queries.aspirations(people.actor(name), today=TODAY)).all()
        return [row[0].id for row in rows]

    assert (seen("editor"), seen("dian")) == ([asked.id], [asked.id])
    assert (seen("other"), seen("contact")) == ([], [])
    route(session, people, asked)
    assert seen("contact") == [asked.id]


def test_the_list_is_filtered(session: Session, people: People, asked: Aspiration) -> None:
    route(session, people, asked)
    office = people.actor("editor")

    def found(**filters: object) -> int:
        return len(session.execute(queries.aspirations(office, today=TODAY, **filters)).all())  # type: ignore[arg-type]

    assert found(status="routed", opd_id=people.opd.id, q="JEMBATAN") == 1
    assert found(status="terbuka") == 1
    assert found(status="noted") == found(late=True) == found(q="100%") == found(district="99") == 0


def test_a_better_answer_is_to_be_brought_back_again(session: Session, people: People, asked: Aspiration) -> None:
    office, now = people.actor("editor"), people.world.clock.now()
    aspirations.answer(session, office, asked.id, text="Tahun depan.", now=now)
    aspirations.mark_told_back(session, people.actor("dian"), asked.id, now=now)
    aspirations.answer(session, office, asked.id, text="Bulan Maret.", now=now)
    assert asked.told_back_at is None
