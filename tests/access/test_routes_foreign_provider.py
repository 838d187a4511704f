"""Signing in at a provider that others wrote and that is certified for OpenID Connect: oidc-provider of npm."""

from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from flask import Flask
from joserfc.jwk import ECKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import create_app
from app.base.access.provider_models import SignInLink
from app.base.access.providers import public_keys, read_providers
from app.kernel.roles import Role
from config import Settings
from tests.access.elsewhere import come_back, set_out
from tests.access.foreign_provider import running, sign_in_there
from tests.access.test_routes_sign_in import is_in
from tests.world import World

BACK = "http://localhost/masuk/lewat/kukar/kembali"
SITI = {"email": "siti@kukarkab.go.id", "email_verified": True, "groups": ["kominfo-editor"]}
ENTRY: dict[str, Any] = {"key": "kukar", "label": "SSO Kukar", "client_id": "gaung", "link_by": "email"}


def private_key() -> str:
    return str(ECKey.generate_key("P-256").as_pem(private=True).decode())


def client_of(entry: dict[str, Any]) -> dict[str, Any]:
    """As the provider registers us: with our public keys for private_key_jwt, with the secret for the others."""
    found = read_providers([{**entry, "issuer": "http://127.0.0.1"}], secure=False)
    ours: dict[str, Any] = {
        "client_id": "gaung",
        "redirect_uris": [BACK],
        "response_types": ["code"],
        "grant_types": ["authorization_code"],
        "token_endpoint_auth_method": entry["client_auth"],
    }
    if entry["client_auth"] == "private_key_jwt":
        return {**ours, "jwks": public_keys(list(found.values())), "token_endpoint_auth_signing_alg": "ES256"}
    return {**ours, "client_secret": entry["client_secret"]}


def ours(settings: Settings, entry: dict[str, Any], issuer: str) -> Flask:
    return create_app(replace(settings, sign_in_providers=({**entry, "issuer": issuer},)))


@pytest.mark.parametrize(
    "entry",
    [
        {**ENTRY, "client_auth": "private_key_jwt", "private_key": private_key()},
        {**ENTRY, "client_auth": "client_secret_basic", "client_secret": "a-secret:with/signs"},
        {**ENTRY, "client_auth": "client_secret_post", "client_secret": "a-secret"},
    ],
    ids=lambda entry: str(entry["client_auth"]),
)
def test_the_whole_way_there_and_back(
    settings: Settings, world: World, session: Session, entry: dict[str, Any]
) -> None:
    user = world.user(Role.EDITOR, username="siti", email="siti@kukarkab.go.id")
    with running([client_of(entry)], {"siti-di-sana": SITI}) as issuer:
        client = ours(settings, entry, issuer).test_client()
        back = sign_in_there(set_out(client, next="/akun"), "siti-di-sana", back=BACK)
        assert come_back(client, back).headers["Location"] == "/akun"
        assert is_in(client)
        session.rollback()
        link = session.scalars(select(SignInLink)).one()
        assert (link.user_id, link.subject, link.issuer) == (user.id, "siti-di-sana", issuer)
        assert come_back(client, back).status_code == 403, "the same code once more"
        stranger = client.application.test_client()
        back = sign_in_there(set_out(stranger), "orang-asing", back=BACK)
        answer = come_back(stranger, back)
        assert answer.status_code == 502
        assert "tidak menyebut alamat surel" in answer.get_data(as_text=True)
        assert not is_in(stranger)


def test_a_wrong_secret_is_told_as_a_refusal(settings: Settings, world: World) -> None:
    world.user(Role.EDITOR, username="siti", email="siti@kukarkab.go.id")
    entry = {**ENTRY, "client_auth": "client_secret_basic", "client_secret": "a-secret"}
    with running([client_of(entry)], {"siti-di-sana": SITI}) as issuer:
        client = ours(settings, {**entry, "client_secret": "another"}, issuer).test_client()
        answer = come_back(client, sign_in_there(set_out(client), "siti-di-sana", back=BACK))
    assert answer.status_code == 502
    assert "menolak permintaan" in answer.get_data(as_text=True)
    assert not is_in(client)
    later = client.post("/masuk/lewat/kukar")
    assert later.status_code == 200, "the addresses are remembered"
    fresh = ours(settings, entry, issuer).test_client()
    assert fresh.post("/masuk/lewat/kukar").status_code == 502, "the provider is down"


def test_our_public_key_stands_at_an_address_and_the_private_one_does_not(settings: Settings) -> None:
    entry = {**ENTRY, "client_auth": "private_key_jwt", "private_key": private_key()}
    answer = ours(settings, entry, "http://127.0.0.1:9").test_client().get("/masuk/kunci.json")
    (key,) = answer.get_json()["keys"]
    assert set(key) == {"kty", "crv", "x", "y", "kid", "use", "alg"}
    assert (key["kty"], key["crv"], key["use"], key["alg"]) == ("EC", "P-256", "sig", "ES256")


def test_a_key_made_by_openssl_is_taken() -> None:
    made = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()
    )
    entry = {**ENTRY, "issuer": "https://sso.example", "client_auth": "private_key_jwt", "private_key": made.decode()}
    assert read_providers([entry], secure=True)["kukar"].signing_key.kid
