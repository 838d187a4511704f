"""One post of a platform belongs to one delivery: two texts alike are never both counted as the one that went out."""

from collections.abc import Callable

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from app.kernel.clock import FrozenClock
from app.kernel.db import unit_of_work
from app.outreach.outlets.ports import OutcomeUnknown, Outgoing, Receipt
from app.outreach.posts.models import Post
from app.outreach.publishing.dispatch import Dispatcher
from app.outreach.publishing.ledger import LOOKUP_AFTER
from app.outreach.publishing.models import Attempt, Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from tests.publishing.channels import ScriptedChannel
from tests.world import World


class Account(ScriptedChannel):
    """An account whose posts are found by their words alone; of the calls, some arrive and none is answered."""

    def __init__(self, *arrives: bool) -> None:
        super().__init__()
        self.arrives = list(arrives)
        self.live: list[str] = []

    def publish(self, out: Outgoing, remember: object) -> Receipt:
        self.sent.append(out)
        if self.arrives.pop(0):
            self.live.append(f"id-{len(self.live) + 1}")
        raise OutcomeUnknown("dropped")

    def find(self, out: Outgoing) -> Receipt | None:
        self.looked.append(out)
        return next((Receipt(one) for one in self.live if one not in out.taken), None)


def states(session: Session) -> dict[str, str | None]:
    session.rollback()
    session.expire_all()
    return {row.status: row.remote_id for row in session.scalars(select(Delivery))}


@pytest.mark.parametrize("arrives", [(True, False), (False, True)])
def test_of_two_posts_with_the_same_words_the_lost_one_is_not_said_to_be_live(
    approved: Callable[..., Post], make_dispatcher: Callable[..., Dispatcher], world: World, clock: FrozenClock,
    session: Session, arrives: tuple[bool, bool],
) -> None:  # fmt: skip
    outlet, account = world.outlet(), Account(*arrives)
    approved(outlet), approved(outlet)
    worker = make_dispatcher(x=account)
    for _ in range(12):
        worker.tick()
        clock.advance(minutes=6)
    assert account.live == ["id-1"]
    assert states(session) == {S.SENT: "id-1", S.UNKNOWN: None}


def test_of_two_posts_with_the_same_words_that_both_arrived_each_finds_its_own(
    approved: Callable[..., Post], make_dispatcher: Callable[..., Dispatcher], world: World, clock: FrozenClock,
    session: Session,
) -> None:  # fmt: skip
    outlet, account = world.outlet(), Account(True, True)
    approved(outlet), approved(outlet)
    worker = make_dispatcher(x=account)
    for _ in range(4):
        worker.tick()
        clock.advance(minutes=2)
    assert set(session.scalars(select(Delivery.remote_id))) == {"id-1", "id-2"}


def test_a_receipt_with_anothers_number_is_looked_up_and_not_believed(
    approved: Callable[..., Post], make_dispatcher: Callable[..., Dispatcher], world: World, clock: FrozenClock,
    session: Session,
) -> None:  # fmt: skip
    outlet = world.outlet()
    approved(outlet), approved(outlet)
    channel = ScriptedChannel(Receipt("id-1"), Receipt("id-1"), finds=[Receipt("id-1"), Receipt("id-2")])
    worker = make_dispatcher(x=channel)
    worker.tick()
    assert states(session) == {S.SENT: "id-1", S.UNKNOWN: None}
    for _ in range(4):
        clock.advance(minutes=3)
        worker.tick()
    session.rollback()
    assert set(session.scalars(select(Delivery.remote_id))) == {"id-1", "id-2"}
    outcomes = session.scalars(select(Attempt.outcome).order_by(Attempt.id)).all()
    assert outcomes == ["sent", "AnothersPost", "AnothersPost", "sent"]
    assert channel.looked[0].taken == {"id-1"}
    assert len(LOOKUP_AFTER) > 2


def test_the_database_itself_refuses_one_post_for_two_deliveries(
    approved: Callable[..., Post], dispatcher: Dispatcher, world: World, sessions: "sessionmaker[Session]"
) -> None:
    outlet = world.outlet()
    approved(outlet), approved(outlet)
    dispatcher.tick()
    with pytest.raises(IntegrityError), unit_of_work(sessions) as work:
        work.execute(update(Delivery).values(remote_id="the same"))
