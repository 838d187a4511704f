"""What a person who decides is shown: what the account showed at each look, bounded and without a secret."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.clock import FrozenClock
from app.kernel.errors import Invalid, Refused
from app.kernel.roles import Role
from app.outreach.outlets.ports import NotSent, OutcomeUnknown, Outgoing, Sighting
from app.outreach.posts.models import Post
from app.outreach.publishing import decisions
from app.outreach.publishing.dispatch import Dispatcher
from app.outreach.publishing.evidence import likeness, look_around, looks_of
from app.outreach.publishing.ledger import LOOKUP_AFTER
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from tests.publishing.channels import ScriptedChannel
from tests.world import World

TEXT = "Kukar menuju kota cerdas."


@pytest.fixture
def lost(
    approved: Callable[..., Post], make_dispatcher: Callable[..., Dispatcher], session: Session, clock: FrozenClock
) -> Callable[..., Delivery]:
    """A delivery that was looked for in vain, on an account that shows these posts."""

    def make(*shown: Sighting, unseen: Exception | None = None) -> Delivery:
        channel = ScriptedChannel(OutcomeUnknown("dropped"))
        channel.shown = unseen or list(shown)
        approved()
        worker = make_dispatcher(x=channel)
        worker.tick()
        for pause in LOOKUP_AFTER:
            clock.advance(seconds=pause.total_seconds())
            worker.tick()
        session.expire_all()
        return session.scalars(select(Delivery).order_by(Delivery.id.desc())).first()  # type: ignore[return-value]

    return make


def sighting(number: str, text: str, clock: FrozenClock) -> Sighting:
    return Sighting(number, clock.now(), text, f"https://x.example/{number}")


def test_each_look_keeps_what_the_account_showed_the_likest_first(
    lost: Callable[..., Delivery], session: Session, clock: FrozenClock
) -> None:
    row = lost(sighting("1", "Jadwal imunisasi", clock), sighting("2", "Kukar menuju kota yang cerdas.", clock))
    looks = looks_of(session, row)
    assert [look.posts for look in looks] == [2] * 4
    assert looks[0].at > looks[3].at
    assert [(one.remote_id, one.likeness > 80, one.owner) for one in looks[0].nearest] == [
        ("2", True, None), ("1", False, None)
    ]  # fmt: skip
    assert looks[0].since is not None
    assert looks[0].since < row.first_tried_at  # type: ignore[operator]


def test_an_account_that_cannot_be_seen_is_said_so(lost: Callable[..., Delivery], session: Session) -> None:
    assert [(look.posts, look.unseen) for look in looks_of(session, lost(unseen=NotSent("503 kapasitas")))] == [
        (None, "503 kapasitas")
    ] * 4


def test_what_is_kept_is_bounded_and_tells_no_foreign_message(clock: FrozenClock) -> None:
    channel, out = ScriptedChannel(), Outgoing("k", TEXT, now=clock.now())
    channel.shown = [Sighting("9" * 200, None, "kata " * 9000, "javascript:alert(1)") for _ in range(500)]
    kept = look_around(channel, out, now=clock.now())
    assert (kept["posts"], len(kept["nearest"]), kept["nearest"][0]["url"]) == (500, 5, None)
    assert len(json.dumps(kept)) < 4000
    channel.shown = RuntimeError("https://x.example/?token=rahasia")
    assert look_around(channel, out, now=clock.now())["unseen"] == "RuntimeError"


def test_a_post_with_our_link_is_wholly_alike() -> None:
    out = Outgoing("k", TEXT, link="https://g.test/t/A1")
    assert likeness(Sighting("1", None, "Lain sama sekali", links=["https://g.test/t/A1"]), out) == 100
    assert likeness(Sighting("1", None, ""), Outgoing("k", "")) == 0


def test_a_candidate_is_taken_with_its_number_and_address(
    lost: Callable[..., Delivery], session: Session, clock: FrozenClock, world: World
) -> None:
    row = lost(sighting("2", TEXT, clock))
    decisions.confirm_sent(session, world.actor(Role.EDITOR), row, seen="unknown", remote_id="2", now=clock.now())
    session.commit()
    assert (row.status, row.remote_id, row.remote_url) == (S.SENT, "2", "https://x.example/2")


def test_what_no_look_has_seen_cannot_be_taken(
    lost: Callable[..., Delivery], session: Session, clock: FrozenClock, world: World
) -> None:
    row = lost(sighting("2", TEXT, clock))
    with pytest.raises(Invalid, match="tidak terlihat"):
        decisions.confirm_sent(session, world.actor(Role.EDITOR), row, seen="unknown", remote_id="3", now=clock.now())
    assert row.remote_id is None


def test_what_is_another_deliverys_is_said_so_and_cannot_be_taken(
    lost: Callable[..., Delivery], session: Session, clock: FrozenClock, world: World
) -> None:
    row = lost(sighting("2", TEXT, clock))
    other = world.post(world.outlet(), title="Yang lain")
    owner = Delivery(
        post_id=other.id, outlet_id=row.outlet_id, content_hash="0" * 64, payload={"text": TEXT}, status=S.SENT,
        due_at=clock.now(), wake_at=clock.now(), remote_id="2", sent_at=clock.now() - timedelta(days=1),
        created_at=clock.now(),
    )  # fmt: skip
    session.add(owner)
    session.commit()
    assert looks_of(session, row)[0].nearest[0].owner == (owner.id, "Yang lain")
    with pytest.raises(Refused, match="Yang lain"):
        decisions.confirm_sent(session, world.actor(Role.EDITOR), row, seen="unknown", remote_id="2", now=clock.now())
