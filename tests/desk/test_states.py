from itertools import combinations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.desk.states import AFTER_APPROVAL, ALL_STATES, BY_KEY, is_in, state_of
from app.kernel.clock import FrozenClock
from app.outreach.outlets.models import Outlet
from app.outreach.posts.models import Post, PostStatus
from app.outreach.publishing.models import Delivery, DeliveryStatus
from tests.world import World


def deliver(session: Session, clock: FrozenClock, post: Post, outlet: Outlet, status: str) -> None:
    now = clock.now()
    session.add(
        Delivery(
            post_id=post.id, outlet_id=outlet.id, content_hash="h", payload={}, status=status,
            due_at=now, wake_at=now, created_at=now,
        )
    )  # fmt: skip
    session.commit()


@pytest.mark.parametrize(
    ("status", "key"),
    [("draft", "draf"), ("in_review", "menunggu"), ("returned", "dikembalikan"), ("cancelled", "dibatalkan")],
)
def test_before_approval_the_post_itself_says_where_it_stands(status: str, key: str) -> None:
    assert state_of(status, ["sent"]).key == key


@pytest.mark.parametrize(
    ("deliveries", "key"),
    [
        ([], "terjadwal"),
        (["queued", "queued"], "terjadwal"),
        (["sent", "queued"], "terjadwal"),
        (["sent", "sent"], "terbit"),
        (["sent", "failed"], "gagal"),
        (["unknown", "sent", "queued"], "belum-pasti"),
        (["failed", "unknown"], "gagal"),
        (["missed", "sent"], "terlewat"),
        (["handed_over", "sent"], "perlu-diterbitkan"),
        (["sent", "cancelled"], "terbit"),
        (["cancelled"], "dibatalkan"),
    ],
)
def test_what_needs_a_person_wins(deliveries: list[str], key: str) -> None:
    assert state_of("approved", deliveries).key == key


def test_an_order_that_was_sent_is_never_called_published() -> None:
    assert str(state_of("approved", ["sent"], ["newspaper"]).label) == "Pesanan terkirim"
    assert str(state_of("approved", ["sent", "sent"], ["newspaper", "x"]).label) == "Terbit"


def test_every_status_has_a_word_and_an_icon() -> None:
    shown = [state_of("approved", [status]) for status in DeliveryStatus]
    shown += [state_of(status) for status in PostStatus]
    assert all(str(state.label) and state.icon for state in shown)
    assert len({state.key for state in ALL_STATES}) == len(ALL_STATES)


def test_the_filter_finds_exactly_what_is_shown(session: Session, world: World, clock: FrozenClock) -> None:
    outlets = [world.outlet(), world.outlet()]
    campaign = world.campaign()
    expected: dict[str, set[int]] = {}
    for status in PostStatus:
        post = world.post(campaign=campaign, status=status)
        expected.setdefault(state_of(status).key, set()).add(post.id)
    for pair in combinations(AFTER_APPROVAL, 2):
        post = world.post(*outlets, campaign=campaign, status="approved")
        for outlet, status in zip(outlets, pair, strict=True):
            deliver(session, clock, post, outlet, status)
        expected.setdefault(state_of("approved", pair).key, set()).add(post.id)
    for key in BY_KEY:
        assert set(session.scalars(select(Post.id).where(is_in(key)))) == expected.get(key, set()), key
