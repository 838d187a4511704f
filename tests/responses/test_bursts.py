"""Bursts on both databases: held, gathered while others count, and decided once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session, sessionmaker

from app.base.notices.models import Notice
from app.evidence.responses import service, waiting
from app.evidence.responses.bursts import detection as bursts
from app.evidence.responses.bursts import holding
from app.evidence.responses.models import Response, ResponseBurst
from app.evidence.responses.retention import erase_answers
from app.evidence.responses.tally import counts, fold_all
from app.evidence.surveys.models import Wave
from app.kernel.clock import FrozenClock
from app.kernel.db import unit_of_work
from app.kernel.errors import Forbidden, NotFound, Stale
from app.kernel.roles import Role
from tests.survey_sample import ANSWERS
from tests.world import VILLAGE, World


def answer(sessions: "sessionmaker[Session]", wave: Wave, now, origin: str = "m" * 32) -> None:
    sent = service.Submission(
        uuid=service.new_uuid(), mode="link", place=VILLAGE, sex="f", age_band="25-34", answers=ANSWERS,
        origin_mark=origin,
    )  # fmt: skip
    with unit_of_work(sessions) as session:
        taken = service.record(session, None, session.get_one(Wave, wave.id), sent, now=now)
        assert taken.state == "stored"
        bursts.watch(session, wave, sent, now=now)


def held(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).where(Response.held)) or 0


@pytest.fixture
def wave(world: World) -> Wave:
    return world.wave()


def test_at_once_from_one_address_are_held_while_the_worker_counts(
    sessions: "sessionmaker[Session]", session: Session, world: World, wave: Wave, clock: FrozenClock
) -> None:
    planner = world.user(Role.EDITOR)
    with ThreadPoolExecutor(6) as pool:
        answers = [pool.submit(answer, sessions, wave, clock.now()) for _ in range(60)]
        folding = [pool.submit(fold_all, sessions) for _ in range(3)]
        for one in [*answers, *folding]:
            one.result()
    fold_all(sessions)
    assert held(session) == 30
    assert int(counts(session, wave).people.sum()) == 30
    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(lambda _n: holding.gather(sessions, now=clock.now()), range(2))) == 30
    assert held(session) == 60
    assert int(counts(session, wave).people.sum()) == 0
    notices = session.scalars(select(Notice).where(Notice.dedupe_key.startswith("held:"))).all()
    assert [(one.user_id, one.path) for one in notices] == [(planner.id, f"/survei/{wave.id}/jawaban/ditahan")]
    (found,) = bursts.bursts(session, wave)
    assert (found.answers, found.held, found.contents, found.most_alike, found.places) == (60, 60, 1, 60, 1)


def test_a_second_burst_of_the_day_is_gathered_too(
    sessions: "sessionmaker[Session]", session: Session, wave: Wave, clock: FrozenClock
) -> None:
    for _ in range(2):
        for _ in range(35):
            answer(sessions, wave, clock.now())
        holding.gather(sessions, now=clock.now())
        clock.advance(minutes=3)
    assert held(session) == 70
    assert session.scalar(select(func.count()).select_from(ResponseBurst)) == 1


def test_only_who_keeps_the_survey_decides_and_only_once(
    sessions: "sessionmaker[Session]", session: Session, wave: Wave, clock: FrozenClock, world: World
) -> None:
    for _ in range(35):
        answer(sessions, wave, clock.now())
    (found,) = bursts.bursts(session, wave)
    keeper, stranger = world.actor(Role.EDITOR), world.actor(Role.VIEWER)
    now = clock.now()
    with pytest.raises(Forbidden):
        holding.accept(session, stranger, wave.id, found.row.id, now=now)
    session.rollback()
    with pytest.raises(NotFound):
        holding.accept(session, keeper, world.wave().id, found.row.id, now=now)
    session.rollback()
    assert holding.discard(session, keeper, wave.id, found.row.id, now=now) == 5
    session.commit()
    with pytest.raises(Stale):
        holding.accept(session, keeper, wave.id, found.row.id, now=now)
    session.rollback()
    assert holding.undo(session, keeper, wave.id, found.row.id, now=now) == 5
    assert holding.accept(session, keeper, wave.id, found.row.id, now=now) == 5
    session.commit()
    assert int(counts(session, wave).people.sum()) == 35


def test_where_an_answer_came_from_is_forgotten_and_bursts_go_with_the_answers(
    sessions: "sessionmaker[Session]", session: Session, wave: Wave, clock: FrozenClock
) -> None:
    for _ in range(35):
        answer(sessions, wave, clock.now())
    clock.advance(days=1)
    assert holding.forget_origins(sessions, now=clock.now()) == 0
    clock.advance(days=1, seconds=1)
    assert holding.forget_origins(sessions, now=clock.now()) == 35
    wave = session.get_one(Wave, wave.id)
    wave.status, wave.closed_at = "closed", clock.now()
    session.commit()
    assert erase_answers(sessions, answer_days=30, now=clock.now() + timedelta(days=31)) == 1
    session.rollback()
    assert session.scalar(select(func.count()).select_from(ResponseBurst)) == 0


@pytest.mark.one_database
def test_counting_what_is_held_reads_only_what_is_held(session: Session, wave: Wave) -> None:
    """A survey may have a million answers; SQLite takes the index for the words of the index alone."""
    asked: list[tuple[str, Any]] = []

    def keep(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        asked.append((statement, values))

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", keep)
    bursts.held_count(session, wave)
    waiting.backlog(session, [wave])
    event.remove(engine, "before_cursor_execute", keep)
    counting = [(statement, values) for statement, values in asked if "responses.held" in statement]
    assert len(counting) == 2
    for statement, values in counting:
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
        assert "ix_responses_held" in str(plan)
