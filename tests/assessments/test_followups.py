import hashlib
from datetime import date, timedelta

import pytest
from sqlalchemy import delete, select

from app.base.media.check import Checked
from app.base.media.storage import Storage
from app.base.notices.models import Notice
from app.kernel.roles import SYSTEM, Role
from app.learning.assessments import retention
from app.learning.assessments.followups import service as followups
from app.learning.assessments.followups.service import due, due_on
from app.learning.assessments.models import Mark, Paper, PaperKind, Sitting, Work
from app.learning.assessments.papers import invitations
from app.learning.assessments.papers.service import PaperState, paper_of, prepare, state_of
from app.learning.assessments.papers.taking import enter
from app.learning.assessments.works.service import PARTICIPANT, HandIn, hand_in
from app.learning.training.models import BatchStatus, EnrolmentStatus, Outcome
from app.learning.training.retention import erase
from tests.assessments.rubrics import handed_in, rubric_batch

ANSWERS = {"aktif": "ya", "pakai": "hari", "mandiri": "sendiri", "buat": "belum", "mengajari": "ya",
           "hambatan": ["waktu"]}  # fmt: skip


@pytest.fixture
def finished(world):
    """Finished on 24 August 2026, three months before today."""
    world.office()
    return world.batch(
        status=BatchStatus.FINISHED, starts_on=date(2026, 8, 20), ends_on=date(2026, 8, 24),
        finished_at=world.clock.now() - timedelta(days=92),
    )  # fmt: skip


def _participant(world, batch, name="Siti", email="siti@contoh.id", **values):
    return world.enrolment(batch, world.trainee(name, email=email), **values)


def _mails(session):
    session.rollback()
    return session.scalars(select(Notice).order_by(Notice.id)).all()


def test_after_three_months_participants_are_asked_with_their_own_link(sessions, session, world, finished, clock):
    one = _participant(world, finished)
    assert due(sessions, now=clock.now()) == 1
    mail = _mails(session)[0]
    assert mail.address == "siti@contoh.id"
    assert mail.path.startswith("/peserta/")
    assert mail.path.endswith(f"/isi/{one.id}/after_3")
    paper = paper_of(session, finished.id, PaperKind.AFTER_3)
    assert state_of(paper, clock.now()) == PaperState.OPEN
    assert paper.closes_at == clock.now() + timedelta(weeks=4)
    assert paper_of(session, finished.id, PaperKind.AFTER_12) is None


def test_however_often_it_runs_nobody_is_mailed_twice(sessions, session, world, finished, clock):
    for name in ("ani", "budi"):
        _participant(world, finished, name, f"{name}@contoh.id")
    assert [due(sessions, now=clock.now()) for _ in range(3)] == [2, 0, 0]
    assert len(session.scalars(select(Paper)).all()) == 1


def test_a_run_that_died_half_way_is_taken_up(sessions, session, world, finished, clock, monkeypatch):
    for name in ("ani", "budi"):
        _participant(world, finished, name, f"{name}@contoh.id")

    def dies(*_args, **_more):
        raise RuntimeError("power cut")

    with monkeypatch.context() as broken:
        broken.setattr(followups, "invite", dies)
        assert due(sessions, now=clock.now()) == 0
    assert _mails(session) == []
    assert due(sessions, now=clock.now()) == 2


def test_a_batch_that_cannot_be_asked_does_not_keep_the_others_waiting(
    sessions, session, world, finished, clock, monkeypatch
):
    other = world.batch(status=BatchStatus.FINISHED, starts_on=date(2026, 8, 24), finished_at=finished.finished_at)
    _participant(world, other)

    def fails(work_session, actor, batch_id, kind, **more):
        if batch_id == finished.id:
            raise RuntimeError("broken")
        return prepare(work_session, actor, batch_id, kind, **more)

    monkeypatch.setattr(followups, "prepare", fails)
    assert due(sessions, now=clock.now()) == 1


def test_one_reminder_to_those_who_did_not_answer(sessions, session, world, finished, clock):
    answered = _participant(world, finished, "Ani", "ani@contoh.id")
    _participant(world, finished, "Budi", "budi@contoh.id")
    due(sessions, now=clock.now())
    paper = paper_of(session, finished.id, PaperKind.AFTER_3)
    enter(session, SYSTEM, paper.id, answered.id, ANSWERS, now=clock.now())
    session.commit()
    clock.advance(days=9)
    assert due(sessions, now=clock.now()) == 0
    clock.advance(days=1)
    assert [due(sessions, now=clock.now()) for _ in range(2)] == [1, 0]
    clock.advance(days=12)
    assert due(sessions, now=clock.now()) == 0
    last = _mails(session)[-1]
    assert (last.address, last.subject[:12]) == ("budi@contoh.id", "Sekali lagi:")


def test_who_comes_to_be_asked_later_is_reminded_later(sessions, session, world, finished, clock):
    due(sessions, now=clock.now())
    clock.advance(days=11)
    _participant(world, finished)
    assert [due(sessions, now=clock.now()) for _ in range(2)] == [1, 0]
    clock.advance(days=10)
    assert due(sessions, now=clock.now()) == 1


def test_nobody_is_asked_after_the_weeks_it_was_open_for(sessions, session, world, finished, clock):
    due(sessions, now=clock.now())
    _participant(world, finished)
    session.commit()
    clock.advance(days=28)
    assert due(sessions, now=clock.now()) == 0


@pytest.mark.parametrize(
    ("ends_on", "asks"),
    [
        (date(2026, 8, 25), []),
        (date(2026, 8, 24), [PaperKind.AFTER_3]),
        (date(2026, 6, 25), [PaperKind.AFTER_3]),
        (date(2026, 6, 24), []),
        (date(2025, 11, 24), [PaperKind.AFTER_12]),
        (date(2025, 9, 20), []),
        (date(2020, 1, 1), []),
    ],
)
def test_a_follow_up_begins_on_its_day_or_shortly_after_and_never_years_later(
    sessions, session, world, clock, ends_on, asks
):
    world.office()
    world.batch(status=BatchStatus.FINISHED, starts_on=ends_on, ends_on=ends_on)
    due(sessions, now=clock.now())
    assert session.scalars(select(Paper.kind)).all() == asks


def test_the_last_day_of_a_short_month_stands_for_the_31st():
    assert due_on(date(2026, 11, 30), PaperKind.AFTER_3) == date(2027, 2, 28)
    assert due_on(date(2026, 1, 31), PaperKind.AFTER_3) == date(2026, 4, 30)
    assert due_on(date(2024, 2, 29), PaperKind.AFTER_12) == date(2025, 2, 28)


@pytest.mark.parametrize("status", [BatchStatus.RUNNING, BatchStatus.CANCELLED])
def test_a_batch_that_is_not_finished_is_not_followed_up(sessions, session, world, finished, clock, status):
    finished.status = status
    session.commit()
    assert due(sessions, now=clock.now()) == 0
    assert session.scalars(select(Paper)).all() == []


def test_made_up_participants_are_never_mailed(sessions, session, world, finished, clock):
    finished.simulated = True
    _participant(world, finished)
    session.commit()
    assert due(sessions, now=clock.now()) == 0
    assert _mails(session) == []


def test_everybody_accepted_is_asked_also_who_did_not_complete_it(sessions, session, world, finished, clock):
    _participant(world, finished, "Ani", "ani@contoh.id", outcome=Outcome.COMPLETED)
    _participant(world, finished, "Budi", "budi@contoh.id", outcome=Outcome.INCOMPLETE)
    _participant(world, finished, "Citra", "citra@contoh.id", status=EnrolmentStatus.REJECTED)
    _participant(world, finished, "Dedi", "dedi@contoh.id").trainee.erased_at = clock.now()
    session.commit()
    due(sessions, now=clock.now())
    assert {mail.address for mail in _mails(session)} == {"ani@contoh.id", "budi@contoh.id"}


def test_who_cannot_be_mailed_stands_on_a_list(sessions, session, world, finished, clock):
    _participant(world, finished, "Ani", None)
    _participant(world, finished, "Budi", "budi@contoh.id")
    _participant(world, finished, "Citra", "citra@contoh.id")
    due(sessions, now=clock.now())
    paper = paper_of(session, finished.id, PaperKind.AFTER_3)
    assert [one.trainee.name for one in invitations.list_unreached(session, paper)] == ["Ani"]
    lost = session.scalars(select(Notice).where(Notice.address == "budi@contoh.id")).one()
    lost.email_status = "failed"
    session.commit()
    assert [(one.trainee.name, one.failed) for one in invitations.list_unreached(session, paper)] == [
        ("Ani", False), ("Budi", True),
    ]  # fmt: skip


def test_feedback_opens_and_invites_by_itself_once_a_batch_is_finished(sessions, session, world, clock):
    world.office()
    batch = world.batch(status=BatchStatus.FINISHED, finished_at=clock.now())
    one = _participant(world, batch)
    assert [due(sessions, now=clock.now()) for _ in range(2)] == [1, 0]
    assert _mails(session)[0].path.endswith(f"/isi/{one.id}/feedback")
    clock.advance(days=5)
    assert due(sessions, now=clock.now()) == 1
    clock.advance(days=9)
    assert state_of(paper_of(session, batch.id, PaperKind.FEEDBACK), clock.now()) == PaperState.CLOSED


def test_feedback_that_was_opened_by_hand_invites_too_and_one_that_was_closed_stays_closed(
    sessions, session, world, clock
):
    world.office()
    batch = world.batch(status=BatchStatus.RUNNING)
    _participant(world, batch)
    paper = prepare(session, world.actor(Role.EDITOR), batch.id, PaperKind.FEEDBACK, now=clock.now())
    paper.opens_at = clock.now()
    session.commit()
    assert due(sessions, now=clock.now()) == 1
    paper.closes_at = clock.now()
    batch.status, batch.finished_at = BatchStatus.FINISHED, clock.now()
    session.commit()
    clock.advance(days=6)
    assert due(sessions, now=clock.now()) == 0


def test_forgotten_notices_do_not_begin_the_invitations_anew(sessions, session, world, clock):
    world.office()
    batch = world.batch(status=BatchStatus.RUNNING)
    _participant(world, batch)
    paper = prepare(session, world.actor(Role.EDITOR), batch.id, PaperKind.FEEDBACK, now=clock.now())
    paper.opens_at = clock.now()
    session.commit()
    due(sessions, now=clock.now())
    session.execute(delete(Notice))
    session.commit()
    clock.advance(days=61)
    assert due(sessions, now=clock.now()) == 0


def test_erasing_a_person_takes_answers_words_files_and_waiting_mails_and_leaves_points(
    sessions, session, world, finished, clock, tmp_path
):
    storage = Storage(tmp_path / "files")
    gone, stays = _participant(world, finished), _participant(world, finished, "Budi", "budi@contoh.id")
    due(sessions, now=clock.now())
    paper = paper_of(session, finished.id, PaperKind.AFTER_3)
    for one in (gone, stays):
        enter(session, SYSTEM, paper.id, one.id, ANSWERS, now=clock.now())
    running = rubric_batch(world)
    enrolment = world.enrolment(running, gone.trainee)
    work = handed_in(world, storage, enrolment, note="Nomor saya 0812")
    kept = Checked(b"%PDF-satu", "application/pdf", "siti.pdf")
    with_file, _ = _with_file(world, storage, enrolment, kept)
    criterion = running.programme.criteria[0]
    with_file.marks.append(Mark(criterion_id=criterion.id, points=2, most=4, note="Siti rapi", at=clock.now()))
    session.commit()
    for _ in range(2):
        erase(session, gone.trainee, now=clock.now())
        session.commit()
    session.expire_all()
    assert session.scalars(select(Sitting.enrolment_id)).all() == [stays.id]
    assert [mail.address for mail in _mails(session)] == ["budi@contoh.id"]
    left = session.get_one(Work, work.id)
    assert (left.title, left.repository, left.note) == ("Dihapus", "", "")
    assert [(mark.points, mark.note) for mark in left.marks] == [(2, "")]
    session.rollback()
    assert [retention.sweep_files(sessions, storage) for _ in range(2)] == [1, 0]
    assert not storage.has(hashlib.sha256(kept.data).hexdigest())
    session.expire_all()
    assert session.get_one(Work, work.id).file_id is None


def _with_file(world, storage, enrolment, file):
    given = HandIn(title="Tugas Siti", link="https://contoh.go.id")
    return hand_in(world.session, storage, PARTICIPANT, enrolment.id, given, file=file, now=world.clock.now())
