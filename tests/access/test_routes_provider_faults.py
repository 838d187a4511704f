"""What can go wrong between us and a provider: each gives a sentence and no session, and no address or token is lost
into a log."""

import json
import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from joserfc.jwk import ECKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.access import provider_client
from app.kernel.audit import AuditEntry
from app.kernel.clock import FrozenClock
from app.kernel.roles import Role
from config import Settings
from tests.access.elsewhere import come_back, entry_of, set_out, sign_in_by
from tests.access.small_provider import Claims, SmallProvider, running
from tests.access.test_routes_sign_in import OURS, fields_of, is_in, parked_in, sign_in
from tests.world import World


@pytest.fixture
def provider(clock: FrozenClock) -> Iterator[SmallProvider]:
    with running() as small:
        small.at = lambda: clock.now().timestamp()
        small.claims |= {"email": "siti@kukarkab.go.id", "email_verified": True}
        yield small


@pytest.fixture
def settings(settings: Settings, provider: SmallProvider) -> Settings:
    return replace(settings, sign_in_providers=(entry_of(provider, link_by="email"),))


@pytest.fixture(autouse=True)
def siti(world: World) -> None:
    world.user(Role.EDITOR, username="siti", email="siti@kukarkab.go.id")


def changed(**claims: object) -> Callable[[Claims], Claims]:
    return lambda honest: {**honest, **claims}


def without(name: str) -> Callable[[Claims], Claims]:
    return lambda honest: {key: value for key, value in honest.items() if key != name}


NOW = 1795478400  # the frozen clock


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (changed(iss="https://jahat.example"), "bukan dari SSO Kukar"),
        (without("iss"), "tidak bisa dibaca"),
        (changed(aud="another-client"), "untuk aplikasi lain"),
        (changed(aud=["gaung", "another-client"]), "tidak bisa dibaca"),  # and nobody says who asked
        (changed(aud=["gaung", "another-client"], azp="another-client"), "untuk aplikasi lain"),
        (changed(nonce="of-another-way"), "bukan untuk permintaan ini"),
        (without("nonce"), "bukan untuk permintaan ini"),
        (changed(exp=NOW - 300), "kedaluwarsa"),
        (without("exp"), "tidak bisa dibaca"),
        (changed(iat=NOW + 600, exp=NOW + 900), "Jam di server"),
        (changed(nbf=NOW + 600), "Jam di server"),
        (without("sub"), "tidak bisa dibaca"),
        (changed(sub=""), "tidak menyebut siapa Anda"),
        (changed(sub={"id": 1}), "tidak bisa dibaca"),
        (changed(at_hash="wrong"), "tidak bisa dibaca"),
    ],
)
def test_a_token_that_is_not_for_us_now(
    client: FlaskClient, provider: SmallProvider, spoil: Callable[[Claims], Claims], words: str
) -> None:
    provider.spoil = spoil
    answer = sign_in_by(client, provider)
    assert answer.status_code == 502
    assert words in answer.get_data(as_text=True)
    assert not is_in(client)


@pytest.mark.parametrize("skew", [-110, 110])
def test_clocks_that_differ_by_two_minutes_are_forgiven(
    client: FlaskClient, provider: SmallProvider, skew: int
) -> None:
    provider.spoil = changed(iat=NOW + skew, exp=NOW + skew + 60)
    assert sign_in_by(client, provider).status_code == 303
    assert is_in(client)


def test_an_unsigned_token_and_one_of_another_key(client: FlaskClient, provider: SmallProvider) -> None:
    provider.algorithm = "none"
    answer = sign_in_by(client, provider)
    assert "tidak sah" in answer.get_data(as_text=True)
    provider.algorithm, honest = "ES256", provider.key
    provider.key = ECKey.generate_key("P-256", {"kid": "one", "use": "sig"})
    provider.answers["/keys"] = (200, {"keys": [honest.as_dict(private=False)]})
    assert "tidak sah" in sign_in_by(client, provider).get_data(as_text=True)
    assert not is_in(client)


def test_a_new_key_of_the_provider_is_fetched(client: FlaskClient, provider: SmallProvider, clock: FrozenClock) -> None:
    assert sign_in_by(client, provider).status_code == 303
    client.post("/keluar")
    clock.advance(minutes=1)
    provider.key = ECKey.generate_key("P-256", {"kid": "two", "use": "sig"})
    assert sign_in_by(client, provider).status_code == 303
    assert len(provider.asked["/keys"]) == 2
    assert len(provider.asked["/.well-known/openid-configuration"]) == 1, "remembered for an hour"


def test_a_return_that_this_browser_did_not_set_out_for(client: FlaskClient, provider: SmallProvider) -> None:
    address = set_out(client)
    other = client.application.test_client()
    answer = come_back(other, provider.authorize(address))
    assert answer.status_code == 403
    assert "tidak cocok" in answer.get_data(as_text=True)
    assert not is_in(other)
    for query in ({}, {"code": "x"}, {"state": "guessed", "code": "x"}):
        assert client.get("/masuk/lewat/kukar/kembali?" + urlencode(query)).status_code == 403
    assert "/token" not in provider.asked, "nothing was asked of the provider"


def test_a_return_that_was_used_or_took_too_long(
    client: FlaskClient, provider: SmallProvider, clock: FrozenClock
) -> None:
    back = provider.authorize(set_out(client))
    assert come_back(client, back).status_code == 303
    client.post("/keluar")
    assert come_back(client, back).status_code == 403
    late = provider.authorize(set_out(client))
    clock.advance(minutes=16)
    assert come_back(client, late).status_code == 403
    assert not is_in(client)


def test_a_code_that_the_provider_has_seen_before(client: FlaskClient, provider: SmallProvider) -> None:
    back = provider.authorize(set_out(client))
    provider.codes.clear()
    answer = come_back(client, back)
    assert "sudah pernah dipakai" in answer.get_data(as_text=True)
    assert not is_in(client)


def test_a_code_of_another_way_does_not_fit_its_challenge(client: FlaskClient, provider: SmallProvider) -> None:
    stolen = provider.authorize(set_out(client.application.test_client()))
    code = stolen.split("code=")[1].split("&")[0]
    own = provider.authorize(set_out(client))
    assert "sudah pernah dipakai" in come_back(client, own.replace("code=code-1", f"code={code}")).get_data(
        as_text=True
    )
    assert not is_in(client)


def test_who_declines_there_comes_back_to_the_sign_in_page(client: FlaskClient, provider: SmallProvider) -> None:
    state = set_out(client, next="/akun?a=1").split("state=")[1].split("&")[0]
    answer = client.get(f"/masuk/lewat/kukar/kembali?error=access_denied&state={state}")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 403
    assert "membatalkan" in page
    assert 'value="/akun?a=1"' in page, "where one was going is kept"
    assert sign_in(client, "siti", next="/akun?a=1").headers["Location"] == "/akun?a=1"


def test_an_answer_of_another_provider_is_not_taken_for_this_ones(client: FlaskClient, provider: SmallProvider) -> None:
    answer = come_back(client, provider.authorize(set_out(client), iss="https://jahat.example"))
    assert "bukan dari SSO Kukar" in answer.get_data(as_text=True)
    assert "/token" not in provider.asked, "its code was sent nowhere"
    assert come_back(client, provider.authorize(set_out(client), iss=provider.url)).status_code == 303


def test_discovery_of_another_issuer_is_refused(client: FlaskClient, provider: SmallProvider) -> None:
    provider.answers["/.well-known/openid-configuration"] = (200, {**provider.discovery(), "issuer": "https://x.id"})
    answer = client.post("/masuk/lewat/kukar")
    assert answer.status_code == 502
    assert "bukan dari SSO Kukar" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("path", "given"),
    [
        ("/.well-known/openid-configuration", (500, {})),
        ("/.well-known/openid-configuration", (200, b"<html>sedang perbaikan</html>")),
        ("/.well-known/openid-configuration", (200, b"[" * 100_000)),
        ("/.well-known/openid-configuration", (200, [])),
        ("/token", (200, b"[" * 100_000)),
        ("/token", (503, b"sedang perbaikan")),
        ("/token", (200, {"token_type": "Bearer"})),
        ("/token", (200, {"access_token": "x", "token_type": "Bearer"})),
        ("/token", (200, {"access_token": "x", "token_type": "Bearer", "id_token": "a.b.c"})),
        ("/token", (401, {"error": "invalid_client"})),
        ("/keys", (200, {"keys": "none"})),
        ("/keys", (200, {"keys": [{"kty": "odd"}]})),
        ("/keys", (200, json.dumps({"keys": [], "pad": "x" * 300_000}).encode())),
    ],
)
def test_a_provider_that_is_broken_leaves_the_password(
    client: FlaskClient, provider: SmallProvider, path: str, given: tuple[int, object]
) -> None:
    provider.answers[path] = given
    if path.startswith("/.well"):
        answer = client.post("/masuk/lewat/kukar", data={"next": "/akun"})
    else:
        answer = sign_in_by(client, provider)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 502
    assert "SSO Kukar" in page
    assert "tetap bisa" in page
    assert not is_in(client)
    assert sign_in(client, "siti").status_code == 303


def test_a_provider_that_is_down_or_slow_is_told_in_time(
    client: FlaskClient, provider: SmallProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provider_client, "READ", 0.3)
    provider.slow["/.well-known/openid-configuration"] = 3
    begun = time.monotonic()
    answer = client.post("/masuk/lewat/kukar")
    assert time.monotonic() - begun < 2
    assert "tidak bisa dihubungi atau terlalu lama" in answer.get_data(as_text=True)
    provider.slow.clear()
    assert sign_in_by(client, provider).status_code == 303, "and works again as soon as the provider does"


def test_a_server_that_sends_a_byte_now_and_then_is_given_up(
    client: FlaskClient, provider: SmallProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provider_client, "WHOLE", -1)
    assert client.post("/masuk/lewat/kukar").status_code == 502


def test_what_was_typed_goes_along_there_and_back(client: FlaskClient, provider: SmallProvider) -> None:
    ended = client.post("/akun/kontak", data={"email": "baru@kukarkab.go.id"}, headers=OURS)
    answer = sign_in_by(client, provider, parked=parked_in(ended))
    assert answer.status_code == 200
    assert fields_of(answer.get_data(as_text=True)) == {"email": "baru@kukarkab.go.id"}


def test_what_was_typed_survives_a_provider_that_is_down(client: FlaskClient, provider: SmallProvider) -> None:
    ended = client.post("/akun/kontak", data={"email": "baru@kukarkab.go.id"}, headers=OURS)
    back = provider.authorize(set_out(client, parked=parked_in(ended)))
    provider.answers["/token"] = (500, {})
    failed = come_back(client, back)
    answer = sign_in(client, "siti", parked=parked_in(failed))
    assert fields_of(answer.get_data(as_text=True)) == {"email": "baru@kukarkab.go.id"}


def test_what_was_ticked_on_the_sign_in_page_counts_after_the_way_back(
    client: FlaskClient, provider: SmallProvider
) -> None:
    assert "gaung_ingat" not in str(sign_in_by(client, provider).headers)
    client.post("/keluar")
    assert "gaung_ingat" in str(sign_in_by(client, provider, remember="y").headers)


def test_no_code_and_no_token_reaches_the_log(
    client: FlaskClient, provider: SmallProvider, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    sign_in_by(client, provider)
    client.post("/keluar")
    provider.spoil = changed(nonce="of-another-way")
    sign_in_by(client, provider)
    written = caplog.text
    assert "sign-in by kukar failed: nonce" in written
    for secret in ("secret-token", "a-secret", "code-0", "code-1", "eyJ"):
        assert secret not in written


def test_a_failure_stands_in_the_trail_with_its_reason(
    client: FlaskClient, provider: SmallProvider, session: Session
) -> None:
    provider.spoil = changed(nonce="of-another-way")
    sign_in_by(client, provider).close()
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "user.sign_in_failed")).one()
    assert entry.after["what"] == "kukar:nonce"


def test_nobody_sets_out_for_a_provider_that_the_settings_do_not_know(client: FlaskClient) -> None:
    assert client.post("/masuk/lewat/asing").status_code == 404
    assert client.get("/masuk/lewat/asing/kembali?state=x&code=y").status_code == 404
    assert client.get("/masuk/lewat/kukar").status_code == 405, "no link sets out by itself"


def test_the_host_of_the_request_decides_nothing(client: FlaskClient, session: Session) -> None:
    page = client.post("/masuk/lewat/kukar", headers={"Host": "jahat.example"}).get_data(as_text=True)
    assert "jahat" not in page
    assert "redirect_uri=http%3A%2F%2Flocalhost%2Fmasuk" in page
