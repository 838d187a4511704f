"""Claims that wait for a thread: kept alive while their worker is, and never started once they are not."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.kernel.clock import FrozenClock
from app.kernel.db import unit_of_work
from app.outreach.outlets.ports import Receipt
from app.outreach.posts.models import Post
from app.outreach.publishing import ledger
from app.outreach.publishing.dispatch import Dispatcher
from app.outreach.publishing.housekeeping import MISSED
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.plan import sweep
from tests.publishing.channels import ScriptedChannel


@pytest.fixture
def claimed(approved: Callable[..., Post], sessions: "sessionmaker[Session]", clock: FrozenClock) -> Callable[..., int]:
    def make(**values: object) -> int:
        approved(**values)
        with unit_of_work(sessions) as work:
            sweep(work, public_url="http://localhost", now=clock.now())
            (row,) = ledger.claim(work, token="mine", now=clock.now(), limit=9)
        return int(row.id)

    return make


def test_a_claim_that_waits_is_renewed_and_started_under_the_same_token(
    claimed: Callable[..., int], sessions: "sessionmaker[Session]", clock: FrozenClock
) -> None:
    number = claimed()
    for _ in range(4):
        now = clock.advance(seconds=40)
        with unit_of_work(sessions) as work:
            ledger.renew(work, [number], tokens=["mine"], now=now)
            assert ledger.expire(work, now=now, can_look=lambda _key: True) == []
    with unit_of_work(sessions) as work:
        assert ledger.start(work, [number], token="mine", now=clock.now(), seconds=30) == {number}


def test_renewing_takes_nothing_back_from_another_worker(
    claimed: Callable[..., int], sessions: "sessionmaker[Session]", clock: FrozenClock
) -> None:
    number, now = claimed(), clock.advance(seconds=61)
    with unit_of_work(sessions) as work:
        ledger.expire(work, now=now, can_look=lambda _key: True)
        ledger.claim(work, token="other", now=now, limit=9)
        ledger.renew(work, [number], tokens=["mine"], now=now + timedelta(hours=1))
        row = work.get_one(Delivery, number)
        assert (row.token, row.lease_until) == ("other", now + timedelta(seconds=ledger.CLAIM_SECONDS))


def test_a_post_that_stopped_being_useful_while_it_waited_for_a_thread_is_not_started(
    claimed: Callable[..., int], sessions: "sessionmaker[Session]", clock: FrozenClock
) -> None:
    number = claimed(useful_until=clock.now() + timedelta(seconds=30))
    with unit_of_work(sessions) as work:
        now = clock.advance(seconds=31)
        assert ledger.start(work, [number], token="mine", now=now, seconds=30) == set()
        ledger.release(work, [number], token="mine")
        assert ledger.miss(work, now=now, sentence=MISSED) == [number]


def test_more_posts_than_threads_outlast_a_claim_and_leave_once_each(
    approved: Callable[..., Post], make_dispatcher: Callable[..., Dispatcher], session: Session, clock: FrozenClock
) -> None:
    slow = ScriptedChannel(*[_later(clock, number) for number in range(24)])
    for _ in range(24):
        approved()
    worker = make_dispatcher(x=slow)
    _while_sending(worker)
    assert len({out.key for out in slow.sent}) == len(slow.sent) == 24
    assert set(session.scalars(select(Delivery.status))) == {S.SENT}


def _later(clock: FrozenClock, number: int) -> Callable[..., object]:
    def answer(_out: object, _remember: object) -> Receipt:
        clock.advance(seconds=3)
        return Receipt(f"id-{number}")

    return answer


def _while_sending(worker: Dispatcher) -> None:
    """Tick as the clockwork does, also while calls are under way."""
    worker._begin()
    while not worker._idle():
        worker._take_event(block=not worker._has_work())
        worker._advance()
        worker._begin()
