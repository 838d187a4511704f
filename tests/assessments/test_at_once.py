"""People who hand in, change and finish at the same moment; on PostgreSQL, where one does not wait for the other."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.evidence.instruments import service
from app.kernel.clock import Clock
from app.kernel.errors import Refused
from app.kernel.roles import SYSTEM
from app.learning.assessments.models import Paper, Sitting
from app.learning.assessments.papers import service as papers
from app.learning.assessments.papers import taking
from app.learning.training.batches.finishing import finish
from app.learning.training.models import Batch, BatchStatus, Enrolment
from tests.assessments.sample import RIGHT, TEST
from tests.world import World

WAIT = 0.7  # seconds that are enough to see that somebody waits


@pytest.fixture
def enrolment(database_kind: str, world: World) -> Enrolment:
    if database_kind == "sqlite":
        pytest.skip("one writes at a time")
    instrument = world.instrument(TEST, frozen=False, audience="trainees", title="Keamanan akun")
    batch = world.batch(programme=world.programme(test_instrument_id=instrument.id), status=BatchStatus.RUNNING)
    world.session_of(batch, starts_in=timedelta(days=-2))
    return world.enrolment(batch)


@pytest.fixture
def paper(session: Session, clock: Clock, enrolment: Enrolment) -> Paper:
    made = papers.prepare(session, SYSTEM, enrolment.batch_id, "post", now=clock.now())
    papers.open_paper(session, SYSTEM, made.id, now=clock.now())
    session.commit()
    return made


def beside(work: Callable[[], Any]) -> tuple[threading.Thread, list[Any]]:
    """Begun in a thread; what it gave or raised comes into the list."""
    came: list[Any] = []

    def run() -> None:
        try:
            came.append(work())
        except Exception as error:  # told to the test
            came.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(WAIT)
    return thread, came


def take(session: Session, paper_id: int, enrolment_id: int, clock: Clock, **more: Any) -> taking.HandInResult:
    paper, one = session.get_one(Paper, paper_id), session.get_one(Enrolment, enrolment_id)
    return taking.take(session, paper, one, RIGHT, started_at=None, now=clock.now(), **more)


def test_a_batch_is_finished_after_what_is_being_handed_in(
    session: Session, sessions: "sessionmaker[Session]", clock: Clock, enrolment: Enrolment, paper: Paper
) -> None:
    batch_id, paper_id, enrolment_id = enrolment.batch_id, paper.id, enrolment.id
    with sessions() as one, sessions() as other:
        take(one, paper_id, enrolment_id, clock)
        thread, came = beside(lambda: (finish(other, SYSTEM, batch_id, now=clock.now()), other.commit()))
        assert thread.is_alive()  # it waits, so that outcomes know this score
        one.commit()
        thread.join()
    assert not isinstance(came[0], Exception)
    session.rollback()
    assert session.scalars(select(Sitting.score)).one() == 5


def test_what_comes_in_while_a_batch_is_being_finished_is_refused(
    sessions: "sessionmaker[Session]", clock: Clock, enrolment: Enrolment, paper: Paper
) -> None:
    batch_id, paper_id, enrolment_id = enrolment.batch_id, paper.id, enrolment.id
    with sessions() as one, sessions() as other:
        finish(one, SYSTEM, batch_id, now=clock.now())
        thread, came = beside(lambda: take(other, paper_id, enrolment_id, clock))
        assert thread.is_alive()
        one.commit()
        thread.join()
    assert isinstance(came[0], Refused)


def test_questions_are_not_changed_under_what_is_being_handed_in(
    session: Session, sessions: "sessionmaker[Session]", clock: Clock, enrolment: Enrolment, paper: Paper
) -> None:
    batch_id, paper_id, enrolment_id = enrolment.batch_id, paper.id, enrolment.id
    instrument_id = paper.instrument_version_id and session.get_one(Batch, batch_id).programme.test_instrument_id
    assert instrument_id
    service.new_version(session, SYSTEM, instrument_id, now=clock.now())
    session.commit()
    with sessions() as one, sessions() as other:
        take(one, paper_id, enrolment_id, clock)
        thread, came = beside(
            lambda: papers.prepare(other, SYSTEM, batch_id, "post", instrument_id=instrument_id, now=clock.now())
        )
        assert thread.is_alive()
        one.commit()
        thread.join()
    assert isinstance(came[0], Refused)


def test_who_hands_in_and_who_types_do_not_wait_for_each_other_for_ever(
    sessions: "sessionmaker[Session]", clock: Clock, enrolment: Enrolment, paper: Paper
) -> None:
    paper_id, enrolment_id = paper.id, enrolment.id
    with sessions() as one, sessions() as other:
        papers.to_change(one, SYSTEM, paper_id)
        thread, came = beside(lambda: (take(other, paper_id, enrolment_id, clock), other.commit()))
        assert thread.is_alive()
        taking.enter_points(one, SYSTEM, paper_id, enrolment_id, 3, now=clock.now())
        one.commit()
        thread.join()
    assert not isinstance(came[0], Exception)
    assert not came[0][0].is_new
