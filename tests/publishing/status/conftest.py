from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.clock import FrozenClock
from app.outreach.outlets.models import Outlet
from app.outreach.posts.models import Post
from app.outreach.publishing.dispatch import Dispatcher
from app.outreach.publishing.heartbeat import Process, beat
from app.outreach.publishing.models import Delivery

WORKER = Process("satu", "server-1", 41, "0.8.0")
Planned = Callable[..., Delivery]


@pytest.fixture
def alive(session: Session, clock: FrozenClock) -> Callable[[], None]:
    """A worker on server-1 gives a sign of life when this is called."""

    def sign() -> None:
        session.commit()
        beat(session, now=clock.now(), process=WORKER)
        session.commit()

    return sign


@pytest.fixture
def planned(approved: Callable[..., Post], dispatcher: Dispatcher, session: Session, clock: FrozenClock) -> Planned:
    """A delivery that is due `ahead` from now; the dispatcher has planned it and looked no more."""

    def make(*outlets: Outlet, ahead: timedelta = timedelta(hours=1), **values: object) -> Delivery:
        post = approved(*outlets, scheduled_at=clock.now() + ahead, **values)
        dispatcher.tick()
        session.rollback()
        return session.scalars(select(Delivery).where(Delivery.post_id == post.id)).one()

    return make
