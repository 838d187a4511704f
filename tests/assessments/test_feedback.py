from datetime import date

import pytest
from sqlalchemy import select, text

from app.kernel.audit import AuditEntry
from app.kernel.errors import Refused
from app.kernel.roles import Role
from app.learning.assessments.followups import feedback
from app.learning.assessments.followups.feedback import LEAST
from app.learning.assessments.followups.feedback_results import mean_of, results
from app.learning.assessments.models import Feedback, FeedbackGiven, PaperKind, Sitting
from app.learning.assessments.papers.invitations import list_without_answer
from app.learning.assessments.papers.service import close_paper, open_paper, prepare
from app.learning.assessments.papers.taking import take
from app.learning.assessments.papers.turnout import count_turnout, list_turnout
from app.learning.training.models import BatchStatus, EnrolmentStatus
from app.learning.training.retention import erase

SAID = {
    "pelatih_jelas": "5", "pelatih_menguasai": "4", "pelatih_membantu": "4", "materi_berguna": "5",
    "materi_latihan": "3", "materi_bahan": "4", "materi_kecepatan": "pas", "tempat_nyaman": "4", "tempat_alat": "2",
    "tempat_waktu": "4", "nilai": "4", "ajak": "ya",
}  # fmt: skip


@pytest.fixture
def batch(world):
    world.office()
    return world.batch(status=BatchStatus.RUNNING)


@pytest.fixture
def paper(world, batch):
    made = prepare(world.session, world.actor(Role.EDITOR), batch.id, PaperKind.FEEDBACK, now=world.clock.now())
    made.opens_at = world.clock.now()
    world.session.commit()
    return made


def _give(world, batch, paper, **more):
    enrolment = world.enrolment(batch)
    taken = take(
        world.session, paper, enrolment, {**SAID, **more}, started_at=None, now=world.clock.now()
    )  # fmt: skip
    world.session.commit()
    return enrolment, taken


def _finished(world, batch, paper=None):
    """With `paper`: its form is closed too."""
    batch.status = BatchStatus.FINISHED
    if paper is not None:
        paper.closes_at = world.clock.now()
    world.session.commit()


def test_feedback_is_given_once_and_is_no_sitting(world, session, batch, paper):
    enrolment, taken = _give(world, batch, paper)
    again = take(session, paper, enrolment, {**SAID, "nilai": "1"}, started_at=None, now=world.clock.now())
    session.commit()
    assert (taken.is_new, again.is_new) == (True, False)
    assert [one.answers["nilai"] for one in session.scalars(select(Feedback))] == ["4"]
    assert session.scalars(select(Sitting)).all() == []
    assert feedback.has_given_feedback(session, paper.id, enrolment.id)
    assert not feedback.has_given_feedback(session, paper.id, 999)


def test_what_is_stored_names_neither_person_nor_hour(world, session, batch, paper):
    before = len(session.scalars(select(AuditEntry)).all())
    _give(world, batch, paper, terbaik="Praktiknya")
    one = session.scalars(select(Feedback)).one()
    assert set(Feedback.__table__.columns.keys()) == {"id", "paper_id", "answers", "on"}
    assert one.on == date(2026, 11, 24)
    assert "Praktiknya" in one.answers.values()
    assert len(session.scalars(select(AuditEntry)).all()) == before


def test_the_order_of_rows_tells_nothing(world, session, batch, paper):
    """The order in which a database gives rows that nobody ordered is that of the random ids, whoever came first."""
    ids = [_give(world, batch, paper, terbaik=str(number))[0].id for number in range(6)]
    place = "rowid" if session.get_bind().dialect.name == "sqlite" else "ctid"
    rows = session.execute(text(f"SELECT id FROM feedback_answers ORDER BY {place}")).scalars().all()
    assert rows == sorted(rows)
    givers = session.execute(text(f"SELECT enrolment_id FROM feedback_given ORDER BY {place}")).scalars().all()
    assert givers == sorted(ids)


def test_all_rows_of_a_form_carry_the_mark_of_the_same_transaction(world, session, batch, paper):
    if session.get_bind().dialect.name == "sqlite":
        pytest.skip("SQLite marks no rows")
    for _ in range(3):
        _give(world, batch, paper)
    marks = session.execute(text("SELECT xmin::text FROM feedback_answers UNION SELECT xmin::text FROM feedback_given"))
    assert len(marks.all()) == 1


def test_nothing_is_shown_before_the_batch_is_finished(world, session, batch, paper):
    for _ in range(LEAST):
        _give(world, batch, paper)
    world.clock.advance(days=1)
    found = results(session, batch, paper, now=world.clock.now())
    assert (found.why, found.given, found.questions) == ("running", LEAST, ())


def test_nothing_is_shown_of_fewer_than_five(world, session, batch, paper):
    for _ in range(LEAST - 1):
        _give(world, batch, paper)
    _finished(world, batch, paper)
    world.clock.advance(days=1)
    found = results(session, batch, paper, now=world.clock.now())
    assert (found.why, found.counted, found.questions) == ("few", LEAST - 1, ())


def test_results_come_at_once_and_never_grow_by_one(world, session, batch, paper):
    """Else the answers before and after somebody gave feedback would differ by theirs."""
    for _ in range(LEAST):
        _give(world, batch, paper)
    _finished(world, batch)
    world.clock.advance(days=1)
    found = results(session, batch, paper, now=world.clock.now())
    assert (found.given, found.counted, found.why, found.questions) == (LEAST, 0, "open", ())
    _give(world, batch, paper, nilai="1")
    actor = world.actor(Role.EDITOR)
    close_paper(session, actor, paper.id, now=world.clock.now())
    assert results(session, batch, paper, now=world.clock.now()).counted == LEAST + 1
    with pytest.raises(Refused, match="mudah ditebak"):
        open_paper(session, actor, paper.id, now=world.clock.now())


def test_feedback_that_nobody_may_read_yet_can_be_opened_again(world, session, batch, paper):
    for _ in range(LEAST - 1):
        _give(world, batch, paper)
    actor = world.actor(Role.EDITOR)
    close_paper(session, actor, paper.id, now=world.clock.now())
    open_paper(session, actor, paper.id, now=world.clock.now())
    _give(world, batch, paper)
    assert feedback.count_feedback(session, paper.id) == LEAST


def test_nobody_is_told_who_gave_feedback(world, session, batch, paper):
    gave, _ = _give(world, batch, paper)
    silent = world.enrolment(batch)
    assert list_turnout(session, paper) == []
    assert {one.id for one in list_without_answer(session, paper)} == {gave.id, silent.id}  # whom reminders go to


def test_the_count_says_nothing_about_who_leaves(world, session, batch, paper):
    gave, _ = _give(world, batch, paper)
    silent = [world.enrolment(batch) for _ in range(2)]
    assert feedback.feedback_turnout(session, paper) == (1, 3)
    _finished(world, batch)  # from a batch that goes on an erased person withdraws
    erase(session, gave.trainee, now=world.clock.now())
    assert feedback.feedback_turnout(session, paper) == (1, 3)
    silent[0].status = EnrolmentStatus.WITHDRAWN
    session.commit()
    assert feedback.feedback_turnout(session, paper) == (1, 2)
    assert count_turnout(session, batch)[1]["feedback"] == 1
    gave.status = EnrolmentStatus.WITHDRAWN
    session.commit()
    assert feedback.feedback_turnout(session, paper) == (1, 1)
    assert count_turnout(session, batch)[1]["feedback"] == 1


def test_results_tell_each_question_with_its_mean_and_limits(world, session, batch, paper):
    for value in ("3", "4", "4", "5", "5", "5"):
        _give(world, batch, paper, nilai=value, terbaik=f"Praktik {value}" if value == "3" else "")
    _finished(world, batch, paper)
    world.clock.advance(days=1)
    told = {one.text: one for one in results(session, batch, paper, now=world.clock.now()).questions}
    overall = told["Secara keseluruhan, seberapa puas Anda dengan pelatihan ini?"]
    assert [choice.n for choice in overall.choices] == [0, 0, 1, 2, 3]
    assert overall.mean.value == pytest.approx(26 / 6)
    # t(5 df, 97,5 %) = 2,5706; s = 0,8165; half = 0,8569
    assert (overall.mean.low, overall.mean.high) == (pytest.approx(3.4765, abs=1e-3), 5.0)
    same = told["Pelatih menguasai yang diajarkannya."]
    assert (same.mean.value, same.mean.low) == (4, None)
    assert told["Apa yang paling berguna dari pelatihan ini?"].texts == ["Praktik 3"]
    assert told["Bagaimana kecepatan pelatihan ini?"].mean is None


def test_texts_stand_in_an_order_that_changes(world, session, batch, paper):
    for number in range(12):
        _give(world, batch, paper, terbaik=f"Teks {number}")
    _finished(world, batch, paper)
    world.clock.advance(days=1)

    def texts():
        found = results(session, batch, paper, now=world.clock.now()).questions
        return tuple(next(one.texts for one in found if "paling berguna" in one.text))

    seen = {texts() for _ in range(5)}
    assert len(seen) > 1
    assert len({tuple(sorted(one)) for one in seen}) == 1


def test_a_mean_of_one_number_has_no_limits():
    assert (mean_of([4.0]).low, mean_of([])) == (None, None)


def test_erasing_an_enrolment_takes_that_somebody_gave_and_not_what(world, session, batch, paper):
    enrolment, _ = _give(world, batch, paper)
    session.delete(session.get_one(FeedbackGiven, (paper.id, enrolment.id)))
    session.commit()
    assert len(session.scalars(select(Feedback)).all()) == 1
