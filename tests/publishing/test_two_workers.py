"""Two workers whose clocks differ by a second: what one has taken back and begun anew, the other leaves alone."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.orm.exc import StaleDataError

from app.kernel.clock import FrozenClock
from app.kernel.text import T
from app.outreach.posts.models import Post
from app.outreach.publishing import ledger
from app.outreach.publishing.dispatch import Dispatcher
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.plan import sweep


@pytest.fixture
def claimed(
    sessions: "sessionmaker[Session]", approved: Callable[..., Post], clock: FrozenClock, database_kind: str
) -> Callable[[str], Any]:
    """The row of a due post, claimed with this token; the test is skipped where no two can write at a time."""
    if database_kind != "postgresql":
        pytest.skip("SQLite has one writer at a time")

    def claim(token: str) -> Any:
        approved()
        with sessions.begin() as session:
            sweep(session, public_url="http://localhost", now=clock.now())
        with sessions.begin() as session:
            (row,) = ledger.claim(session, token=token, now=clock.now(), limit=5)
        return row

    return claim


def test_a_lease_that_ran_out_is_taken_back_by_one_worker_alone(
    sessions: "sessionmaker[Session]", claimed: Callable[[str], Any], clock: FrozenClock
) -> None:
    now, row = clock.now(), claimed("gone")
    early, late = now + timedelta(minutes=2), now + timedelta(minutes=2, seconds=1)
    with sessions() as first, sessions() as second:
        assert ledger.expire(first, now=late, can_look=lambda _key: True) == []
        second.execute(text("SET LOCAL lock_timeout = '300ms'"))
        try:
            ledger.expire(second, now=early, can_look=lambda _key: True)
        except OperationalError as error:  # it waits to write over what the other does
            pytest.fail(str(error))
        first.commit()
        (taken,) = ledger.claim(first, token="mine", now=late, limit=5)
        assert ledger.start(first, [taken.id], token="mine", now=late, seconds=60) == {row.id}
        first.commit()
        second.commit()
    with sessions() as session:
        kept = session.get_one(Delivery, row.id)
        assert (kept.status, kept.token) == (S.SENDING, "mine")
        assert ledger.claim(session, token="twice", now=early, limit=5) == []


def test_planning_anew_does_not_write_over_a_post_that_another_worker_starts(
    sessions: "sessionmaker[Session]", claimed: Callable[[str], Any], clock: FrozenClock
) -> None:
    """A post moved to tomorrow, planned by one worker in the moment in which the other starts it."""
    now, row = clock.now(), claimed("mine")
    with sessions() as starting, sessions() as planning:
        assert ledger.start(starting, [row.id], token="mine", now=now, seconds=60) == {row.id}
        moved = planning.get_one(Post, row.post_id)
        moved.scheduled_at, moved.planned_hash = now + timedelta(days=1), None
        planning.commit()
        planning.execute(text("SET LOCAL lock_timeout = '2s'"))
        assert sweep(planning, public_url="http://localhost", now=now) == 0  # left for the next round
        starting.commit()
        planning.commit()
        sweep(planning, public_url="http://localhost", now=now)
        planning.commit()
    with sessions() as session:
        kept = session.get_one(Delivery, row.id)
        assert (kept.status, kept.token, kept.due_at) == (S.SENDING, "mine", now)


def test_a_write_of_what_has_changed_since_it_was_read_fails(
    sessions: "sessionmaker[Session]", approved: Callable[..., Post], clock: FrozenClock, dispatcher: Dispatcher
) -> None:
    approved(scheduled_at=clock.now() + timedelta(minutes=1))
    dispatcher.tick()
    with sessions() as reader:
        stale = reader.scalars(select(Delivery)).one()
        reader.commit()  # sessions of the worker keep what they read
        clock.advance(minutes=1)
        dispatcher.tick()
        stale.problem = T("Dibatalkan.")
        with pytest.raises(StaleDataError):
            reader.flush()
    with sessions() as session:
        seen = session.execute(select(Delivery.id, Delivery.token, Delivery.status)).one()
        for other in ({"token": "theirs"}, {"status": S.QUEUED}):
            changed = SimpleNamespace(**(seen._asdict() | other))
            assert not ledger.write(session, changed, problem=None)
        assert ledger.write(session, seen, problem=None)
