"""Two workers on one database whose clocks are two seconds apart, with leases that run out under their hands."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, sessionmaker

from app.kernel.clock import Clock
from app.outreach.outlets.ports import NotSent, OutcomeUnknown, Outgoing, Receipt
from app.outreach.publishing import backoff, calls, dispatch, ledger, next_state, settle
from app.outreach.publishing.dispatch import Dispatcher
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from benchmarks.database import planned_posts
from tests.publishing.channels import ScriptedChannel

POSTS = 200
APART = timedelta(seconds=2)
LOOKS = (timedelta(seconds=0.3),) * 4
PATIENCE = 90  # seconds


class AheadClock(Clock):
    """A machine's clock that is wrong by a fixed time."""

    def __init__(self, ahead: timedelta) -> None:
        self._ahead = ahead

    def now(self) -> datetime:
        return super().now() + self._ahead


class MoodyPlatform(ScriptedChannel):
    """Takes posts slowly, loses answers, refuses some, and counts what it took."""

    seconds = 0.2

    def __init__(self) -> None:
        super().__init__()
        self._lock, self._random = threading.Lock(), random.Random(14)
        self.taken: Counter[str] = Counter()

    def publish(self, out: Outgoing, remember: object) -> Receipt:
        with self._lock:
            mood = self._random.random()
        if mood < 0.05:
            raise NotSent("503")
        with self._lock:
            self.taken[out.key] += 1
        if mood < 0.15:
            raise OutcomeUnknown("dropped")
        if mood < 0.25:
            time.sleep(0.8)  # longer than the lease
        return Receipt(out.key)

    def find(self, out: Outgoing) -> Receipt | None:
        with self._lock:
            return Receipt(out.key) if self.taken[out.key] else None


@pytest.fixture
def short_leases(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything that takes minutes in tenths of a second, so that claims, calls and look-ups run out all the time."""
    for module in (dispatch, ledger, next_state, settle):
        monkeypatch.setattr(module, "LOOKUP_AFTER", LOOKS)
    monkeypatch.setattr(ledger, "CLAIM_SECONDS", 1)
    monkeypatch.setattr(dispatch, "RENEW_EVERY", timedelta(seconds=0.3))
    monkeypatch.setattr(calls, "LEASE_MARGIN", 0.3)
    monkeypatch.setattr(backoff, "BACKOFF_FIRST", 0.2)


def test_two_workers_with_clocks_apart_send_every_post_once(
    sessions: "sessionmaker[Session]", make_dispatcher: Callable[..., Dispatcher], database_kind: str,
    short_leases: None, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    if database_kind != "postgresql":
        pytest.skip("SQLite serves one worker")
    now = Clock().now()
    planned_posts(sessions, POSTS, due_at=now, useful_until=now + timedelta(hours=1), now=now)
    platform = MoodyPlatform()
    workers = [make_dispatcher(x=platform), make_dispatcher(x=platform)]
    for worker, ahead in zip(workers, (timedelta(0), APART), strict=True):
        worker._clock = worker._house._clock = worker._calls._clock = AheadClock(ahead)
    _run(workers, until=lambda: _ended(sessions) == POSTS)
    assert _ended(sessions) == POSTS
    assert max(platform.taken.values()) == 1
    with sessions() as session:
        sent = set(session.scalars(select(Delivery.remote_id).where(Delivery.status == S.SENT)))
        unsure = session.scalar(select(func.count()).where(Delivery.status == S.UNKNOWN)) or 0
    assert sent <= set(platform.taken)
    assert len(sent) + unsure == POSTS


def _ended(sessions: "sessionmaker[Session]") -> int:
    """How many deliveries are sent or left to a person."""
    over = or_(Delivery.status == S.SENT, (Delivery.status == S.UNKNOWN) & (Delivery.lookups >= len(LOOKS)))
    with sessions() as session:
        return session.scalar(select(func.count()).where(over)) or 0


def _run(workers: list[Dispatcher], *, until: Callable[[], Any]) -> None:
    threads = [threading.Thread(target=worker.run) for worker in workers]
    for thread in threads:
        thread.start()
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and not until():
        for worker in workers:
            worker.wake()
        time.sleep(0.1)
    for worker in workers:
        worker.stop()
    for thread in threads:
        thread.join()
