"""What stands behind the gate neither leaves nor is missed, and goes on by itself once it is open."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.kernel.clock import FrozenClock
from app.kernel.db import unit_of_work
from app.outreach.posts.models import Post
from app.outreach.publishing import ledger
from app.outreach.publishing.gate import OPEN, Gate
from app.outreach.publishing.housekeeping import MISSED
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.plan import sweep
from tests.world import World

GATES = {
    "everything": lambda _row, _post: Gate(closed=True),
    "an outlet": lambda row, _post: Gate(outlets=frozenset({row.outlet_id})),
    "a campaign": lambda _row, post: Gate(campaigns=frozenset({post.campaign_id})),
    "an organisation": lambda _row, post: Gate(organisations=frozenset({post.organisation_id})),
}


@pytest.fixture
def row(approved: Callable[..., Post], sessions: "sessionmaker[Session]", session: Session, world: World) -> Delivery:
    approved(useful_until=world.clock.now() + timedelta(hours=1))
    with unit_of_work(sessions) as work:
        sweep(work, public_url="http://localhost", now=world.clock.now())
    return session.scalars(select(Delivery)).one()


@pytest.mark.parametrize("closed", GATES)
def test_nothing_behind_the_gate_is_claimed_started_or_missed(
    row: Delivery, session: Session, sessions: "sessionmaker[Session]", clock: FrozenClock, closed: str
) -> None:
    gate, number, now = GATES[closed](row, session.get_one(Post, row.post_id)), row.id, clock.now()
    session.rollback()
    with unit_of_work(sessions) as work:
        assert ledger.claim(work, token="t", now=now, limit=9, gate=gate) == []
        assert ledger.miss(work, now=now + timedelta(hours=2), sentence=MISSED, gate=gate) == []
        assert [one.id for one in ledger.claim(work, token="t", now=now, limit=9)] == [number]
        assert ledger.start(work, [number], token="t", now=now, seconds=30, gate=gate) == set()
        assert ledger.start(work, [number], token="t", now=now, seconds=30, gate=OPEN) == {number}


def test_a_gate_for_others_lets_a_row_through(
    row: Delivery, sessions: "sessionmaker[Session]", clock: FrozenClock
) -> None:
    gate = Gate(outlets=frozenset({10**6})) | Gate(campaigns=frozenset({10**6}), organisations=frozenset({10**6}))
    with unit_of_work(sessions) as work:
        assert len(ledger.claim(work, token="t", now=clock.now(), limit=9, gate=gate)) == 1
        assert len(ledger.start(work, [row.id], token="t", now=clock.now(), seconds=30, gate=gate)) == 1


def test_a_late_row_behind_the_gate_is_not_cancelled_either(
    row: Delivery, session: Session, sessions: "sessionmaker[Session]", clock: FrozenClock
) -> None:
    gate = Gate(outlets=frozenset({row.outlet_id}))
    session.rollback()
    with unit_of_work(sessions) as work:
        ledger.miss(work, now=clock.now() + timedelta(hours=2), sentence=MISSED, gate=gate)
    session.refresh(row)
    assert row.status == S.QUEUED
