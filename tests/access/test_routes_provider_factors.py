"""After the provider comes the second factor, unless the provider says that it has just asked for one."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.base.access.factor_models import Passkey
from app.kernel.clock import FrozenClock
from app.kernel.roles import Role
from config import Settings
from tests.access.elsewhere import entry_of, sign_in_by
from tests.access.small_provider import SmallProvider, running
from tests.access.test_routes_sign_in import is_in
from tests.world import World

NOW = 1795478400  # the frozen clock


@pytest.fixture
def provider(clock: FrozenClock) -> Iterator[SmallProvider]:
    with running() as small:
        small.at = lambda: clock.now().timestamp()
        small.claims |= {"email": "siti@kukarkab.go.id", "email_verified": True}
        yield small


@pytest.fixture
def settings(settings: Settings, provider: SmallProvider) -> Settings:
    entry = entry_of(provider, link_by="email", second_factor=["mfa", "otp", "urn:dua-langkah"])
    return replace(settings, sign_in_providers=(entry,))


@pytest.fixture(autouse=True)
def siti(world: World, session: Session, clock: FrozenClock) -> None:
    user = world.user(Role.EDITOR, username="siti", email="siti@kukarkab.go.id")
    session.add(
        Passkey(user_id=user.id, credential_id="x", public_key=b"x", sign_count=0, label="HP", created_at=clock.now())
    )
    session.commit()


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"amr": ["pwd"]},
        {"amr": []},
        {"acr": "urn:satu-langkah"},
        {"amr": ["pwd", "mfa"], "auth_time": NOW - 3600},
    ],
)
def test_the_own_factor_is_asked_for(client: FlaskClient, provider: SmallProvider, claims: dict[str, Any]) -> None:
    provider.claims |= claims
    answer = sign_in_by(client, provider)
    assert answer.status_code == 303
    assert "langkah" in answer.headers["Location"]
    assert not is_in(client)


@pytest.mark.parametrize(
    "claims", [{"amr": ["pwd", "otp"]}, {"acr": "urn:dua-langkah"}, {"amr": ["mfa"], "auth_time": NOW - 60}]
)
def test_a_factor_that_the_provider_asked_for_is_enough(
    client: FlaskClient, provider: SmallProvider, claims: dict[str, Any]
) -> None:
    provider.claims |= claims
    assert sign_in_by(client, provider).headers["Location"] == "/"
    assert is_in(client)
