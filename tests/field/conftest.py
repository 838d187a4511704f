"""A KIM of Long Lalang, a member of it, and what the member's phone sends."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.base.media.storage import Storage
from app.base.people.models import Organisation
from app.gatherings.field.arrival import Arrival
from app.gatherings.field.intake import Answer, receive
from app.kernel.clock import FrozenClock
from app.kernel.roles import Actor, Role
from tests.field.build import LONG_LALANG, TZ
from tests.world import World

Send = Callable[..., Answer]


@pytest.fixture
def kim(world: World) -> Organisation:
    return world.organisation("kim", name="KIM Long Lalang", village_code=LONG_LALANG)


@pytest.fixture
def member(world: World, kim: Organisation) -> Actor:
    return world.actor(Role.COMMUNITY, organisation=kim)


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return Storage(tmp_path / "media")


@pytest.fixture
def send(session: Session, member: Actor, clock: FrozenClock) -> Send:
    def send(raw: Any) -> Answer:
        (answer,) = receive(session, member, [raw], Arrival(clock.now(), TZ, clock.now()))
        session.commit()
        return answer

    return send
