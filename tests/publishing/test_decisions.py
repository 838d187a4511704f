from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.audit import AuditEntry
from app.kernel.clock import FrozenClock
from app.kernel.errors import Forbidden, Invalid, Refused, Stale
from app.kernel.roles import Role
from app.outreach.outlets.ports import HandOver, OutcomeUnknown
from app.outreach.posts.models import Post
from app.outreach.publishing import decisions
from app.outreach.publishing.dispatch import Dispatcher
from app.outreach.publishing.ledger import LOOKUP_AFTER
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from tests.publishing.channels import ScriptedChannel
from tests.world import World


@pytest.fixture
def unknown(
    approved: Callable[..., Post], make_dispatcher: Callable[..., Dispatcher], session: Session
) -> Callable[[], Delivery]:
    def make() -> Delivery:
        approved()
        make_dispatcher(x=ScriptedChannel(OutcomeUnknown("dropped"))).tick()
        row = session.scalars(select(Delivery)).one()
        row.lookups = len(LOOKUP_AFTER)  # looked for in vain
        session.commit()
        return row

    return make


def test_an_editor_says_that_it_is_live(
    unknown: Callable[[], Delivery], session: Session, world: World, clock: FrozenClock
) -> None:
    row, editor = unknown(), world.actor(Role.EDITOR)
    url = "https://x.com/diskominfo/1"
    decisions.confirm_sent(session, editor, row, seen="unknown", url=url, now=clock.now())
    session.commit()
    assert (row.status, row.remote_url, row.settled_by_id) == (S.SENT, url, editor.id)
    assert session.scalars(select(AuditEntry.action)).all() == ["confirm_sent"]


def test_sending_again_is_a_persons_decision_and_leaves_a_trace(
    unknown: Callable[[], Delivery], session: Session, world: World, clock: FrozenClock, dispatcher: Dispatcher
) -> None:
    row = unknown()
    decisions.retry(session, world.actor(Role.EDITOR), row, seen="unknown", now=clock.now())
    session.commit()
    dispatcher.tick()
    session.refresh(row)
    assert row.status == S.SENT
    assert [attempt.outcome for attempt in row.attempts] == ["OutcomeUnknown", "retry", "sent"]


def test_the_second_of_two_people_is_told(
    unknown: Callable[[], Delivery], session: Session, world: World, clock: FrozenClock
) -> None:
    row = unknown()
    decisions.confirm_sent(session, world.actor(Role.EDITOR), row, seen="unknown", now=clock.now())
    with pytest.raises(Stale, match="sudah berubah"):
        decisions.retry(session, world.actor(Role.EDITOR), row, seen="unknown", now=clock.now())
    assert row.status == S.SENT


def test_a_changed_text_is_not_sent_again_without_a_new_approval(
    unknown: Callable[[], Delivery], session: Session, world: World, clock: FrozenClock
) -> None:
    row = unknown()
    post = session.get_one(Post, row.post_id)
    post.content_hash = "0" * 64
    session.commit()
    with pytest.raises(Refused, match="persetujuan lagi"):
        decisions.retry(session, world.actor(Role.EDITOR), row, seen="unknown", now=clock.now())


def test_posting_by_hand_asks_for_an_address_or_a_photo(
    approved: Callable[..., Post],
    make_dispatcher: Callable[..., Dispatcher],
    session: Session,
    world: World,
    clock: FrozenClock,
) -> None:
    keeper = world.actor(Role.CONTRIBUTOR)
    approved(world.outlet("whatsapp", responsible_id=keeper.id))
    make_dispatcher(whatsapp=ScriptedChannel(HandOver())).tick()
    row = session.scalars(select(Delivery)).one()
    with pytest.raises(Invalid, match="bukti"):
        decisions.confirm_sent(session, keeper, row, seen="handed_over", now=clock.now())
    with pytest.raises(Invalid, match="https"):
        decisions.confirm_sent(session, keeper, row, seen="handed_over", url="javascript:alert(1)", now=clock.now())
    decisions.confirm_sent(session, keeper, row, seen="handed_over", url="https://tiktok.com/@a/1", now=clock.now())
    assert row.status == S.SENT


def test_strangers_do_not_decide(
    unknown: Callable[[], Delivery], session: Session, world: World, clock: FrozenClock
) -> None:
    row = unknown()
    for stranger in (
        world.actor(Role.VIEWER),
        world.actor(Role.EDITOR, organisation=world.organisation()),
        world.actor(Role.COMMUNITY, organisation=world.organisation("kim")),
    ):
        with pytest.raises(Forbidden):
            decisions.retry(session, stranger, row, seen="unknown", now=clock.now())


def test_held_rows_wait_for_their_release(
    approved: Callable[..., Post], dispatcher: Dispatcher, channel: ScriptedChannel, session: Session, world: World,
    clock: FrozenClock,
) -> None:  # fmt: skip
    editor = world.actor(Role.EDITOR)
    approved(scheduled_at=clock.now() + timedelta(seconds=30))
    dispatcher.tick()  # planned, not yet due
    row = session.scalars(select(Delivery)).one()
    decisions.hold(session, editor, row, seen="queued", now=clock.now())
    session.commit()
    clock.advance(minutes=1)
    dispatcher.tick()
    assert channel.sent == []
    decisions.release(session, editor, row, seen="held", now=clock.now())
    session.commit()
    dispatcher.tick()
    assert len(channel.sent) == 1


def test_cancelling_one_outlet_leaves_the_other(
    approved: Callable[..., Post], dispatcher: Dispatcher, channel: ScriptedChannel, session: Session, world: World,
    clock: FrozenClock,
) -> None:  # fmt: skip
    approved(world.outlet("x"), world.outlet("facebook"), scheduled_at=clock.now() + timedelta(minutes=1))
    dispatcher.tick()
    first = session.scalars(select(Delivery).order_by(Delivery.id)).first()
    assert first is not None
    decisions.cancel(session, world.actor(Role.EDITOR), first, seen="queued", now=clock.now())
    session.commit()
    clock.advance(minutes=2)
    dispatcher.tick()
    assert len(channel.sent) == 1
