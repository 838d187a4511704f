"""While our clock is in doubt nothing leaves and nothing is missed; it goes on when the clock is right again."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.channels.wire import note_date
from app.kernel import witnesses
from app.kernel.clock import Clock, FrozenClock
from app.kernel.errors import Refused
from app.kernel.roles import Role
from app.kernel.text import T
from app.outreach.posts.models import Post
from app.outreach.publishing import decisions, restored, safety
from app.outreach.publishing.clock_watch import BELIEVED_FOR, ClockWatch
from app.outreach.publishing.dispatch import Dispatcher
from app.outreach.publishing.heartbeat import Heartbeat
from app.outreach.publishing.models import Delivery, SendingStop
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.safety import Reason
from tests.publishing.channels import ScriptedChannel
from tests.world import World


class Machine:
    """A clock that is set, one that only runs, and what platforms say."""

    def __init__(self) -> None:
        self.wall, self.running, self.said = 1_000_000.0, 500.0, dict[str, float]()
        self.watch = ClockWatch(wall=lambda: self.wall, running=lambda: self.running, offsets=lambda _within: self.said)

    def platform(self, name: str, ahead_of_us: float) -> None:
        self.said[name] = self.wall + ahead_of_us - self.running


@pytest.fixture
def machine() -> Machine:
    return Machine()


def test_a_leap_is_doubted_until_it_is_taken_back(machine: Machine) -> None:
    assert machine.watch.doubt() is None
    machine.wall += 20 * 86400
    assert machine.watch.doubt() == 20 * 86400
    machine.wall -= 20 * 86400 - 2
    assert machine.watch.doubt() is None


def test_a_machine_that_slept_has_not_leapt(machine: Machine) -> None:
    machine.wall, machine.running = machine.wall + 7200, machine.running + 7200
    assert machine.watch.doubt() is None


def test_a_platform_that_agrees_ends_the_doubt_and_one_that_differs_begins_it(machine: Machine) -> None:
    machine.platform("x", -300)
    assert machine.watch.doubt() == 300
    machine.platform("graph", 1)
    assert machine.watch.doubt() is None  # X's clock is wrong, not ours
    del machine.said["graph"]
    machine.wall -= 300
    assert machine.watch.doubt() is None
    machine.said.clear()
    assert machine.watch.doubt() is None  # the right time is the measure from here on


def test_a_persons_word_stands_for_an_hour(machine: Machine) -> None:
    machine.platform("x", -300)
    machine.watch.believe()
    assert machine.watch.doubt() is None
    machine.wall, machine.running = machine.wall + BELIEVED_FOR + 1, machine.running + BELIEVED_FOR + 1
    assert machine.watch.doubt() == 300


def test_the_date_of_an_answer_is_kept_unless_it_is_of_a_cache() -> None:
    seen = witnesses.Witnesses()
    seen.note("a", datetime.now(UTC) + timedelta(seconds=100))
    (offset,) = seen.offsets(60).values()
    ahead = offset + witnesses.running_seconds() - datetime.now(UTC).timestamp()
    assert 98 < ahead < 102
    note_date("http://cache.test", {"Date": "Tue, 24 Nov 2026 00:00:00 GMT", "Age": "10"})
    assert "cache.test" not in witnesses.WITNESSES.offsets(60)


def test_nothing_leaves_and_nothing_is_missed_while_the_clock_is_in_doubt(
    approved: Callable[..., Post], make_dispatcher: Callable[..., Dispatcher], session: Session, clock: FrozenClock,
    machine: Machine, world: World,
) -> None:  # fmt: skip
    channel = ScriptedChannel()
    worker = make_dispatcher(x=channel)
    worker._safeguards.watch = machine.watch
    approved(useful_until=clock.now() + timedelta(days=3))
    machine.wall += 20 * 86400
    clock.advance(days=20)
    worker.tick()
    (stop,) = safety.stops(session, now=clock.now())
    assert (stop.reason, channel.sent) == (Reason.CLOCK, [])
    machine.wall -= 20 * 86400
    clock.advance(days=-20)
    worker.tick()
    session.rollback()
    session.expire_all()
    assert session.scalars(select(Delivery.status)).all() == [S.SENT]
    assert safety.stops(session, now=clock.now()) == []


class LeapingClock(Clock):
    """Leaps by 20 days just before it is read in a transaction for the n-th time."""

    def __init__(self, clock: FrozenClock, machine: Machine, before: int) -> None:
        self.clock, self.machine, self.left = clock, machine, before

    def now(self) -> datetime:
        return self.clock.now()

    def now_in(self, session: Session) -> datetime:
        self.left -= 1
        if self.left == 0:
            self.leap(20)
        return self.clock.now_in(session)

    def leap(self, days: int) -> None:
        self.clock.advance(days=days)
        self.machine.wall += days * 86400


@pytest.mark.parametrize("nth", range(1, 9))
def test_a_clock_that_leaps_while_a_transaction_waits_is_not_believed(
    approved: Callable[..., Post], make_dispatcher: Callable[..., Dispatcher], session: Session, clock: FrozenClock,
    machine: Machine, nth: int,
) -> None:  # fmt: skip
    channel = ScriptedChannel()
    worker = make_dispatcher(x=channel)
    approved(useful_until=clock.now() + timedelta(days=3))
    later = clock.now() + timedelta(days=1)
    worker._safeguards.watch = machine.watch
    leaping = LeapingClock(clock, machine, nth)
    worker._plain_clock = leaping
    worker._clock._clock = leaping  # type: ignore[attr-defined]
    thread = threading.Thread(target=worker.tick)
    thread.start()
    until = time.monotonic() + 20
    while thread.is_alive() and leaping.left > 0 and time.monotonic() < until:
        time.sleep(0.01)
    if leaping.left <= 0:
        thread.join(0.3)  # what is in hand waits for the right time
        leaping.leap(-20)
    worker.wake()
    thread.join(20)
    leaping.left = 0
    worker.tick()
    session.rollback()
    session.expire_all()
    row = session.scalars(select(Delivery)).one()
    assert (row.status, len(channel.sent)) == (S.SENT, 1)
    times = [row.created_at, row.sent_at, row.started_at]
    assert all(one is None or one < later for one in times), times


def test_a_worker_whose_clock_was_ahead_gives_its_sign_of_life_again(
    make_dispatcher: Callable[..., Dispatcher], session: Session, clock: FrozenClock, machine: Machine
) -> None:
    worker = make_dispatcher()
    worker._safeguards.watch = machine.watch
    worker.tick()
    machine.wall += 20 * 86400
    clock.advance(days=20)
    worker.tick()
    machine.wall -= 20 * 86400
    clock.advance(days=-20)
    worker.tick()
    session.rollback()
    assert [row.at for row in session.scalars(select(Heartbeat))] == [clock.now()]


def test_a_person_may_say_that_the_clock_is_right(
    approved: Callable[..., Post], make_dispatcher: Callable[..., Dispatcher], session: Session, clock: FrozenClock,
    machine: Machine, world: World,
) -> None:  # fmt: skip
    worker = make_dispatcher()
    worker._safeguards.watch = machine.watch
    approved()
    machine.wall += 100
    worker.tick()
    actor = world.actor(Role.ADMIN)
    restored.release(session, actor, worker=worker._safeguards.worker, reason=Reason.CLOCK, now=clock.now())
    session.commit()
    worker.tick()
    session.rollback()
    assert session.scalars(select(Delivery.status)).all() == [S.SENT]


@pytest.mark.parametrize("days", [1, 5])
def test_what_was_missed_can_be_sent_all_the_same(
    approved: Callable[..., Post], dispatcher: Dispatcher, session: Session, clock: FrozenClock, world: World, days: int
) -> None:
    """After a leap its time is not over; after that an admin decides, and not an editor."""
    approved(scheduled_at=clock.now() + timedelta(hours=1), useful_until=clock.now() + timedelta(days=3))
    dispatcher.tick()
    row = session.scalars(select(Delivery)).one()
    row.status = S.MISSED
    session.commit()
    clock.advance(days=days)
    if days == 5:
        with pytest.raises(Refused):
            decisions.retry(session, world.actor(Role.EDITOR), row, seen="missed", now=clock.now())
    role = Role.ADMIN if days == 5 else Role.EDITOR
    decisions.retry(session, world.actor(role), row, seen="missed", now=clock.now())
    session.commit()
    dispatcher.tick()
    session.rollback()
    session.expire_all()
    assert session.scalars(select(Delivery.status)).all() == [S.SENT]


def test_two_workers_of_one_machine_keep_their_own_doubts(
    approved: Callable[..., Post], make_dispatcher: Callable[..., Dispatcher], session: Session, clock: FrozenClock,
    machine: Machine,
) -> None:  # fmt: skip
    """One has heard a platform's time and the other has not: neither takes the other's stop back."""
    doubting, sure = make_dispatcher(), make_dispatcher()
    doubting._safeguards.worker, sure._safeguards.worker = "server (1)", "server (2)"
    doubting._safeguards.watch = machine.watch
    doubting.tick()
    machine.wall += 100
    doubting.tick()
    clock.advance(seconds=20)
    sure.tick()
    doubting.tick()
    (stop,) = safety.stops(session, now=clock.now())
    assert (stop.worker, stop.since) == ("server (1)", clock.now() - timedelta(seconds=20))


def test_what_a_process_that_is_gone_said_makes_room(session: Session, clock: FrozenClock) -> None:
    for worker in ("a (1)", "a (2)"):
        safety.stop(session, worker=worker, reason=Reason.CLOCK, sentence=T("Jam."), now=clock.now())
        clock.advance(minutes=10)
    assert session.scalars(select(SendingStop.worker)).all() == ["a (2)"]
