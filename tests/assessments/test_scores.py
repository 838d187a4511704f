from collections.abc import Sequence

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.clock import Clock
from app.kernel.roles import Role
from app.learning.assessments.models import Paper, Sitting
from app.learning.assessments.papers import service as papers
from app.learning.assessments.scores import Result, pairs_of, results
from app.learning.programmes.models import ScoreFrom
from app.learning.training.models import Batch, Enrolment, EnrolmentStatus
from tests.assessments.sample import TEST
from tests.pages import asked
from tests.world import World


@pytest.fixture
def batch(world: World) -> Batch:
    instrument = world.instrument(TEST, audience="trainees", title="Keamanan akun")
    return world.batch(programme=world.programme(test_instrument_id=instrument.id))


def both_tests(session: Session, world: World, clock: Clock, batch: Batch) -> Sequence[Paper]:
    actor = world.actor(Role.EDITOR)
    return [papers.prepare(session, actor, batch.id, kind, now=clock.now()) for kind in ("pre", "post")]


def scored(session: Session, clock: Clock, paper: Paper, enrolment: Enrolment, score: float) -> None:
    values = {"score": score, "most": paper.most, "by_hand": True, "handed_in_at": clock.now()}
    session.add(Sitting(paper_id=paper.id, enrolment_id=enrolment.id, answers={}, **values))
    session.flush()


def test_results_are_percentages_of_each_persons_tests(
    session: Session, world: World, clock: Clock, batch: Batch
) -> None:
    pre, post = both_tests(session, world, clock, batch)
    both, only = world.enrolment(batch), world.enrolment(batch)
    scored(session, clock, pre, both, 2)
    scored(session, clock, post, both, 4)
    scored(session, clock, pre, only, 1)
    found = results(session, [batch.id])
    assert found == {both.id: Result(pre=40, post=80), only.id: Result(pre=20)}
    assert found[both.id].gain == pytest.approx(40 / 60)
    assert found[only.id].gain is None


def test_the_score_follows_the_rule_of_the_batch(world: World) -> None:
    batch = world.batch(work_share=25)
    whole, half = Result(pre=10, post=80, work=60), Result(post=80)
    batch.score_from = ScoreFrom.TEST
    assert (whole.score(batch), half.score(batch)) == (80, 80)
    batch.score_from = ScoreFrom.WORK
    assert (whole.score(batch), half.score(batch)) == (60, None)
    batch.score_from = ScoreFrom.BOTH
    assert (whole.score(batch), half.score(batch)) == (75, None)


def test_pairs_leave_out_who_took_only_one_test_or_left(
    session: Session, world: World, clock: Clock, batch: Batch
) -> None:
    pre, post = both_tests(session, world, clock, batch)
    people = [world.enrolment(batch) for _ in range(4)]
    gone = world.enrolment(batch, status=EnrolmentStatus.WITHDRAWN)
    for paper, some in ((pre, [people[0], people[1], gone]), (post, [people[0], people[2], gone])):
        for one in some:
            scored(session, clock, paper, one, 3)
    found = pairs_of(session, batch.id)
    assert (found.pairs, found.only_before, found.only_after, found.neither) == ([(60, 60)], 1, 1, 1)
    assert found.left_out == 3


def test_many_batches_take_no_more_queries_than_one(session: Session, world: World, clock: Clock, batch: Batch) -> None:
    batches = [batch, *(world.batch(programme=batch.programme) for _ in range(5))]
    for one in batches:
        pre, _post = both_tests(session, world, clock, one)
        scored(session, clock, pre, world.enrolment(one), 3)
    session.commit()
    session.execute(select(1))  # the transaction has begun
    with asked() as single:
        results(session, [batch.id])
    with asked() as many:
        assert len(results(session, [one.id for one in batches])) == 6
    assert len(many) == len(single) == 2
    assert results(session, []) == {}
