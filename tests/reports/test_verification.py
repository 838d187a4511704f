"""The office verifies, or returns with what is missing."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.notices.models import Notice
from app.gatherings.events.models import Event, EventStatus
from app.gatherings.reports import service, verification
from app.gatherings.reports.models import Report
from app.gatherings.reports.service import ReportContent
from app.kernel.audit import AuditEntry
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused, Stale
from app.kernel.roles import Role
from tests.reports.conftest import TZ, People

Logged = Callable[..., Event]


def told(session: Session) -> set[int | None]:
    return set(session.scalars(select(Notice.user_id).where(Notice.kind == "report.returned")))


def test_the_office_verifies(session: Session, people: People, logged: Logged) -> None:
    event, now = logged(), people.world.clock.now()
    report = verification.verify(session, people.actor("editor"), event.id, now=now)
    assert event.status == EventStatus.VERIFIED
    assert (report.verified_by_id, report.verified_at) == (people.editor.id, now)
    assert session.scalars(select(AuditEntry.action).order_by(AuditEntry.id.desc())).first() == "report.verified"


def test_nobody_verifies_what_they_recorded(session: Session, people: People, logged: Logged) -> None:
    event = logged("editor")
    with pytest.raises(Forbidden):
        verification.verify(session, people.actor("editor"), event.id, now=people.world.clock.now())
    assert verification.next_waiting(session, people.actor("editor")) is None


def test_a_kim_never_verifies_even_with_an_editors_role(session: Session, people: People, logged: Logged) -> None:
    event = logged()
    both = people.world.actor(Role.COMMUNITY, Role.EDITOR, organisation=people.kim)
    with pytest.raises(Forbidden):
        verification.verify(session, both, event.id, now=people.world.clock.now())
    with pytest.raises(NotFound):
        verification.verify(session, people.actor("other"), event.id, now=people.world.clock.now())


def test_a_report_that_changed_meanwhile_is_not_verified(session: Session, people: People, logged: Logged) -> None:
    event, now = logged(), people.world.clock.now()
    seen = service.seen_mark(event, session.get(Report, event.id))
    report = service.to_write(session, people.actor("dian"), event.id, now=now)
    service.write(session, people.actor("dian"), report, ReportContent(counts={("u", "u"): 500}), now=now)
    with pytest.raises(Stale):
        verification.verify(session, people.actor("editor"), event.id, now=now, seen=seen)


def test_a_second_click_verifies_nothing_twice(session: Session, people: People, logged: Logged) -> None:
    event, now = logged(), people.world.clock.now()
    seen = service.seen_mark(event, session.get(Report, event.id))
    for _again in range(2):
        verification.verify(session, people.actor("editor"), event.id, now=now, seen=seen)
    verified = select(AuditEntry).where(AuditEntry.action == "report.verified")
    assert len(session.scalars(verified).all()) == 1


def test_a_returned_report_says_what_is_missing_and_its_writers_hear(
    session: Session, people: People, logged: Logged
) -> None:
    event, now = logged(), people.world.clock.now()
    report = verification.send_back(
        session, people.actor("editor"), event.id, missing=["photos", "headcount"], note="Fotonya gelap.", now=now
    )
    assert event.status == EventStatus.RETURNED
    assert report.missing == ["headcount", "photos"]
    assert told(session) == {people.dian.id, people.rudi.id}
    notice = session.scalars(select(Notice)).first()
    assert notice is not None
    assert "Foto kegiatan" in notice.body
    assert "gelap" in notice.body


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("missing", "note", "field"), [([], " ", "missing"), (["other"], "", "note"), (["x"], "y", "missing")]
)
def test_a_return_without_a_reason_is_refused(
    session: Session, people: People, logged: Logged, missing: list[str], note: str, field: str
) -> None:
    event = logged()
    with pytest.raises(Invalid) as refused:
        verification.send_back(
            session, people.actor("editor"), event.id, missing=missing, note=note, now=people.world.clock.now()
        )
    assert refused.value.field == field
    assert event.status == EventStatus.REPORTED


def test_a_returned_report_is_handed_in_again_and_verified(session: Session, people: People, logged: Logged) -> None:
    event, now = logged(), people.world.clock.now()
    verification.send_back(session, people.actor("editor"), event.id, missing=["minutes"], note="", now=now)
    report = service.to_write(session, people.actor("rudi"), event.id, now=now)
    service.write(session, people.actor("rudi"), report, ReportContent(told="Lengkap"), now=now)
    service.submit(session, people.actor("rudi"), report, now=now, tz=TZ)
    verification.verify(session, people.actor("editor"), event.id, now=now)
    assert event.status == EventStatus.VERIFIED


def test_a_verified_report_is_opened_again_only_with_a_reason(session: Session, people: People, logged: Logged) -> None:
    event, now, editor = logged(), people.world.clock.now(), people.actor("editor")
    verification.verify(session, editor, event.id, now=now)
    with pytest.raises(Invalid):
        verification.send_back(session, editor, event.id, missing=["photos"], note="", now=now)
    report = verification.send_back(session, editor, event.id, missing=["photos"], note="Foto tertukar.", now=now)
    assert event.status == EventStatus.RETURNED
    assert report.verified_by_id is None


def test_an_event_without_a_report_is_not_verified(session: Session, people: People) -> None:
    event = people.world.event(organisation_id=people.kim.id, starts_in=timedelta(days=-1))
    with pytest.raises(Refused):
        verification.verify(session, people.actor("editor"), event.id, now=people.world.clock.now())


def test_the_one_that_waits_longest_comes_first(session: Session, people: People, logged: Logged) -> None:
    first = logged(days=2)
    people.world.clock.advance(hours=1)  # type: ignore[attr-defined]
    logged(days=5)
    assert verification.next_waiting(session, people.actor("editor")) == first.id
    assert verification.next_waiting(session, people.actor("dian")) is None


def wrote(
    session: Session, people: People, event: Event, by: str, written: ReportContent, *, hand_in: bool = True
) -> None:
    now = people.world.clock.now()
    report = service.to_write(session, people.actor(by), event.id, now=now)
    service.write(session, people.actor(by), report, written, now=now)
    if hand_in:
        service.submit(session, people.actor(by), report, now=now, tz=TZ)


@pytest.mark.parametrize("hand_in", [True, False])
def test_nobody_verifies_numbers_that_they_wrote_into_anothers_report(
    session: Session, people: People, logged: Logged, hand_in: bool
) -> None:
    event, editor = logged("dian"), people.actor("editor")
    assert verification.next_waiting(session, editor) == event.id
    wrote(session, people, event, "editor", ReportContent(counts={("u", "u"): 5000}), hand_in=hand_in)
    wrote(session, people, event, "rudi", ReportContent(notes="Salah ketik"))
    assert not verification.may_verify(editor, session.get_one(Report, event.id))
    assert verification.next_waiting(session, editor) is None
    with pytest.raises(Forbidden):
        verification.verify(session, editor, event.id, now=people.world.clock.now())
    with pytest.raises(Forbidden):
        verification.send_back(session, editor, event.id, missing=["photos"], note="", now=people.world.clock.now())
    other = people.world.actor(Role.EDITOR)
    assert verification.next_waiting(session, other) == event.id
    verification.verify(session, other, event.id, now=people.world.clock.now())


def test_a_return_makes_the_writers_answer_for_it_anew(session: Session, people: People, logged: Logged) -> None:
    event, now = logged("dian"), people.world.clock.now()
    wrote(session, people, event, "editor", ReportContent(told="Dari kantor"))
    other = people.world.actor(Role.EDITOR)
    verification.send_back(session, other, event.id, missing=["photos"], note="", now=now)
    wrote(session, people, event, "dian", ReportContent(told="Ditulis lagi"))
    verification.verify(session, people.actor("editor"), event.id, now=now)
    assert event.status == EventStatus.VERIFIED
