"""Counting for all processes together, on both databases, and what happens where nobody can count."""

import logging
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session, sessionmaker

from app.kernel.clock import FrozenClock
from app.kernel.db import unit_of_work, writing
from app.kernel.limits import AT_ONCE, DatabaseCounters, Hit, LimitCount, hit, hit_all, sweep_counts

MINUTE = timedelta(minutes=1)


@pytest.fixture
def counters(database_url: str) -> Iterator[DatabaseCounters]:
    made = DatabaseCounters(database_url)
    yield made
    made.dispose()


def one(key: str = "a", limit: int = 2) -> Hit:
    return Hit("test.some", key, limit, MINUTE)


def test_the_third_of_two_is_over_until_the_window_ends(counters: DatabaseCounters, clock: FrozenClock) -> None:
    found = [counters.add([one()], now=clock.now())[0] for _ in range(3)]
    assert [(each.count, each.over) for each in found] == [(1, False), (2, False), (3, True)]
    clock.advance(seconds=20)
    assert counters.add([one()], now=clock.now())[0].wait == timedelta(seconds=40)
    clock.advance(seconds=40)
    assert counters.add([one()], now=clock.now())[0].count == 1


def test_several_are_counted_at_once_and_answered_in_their_order(
    counters: DatabaseCounters, clock: FrozenClock
) -> None:
    counters.add([one("b")], now=clock.now())
    found = counters.add([one("b"), one("a"), Hit("test.other", "a", 1, MINUTE)], now=clock.now())
    assert [(each.hit.name, each.hit.key, each.count) for each in found] == [
        ("test.some", "b", 2), ("test.some", "a", 1), ("test.other", "a", 1),
    ]  # fmt: skip


def test_a_hundred_at_once_are_a_hundred(counters: DatabaseCounters, clock: FrozenClock) -> None:
    counters.add([one()], now=clock.now())  # the engine is made
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _n: counters.add([one()], now=clock.now())[0].count, range(99)))
    assert sorted(found) == list(range(2, 101))


def test_a_session_counts_in_its_own_transaction(sessions: "sessionmaker[Session]", clock: FrozenClock) -> None:
    with unit_of_work(sessions) as session:
        assert hit(session, "test.some", "a", limit=1, per=MINUTE, now=clock.now()).count == 1
    with sessions() as session:
        assert hit_all(session, [one()], now=clock.now())[0].count == 2
        session.rollback()
        assert hit_all(session, [], now=clock.now()) == []


def test_a_locked_table_lets_people_through_quickly_and_says_so_once(
    counters: DatabaseCounters, sessions: "sessionmaker[Session]", clock: FrozenClock, caplog: pytest.LogCaptureFixture
) -> None:
    with writing(), sessions() as locking:
        if locking.get_bind().dialect.name == "postgresql":
            locking.execute(text("LOCK TABLE limit_counts IN ACCESS EXCLUSIVE MODE"))
        else:
            locking.execute(text("UPDATE limit_counts SET count = 1"))
        began = time.monotonic()
        with caplog.at_level(logging.WARNING, "app.kernel.limits"):
            found = [counters.add([one(limit=0)], now=clock.now())[0] for _ in range(20)]
        assert time.monotonic() - began < 2
        locking.rollback()
    assert [each.over for each in found] == [False] * 20
    assert len(caplog.records) == 1
    clock.advance(seconds=6)
    assert counters.add([one(limit=0)], now=clock.now())[0].over


def test_what_ended_is_swept(counters: DatabaseCounters, sessions: "sessionmaker[Session]", clock: FrozenClock) -> None:
    counters.add([one("old")], now=clock.now())
    clock.advance(seconds=61)
    counters.add([one("new")], now=clock.now())
    assert sweep_counts(sessions, now=clock.now()) == 1
    with sessions() as session:
        assert session.scalars(select(LimitCount.key)).all() == ["new"]


def test_many_are_swept_some_at_a_time(sessions: "sessionmaker[Session]", clock: FrozenClock) -> None:
    rows = [{"name": "n", "key": str(n), "count": 1, "ends_at": clock.now()} for n in range(AT_ONCE + 10)]
    with unit_of_work(sessions) as session:
        session.execute(LimitCount.__table__.insert(), rows)  # type: ignore[attr-defined]
    assert sweep_counts(sessions, now=clock.now()) == AT_ONCE + 10
    with sessions() as session:
        assert session.scalar(select(func.count()).select_from(LimitCount)) == 0
