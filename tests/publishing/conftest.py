from collections.abc import Callable, Iterator

import pytest
from sqlalchemy.orm import Session, sessionmaker

from app.base.documents.render import Renderer
from app.base.media.storage import Storage
from app.kernel.clock import FrozenClock
from app.kernel.vault import Vault
from app.kernel.witnesses import WITNESSES
from app.outreach.outlets.kinds import KINDS
from app.outreach.outlets.models import Outlet
from app.outreach.posts.models import Post, PostStatus
from app.outreach.posts.service import content_hash
from app.outreach.publishing.dispatch import Dispatcher
from app.outreach.publishing.outgoing import Packer
from app.outreach.publishing.safeguards import Safeguards
from app.outreach.publishing.spacing.queries import Spacing
from config import Settings
from tests.publishing.channels import ScriptedChannel
from tests.world import World


@pytest.fixture(autouse=True)
def nobody_was_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    """What platforms of other tests in this process said the time is does not count here."""
    monkeypatch.setattr(WITNESSES, "_said", {})


@pytest.fixture
def channel() -> ScriptedChannel:
    return ScriptedChannel()


@pytest.fixture
def make_dispatcher(
    sessions: "sessionmaker[Session]", settings: Settings, clock: FrozenClock, channel: ScriptedChannel
) -> Iterator[Callable[..., Dispatcher]]:
    made: list[Dispatcher] = []

    def make(*, spacing: Spacing | None = None, threads: int = 4, **channels: ScriptedChannel) -> Dispatcher:
        every = dict.fromkeys([*KINDS, "assisted"], channel) | channels
        packer = Packer(
            sessions=sessions,
            storage=Storage(settings.media_dir),
            renderer=Renderer(),
            secret_key=settings.secret_key,
            public_url=settings.public_url,
            office={"name": settings.office_name},
            tz=settings.tz,
        )
        dispatcher = Dispatcher(
            sessions=sessions,
            channels=every,
            packer=packer,
            vault=Vault(settings.credential_keys),
            clock=clock,
            public_url=settings.public_url,
            safeguards=Safeguards.of(settings.var_dir),
            threads=threads,
            spacing=spacing,
        )
        made.append(dispatcher)
        return dispatcher

    yield make
    for dispatcher in made:
        dispatcher.close()


@pytest.fixture
def dispatcher(make_dispatcher: Callable[..., Dispatcher]) -> Dispatcher:
    return make_dispatcher()


@pytest.fixture
def approved(world: World, session: Session) -> Callable[..., Post]:
    """A post that its approvers have let go, due now unless told otherwise."""

    def make(*outlets: Outlet, **values: object) -> Post:
        values.setdefault("scheduled_at", world.clock.now())
        post = world.post(*(outlets or (world.outlet(),)), **values)
        post.content_hash = content_hash(post)
        post.approved_hash = post.content_hash
        post.status = PostStatus.APPROVED
        post.window_start, post.window_end = post.scheduled_at, post.useful_until
        session.commit()
        return post

    return make
