"""Two workers whose clocks differ by a second: what one has taken back and begun anew, the other leaves alone."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from app.kernel.clock import FrozenClock
from app.outreach.posts.models import Post
from app.outreach.publishing import ledger
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.plan import sweep


def test_a_lease_that_ran_out_is_taken_back_by_one_worker_alone(
    sessions: "sessionmaker[Session]", approved: Callable[..., Post], clock: FrozenClock, database_kind: str
) -> None:
    if database_kind != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    now, post = clock.now(), approved()
    with sessions.begin() as session:
        sweep(session, public_url="http://localhost", now=now)
    with sessions.begin() as session:
        (row,) = ledger.claim(session, token="gone", now=now, limit=5)
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
    assert post.id == row.post_id
