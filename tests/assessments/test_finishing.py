"""Tests of a batch that is finished, and that goes on after all."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.evidence.instruments import service
from app.kernel.clock import Clock
from app.kernel.errors import Refused
from app.kernel.roles import SYSTEM
from app.learning.assessments.papers import service as papers
from app.learning.assessments.papers import taking
from app.learning.assessments.papers.service import PaperState, is_key_public, papers_of, state_of
from app.learning.training.batches.finishing import finish, reopen_finished
from app.learning.training.models import Batch, BatchStatus
from tests.assessments.sample import RIGHT, TEST
from tests.world import World


@pytest.fixture
def batch(world: World) -> Batch:
    instrument = world.instrument(TEST, frozen=False, audience="trainees", title="Keamanan akun")
    made = world.batch(programme=world.programme(test_instrument_id=instrument.id), status=BatchStatus.RUNNING)
    world.session_of(made, starts_in=timedelta(days=-2))
    return made


@pytest.mark.usefixtures("app")  # whose rooms are registered
@pytest.mark.parametrize("opened", [True, False])
def test_finishing_closes_tests_and_going_on_opens_none(
    session: Session, clock: Clock, batch: Batch, opened: bool
) -> None:
    for kind in ("pre", "post"):
        made = papers.prepare(session, SYSTEM, batch.id, kind, now=clock.now())
        if opened:
            papers.open_paper(session, SYSTEM, made.id, now=clock.now())
    finish(session, SYSTEM, batch.id, now=clock.now())
    found = papers_of(session, batch.id)
    assert {state_of(one, clock.now()) for one in found.values()} == {PaperState.CLOSED}
    with pytest.raises(Refused, match="sudah selesai"):
        papers.open_paper(session, SYSTEM, found["post"].id, now=clock.now())
    reopen_finished(session, SYSTEM, batch.id, now=clock.now())
    assert {state_of(one, clock.now()) for one in found.values()} == {PaperState.CLOSED}
    papers.open_paper(session, SYSTEM, found["post"].id, now=clock.now())
    assert not is_key_public(found["pre"], found, batch, clock.now())


def test_the_key_waits_for_the_test_after_also_where_the_batch_is_finished(
    session: Session, clock: Clock, batch: Batch
) -> None:
    pre = papers.prepare(session, SYSTEM, batch.id, "pre", now=clock.now())
    papers.close_paper(session, SYSTEM, pre.id, now=clock.now())
    post = papers.prepare(session, SYSTEM, batch.id, "post", now=clock.now())
    papers.open_paper(session, SYSTEM, post.id, now=clock.now())
    batch.status = BatchStatus.FINISHED
    session.flush()
    assert not is_key_public(pre, papers_of(session, batch.id), batch, clock.now())
    papers.close_paper(session, SYSTEM, post.id, now=clock.now())
    assert is_key_public(pre, papers_of(session, batch.id), batch, clock.now())


def test_questions_stay_while_forms_are_out(session: Session, world: World, clock: Clock, batch: Batch) -> None:
    paper = papers.prepare(session, SYSTEM, batch.id, "pre", now=clock.now())
    papers.open_paper(session, SYSTEM, paper.id, now=clock.now())
    service.new_version(session, SYSTEM, batch.programme.test_instrument_id, now=clock.now())
    with pytest.raises(Refused, match="sedang dibuka"):
        papers.prepare(session, SYSTEM, batch.id, "pre", now=clock.now())
    seen = paper.instrument_version_id
    papers.close_paper(session, SYSTEM, paper.id, now=clock.now())
    papers.prepare(session, SYSTEM, batch.id, "pre", now=clock.now())
    papers.open_paper(session, SYSTEM, paper.id, now=clock.now())
    with pytest.raises(taking.QuestionsChanged) as changed:
        taking.take(session, paper, world.enrolment(batch), RIGHT, started_at=None, seen=seen, now=clock.now())
    assert changed.value.kept == RIGHT  # the same questions in another version
