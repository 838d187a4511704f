"""What the page of the state counts: by whom it is seen, and each in a walk over an index."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.orm import Session, sessionmaker

from app.kernel.clock import FrozenClock
from app.kernel.db import unit_of_work
from app.kernel.roles import Role
from app.outreach.publishing.gate import OPEN, Gate, gate_of
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.pauses.models import Pause, PauseScope
from app.outreach.publishing.pauses.waiting import effect_of
from app.outreach.publishing.status import queries
from app.outreach.publishing.status.queries import LATE_AFTER, LOOKING
from benchmarks.database import planned_posts
from tests.publishing.status.conftest import Planned
from tests.world import World

MANY = 3_000


def change(session: Session, delivery: Delivery, **values: Any) -> None:
    for name, value in values.items():
        setattr(delivery, name, value)
    session.commit()


def test_what_is_due_and_has_not_left_is_late_after_two_minutes(
    planned: Planned, session: Session, clock: FrozenClock, world: World
) -> None:
    editor, first = world.actor(Role.EDITOR), planned(ahead=timedelta(minutes=30))
    planned(ahead=timedelta(hours=2))
    clock.advance(minutes=31)
    assert not queries.late(session, editor, OPEN, now=clock.now())
    now = clock.advance(minutes=2)
    found = queries.late(session, editor, OPEN, now=now)
    assert (found.total, found.since) == (1, first.wake_at)
    assert not queries.late(session, editor, Gate(closed=True), now=now), "a pause holds it, and says so itself"
    assert not queries.late(session, editor, Gate(accounts=frozenset({first.outlet_id})), now=now)
    change(session, first, status=S.RETRYING, wake_at=now + timedelta(minutes=5))
    assert not queries.late(session, editor, OPEN, now=now)
    again = queries.retrying(session, editor, OPEN, now=now)
    assert (again.total, again.since) == (1, now + timedelta(minutes=5))


def test_others_see_only_what_is_theirs(planned: Planned, session: Session, clock: FrozenClock, world: World) -> None:
    health = world.organisation(name="Dinas Kesehatan")
    contact = world.actor(Role.OPD_CONTACT, organisation=health)
    of_office, of_health = planned(), planned(organisation_id=health.id)
    assert [row.Delivery.id for row in queries.next_out(session, contact, OPEN)] == [of_health.id]
    now = clock.advance(hours=2)
    assert queries.late(session, contact, OPEN, now=now).total == 1
    assert queries.late(session, world.actor(Role.VIEWER), OPEN, now=now).total == 2
    for row in (of_office, of_health):
        change(session, row, status=S.UNKNOWN, lookups=4)
    assert {state: one.total for state, one in queries.decisions(session, contact).items()} == {S.UNKNOWN: 1}
    found = queries.decisions(session, world.actor(Role.EDITOR))[S.UNKNOWN]
    assert (found.total, found.own) == (2, 2)
    assert queries.decisions(session, world.actor(Role.VIEWER))[S.UNKNOWN].own == 0
    change(session, of_office, lookups=1)
    assert queries.decisions(session, world.actor(Role.EDITOR))[LOOKING].total == 1


def test_the_next_are_the_soonest_and_the_last_are_the_latest(
    planned: Planned, session: Session, clock: FrozenClock, world: World
) -> None:
    editor, outlet = world.actor(Role.EDITOR), world.outlet()
    rows = [planned(outlet, ahead=timedelta(hours=hours)) for hours in (7, 3, 6, 2, 5, 4, 1)]
    soonest = sorted(rows, key=lambda row: row.wake_at)
    change(session, soonest[1], status=S.RETRYING)
    assert [row.Delivery.id for row in queries.next_out(session, editor, OPEN)] == [row.id for row in soonest[:5]]
    for number, row in enumerate(soonest[:4]):
        change(session, row, status=S.SENT, sent_at=clock.now() + timedelta(minutes=number))
    last = [row.Delivery.id for row in queries.last_out(session, editor)]
    assert last == [row.id for row in reversed(soonest[1:4])]


def test_what_is_all_kept_back_is_shown_as_the_plan(planned: Planned, session: Session, world: World) -> None:
    """By pauses and closed accounts together, none of which holds everything."""
    editor, outlet, other = world.actor(Role.EDITOR), world.outlet(), world.outlet("facebook")
    one, two = planned(outlet, ahead=timedelta(hours=1)), planned(other, ahead=timedelta(hours=2))
    gate = Gate(outlets=frozenset({outlet.id}), accounts=frozenset({other.id}))
    assert [row.Delivery.id for row in queries.next_out(session, editor, gate)] == [one.id, two.id]
    assert queries.is_kept_back(session, one, gate)
    assert not queries.is_kept_back(session, one, OPEN)
    half = Gate(outlets=frozenset({outlet.id}))
    assert [row.Delivery.id for row in queries.next_out(session, editor, half)] == [two.id]
    assert not queries.is_kept_back(session, two, half)


@pytest.fixture
def many(sessions: "sessionmaker[Session]", clock: FrozenClock, session: Session, database_kind: str) -> Session:
    """Posts for later, and posts that went out."""
    later = clock.now() + timedelta(days=30)
    planned_posts(sessions, 2 * MANY, due_at=later, useful_until=later + timedelta(days=3), now=clock.now())
    with unit_of_work(sessions) as work:
        gone = "UPDATE deliveries SET status = 'sent', sent_at = due_at WHERE id % 2 = 0"
        work.execute(text(gone))
    if database_kind == "postgresql":
        bound = session.get_bind()
        assert isinstance(bound, Engine)
        with bound.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))
    return session


LOOKS: dict[str, Callable[[Session, Any, Any], Any]] = {
    "late": lambda session, actor, now: queries.late(session, actor, OPEN, now=now),
    "retrying": lambda session, actor, now: queries.retrying(session, actor, OPEN, now=now),
    "stuck": lambda session, _actor, now: queries.stuck(session, now=now),
    "decisions": lambda session, actor, _now: queries.decisions(session, actor),
    "kept": lambda session, _actor, now: queries.kept_by_accounts(session, [1], now=now),
    "next": lambda session, actor, _now: queries.next_out(session, actor, OPEN),
    "last": lambda session, actor, _now: queries.last_out(session, actor),
    "paused": lambda session, _actor, now: effect_of(
        session, gate_of(session, [Pause(scope=PauseScope.OUTLET, outlet_id=1)]), now=now
    ),
}


@contextmanager
def parameters_of(engine: Engine) -> Iterator[list[tuple[str, Any]]]:
    """Every statement with its parameters inside the block."""
    seen: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        seen.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def rows_read(plan: dict[str, Any]) -> Iterator[int]:
    """How many rows each step of a plan of PostgreSQL read of the ledger's tables."""
    if plan.get("Relation Name") in {"deliveries", "posts"}:
        yield (plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)) * plan["Actual Loops"]
    yield 0
    for part in plan.get("Plans", ()):
        yield from rows_read(part)


@pytest.mark.parametrize("look", list(LOOKS))
def test_no_look_walks_the_ledger_however_many_posts_wait_and_were_sent(
    many: Session, clock: FrozenClock, world: World, look: str, database_kind: str
) -> None:
    actor = world.actor(Role.EDITOR)
    now = clock.now() + LATE_AFTER
    engine = many.get_bind()
    assert isinstance(engine, Engine)
    with parameters_of(engine) as run:
        LOOKS[look](many, actor, now)
    assert run
    many.rollback()
    raw = engine.raw_connection()
    try:
        for statement, parameters in run:
            cursor = raw.cursor()
            if database_kind == "postgresql":
                cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters)
                (found,) = cursor.fetchone()
                plans = found if isinstance(found, list) else json.loads(found)
                assert max(rows_read(plans[0]["Plan"])) < MANY / 20, statement
            else:
                cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
                steps = [row[3] for row in cursor]
                assert not [step for step in steps if step.startswith("SCAN deliveries")], (statement, steps)
                sorts = [step for step in steps if "ORDER BY" in step]
                assert not sorts or look != "last" or "FROM deliveries" not in statement, (statement, steps)
            raw.rollback()
    finally:
        raw.close()
