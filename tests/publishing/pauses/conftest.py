from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from app.kernel.clock import FrozenClock
from app.kernel.roles import Role
from app.outreach.publishing.pauses.models import Pause, PauseReason, PauseScope
from app.outreach.publishing.pauses.resuming import Choice, Plan, Resumed, resume
from app.outreach.publishing.pauses.service import pause
from app.outreach.publishing.pauses.waiting import waiting_posts
from config import Settings
from tests.publishing.spacing.conftest import waiting
from tests.world import World

__all__ = ["waiting"]

Stop = Callable[..., Pause]
GoOn = Callable[..., Resumed]


@pytest.fixture
def stop(session: Session, world: World, clock: FrozenClock) -> Stop:
    def make(scope: PauseScope = PauseScope.ALL, record_id: int | None = None) -> Pause:
        editor = world.actor(Role.EDITOR)
        reason, words = PauseReason.DISASTER, "Banjir"
        made = pause(session, editor, scope=scope, record_id=record_id, reason=reason, words=words, now=clock.now())
        session.commit()
        return made

    return make


@pytest.fixture
def go_on(session: Session, world: World, clock: FrozenClock, settings: Settings) -> GoOn:
    """The pause is ended by an approver who saw everything that waits."""

    def make(made: Pause, everything: Choice | None = None, **plan: object) -> Resumed:
        seen = [one.post_id for one in waiting_posts(session, made, now=clock.now())]
        decided = Plan(**{"everything": everything, "seen": seen, **plan})  # type: ignore[arg-type]
        result = resume(session, world.actor(Role.APPROVER), made, decided, settings=settings, now=clock.now())
        session.commit()
        return result

    return make
