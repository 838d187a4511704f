from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.kernel.clock import FrozenClock
from app.kernel.db import unit_of_work
from app.outreach.outlets.models import Outlet
from app.outreach.posts.models import Post
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.plan import sweep
from tests.world import World

Waiting = Callable[..., list[Post]]
OUTAGE = timedelta(hours=2)


@pytest.fixture
def waiting(
    approved: Callable[..., Post], world: World, sessions: "sessionmaker[Session]", clock: FrozenClock
) -> Waiting:
    """Posts of one account whose time went by in an outage of two hours, a minute apart; `ends` in hours from its end
    (None: three days after their time)."""

    def make(count: int = 5, *, outlet: Outlet | None = None, ends: tuple[float | None, ...] = ()) -> list[Post]:
        account, due = outlet or world.outlet(), clock.now()
        made = []
        for number in range(count):
            end = ends[number] if number < len(ends) else None
            until = None if end is None else due + OUTAGE + timedelta(hours=end)
            made.append(approved(account, scheduled_at=due + timedelta(minutes=number), useful_until=until))
        with unit_of_work(sessions) as work:
            sweep(work, public_url="http://localhost", now=clock.now())
        clock.advance(hours=OUTAGE.seconds / 3600)
        return made

    return make


@pytest.fixture
def rows(sessions: "sessionmaker[Session]") -> Callable[[], list[Delivery]]:
    """The ledger as it stands, in the order of its times."""

    def read() -> list[Delivery]:
        with sessions() as session:
            return list(session.scalars(select(Delivery).order_by(Delivery.wake_at, Delivery.id)))

    return read
