"""A round costs what is due, however many posts wait for later; long work lets others write in between."""

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session, sessionmaker

from app.kernel.clock import FrozenClock
from app.kernel.db import unit_of_work
from app.kernel.text import T
from app.outreach.campaigns.models import Campaign, CampaignStatus
from app.outreach.outlets.models import Outlet
from app.outreach.posts.models import Post
from app.outreach.publishing import housekeeping
from app.outreach.publishing.dispatch import Dispatcher
from app.outreach.publishing.housekeeping import Housekeeping
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from benchmarks.database import planned_posts
from tests.world import World

FUTURE = 2_000
TABLES = ("deliveries", "posts", "variants", "attempts")
STEPS = 100  # of SQLite's machine between two counts


@pytest.fixture
def engine(sessions: "sessionmaker[Session]") -> Engine:
    with sessions() as session:
        bound = session.get_bind()
    assert isinstance(bound, Engine)
    return bound


def wait_for_later(sessions: "sessionmaker[Session]", clock: FrozenClock, count: int) -> None:
    later = clock.now() + timedelta(days=30)
    planned_posts(sessions, count, due_at=later, useful_until=later + timedelta(days=3), now=clock.now())


@pytest.fixture
def statements(engine: Engine) -> Iterator[list[tuple[str, Any]]]:
    """Every statement with its parameters, from here on."""
    seen: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE", "WITH")):
            seen.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("counted", [True, False], ids=["counted", "statistics_behind"])
def test_no_statement_of_a_round_walks_a_table_of_the_ledger(
    sessions: "sessionmaker[Session]", clock: FrozenClock, dispatcher: Dispatcher, engine: Engine,
    statements: list[tuple[str, Any]], database_kind: str, counted: bool,
) -> None:  # fmt: skip
    """Also in a burst that PostgreSQL has not counted yet: its guesses are of the tables before it."""
    if not counted and database_kind == "sqlite":
        pytest.skip("SQLite guesses by its indexes")
    wait_for_later(sessions, clock, FUTURE)
    if counted and database_kind == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))
    statements.clear()
    dispatcher.tick()
    round_of = list(statements)
    assert len(round_of) > 7
    raw = engine.raw_connection()
    try:
        for statement, parameters in round_of:
            cursor = raw.cursor()
            if database_kind == "postgresql":
                cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters)
                (found,) = cursor.fetchone()
                plans = found if isinstance(found, list) else json.loads(found)
                walked = max(_rows(plans[0]["Plan"]))
                assert walked < FUTURE / 20, statement
            else:
                cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
                scans = [row[3] for row in cursor if row[3].startswith("SCAN")]
                assert not [one for one in scans if one.split()[1] in TABLES], (statement, scans)
            raw.rollback()
    finally:
        raw.close()


def _rows(plan: dict[str, Any]) -> Iterator[int]:
    """How many rows each step of a plan of PostgreSQL read of the ledger's tables."""
    if plan.get("Relation Name") in TABLES:
        yield (plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)) * plan["Actual Loops"]
    yield 0
    for part in plan.get("Plans", ()):
        yield from _rows(part)


def test_a_round_does_the_same_work_beside_many_posts_as_beside_few(
    sessions: "sessionmaker[Session]", clock: FrozenClock, dispatcher: Dispatcher, engine: Engine, database_kind: str
) -> None:
    if database_kind != "sqlite":
        pytest.skip("SQLite counts its own steps; the plans of PostgreSQL are looked at above")
    few = _work(engine, dispatcher, clock)
    wait_for_later(sessions, clock, FUTURE)
    many = _work(engine, dispatcher, clock)
    assert many <= few * 1.2 + 5, (few, many)


def _work(engine: Engine, dispatcher: Dispatcher, clock: FrozenClock) -> int:
    """Count the steps of SQLite's machine in a round with nothing due, in hundreds; a minute's work is in it."""
    clock.advance(minutes=2)
    counted = [0]

    def count() -> None:
        counted[0] += 1

    def listen(connection: sqlite3.Connection, *_rest: Any) -> None:
        connection.set_progress_handler(count, STEPS)

    engine.dispose()
    event.listen(engine, "connect", listen)
    dispatcher.tick()
    event.remove(engine, "connect", listen)
    engine.dispose()
    return counted[0]


def test_another_writer_gets_in_while_many_posts_are_planned(
    approved: Callable[..., Post], dispatcher: Dispatcher, sessions: "sessionmaker[Session]", world: World,
    clock: FrozenClock, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(housekeeping, "PLAN_AT_ONCE", 4)
    outlet, later = world.outlet(), clock.now() + timedelta(hours=1)
    for _ in range(60):
        approved(outlet, scheduled_at=later)
    seen: list[int] = []
    over = threading.Event()

    def write() -> None:
        while not over.is_set():
            with unit_of_work(sessions) as work:
                work.get_one(Outlet, outlet.id).handle = f"@{len(seen)}"
                seen.append(work.scalar(select(func.count(Delivery.id))) or 0)
            over.wait(0.001)  # a writer that never pauses keeps everybody else from SQLite's lock

    writer = threading.Thread(target=write, daemon=True)
    writer.start()
    try:
        dispatcher.tick()
    finally:
        over.set()
        writer.join(60)
    assert {number for number in seen if 0 < number < 60}, seen
    with sessions() as session:
        assert session.scalar(select(func.count(Delivery.id))) == 60


def test_a_cancelled_campaign_with_many_posts_is_taken_back_in_several_transactions(
    sessions: "sessionmaker[Session]", clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait_for_later(sessions, clock, 25)
    monkeypatch.setattr(housekeeping, "WITHDRAW_AT_ONCE", 10)
    with unit_of_work(sessions) as work:
        work.scalars(select(Campaign)).one().status = CampaignStatus.CANCELLED
    house = Housekeeping(sessions, clock, public_url="", can_look=lambda _key: True, doing=lambda: T("menunggu"))
    left = []
    more = True
    while more:
        more = house.pass_once()
        with sessions() as session:
            left.append(session.scalar(select(func.count()).where(Delivery.status == S.QUEUED)))
    assert left == [15, 5, 0]


def test_what_was_queued_in_a_cancelled_campaign_later_is_taken_back_within_a_minute(
    sessions: "sessionmaker[Session]", clock: FrozenClock, dispatcher: Dispatcher
) -> None:
    wait_for_later(sessions, clock, 1)
    with unit_of_work(sessions) as work:
        work.scalars(select(Campaign)).one().status = CampaignStatus.CANCELLED
    dispatcher.tick()
    with unit_of_work(sessions) as work:
        work.scalars(select(Delivery)).one().status = S.RETRYING
    clock.advance(seconds=61)
    dispatcher.tick()
    with sessions() as session:
        assert session.scalars(select(Delivery.status)).all() == [S.CANCELLED]
