"""After an outage the worker gives what is late times of its own, before it claims anything."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session, sessionmaker

from app.base.notices.models import Notice
from app.kernel.clock import FrozenClock
from app.kernel.db import unit_of_work
from app.kernel.roles import Role
from app.outreach.outlets.models import OutletStatus
from app.outreach.posts.models import Post
from app.outreach.publishing.dispatch import Dispatcher
from app.outreach.publishing.gate import read_gate
from app.outreach.publishing.health import health
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.pauses.models import Pause
from app.outreach.publishing.plan import sweep
from app.outreach.publishing.spacing import planning
from app.outreach.publishing.spacing.planning import crowded, plan_account, space_late
from app.outreach.publishing.spacing.queries import Spacing, late_rows
from benchmarks.database import planned_posts
from tests.publishing.channels import ScriptedChannel
from tests.publishing.spacing.conftest import Waiting
from tests.world import World

Rows = Callable[[], list[Delivery]]
TEN = timedelta(minutes=10)


def test_late_posts_leave_ten_minutes_apart_the_soonest_useful_until_first(
    waiting: Waiting, dispatcher: Dispatcher, channel: ScriptedChannel, clock: FrozenClock, rows: Rows
) -> None:
    posts = waiting(5, ends=(40, 30, 20, 10, 5))
    back = clock.now()
    dispatcher.tick()
    assert len(channel.sent) == 1
    planned = rows()
    assert [row.post_id for row in planned] == [post.id for post in reversed(posts)]
    assert [row.wake_at - back for row in planned] == [number * TEN for number in range(5)]
    assert {row.spaced_at for row in planned} == {back}
    for sent in range(2, 6):
        clock.advance(minutes=9, seconds=59)
        dispatcher.tick()
        assert len(channel.sent) == sent - 1
        clock.advance(seconds=1)
        dispatcher.tick()
        assert len(channel.sent) == sent
    assert {row.status for row in rows()} == {S.SENT}


def test_what_could_not_make_it_otherwise_leaves_closer_together(
    waiting: Waiting, dispatcher: Dispatcher, channel: ScriptedChannel, clock: FrozenClock, rows: Rows
) -> None:
    waiting(5, ends=(0.35, 0.35, 0.35, 0.35))
    back = clock.now()
    dispatcher.tick()
    assert [(row.wake_at - back).total_seconds() for row in rows()] == [0, 400, 800, 1200, 1800]
    for _ in range(5):
        clock.advance(minutes=10)
        dispatcher.tick()
    assert {row.status for row in rows()} == {S.SENT}


def test_what_has_no_end_leaves_last(
    waiting: Waiting, dispatcher: Dispatcher, sessions: "sessionmaker[Session]", rows: Rows
) -> None:
    posts = waiting(4, ends=(1, 2, 3, 4))
    with unit_of_work(sessions) as work:
        work.scalars(select(Delivery).where(Delivery.post_id == posts[0].id)).one().useful_until = None
    dispatcher.tick()
    assert rows()[-1].post_id == posts[0].id


def test_a_handful_leaves_at_once(waiting: Waiting, dispatcher: Dispatcher, channel: ScriptedChannel) -> None:
    waiting(3)
    dispatcher.tick()
    assert len(channel.sent) == 3


def test_each_account_has_its_own_handful(
    waiting: Waiting, dispatcher: Dispatcher, channel: ScriptedChannel, world: World, clock: FrozenClock
) -> None:
    start = clock.now()
    waiting(3, outlet=world.outlet("x"))
    clock.move_to(start)
    waiting(3, outlet=world.outlet("facebook"))
    dispatcher.tick()
    assert len(channel.sent) == 6


def test_zero_minutes_switch_it_off(
    waiting: Waiting, make_dispatcher: Callable[..., Dispatcher], channel: ScriptedChannel
) -> None:
    waiting(6)
    make_dispatcher(spacing=Spacing(gap=timedelta(0))).tick()
    assert len(channel.sent) == 6


def test_what_is_due_meanwhile_keeps_its_own_time(
    waiting: Waiting, approved: Callable[..., Post], dispatcher: Dispatcher, channel: ScriptedChannel,
    world: World, clock: FrozenClock,
) -> None:  # fmt: skip
    account = world.outlet()
    waiting(5, outlet=account)
    approved(account, text="Tepat waktu.", scheduled_at=clock.now() - timedelta(minutes=14))
    approved(account, text="Nanti.", scheduled_at=clock.now() + timedelta(minutes=5))
    dispatcher.tick()
    assert len(channel.sent) == 2
    assert "Tepat waktu." in [out.text for out in channel.sent]
    clock.advance(minutes=5)
    dispatcher.tick()
    assert [out.text for out in channel.sent][2:] == ["Nanti."]


@pytest.mark.parametrize(
    ("kind", "status"), [("newspaper", OutletStatus.CONNECTED), ("whatsapp", OutletStatus.CONNECTED),
                         ("facebook", OutletStatus.UNCONNECTED)],
)  # fmt: skip
def test_what_a_person_paces_is_not_spaced(
    kind: str, status: OutletStatus, waiting: Waiting, dispatcher: Dispatcher, channel: ScriptedChannel, world: World,
    clock: FrozenClock,
) -> None:  # fmt: skip
    more = {"vendor_id": world.organisation("vendor", email="iklan@koran.example").id} if kind == "newspaper" else {}
    waiting(5, outlet=world.outlet(kind, status=status, **more))
    dispatcher.tick()
    assert len(channel.sent) == 5


def test_a_second_outage_spaces_what_is_left_anew(
    waiting: Waiting, dispatcher: Dispatcher, channel: ScriptedChannel, clock: FrozenClock, rows: Rows
) -> None:
    waiting(7)
    dispatcher.tick()
    back = clock.advance(hours=5)
    dispatcher.tick()
    assert len(channel.sent) == 2
    assert [row.wake_at - back for row in rows() if row.status == S.QUEUED] == [TEN * number for number in range(1, 6)]


def test_late_posts_that_are_planned_later_join_the_plan_in_their_order(
    waiting: Waiting,
    approved: Callable[..., Post],
    dispatcher: Dispatcher,
    clock: FrozenClock,
    world: World,
    rows: Rows,
) -> None:
    account = world.outlet()
    waiting(5, outlet=account, ends=(10, 10, 10, 10, 10))
    back = clock.now()
    dispatcher.tick()
    soon = approved(account, scheduled_at=back - timedelta(hours=1), useful_until=back + timedelta(hours=3))
    dispatcher.tick()
    left = [row for row in rows() if row.status == S.QUEUED]
    assert left[0].post_id == soon.id
    assert [row.wake_at - back for row in left] == [TEN * number for number in range(1, 6)]


def test_what_was_tried_before_the_outage_is_looked_up_or_retried_as_ever(
    waiting: Waiting, sessions: "sessionmaker[Session]", dispatcher: Dispatcher, channel: ScriptedChannel
) -> None:
    waiting(5)
    with unit_of_work(sessions) as work:
        for row in work.scalars(select(Delivery).limit(2)).all():
            row.status, row.tries, row.first_tried_at = S.RETRYING, 1, row.due_at
    dispatcher.tick()
    assert len(channel.sent) == 5, "three are a handful"


def test_what_is_paused_is_not_planned(
    waiting: Waiting, sessions: "sessionmaker[Session]", dispatcher: Dispatcher, channel: ScriptedChannel,
    clock: FrozenClock, rows: Rows,
) -> None:  # fmt: skip
    waiting(5)
    with unit_of_work(sessions) as work:
        work.add(Pause(scope="all", reason="disaster", by_name="Erna", started_at=clock.now()))
    dispatcher.tick()
    assert {row.spaced_at for row in rows()} == {None}
    assert channel.sent == []


def test_an_account_that_takes_posts_again_after_long_gets_them_spaced(
    waiting: Waiting, sessions: "sessionmaker[Session]", dispatcher: Dispatcher, channel: ScriptedChannel,
    clock: FrozenClock,
) -> None:  # fmt: skip
    """What the breaker spread over the next seconds is late all the same."""
    waiting(5)
    with unit_of_work(sessions) as work:
        for number, row in enumerate(work.scalars(select(Delivery).order_by(Delivery.id)).all()):
            row.wake_at = clock.now() + number * timedelta(seconds=2)
    dispatcher.tick()
    clock.advance(minutes=9)
    dispatcher.tick()
    assert len(channel.sent) == 1


def test_a_plan_that_fails_keeps_nothing_back_and_writes_nothing(
    waiting: Waiting, dispatcher: Dispatcher, channel: ScriptedChannel, monkeypatch: pytest.MonkeyPatch, rows: Rows
) -> None:
    waiting(5)

    def fail(*_arguments: Any, **_values: Any) -> None:
        raise RuntimeError("no words for it")

    monkeypatch.setattr(planning, "tell_planned", fail)
    dispatcher.tick()
    assert len(channel.sent) == 5
    assert {row.spaced_at for row in rows()} == {None}


class Killed(BaseException):
    """The process ends here."""


def test_a_worker_that_dies_before_the_commit_leaves_no_half_plan(
    waiting: Waiting, dispatcher: Dispatcher, make_dispatcher: Callable[..., Dispatcher], channel: ScriptedChannel,
    monkeypatch: pytest.MonkeyPatch, rows: Rows,
) -> None:  # fmt: skip
    waiting(5)

    def die(*_arguments: Any, **_values: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(planning, "tell_planned", die)
        with pytest.raises(Killed):
            dispatcher.tick()
    assert {row.spaced_at for row in rows()} == {None}
    assert channel.sent == []
    make_dispatcher().tick()
    assert len(channel.sent) == 1
    assert None not in {row.spaced_at for row in rows()}


def test_more_than_one_portion_is_one_plan(
    waiting: Waiting, dispatcher: Dispatcher, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch, rows: Rows
) -> None:
    monkeypatch.setattr("app.outreach.publishing.spacing.queries.LOOK_AT", 5)
    waiting(13)
    back = clock.now()
    dispatcher.tick()
    assert [row.wake_at - back for row in rows()] == [number * TEN for number in range(13)]


def test_two_workers_make_one_plan(
    waiting: Waiting, sessions: "sessionmaker[Session]", session: Session, world: World, clock: FrozenClock,
    database_kind: str, rows: Rows,
) -> None:  # fmt: skip
    if database_kind != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    keeper = world.user(Role.EDITOR)
    waiting(30, outlet=world.outlet(responsible_id=keeper.id))
    spacing, both = Spacing(), threading.Barrier(2)

    def work() -> None:
        with sessions() as one:
            late = crowded(one, spacing, read_gate(one, now=clock.now()), now=clock.now())
        both.wait(10)
        space_late(sessions, clock, spacing, late)

    crew = [threading.Thread(target=work) for _ in range(2)]
    for one in crew:
        one.start()
    for one in crew:
        one.join(30)
    back = clock.now()
    assert [row.wake_at - back for row in rows()] == [number * TEN for number in range(30)]
    assert session.scalars(select(Notice.kind)).all() == ["delivery_spaced"]


def test_a_row_that_somebody_is_at_is_left_alone(
    waiting: Waiting, sessions: "sessionmaker[Session]", clock: FrozenClock, database_kind: str
) -> None:
    if database_kind != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    waiting(5)
    with sessions() as other, sessions() as mine:
        busy, account = other.execute(
            select(Delivery.id, Delivery.outlet_id).order_by(Delivery.id).limit(1).with_for_update()
        ).one()
        mine.execute(text("SET LOCAL lock_timeout = '2s'"))
        ids = late_rows(mine, Spacing(), read_gate(mine, now=clock.now()), now=clock.now())
        assert plan_account(mine, account, ids[account], Spacing(), clock=clock) == 4
        mine.commit()
        other.rollback()
    with sessions() as session:
        assert session.get_one(Delivery, busy).spaced_at is None


def test_it_is_told_once_for_a_plan_to_whoever_looks_after_the_account(
    waiting: Waiting, dispatcher: Dispatcher, session: Session, world: World, clock: FrozenClock
) -> None:
    keeper = world.user(Role.CONTRIBUTOR)
    waiting(14, outlet=world.outlet(name="Facebook Dinas", responsible_id=keeper.id))
    for _ in range(3):
        dispatcher.tick()
        clock.advance(minutes=10)
    (notice,) = session.scalars(select(Notice).where(Notice.kind == "delivery_spaced")).all()
    assert (notice.user_id, notice.path) == (keeper.id, "/tayang/rencana")
    assert str(notice.subject) == "14 kiriman tertunda dijadwalkan ulang: Facebook Dinas"
    assert str(notice.body) == (
        "14 kiriman tertunda karena pengiriman sempat terhenti. Dikirim berjarak 10 menit mulai pukul 10.00, "
        "yang paling mendesak dahulu. Anda dapat mengubah urutannya."
    )


def test_the_notice_says_that_some_leave_closer(
    waiting: Waiting, dispatcher: Dispatcher, session: Session, world: World
) -> None:
    waiting(5, outlet=world.outlet(responsible_id=world.user(Role.EDITOR).id), ends=(0.3, 0.3, 0.3, 0.3))
    dispatcher.tick()
    assert "sebagian lebih rapat" in str(session.scalars(select(Notice.body)).one())


def test_what_waits_by_plan_is_not_overdue(
    waiting: Waiting, dispatcher: Dispatcher, session: Session, clock: FrozenClock
) -> None:
    waiting(5)
    assert health(session, now=clock.now()).oldest_due == timedelta(hours=2)
    session.commit()
    dispatcher.tick()
    found = health(session, now=clock.now())
    assert (found.oldest_due, found.stuck) == (timedelta(0), 0)


def test_an_edited_post_is_planned_at_its_new_time(
    waiting: Waiting, dispatcher: Dispatcher, sessions: "sessionmaker[Session]", clock: FrozenClock, rows: Rows
) -> None:
    posts = waiting(5)
    dispatcher.tick()
    later = clock.now() + timedelta(days=1)
    with unit_of_work(sessions) as work:
        moved = work.get_one(Post, posts[4].id)
        moved.scheduled_at, moved.planned_hash = later, None
        sweep(work, public_url="http://localhost", now=clock.now())
    last = rows()[-1]
    assert (last.wake_at, last.spaced_at) == (later, None)


def test_no_statement_of_planning_walks_posts_that_wait_for_later(
    sessions: "sessionmaker[Session]", clock: FrozenClock, dispatcher: Dispatcher, database_kind: str
) -> None:
    if database_kind != "sqlite":
        pytest.skip("the plans of PostgreSQL are looked at in test_rounds")
    later = clock.now() + timedelta(days=30)
    planned_posts(sessions, 500, due_at=later, useful_until=later + timedelta(days=3), now=clock.now())
    with unit_of_work(sessions) as work:
        for row in work.scalars(select(Delivery).limit(6)).all():
            row.due_at = row.wake_at = clock.now() - timedelta(hours=1)
    with sessions() as session:
        engine = session.get_bind()
    assert isinstance(engine, Engine)
    seen: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if "deliveries" in statement and statement.startswith("SELECT"):
            seen.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    with sessions() as session:
        late = crowded(session, Spacing(), read_gate(session, now=clock.now()), now=clock.now())
    space_late(sessions, clock, Spacing(), late)
    event.remove(engine, "before_cursor_execute", note)
    raw = engine.raw_connection()
    used = set()
    for statement, parameters in seen:
        steps = [row[3] for row in raw.cursor().execute(f"EXPLAIN QUERY PLAN {statement}", parameters)]
        own = [step for step in steps if "deliveries" in step]
        assert not [step for step in own if step.startswith("SCAN") or "ix_deliveries_outlet_id" in step], steps
        used.update(word for step in own for word in step.split() if word.startswith("ix_"))
    raw.close()
    assert {"ix_deliveries_status_wake_at", "ix_deliveries_spaced"} <= used
