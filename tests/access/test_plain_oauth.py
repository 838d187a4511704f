"""OAuth 2.0 with a userinfo address, as several regencies run it: on both databases."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.access.provider_models import SignInLink
from app.kernel.roles import Role
from config import Settings
from tests.access.elsewhere import entry_of, set_out, sign_in_by
from tests.access.small_provider import SmallProvider, running
from tests.access.test_routes_sign_in import is_in
from tests.world import World


@pytest.fixture
def provider() -> Iterator[SmallProvider]:
    with running() as small:
        small.userinfo = {"status": "ok", "data": {"id": 4711, "surel": "Siti@kukarkab.go.id"}}
        yield small


@pytest.fixture
def settings(settings: Settings, provider: SmallProvider) -> Settings:
    entry = entry_of(
        provider,
        kind="oauth2",
        issuer="",
        authorize_url=f"{provider.url}/authorize",
        token_url=f"{provider.url}/token",
        userinfo_url=f"{provider.url}/userinfo",
        scope="profil",
        client_auth="client_secret_post",
        subject_claim="data.id",
        email_claim="data.surel",
        email_trusted=True,
        link_by="email",
    )
    return replace(settings, sign_in_providers=(entry,))


def test_the_way_there_and_back(client: FlaskClient, world: World, session: Session, provider: SmallProvider) -> None:
    user = world.user(Role.EDITOR, username="siti", email="siti@kukarkab.go.id")
    address = set_out(client)
    assert "nonce" not in address
    assert "code_challenge=" in address
    assert sign_in_by(client, provider).status_code == 303
    assert is_in(client)
    link = session.scalars(select(SignInLink)).one()
    assert (link.user_id, link.subject, link.issuer) == (user.id, "4711", f"{provider.url}/userinfo")
    assert provider.asked["/token"][0]["client_secret"] == "a-secret"


@pytest.mark.parametrize(
    ("userinfo", "words"),
    [
        ({"data": {"surel": "siti@kukarkab.go.id"}}, "tidak menyebut siapa Anda"),
        ({"data": {"id": "", "surel": "siti@kukarkab.go.id"}}, "tidak menyebut siapa Anda"),
        ({"data": {"id": True, "surel": "siti@kukarkab.go.id"}}, "tidak menyebut siapa Anda"),
        ({"data": {"id": "9" * 256}}, "tidak bisa dibaca"),
        ({"data": {"id": 1}}, "tidak menyebut alamat surel"),
        ({"data": [1]}, "tidak menyebut siapa Anda"),
    ],
)
def test_a_userinfo_without_what_we_need(
    client: FlaskClient, world: World, provider: SmallProvider, userinfo: dict[str, object], words: str
) -> None:
    world.user(Role.EDITOR, username="siti", email="siti@kukarkab.go.id")
    provider.userinfo = userinfo
    answer = sign_in_by(client, provider)
    assert answer.status_code == 502
    assert words in answer.get_data(as_text=True)
    assert not is_in(client)


def test_a_userinfo_that_does_not_answer(client: FlaskClient, provider: SmallProvider) -> None:
    provider.answers["/userinfo"] = (500, {})
    answer = sign_in_by(client, provider)
    assert answer.status_code == 502
    assert "tidak bisa dihubungi" in answer.get_data(as_text=True)
    assert not is_in(client)
