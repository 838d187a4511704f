"""A post that was live before it was listed gets its own number once the platform tells it."""

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.kernel.clock import FrozenClock
from app.kernel.vault import Vault
from app.outreach.outlets.ports import NotSent, OutcomeUnknown, Receipt
from app.outreach.posts.models import Post
from app.outreach.publishing.dispatch import Dispatcher
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.post_numbers import learn_numbers
from config import Settings
from tests.publishing.channels import ScriptedChannel


def test_a_provisional_number_is_replaced_once_the_post_is_listed(
    approved: Callable[..., Post], make_dispatcher: Callable[..., Dispatcher], session: Session,
    sessions: "sessionmaker[Session]", settings: Settings, clock: FrozenClock,
) -> None:  # fmt: skip
    approved()
    live = Receipt("container:7")
    channel = ScriptedChannel(
        OutcomeUnknown("dropped"), finds=[live, live, NotSent("down"), Receipt("99", "https://x")]
    )
    worker = make_dispatcher(x=channel)
    worker.tick()
    clock.advance(seconds=10)
    worker.tick()
    row = session.scalars(select(Delivery)).one()
    assert (row.status, row.remote_id) == (S.SENT, "container:7")
    vault, learnt = Vault(settings.credential_keys), []
    for minutes in (1, 2, 5, 0, 11):
        clock.advance(minutes=minutes)
        learnt.append(learn_numbers(sessions, {"x": channel}, vault, clock))
    session.rollback()  # begins to read anew
    session.refresh(row)
    assert (row.remote_id, row.remote_url, row.status) == ("99", "https://x", S.SENT)
    assert sum(learnt) == 1
    assert len(channel.looked) == 4  # at growing distances, and not again once it is known
