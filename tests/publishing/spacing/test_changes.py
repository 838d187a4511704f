"""What people change in a plan, and what they do not: a row that is on its way keeps its time."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from app.kernel.clock import FrozenClock
from app.kernel.db import unit_of_work
from app.kernel.errors import Forbidden, Invalid, Refused, Stale
from app.kernel.roles import Role
from app.outreach.publishing import decisions, ledger
from app.outreach.publishing.dispatch import Dispatcher
from app.outreach.publishing.models import Attempt, Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.spacing.service import Changed, change_gap, move, send_now
from tests.publishing.channels import ScriptedChannel
from tests.publishing.spacing.conftest import Waiting
from tests.world import World

Rows = Callable[[], list[Delivery]]
TEN = timedelta(minutes=10)


def left(rows: Rows) -> list[Delivery]:
    return [row for row in rows() if row.status == S.QUEUED]


def test_one_row_is_moved_and_the_others_keep_their_times(
    waiting: Waiting, dispatcher: Dispatcher, channel: ScriptedChannel, session: Session, world: World,
    clock: FrozenClock, rows: Rows,
) -> None:  # fmt: skip
    waiting(5)
    dispatcher.tick()
    back, last = clock.now(), left(rows)[-1]
    at = back + timedelta(minutes=5)
    move(session, world.actor(Role.EDITOR), session.get_one(Delivery, last.id), at=at, seen=S.QUEUED, now=back)
    session.commit()
    assert [row.wake_at - back for row in left(rows)] == [timedelta(minutes=n) for n in (5, 10, 20, 30)]
    assert left(rows)[0].id == last.id
    clock.advance(minutes=5)
    dispatcher.tick()
    assert len(channel.sent) == 2
    assert session.scalar(select(func.count()).where(Attempt.outcome == "reschedule")) == 1


def test_what_a_person_moved_stays_where_it_is_when_others_join_the_plan(
    waiting: Waiting, dispatcher: Dispatcher, session: Session, world: World, clock: FrozenClock, rows: Rows,
    sessions: "sessionmaker[Session]",
) -> None:  # fmt: skip
    waiting(6)
    dispatcher.tick()
    moved, joins = left(rows)[0].id, left(rows)[-1].id
    at = clock.now() + timedelta(hours=7)
    move(session, world.actor(Role.EDITOR), session.get_one(Delivery, moved), at=at, seen=S.QUEUED, now=clock.now())
    session.commit()
    with unit_of_work(sessions) as work:
        row = work.get_one(Delivery, joins)
        row.wake_at, row.spaced_at = row.due_at, None
    dispatcher.tick()
    times = {row.id: row.wake_at for row in left(rows)}
    assert times.pop(moved) == at
    assert sorted(times.values())[0] == clock.now() + 2 * TEN


@pytest.mark.parametrize("minutes", [-1, 60 * 24 * 30])
def test_a_time_that_is_over_or_of_no_use_is_refused(
    minutes: int, waiting: Waiting, dispatcher: Dispatcher, session: Session, world: World, clock: FrozenClock,
    rows: Rows,
) -> None:  # fmt: skip
    waiting(5)
    dispatcher.tick()
    row, at = session.get_one(Delivery, left(rows)[0].id), clock.now() + timedelta(minutes=minutes)
    with pytest.raises(Invalid):
        move(session, world.actor(Role.EDITOR), row, at=at, seen=S.QUEUED, now=clock.now())


def test_what_is_being_sent_meanwhile_is_not_moved(
    waiting: Waiting, dispatcher: Dispatcher, session: Session, world: World, clock: FrozenClock, rows: Rows,
    sessions: "sessionmaker[Session]",
) -> None:  # fmt: skip
    waiting(5)
    dispatcher.tick()
    now = clock.advance(minutes=10)
    with unit_of_work(sessions) as work:
        (taken,) = ledger.claim(work, token="mine", now=now, limit=5)
    row = session.get_one(Delivery, taken.id)
    with pytest.raises(Stale, match="Sedang dikirim"):
        move(session, world.actor(Role.EDITOR), row, at=now + TEN, seen=S.QUEUED, now=now)
    session.rollback()
    editor = world.actor(Role.EDITOR)
    assert change_gap(session, editor, account=None, gap=2 * TEN, shown=4, now=now) == Changed(done=3, left=1)
    assert send_now(session, editor, account=taken.outlet_id, shown=4, now=now) == Changed(done=3, left=1)
    session.commit()
    kept = next(row for row in rows() if row.id == taken.id)
    assert (kept.status, kept.token, kept.wake_at) == (S.SENDING, "mine", now)


def test_what_has_no_plan_is_not_moved_here(
    waiting: Waiting, session: Session, world: World, clock: FrozenClock, rows: Rows
) -> None:
    waiting(1)
    row = session.get_one(Delivery, rows()[0].id)
    with pytest.raises(Refused):
        move(session, world.actor(Role.EDITOR), row, at=clock.now() + TEN, seen=S.QUEUED, now=clock.now())


def test_everything_at_once(
    waiting: Waiting, dispatcher: Dispatcher, channel: ScriptedChannel, session: Session, world: World,
    clock: FrozenClock,
) -> None:  # fmt: skip
    waiting(6)
    dispatcher.tick()
    editor = world.actor(Role.EDITOR)
    assert send_now(session, editor, account=None, shown=5, now=clock.now()) == Changed(done=5, left=0)
    session.commit()
    for _ in range(2):
        dispatcher.tick()
    assert len(channel.sent) == 6


def test_another_distance_keeps_the_order_and_nobody_passes_its_end(
    waiting: Waiting, dispatcher: Dispatcher, session: Session, world: World, clock: FrozenClock, rows: Rows
) -> None:
    waiting(5, ends=(3, 3, 3, 3, 3))
    dispatcher.tick()
    now, before = clock.now(), [row.id for row in left(rows)]
    change_gap(session, world.actor(Role.EDITOR), account=None, gap=timedelta(minutes=30), shown=4, now=now)
    session.commit()
    assert [row.id for row in left(rows)] == before
    assert [row.wake_at - now for row in left(rows)] == [timedelta(minutes=n) for n in (10, 40, 70, 100)]
    change_gap(session, world.actor(Role.EDITOR), account=None, gap=timedelta(hours=2), shown=4, now=now)
    session.commit()
    assert max(row.wake_at for row in left(rows)) <= now + timedelta(hours=3) - timedelta(minutes=1)


def test_a_row_that_is_held_and_released_keeps_its_turn_and_one_that_is_cancelled_is_gone(
    waiting: Waiting, dispatcher: Dispatcher, channel: ScriptedChannel, session: Session, world: World,
    clock: FrozenClock, rows: Rows,
) -> None:  # fmt: skip
    waiting(5)
    dispatcher.tick()
    editor, now = world.actor(Role.EDITOR), clock.now()
    held, cancelled = (session.get_one(Delivery, row.id) for row in left(rows)[-2:])
    turn = held.wake_at
    decisions.hold(session, editor, held, seen=S.QUEUED, now=now)
    decisions.cancel(session, editor, cancelled, seen=S.QUEUED, now=now)
    session.commit()
    decisions.release(session, editor, held, seen=S.HELD, now=now)
    session.commit()
    assert left(rows)[-1].wake_at == turn
    for _ in range(5):
        clock.advance(minutes=10)
        dispatcher.tick()
    assert len(channel.sent) == 4


def test_a_row_that_is_released_after_its_turn_leaves_at_once(
    waiting: Waiting, dispatcher: Dispatcher, session: Session, world: World, clock: FrozenClock, rows: Rows
) -> None:
    waiting(5)
    dispatcher.tick()
    row = session.get_one(Delivery, left(rows)[0].id)
    decisions.hold(session, world.actor(Role.EDITOR), row, seen=S.QUEUED, now=clock.now())
    session.commit()
    now = clock.advance(hours=1)
    decisions.release(session, world.actor(Role.EDITOR), row, seen=S.HELD, now=now)
    assert row.wake_at == now


def test_others_neither_move_nor_send(
    waiting: Waiting, dispatcher: Dispatcher, session: Session, world: World, clock: FrozenClock, rows: Rows
) -> None:
    waiting(5)
    dispatcher.tick()
    foreign = world.actor(Role.EDITOR, organisation=world.organisation())
    assert send_now(session, foreign, account=None, shown=0, now=clock.now()) == Changed(0, 0)
    row = session.get_one(Delivery, left(rows)[0].id)
    with pytest.raises(Forbidden):
        move(session, foreign, row, at=clock.now() + TEN, seen=S.QUEUED, now=clock.now())
