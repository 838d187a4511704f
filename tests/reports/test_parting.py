"""What two records brought each other finds its way back, also in chains, at the office, and when two people click."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from app.gatherings.events.headcount import count_people
from app.gatherings.events.models import Attendance, Event, EventStatus
from app.gatherings.events.photos import MOST_PHOTOS
from app.gatherings.reports import aspirations, merging, service, verification
from app.gatherings.reports.models import Aspiration, AspirationStatus, Report
from app.gatherings.reports.service import ReportContent
from app.kernel.db import unit_of_work
from app.kernel.errors import Forbidden, Invalid, Refused
from tests.reports.conftest import TZ, People
from tests.reports.test_merging import asked, counted, merge, picture

Logged = Callable[..., Event]


def part(session: Session, people: People, other: Event, by: str = "dian") -> None:
    merging.unmerge(session, people.actor(by), other.id, now=people.world.clock.now(), tz=TZ)
    session.commit()
    session.expire_all()


def wrote(session: Session, people: People, event: Event, written: ReportContent) -> None:
    dian, now = people.actor("dian"), people.world.clock.now()
    service.write(session, dian, service.to_write(session, dian, event.id, now=now), written, now=now)
    session.commit()


@pytest.fixture
def plan(people: People) -> Event:
    """What the group had planned for that day."""
    return people.world.event(
        organisation_id=people.kim.id, village_code=people.kim.village_code,
        starts_at=people.world.clock.now() - timedelta(days=1),
    )  # fmt: skip


def test_what_was_written_into_a_report_taken_over_stays_as_a_draft(
    session: Session, people: People, logged: Logged, plan: Event
) -> None:
    other = logged("rudi", told="Yang diceritakan")
    merge(session, people, plan, other)
    wrote(session, people, plan, ReportContent(notes="Catatan sendiri"))
    part(session, people, other)
    report = session.get_one(Report, plan.id)
    assert (plan.status, plan.people, report.submitted_at) == (EventStatus.HELD, None, None)
    assert (report.told, report.notes) == ("", "Catatan sendiri")


def test_a_draft_that_took_a_report_over_is_its_writers_again(
    session: Session, people: People, logged: Logged, plan: Event
) -> None:
    wrote(session, people, plan, ReportContent(notes="Baru separuh"))
    other = logged("rudi", told="Yang diceritakan")
    merge(session, people, plan, other)
    assert session.get_one(Report, plan.id).recorded_by_id == people.rudi.id
    part(session, people, other)
    report = session.get_one(Report, plan.id)
    assert (report.recorded_by_id, report.source) == (people.dian.id, "web")
    assert (plan.status, report.notes, report.submitted_at) == (EventStatus.HELD, "Baru separuh", None)


def test_another_record_in_the_plan_is_parted_first(
    session: Session, people: People, logged: Logged, plan: Event
) -> None:
    first, second = logged("rudi"), logged("dian")
    merge(session, people, plan, first)
    merge(session, people, plan, second)
    with pytest.raises(Refused):
        part(session, people, first)
    part(session, people, second)
    part(session, people, first)
    assert (plan.status, counted(session)) == (EventStatus.PLANNED, (2, 24))


def test_a_chain_is_parted_from_its_end_and_everything_comes_home(
    session: Session, people: People, logged: Logged
) -> None:
    first, second, third = (logged(by, questions=[(f"{by}?", "")]) for by in ("rudi", "dian", "editor"))
    file = picture(session, people, first, "a")
    merge(session, people, second, first)
    merge(session, people, third, second)
    assert asked(session, third) == {"rudi?", "dian?", "editor?"}
    with pytest.raises(Refused):
        part(session, people, first)
    part(session, people, second)
    part(session, people, first)
    assert [asked(session, one) for one in (first, second, third)] == [{"rudi?"}, {"dian?"}, {"editor?"}]
    assert [[row.file_id for row in one.photos] for one in (first, second, third)] == [[file], [], []]


def test_a_question_that_got_the_number_of_one_brought_stays_where_it_is(
    session: Session, people: People, logged: Logged
) -> None:
    keep, other = logged("dian"), logged("rudi", questions=[("Dibawa?", "")])
    brought = session.scalars(select(Aspiration.id)).one()
    merge(session, people, keep, other)
    wrote(session, people, keep, ReportContent(questions=[]))
    people.world.clock.advance(hours=1)  # type: ignore[attr-defined]
    elsewhere = people.world.aspiration(people.world.event(), id=brought, text="Milik orang lain")
    part(session, people, other)
    assert elsewhere.event_id != other.id
    assert asked(session, other) == set()


def test_a_newer_question_of_the_kept_one_stays_there(session: Session, people: People, logged: Logged) -> None:
    keep, other = logged("dian"), logged("rudi", questions=[("Dibawa?", "")])
    brought = session.scalars(select(Aspiration.id)).one()
    merge(session, people, keep, other)
    wrote(session, people, keep, ReportContent(questions=[]))
    people.world.clock.advance(hours=1)  # type: ignore[attr-defined]
    people.world.aspiration(keep, id=brought, text="Baru?")
    part(session, people, other)
    assert (asked(session, keep), asked(session, other)) == ({"Baru?"}, set())


def test_a_few_ticked_names_do_not_hide_what_the_other_counted(
    session: Session, people: People, logged: Logged, plan: Event
) -> None:
    session.add(Attendance(event_id=plan.id, name="Ani", method="list", at=people.world.clock.now()))
    count_people(session, plan)
    session.commit()
    other = logged("rudi", counts={("u", "u"): 40})
    merge(session, people, plan, other)
    assert (plan.people, counted(session)) == (40, (1, 40))
    part(session, people, other)
    assert plan.people == 1


def test_a_count_of_names_that_came_over_outlives_the_next_save(
    session: Session, people: People, logged: Logged, plan: Event
) -> None:
    other, at = logged("rudi", counts={}, told="Isi"), people.world.clock.now()
    session.add_all([Attendance(event_id=other.id, name=f"Nama {n}", method="sheet", at=at) for n in range(3)])
    count_people(session, other)
    session.commit()
    merge(session, people, plan, other)
    assert {(row.sex, row.age_band): row.people for row in plan.headcounts} == {("u", "u"): 3}


def of(session: Session, event: Event) -> list[tuple[str, str, str | None]]:
    rows = session.scalars(select(Aspiration).where(Aspiration.event_id == event.id).order_by(Aspiration.id))
    return [(row.text, row.status, row.answer) for row in rows]


def test_of_the_same_question_the_answered_one_is_shown(session: Session, people: People, logged: Logged) -> None:
    keep, other = logged("dian", questions=[("Kapan?", "")]), logged("rudi", questions=[("kapan?", "Senin")])
    merge(session, people, keep, other)
    assert of(session, keep) == [("kapan?", AspirationStatus.ANSWERED, "Senin")]
    part(session, people, other)
    assert of(session, keep) == [("Kapan?", AspirationStatus.NOTED, None)]
    assert of(session, other) == [("kapan?", AspirationStatus.ANSWERED, "Senin")]


def test_a_routed_question_stands_there_once(session: Session, people: People, logged: Logged) -> None:
    keep, other = logged("dian", questions=[("Kapan?", "Entah")]), logged("rudi", questions=[("Kapan?", "")])
    row = session.scalars(select(Aspiration).where(Aspiration.event_id == other.id)).one()
    now = people.world.clock.now()
    aspirations.route(session, people.actor("editor"), row.id, opd_id=people.opd.id, due_on=None, now=now, tz=TZ)
    session.commit()
    merge(session, people, keep, other)
    assert of(session, keep) == [("Kapan?", AspirationStatus.ROUTED, None)]


def test_what_two_opds_were_asked_stays_twice(session: Session, people: People, logged: Logged) -> None:
    keep, other = logged("dian", questions=[("Kapan?", "")]), logged("rudi", questions=[("Kapan?", "")])
    second, now = people.world.organisation("opd"), people.world.clock.now()
    for event, opd in ((keep, people.opd), (other, second)):
        row = session.scalars(select(Aspiration).where(Aspiration.event_id == event.id)).one()
        aspirations.route(session, people.actor("editor"), row.id, opd_id=opd.id, due_on=None, now=now, tz=TZ)
    session.commit()
    merge(session, people, keep, other)
    assert len(of(session, keep)) == 2


def test_a_verified_record_is_merged_and_parted_by_the_office_alone_and_keeps_its_words(
    session: Session, people: People, logged: Logged
) -> None:
    keep = logged("dian", counts={}, told="Isi", questions=[("Satu?", "")])
    other = logged("rudi", notes="Hujan", questions=[("Dua?", "")])
    verification.verify(session, people.actor("editor"), keep.id, now=people.world.clock.now())
    session.commit()
    with pytest.raises(Forbidden):
        merge(session, people, keep, other)
    merge(session, people, keep, other, by="editor")
    assert (keep.people, session.get_one(Report, keep.id).notes) == (None, "")
    assert asked(session, keep) == {"Satu?", "Dua?"}
    with pytest.raises(Forbidden):
        part(session, people, other)
    session.rollback()
    part(session, people, other, by="editor")
    assert (keep.status, asked(session, keep)) == (EventStatus.VERIFIED, {"Satu?"})


def test_words_that_were_verified_are_not_taken_away_by_parting(
    session: Session, people: People, logged: Logged
) -> None:
    keep, other = logged("dian", told=""), logged("rudi", told="Isi")
    merge(session, people, keep, other)
    verification.verify(session, people.actor("editor"), keep.id, now=people.world.clock.now())
    session.commit()
    with pytest.raises(Refused):
        part(session, people, other, by="editor")
    session.rollback()
    assert session.get_one(Report, keep.id).told == "Isi"


def test_no_more_photos_come_over_than_an_event_may_have(session: Session, people: People, logged: Logged) -> None:
    keep, other = logged("dian"), logged("rudi")
    for number in range(MOST_PHOTOS - 1):
        picture(session, people, keep, chr(ord("a") + number))
    for sign in "0123":
        picture(session, people, other, sign)
    merge(session, people, keep, other)
    assert len(keep.photos) == MOST_PHOTOS


def at_once(sessions: "sessionmaker[Session]", *tasks: Callable[[Session], object]) -> list[str]:
    """Do all at the same moment, each in a transaction of its own; gives what became of each, in any order."""
    start, ended = threading.Barrier(len(tasks)), list[str]()

    def run(task: Callable[[Session], object]) -> None:
        try:
            start.wait()
            with unit_of_work(sessions) as mine:
                task(mine)
            ended.append("done")
        except (Invalid, Refused):
            ended.append("refused")
        except Exception as error:
            ended.append(repr(error))

    threads = [threading.Thread(target=run, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(ended)


def test_crosswise_merging_leaves_one(
    session: Session, sessions: "sessionmaker[Session]", people: People, logged: Logged
) -> None:
    first, second, now = logged("dian").id, logged("rudi").id, people.world.clock.now()
    dian, rudi = people.actor("dian"), people.actor("rudi")
    session.rollback()
    assert at_once(
        sessions,
        lambda mine: merging.merge(mine, dian, first, second, now=now, tz=TZ),
        lambda mine: merging.merge(mine, rudi, second, first, now=now, tz=TZ),
    ) == ["done", "refused"]
    living = select(func.count()).select_from(Event).where(Event.status != EventStatus.MERGED)
    assert session.scalar(living) == 1


def test_two_who_part_the_same_records_part_them_once(
    session: Session, sessions: "sessionmaker[Session]", people: People, logged: Logged
) -> None:
    keep, other = logged("dian"), logged("rudi", questions=[("Dua?", "")])
    merge(session, people, keep, other)
    dian, rudi, number, now = people.actor("dian"), people.actor("rudi"), other.id, people.world.clock.now()
    session.rollback()
    ended = at_once(
        sessions,
        *(lambda mine, by=by: merging.unmerge(mine, by, number, now=now, tz=TZ) for by in (dian, rudi)),
    )
    assert ended == ["done", "refused"]
    session.expire_all()
    assert (asked(session, keep), asked(session, other)) == (set(), {"Dua?"})


def test_what_is_written_while_somebody_parts_is_not_lost(
    session: Session, sessions: "sessionmaker[Session]", people: People, logged: Logged
) -> None:
    keep, other = logged("dian", told=""), logged("rudi", told="Isi")
    merge(session, people, keep, other)
    dian, rudi, kept, gone, now = (
        people.actor("dian"),
        people.actor("rudi"),
        keep.id,
        other.id,
        people.world.clock.now(),
    )
    session.rollback()

    def write(mine: Session) -> None:
        report = service.to_write(mine, dian, kept, now=now)
        service.write(mine, dian, report, ReportContent(told="Ditulis sendiri"), now=now)

    assert at_once(sessions, write, lambda mine: merging.unmerge(mine, rudi, gone, now=now, tz=TZ)) == ["done", "done"]
    session.expire_all()
    assert session.get_one(Report, kept).told == "Ditulis sendiri"
