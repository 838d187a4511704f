"""The family of "Ingat saya": lost replies and requests at once end nothing, a copy that is used later ends it."""

import random
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.base.access import remembering
from app.base.access.ending import EndReason
from app.base.access.models import SignIn
from app.base.access.remembering import confirm, digest, number_in, redeem_value, remember
from app.base.people.models import User
from app.kernel.clock import FrozenClock
from app.kernel.roles import Role
from tests.world import World

KEY = "a-secret-key-for-tests-only-0123456789"


def signed_in(session: Session, user: User, clock: FrozenClock, **values: object) -> SignIn:
    now = clock.now()
    row = SignIn(
        user_id=user.id, token_hash=digest(f"token-{random.random()}"), mark=user.fs_uniquifier, shared=False,
        how="password", label="Chrome di Android", address="", created_at=now, last_used_at=now, idle_seconds=43200,
        ends_at=now + timedelta(days=14), **values,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


@pytest.fixture
def user(world: World) -> User:
    return world.user(Role.EDITOR)


@pytest.fixture
def row(session: Session, user: User, clock: FrozenClock) -> SignIn:
    return signed_in(session, user, clock)


def test_each_use_gives_a_successor(session: Session, row: SignIn, clock: FrozenClock) -> None:
    first = remember(row, KEY, now=clock.now())
    clock.advance(hours=13)
    second = redeem_value(session, first, KEY, now=clock.now())
    assert second.value not in {None, first}
    assert second.token
    assert row.token_hash == digest(second.token)
    assert first.split(".")[2] not in (row.remember_seed or ""), "the database alone makes no cookie"


def test_a_lost_reply_is_given_again(session: Session, row: SignIn, clock: FrozenClock) -> None:
    first = remember(row, KEY, now=clock.now())
    lost = redeem_value(session, first, KEY, now=clock.now())
    clock.advance(minutes=1)
    again = redeem_value(session, first, KEY, now=clock.now())
    assert again.value == lost.value
    assert again.token != lost.token, "whoever holds the token of the lost reply is out"


def test_a_copy_used_after_its_successor_ends_the_family(session: Session, row: SignIn, clock: FrozenClock) -> None:
    first = remember(row, KEY, now=clock.now())
    second = redeem_value(session, first, KEY, now=clock.now()).value
    clock.advance(hours=13)
    assert redeem_value(session, str(second), KEY, now=clock.now()).user is not None
    clock.advance(minutes=1)
    copied = redeem_value(session, first, KEY, now=clock.now())
    assert (copied.why, copied.copied) == (EndReason.COPIED, True)
    assert row.ended_why == EndReason.COPIED
    after = redeem_value(session, str(second), KEY, now=clock.now())
    assert (after.user, after.why, after.copied) == (None, EndReason.COPIED, False), "told once, ended for both"


def test_a_copy_ends_the_family_as_soon_as_the_browser_showed_the_successor(
    session: Session, row: SignIn, clock: FrozenClock
) -> None:
    first = remember(row, KEY, now=clock.now())
    second = str(redeem_value(session, first, KEY, now=clock.now()).value)
    confirm(row, number_in(row, second, KEY) or 0, now=clock.now())
    clock.advance(minutes=1)
    assert redeem_value(session, first, KEY, now=clock.now()).copied


def test_a_request_on_its_way_is_answered_and_given_nothing(session: Session, row: SignIn, clock: FrozenClock) -> None:
    first = remember(row, KEY, now=clock.now())
    second = str(redeem_value(session, first, KEY, now=clock.now()).value)
    confirm(row, number_in(row, second, KEY) or 0, now=clock.now())
    clock.advance(seconds=10)
    late = redeem_value(session, first, KEY, now=clock.now())
    assert late.user is not None
    assert (late.token, late.value) == (None, None)


@pytest.mark.parametrize("seed", range(7))  # some 2,500 uses
def test_lost_replies_and_parallel_requests_never_end_a_family(
    session: Session, row: SignIn, clock: FrozenClock, seed: int
) -> None:
    """Bursts of one to five requests with what the browser holds; 30 % of the replies are lost, the others come in any
    order, and a request may be on its way for 20 s after the successor came back."""
    chance = random.Random(seed)
    jar = remember(row, KEY, now=clock.now())
    for _ in range(120):
        sent = [jar] * chance.randint(1, 5)
        late = sent.pop() if len(sent) > 1 and chance.random() < 0.5 else None
        replies = [redeem_value(session, value, KEY, now=clock.now()) for value in sent]
        assert all(reply.user is not None for reply in replies)
        heard = [reply.value for reply in replies if reply.value and chance.random() > 0.3]
        jar = chance.choice(heard) if heard else jar
        if chance.random() < 0.7:
            confirm(row, number_in(row, jar, KEY) or 0, now=clock.now())  # the next page of a living session
        clock.advance(seconds=chance.randint(1, 20))
        if late:
            assert redeem_value(session, late, KEY, now=clock.now()).user is not None
        clock.advance(minutes=chance.choice([1, 45, 800]))
    assert row.ended_at is None
    assert row.remember_round > 30


def test_the_cookie_is_dated(session: Session, row: SignIn, clock: FrozenClock) -> None:
    value = remember(row, KEY, now=clock.now())
    clock.advance(days=6)
    value = str(redeem_value(session, value, KEY, now=clock.now()).value)
    clock.advance(days=6)
    value = str(redeem_value(session, value, KEY, now=clock.now()).value)
    clock.advance(days=8)
    over = redeem_value(session, value, KEY, now=clock.now())
    assert (over.user, over.why, over.copied) == (None, EndReason.OVER, False)


def test_nobody_is_remembered_for_ever(session: Session, row: SignIn, clock: FrozenClock) -> None:
    value = remember(row, KEY, now=clock.now())
    for _ in range(18):
        clock.advance(days=5)
        found = redeem_value(session, value, KEY, now=clock.now())
        if found.user is None:
            break
        value = str(found.value)
    assert found.why is EndReason.OVER
    assert clock.now() - row.created_at >= remembering.LONGEST


@pytest.mark.one_database
@pytest.mark.parametrize(
    "value", ["", "1.1.x", "x", "1", "²." * 3, "9" * 30 + ".1.a", "1.-1.a", "1.1." + "f" * 64, "." * 300]
)
def test_what_is_no_value_of_ours_means_nothing(session: Session, row: SignIn, clock: FrozenClock, value: str) -> None:
    remember(row, KEY, now=clock.now())
    found = redeem_value(session, value, KEY, now=clock.now())
    assert (found.user, found.why) == (None, None)
    assert row.ended_at is None


def test_a_new_password_ends_it(session: Session, row: SignIn, user: User, clock: FrozenClock) -> None:
    value = remember(row, KEY, now=clock.now())
    session.get_one(User, user.id).fs_uniquifier = "another"
    session.flush()
    assert redeem_value(session, value, KEY, now=clock.now()).why is EndReason.CHANGED
