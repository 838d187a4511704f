from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.kernel.audit import AuditEntry
from app.kernel.clock import Clock
from app.kernel.errors import Invalid, NotFound, Refused
from app.kernel.roles import Role
from app.learning.assessments.models import Paper, Sitting
from app.learning.assessments.papers import service as papers
from app.learning.assessments.papers import taking
from app.learning.assessments.papers.turnout import list_turnout
from app.learning.training.models import Batch, BatchStatus, EnrolmentStatus
from tests.assessments.sample import MOST, RIGHT, TEST, WRONG
from tests.world import World


@pytest.fixture
def batch(world: World) -> Batch:
    instrument = world.instrument(TEST, audience="trainees", title="Keamanan akun")
    return world.batch(programme=world.programme(test_instrument_id=instrument.id), sessions=1)


def opened(session: Session, world: World, clock: Clock, batch: Batch, kind: str = "pre") -> Paper:
    actor = world.actor(Role.EDITOR)
    paper = papers.prepare(session, actor, batch.id, kind, now=clock.now())
    return papers.open_paper(session, actor, paper.id, now=clock.now())


def give(session: Session, clock: Clock, paper: Paper, enrolment: Any, answers: Any = RIGHT) -> Sitting:
    return taking.hand_in(session, paper, enrolment, answers, started_at=clock.now(), now=clock.now())


def test_what_is_handed_in_is_marked_at_once(session: Session, world: World, clock: Clock, batch: Batch) -> None:
    paper = opened(session, world, clock, batch)
    sitting = give(session, clock, paper, world.enrolment(batch))
    assert (sitting.score, sitting.most, sitting.by_hand, sitting.entered_by_id) == (MOST, MOST, False, None)


def test_a_second_time_changes_nothing(session: Session, world: World, clock: Clock, batch: Batch) -> None:
    paper, enrolment = opened(session, world, clock, batch), world.enrolment(batch)
    first = give(session, clock, paper, enrolment, WRONG)
    taken = taking.take(session, paper, enrolment, RIGHT, started_at=None, now=clock.now())
    assert not taken.is_new
    assert taking.sitting_of(session, paper.id, enrolment.id) is first
    assert first.answers == WRONG
    assert session.scalar(select(func.count()).select_from(Sitting)) == 1


@pytest.mark.parametrize("status", [one for one in EnrolmentStatus if one != EnrolmentStatus.ACCEPTED])
def test_only_who_was_accepted_takes_part(
    session: Session, world: World, clock: Clock, batch: Batch, status: str
) -> None:
    paper = opened(session, world, clock, batch)
    with pytest.raises(Refused, match="peserta yang diterima"):
        give(session, clock, paper, world.enrolment(batch, status=status))


def test_a_participant_of_another_batch_cannot_hand_it_in(
    session: Session, world: World, clock: Clock, batch: Batch
) -> None:
    paper = opened(session, world, clock, batch)
    with pytest.raises(Refused, match="peserta yang diterima"):
        give(session, clock, paper, world.enrolment(world.batch()))


def test_before_and_after_its_time_nothing_is_taken(session: Session, world: World, clock: Clock, batch: Batch) -> None:
    actor, enrolment = world.actor(Role.EDITOR), world.enrolment(batch)
    paper = papers.prepare(session, actor, batch.id, "pre", now=clock.now())
    with pytest.raises(Refused, match="belum dibuka"):
        give(session, clock, paper, enrolment)
    papers.open_paper(session, actor, paper.id, now=clock.now())
    papers.close_paper(session, actor, paper.id, now=clock.now())
    with pytest.raises(Refused, match="sudah ditutup"):
        give(session, clock, paper, enrolment)


def test_the_test_before_cannot_follow_the_test_after(
    session: Session, world: World, clock: Clock, batch: Batch
) -> None:
    enrolment = world.enrolment(batch)
    pre, post = opened(session, world, clock, batch), opened(session, world, clock, batch, "post")
    give(session, clock, post, enrolment)
    with pytest.raises(Refused, match="sudah mengerjakan tes akhir"):
        give(session, clock, pre, enrolment)
    give(session, clock, pre, world.enrolment(batch))  # who has not taken it yet


def test_from_paper_the_order_in_which_they_are_typed_does_not_matter(
    session: Session, world: World, clock: Clock, batch: Batch
) -> None:
    enrolment, actor = world.enrolment(batch), world.actor(Role.EDITOR)
    pre, post = opened(session, world, clock, batch), opened(session, world, clock, batch, "post")
    give(session, clock, post, enrolment)
    sitting = taking.enter(session, actor, pre.id, enrolment.id, {"sandi": "panjang"}, now=clock.now())
    assert (sitting.score, sitting.entered_by_id) == (1, actor.id)


def test_a_late_test_before_is_told(session: Session, world: World, clock: Any, batch: Batch) -> None:
    paper, early, late = opened(session, world, clock, batch), world.enrolment(batch), world.enrolment(batch)
    give(session, clock, paper, early)
    clock.advance(days=2)
    give(session, clock, paper, late)
    assert {one.enrolment_id: one.late for one in list_turnout(session, paper)} == {early.id: False, late.id: True}


def test_answers_that_do_not_fit_are_said_by_question(
    session: Session, world: World, clock: Clock, batch: Batch
) -> None:
    paper = opened(session, world, clock, batch)
    with pytest.raises(taking.InvalidAnswers) as wrong:
        give(session, clock, paper, world.enrolment(batch), {"sandi": "panjang", "tanda": ["apa"], "pakai": "tidak"})
    assert [one.field for one in wrong.value.problems] == ["tanda"]


def test_points_from_paper(session: Session, world: World, clock: Clock, batch: Batch) -> None:
    paper, enrolment, actor = opened(session, world, clock, batch), world.enrolment(batch), world.actor(Role.EDITOR)
    sitting = taking.enter_points(session, actor, paper.id, enrolment.id, 3.5, now=clock.now())
    assert (sitting.score, sitting.most, sitting.by_hand) == (3.5, MOST, True)


@pytest.mark.one_database
@pytest.mark.parametrize(("score", "told"), [(5.5, "paling banyak 5"), (-1, "kurang dari 0"), (float("nan"), "kurang")])
def test_points_above_the_maximum_are_refused(
    session: Session, world: World, clock: Clock, batch: Batch, score: float, told: str
) -> None:
    paper, enrolment = opened(session, world, clock, batch), world.enrolment(batch)
    with pytest.raises(Invalid, match=told) as refused:
        taking.enter_points(session, world.actor(Role.EDITOR), paper.id, enrolment.id, score, now=clock.now())
    assert refused.value.field == "score"


def test_the_database_refuses_a_score_above_the_maximum_too(
    session: Session, world: World, clock: Clock, batch: Batch
) -> None:
    paper, enrolment = opened(session, world, clock, batch), world.enrolment(batch)
    session.add(
        Sitting(paper_id=paper.id, enrolment_id=enrolment.id, answers={}, score=6, most=5, handed_in_at=clock.now())
    )
    with pytest.raises(IntegrityError):
        session.flush()


def test_a_correction_needs_a_reason_and_keeps_what_it_was_worth(
    session: Session, world: World, clock: Clock, batch: Batch
) -> None:
    paper, enrolment, actor = opened(session, world, clock, batch), world.enrolment(batch), world.actor(Role.EDITOR)
    give(session, clock, paper, enrolment, WRONG)
    with pytest.raises(Invalid, match="Tulis alasannya"):
        taking.enter_points(session, actor, paper.id, enrolment.id, 4, now=clock.now())
    sitting = taking.enter_points(session, actor, paper.id, enrolment.id, 4, reason="salah orang", now=clock.now())
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "assessment.corrected")).one()
    assert (sitting.score, sitting.by_hand) == (4, True)
    assert entry.before is not None
    assert entry.after is not None
    assert (entry.before["answers"], entry.before["score"], entry.after["reason"]) == (len(WRONG), 0, "salah orang")


def test_what_is_removed_can_be_handed_in_again(session: Session, world: World, clock: Clock, batch: Batch) -> None:
    paper, enrolment, actor = opened(session, world, clock, batch), world.enrolment(batch), world.actor(Role.EDITOR)
    give(session, clock, paper, enrolment, WRONG)
    with pytest.raises(Invalid):
        taking.remove(session, actor, paper.id, enrolment.id, reason="  ", now=clock.now())
    taking.remove(session, actor, paper.id, enrolment.id, reason="diisi orang lain", now=clock.now())
    assert give(session, clock, paper, enrolment).score == MOST
    with pytest.raises(NotFound):
        taking.remove(session, actor, paper.id, world.enrolment(batch).id, reason="x", now=clock.now())


def test_a_finished_batch_keeps_its_scores(session: Session, world: World, clock: Clock, batch: Batch) -> None:
    paper, enrolment, actor = (
        opened(session, world, clock, batch, "post"),
        world.enrolment(batch),
        world.actor(Role.EDITOR),
    )
    give(session, clock, paper, enrolment)
    batch.status = BatchStatus.FINISHED
    session.flush()
    with pytest.raises(Refused, match="sudah selesai"):
        taking.enter_points(session, actor, paper.id, enrolment.id, 1, reason="x", now=clock.now())
    with pytest.raises(Refused, match="sudah selesai"):
        taking.remove(session, actor, paper.id, enrolment.id, reason="x", now=clock.now())
    with pytest.raises(Refused, match="sudah ditutup"):
        give(session, clock, paper, world.enrolment(batch))


def test_feedback_and_follow_ups_are_taken_after_the_end(
    session: Session, world: World, clock: Clock, batch: Batch
) -> None:
    enrolment = world.enrolment(batch)
    paper = opened(session, world, clock, batch, "after_3")
    batch.status = BatchStatus.FINISHED
    session.flush()
    assert taking.refusal(session, paper, enrolment, clock.now()) is None
