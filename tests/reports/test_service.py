"""Writing down what came of an event."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.gatherings.events.models import Event, EventStatus
from app.gatherings.reports import aspirations, service
from app.gatherings.reports.models import Aspiration, AspirationStatus, Report
from app.gatherings.reports.service import Device, ReportContent
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused, Stale
from app.kernel.roles import Role
from tests.reports.conftest import TZ, People

Logged = Callable[..., Event]


def texts(session: Session, event: Event) -> dict[str, str | None]:
    rows = session.scalars(select(Aspiration).where(Aspiration.event_id == event.id))
    return {row.text: row.answer for row in rows}


def test_a_logged_activity_is_reported_at_once_and_has_a_receipt(session: Session, logged: Logged) -> None:
    event = logged(told="Cara memakai layanan", questions=[("Kapan sinyal masuk?", ""), ("Biayanya?", "Gratis")])
    report = session.get_one(Report, event.id)
    assert event.status == EventStatus.REPORTED
    assert event.people == 12
    assert len(report.receipt) == 9
    assert texts(session, event) == {"Kapan sinyal masuk?": None, "Biayanya?": "Gratis"}


def test_a_report_of_another_kim_is_not_theirs_to_write(session: Session, people: People, logged: Logged) -> None:
    event = logged()
    with pytest.raises(NotFound):
        service.to_write(session, people.actor("other"), event.id, now=people.world.clock.now())
    with pytest.raises(NotFound):
        service.to_write(session, people.actor("contact"), event.id, now=people.world.clock.now())


def test_writing_replaces_only_the_parts_that_are_given(session: Session, people: People, logged: Logged) -> None:
    event = logged(told="Semula", questions=[("Kapan?", "")], agreements=[("Rapat lagi", "Ketua", date(2026, 12, 1))])
    now = people.world.clock.now()
    report = service.to_write(session, people.actor("rudi"), event.id, now=now)
    service.write(session, people.actor("rudi"), report, ReportContent(told="Berubah"), now=now)
    assert report.told == "Berubah"
    assert [row.what for row in report.agreements] == ["Rapat lagi"]
    assert texts(session, event) == {"Kapan?": None}
    assert event.people == 12


def test_a_save_over_somebody_elses_save_is_refused(session: Session, people: People, logged: Logged) -> None:
    event, now = logged(), people.world.clock.now()
    seen = service.seen_mark(event, session.get(Report, event.id))
    report = service.to_write(session, people.actor("dian"), event.id, now=now, seen=seen)
    service.write(session, people.actor("dian"), report, ReportContent(told="Pertama"), now=now)
    with pytest.raises(Stale):
        service.to_write(session, people.actor("rudi"), event.id, now=now, seen=seen)


def test_a_routed_question_stays_when_the_minutes_are_written_again(
    session: Session, people: People, logged: Logged
) -> None:
    event, now = logged(questions=[("Jalan rusak?", ""), ("Salah ketik", "")]), people.world.clock.now()
    routed = session.scalars(select(Aspiration).where(Aspiration.text == "Jalan rusak?")).one()
    routed.opd_id, routed.status, routed.routed_at = people.opd.id, AspirationStatus.ROUTED, now
    report = service.to_write(session, people.actor("dian"), event.id, now=now)
    service.write(session, people.actor("dian"), report, ReportContent(questions=[("Jalan rusak?", "Besok")]), now=now)
    assert texts(session, event) == {"Jalan rusak?": None}


def test_a_question_closed_by_the_office_is_not_answered_by_a_rewrite(
    session: Session, people: People, logged: Logged
) -> None:
    event, now = logged(questions=[("Sudah beres", "")]), people.world.clock.now()
    row = session.scalars(select(Aspiration)).one()
    row.status, row.answer = AspirationStatus.CLOSED, "Sudah selesai bulan lalu"
    report = service.to_write(session, people.actor("dian"), event.id, now=now)
    service.write(session, people.actor("dian"), report, ReportContent(questions=[("Sudah beres", "lain")]), now=now)
    assert (row.status, row.answer) == (AspirationStatus.CLOSED, "Sudah selesai bulan lalu")


def test_an_unchanged_answer_keeps_who_gave_it(session: Session, people: People, logged: Logged) -> None:
    event, now = logged("dian", questions=[("Biaya?", "Gratis")]), people.world.clock.now()
    report = service.to_write(session, people.actor("rudi"), event.id, now=now)
    service.write(session, people.actor("rudi"), report, ReportContent(questions=[("Biaya?", "Gratis")]), now=now)
    assert session.scalars(select(Aspiration.answered_by_id)).one() == people.dian.id


def test_handing_in_a_corrected_report_again_keeps_it_waiting(session: Session, people: People, logged: Logged) -> None:
    event, now = logged(), people.world.clock.now() + timedelta(hours=1)
    report = service.to_write(session, people.actor("dian"), event.id, now=now)
    service.submit(session, people.actor("dian"), report, now=now, tz=TZ)
    assert event.status == EventStatus.REPORTED
    assert report.submitted_at == now


def test_a_verified_report_is_not_written_any_more(session: Session, people: People, logged: Logged) -> None:
    event = logged()
    event.status = EventStatus.VERIFIED
    with pytest.raises(Refused):
        service.to_write(session, people.actor("dian"), event.id, now=people.world.clock.now())


def test_what_the_office_writes_for_a_group_says_so(session: Session, people: People) -> None:
    now = people.world.clock.now()
    theirs = people.world.event(organisation_id=people.kim.id, starts_in=timedelta(days=-1))
    own = people.world.event(starts_in=timedelta(days=-1))
    assert service.to_write(session, people.actor("editor"), theirs.id, now=now).on_behalf
    assert not service.to_write(session, people.actor("editor"), own.id, now=now).on_behalf


def test_nothing_is_reported_before_the_event_began(session: Session, people: People) -> None:
    event = people.world.event(organisation_id=people.kim.id)
    with pytest.raises(Refused):
        service.to_write(session, people.actor("dian"), event.id, now=people.world.clock.now())
    assert session.get(Report, event.id) is None


def test_an_empty_report_is_not_handed_in_from_the_page(session: Session, people: People) -> None:
    event = people.world.event(organisation_id=people.kim.id, starts_in=timedelta(days=-1))
    report = service.to_write(session, people.actor("dian"), event.id, now=people.world.clock.now())
    with pytest.raises(Invalid):
        service.check_enough(report)
    assert event.status == EventStatus.HELD


@pytest.mark.parametrize(
    ("days", "skew", "capacity", "flag"),
    [
        (1, 86_400, None, "clock"),
        (-1.2, None, None, "future"),
        (70, None, None, "past"),
        (1, None, 10, "over_capacity"),
    ],
)
def test_what_a_verifier_should_look_at_is_flagged(
    session: Session, people: People, logged: Logged, days: float, skew: int | None, capacity: int | None, flag: str
) -> None:
    event, now = logged(days=days), people.world.clock.now()
    report = session.get_one(Report, event.id)
    report.device_skew, event.capacity = skew, capacity
    service.submit(session, people.actor("dian"), report, now=now, tz=TZ)
    assert report.flags == [flag]


def test_a_clock_that_is_a_little_off_is_no_flag(session: Session, people: People) -> None:
    now = people.world.clock.now()
    event = people.world.event(organisation_id=people.kim.id, starts_in=timedelta(days=-1))
    device = Device(at=now, skew=120)
    report = service.begin_report(session, people.actor("dian"), event, now=now, device=device)
    report.told = "Isi"
    service.submit(session, people.actor("dian"), report, now=now, tz=TZ)
    assert report.flags == []


def test_the_same_day_and_village_of_a_group_is_offered_as_one(session: Session, logged: Logged) -> None:
    first, second, later = logged("dian"), logged("rudi", title="Pertemuan"), logged("rudi", days=3)
    assert session.get_one(Report, second.id).flags == [f"twin:{first.id}"]
    assert session.get_one(Report, later.id).flags == []


def test_a_reader_of_the_office_may_not_write(session: Session, people: People, logged: Logged) -> None:
    viewer = people.world.actor(Role.VIEWER)
    with pytest.raises(Forbidden):
        service.to_write(session, viewer, logged().id, now=people.world.clock.now())


@pytest.mark.parametrize("rewritten", [[("Kapan?", "")], [("Kapan?", "Karangan")], []])
def test_an_official_answer_is_not_touched_by_a_rewrite(
    session: Session, people: People, logged: Logged, rewritten: list[tuple[str, str]]
) -> None:
    event, now, dian = logged(questions=[("Kapan?", "")]), people.world.clock.now(), people.actor("dian")
    row = session.scalars(select(Aspiration)).one()
    aspirations.answer(session, people.actor("editor"), row.id, text="Mulai Januari.", now=now)
    report = service.to_write(session, dian, event.id, now=now)
    service.write(session, dian, report, ReportContent(questions=rewritten), now=now)
    assert texts(session, event) == {"Kapan?": "Mulai Januari."}
    assert (row.status, row.answered_by_id) == (AspirationStatus.ANSWERED, people.editor.id)


def test_the_office_makes_an_answer_of_the_spot_official_with_the_same_words(
    session: Session, people: People, logged: Logged
) -> None:
    event, now = logged(questions=[("Biaya?", "Gratis")]), people.world.clock.now()
    row = session.scalars(select(Aspiration)).one()
    aspirations.answer(session, people.actor("editor"), row.id, text="Gratis", now=now)
    report = service.to_write(session, people.actor("dian"), event.id, now=now)
    service.write(session, people.actor("dian"), report, ReportContent(questions=[("Biaya?", "Rp5.000")]), now=now)
    assert texts(session, event) == {"Biaya?": "Gratis"}


def test_an_answer_that_the_writer_changed_is_still_to_be_brought_back(
    session: Session, people: People, logged: Logged
) -> None:
    event, now, dian = logged(questions=[("Biaya?", "Gratis")]), people.world.clock.now(), people.actor("dian")
    row = session.scalars(select(Aspiration)).one()
    aspirations.mark_told_back(session, dian, row.id, now=now)
    report = service.to_write(session, dian, event.id, now=now)
    service.write(session, dian, report, ReportContent(questions=[("Biaya?", "Gratis")]), now=now)
    assert row.told_back_at == now
    service.write(session, dian, report, ReportContent(questions=[("Biaya?", "Rp5.000")]), now=now)
    assert row.told_back_at is None


@pytest.mark.one_database
@pytest.mark.parametrize(
    "written",
    [
        ReportContent(told="x" * 20_001),
        ReportContent(notes="x" * 20_001),
        ReportContent(questions=[("x" * 20_001, "")]),
        ReportContent(questions=[("Kapan?", "x" * 20_001)]),
        ReportContent(questions=[(f"Tanya {number}?", "") for number in range(51)]),
        ReportContent(agreements=[("x" * 501, "", None)]),
        ReportContent(agreements=[("Rapat", "x" * 201, None)]),
        ReportContent(agreements=[(f"Rapat {number}", "", None) for number in range(51)]),
        ReportContent(materials=[("x" * 201, 1, None)]),
        ReportContent(materials=[(f"Poster {number}", 1, None) for number in range(51)]),
    ],
)
def test_what_is_too_long_is_refused_and_not_cut(
    session: Session, people: People, logged: Logged, written: ReportContent
) -> None:
    event, now = logged(), people.world.clock.now()
    report = service.to_write(session, people.actor("dian"), event.id, now=now)
    with pytest.raises(Invalid):
        service.write(session, people.actor("dian"), report, written, now=now)


def test_only_questions_that_stood_on_the_form_are_taken_away(session: Session, people: People, logged: Logged) -> None:
    event, now = logged(questions=[("Satu?", ""), ("Dua?", "")]), people.world.clock.now()
    shown = session.scalars(select(Aspiration.id).where(Aspiration.text == "Satu?")).one()
    report = service.to_write(session, people.actor("dian"), event.id, now=now)
    service.write(session, people.actor("dian"), report, ReportContent(questions=[], replaces=[shown]), now=now)
    assert texts(session, event) == {"Dua?": None}


def test_more_lines_than_can_be_added_can_still_be_saved(session: Session, people: People, logged: Logged) -> None:
    event, now = logged(), people.world.clock.now()
    for number in range(60):
        people.world.aspiration(event, text=f"Tanya {number}?")
    report = service.to_write(session, people.actor("dian"), event.id, now=now)
    same = [(f"Tanya {number}?", "") for number in range(60)]
    service.write(session, people.actor("dian"), report, ReportContent(questions=same), now=now)
    assert len(texts(session, event)) == 60
