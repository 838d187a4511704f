"""A dispatcher that is told to stop: calls under way are settled, nothing more is claimed or started."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.kernel.clock import FrozenClock
from app.kernel.db import unit_of_work
from app.outreach.outlets.ports import Outgoing, Receipt, Remember
from app.outreach.posts.models import Post
from app.outreach.publishing import ledger
from app.outreach.publishing.dispatch import Dispatcher
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.outgoing import Parcel
from app.outreach.publishing.plan import sweep
from tests.publishing.channels import ScriptedChannel
from tests.world import World


def states(sessions: "sessionmaker[Session]") -> list[str]:
    with sessions() as session:
        return sorted(session.scalars(select(Delivery.status)))


def test_what_is_claimed_and_not_started_goes_back_and_what_is_under_way_is_settled(
    approved: Callable[..., Post],
    make_dispatcher: Callable[..., Dispatcher],
    sessions: "sessionmaker[Session]",
) -> None:
    called, answer = threading.Event(), threading.Event()

    def slow(_out: Outgoing, _remember: Remember) -> Receipt:
        called.set()
        assert answer.wait(30)
        return Receipt("1")

    for _ in range(8):
        approved()
    worker = make_dispatcher(x=ScriptedChannel(*[slow] * 8))
    thread = threading.Thread(target=worker.run, daemon=True)
    thread.start()
    worker.wake()
    assert called.wait(30)
    worker.stop()
    worker.wake()  # the clock may strike once more
    answer.set()
    thread.join(30)
    assert not thread.is_alive()
    left = states(sessions)
    assert set(left) == {S.QUEUED, S.SENT}
    assert left.count(S.SENT) <= 4


def test_what_is_packed_after_the_word_goes_back(
    approved: Callable[..., Post],
    make_dispatcher: Callable[..., Dispatcher],
    sessions: "sessionmaker[Session]",
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    channel = ScriptedChannel()
    approved()

    def pack_in_the_pool(worker: Dispatcher, parcel: Parcel) -> None:
        worker._hand.packing[parcel.delivery_id] = parcel
        worker.stop()
        worker._packers.submit(worker._calls.pack, parcel)

    monkeypatch.setattr(Dispatcher, "_prepare", pack_in_the_pool)
    worker = make_dispatcher(x=channel)
    worker.wake()
    worker.run()
    assert channel.sent == []
    assert states(sessions) == [S.QUEUED]


def test_of_what_is_late_the_soonest_useless_is_first(
    approved: Callable[..., Post], sessions: "sessionmaker[Session]", clock: FrozenClock, world: World
) -> None:
    now = clock.now()
    hours = {"b": (-5, 9), "a": (-1, 2), "c": (-3, 48), "b2": (-4, 9)}
    posts = {
        approved(
            title=name, scheduled_at=now + timedelta(hours=due), useful_until=now + timedelta(hours=until)
        ).id: name
        for name, (due, until) in hours.items()
    }
    with unit_of_work(sessions) as work:
        sweep(work, public_url="http://localhost", now=now)
    with unit_of_work(sessions) as work:
        rows = ledger.claim(work, token="t", now=now, limit=10)
    assert [posts[row.post_id] for row in rows] == ["a", "b", "b2", "c"]


def test_rounds_that_take_longer_than_a_second_do_not_keep_posts_from_starting(
    approved: Callable[..., Post],
    make_dispatcher: Callable[..., Dispatcher],
    sessions: "sessionmaker[Session]",
) -> None:
    for _ in range(8):
        approved()
    worker = make_dispatcher(x=ScriptedChannel(*[Receipt(str(number)) for number in range(8)]))
    worker._on_round = worker.wake  # the clock has struck again before a round is over
    thread = threading.Thread(target=worker.run, daemon=True)
    thread.start()
    worker.wake()
    until = time.monotonic() + 30
    while states(sessions).count(S.SENT) < 8 and time.monotonic() < until:
        time.sleep(0.1)
    sent = states(sessions).count(S.SENT)
    worker._on_round = lambda: None
    worker.stop()
    thread.join(30)
    assert sent == 8
