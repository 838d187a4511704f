"""Who asks, behind a proxy or not, and what somebody is told who asks too often."""

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Blueprint, Flask, abort
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import create_app
from app.base.web.guard import allow, public
from app.base.web.limits import DOWNLOADS, EXEMPT, UPLOADS, address_key, asker, client_address, hit_all, limited
from app.kernel.clock import FrozenClock
from app.kernel.limits import Hit, LimitCount
from app.kernel.roles import Can, Role
from config import Settings
from tests.access.test_routes_sign_in import sign_in
from tests.world import World

MINUTE = timedelta(minutes=1)
bp = Blueprint("often", __name__)


@bp.get("/sering/siapa")
@public
def who() -> str:
    return f"{client_address()} {address_key()} {asker()}"


@bp.post("/sering/tiga")
@public
@limited("test.three", 3, MINUTE)
def three() -> str:
    return "diterima"


@bp.post("/sering/gagal")
@public
@limited("test.failing", 2, MINUTE)
def failing() -> str:
    abort(422)


@bp.get("/sering/tabel.csv")
@allow(Can.ENTER)
def table() -> str:
    return "a;b"


@bp.get("/sering/dua-kunci")
@public
def two_keys() -> str:
    return str([verdict.over for verdict in hit_all([Hit("a", "1", 1, MINUTE), Hit("b", "1", 9, MINUTE)])])


def build(settings: Settings, clock: FrozenClock) -> Flask:
    made = create_app(settings, clock=clock)
    made.register_blueprint(bp)
    return made


@pytest.fixture
def app(settings: Settings, clock: FrozenClock) -> Iterator[Flask]:
    made = build(settings, clock)
    yield made
    with made.app_context():
        made.extensions["sqlalchemy"].engine.dispose()


def seen_as(client: FlaskClient, address: str, forwarded: str = "") -> list[str]:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    return client.get("/sering/siapa", headers=headers, environ_base={"REMOTE_ADDR": address}).text.split()


def test_without_a_trusted_proxy_nobody_chooses_an_address(client: FlaskClient) -> None:
    assert seen_as(client, "203.0.113.7", "198.51.100.1")[0] == "203.0.113.7"


def test_as_many_proxies_as_are_trusted_are_believed(settings: Settings, clock: FrozenClock) -> None:
    one = build(replace(settings, trusted_proxies=1), clock).test_client()
    # the first is what the client made up, the last what the proxy saw
    assert seen_as(one, "127.0.0.1", "10.9.9.9, 198.51.100.1")[0] == "198.51.100.1"
    two = build(replace(settings, trusted_proxies=2), clock).test_client()
    assert seen_as(two, "127.0.0.1", "10.9.9.9, 198.51.100.1, 192.0.2.1")[0] == "198.51.100.1"


def test_a_household_is_one_address_in_either_kind(client: FlaskClient) -> None:
    first, second = (seen_as(client, f"2001:db8:1:2::{end}") for end in ("1", "abcd:1"))
    assert first == second
    assert first[0] == "2001:db8:1:2::/64"
    assert seen_as(client, "2001:db8:1:3::1")[1] != first[1]
    assert seen_as(client, "::ffff:203.0.113.7")[0] == "203.0.113.7"


def test_an_address_is_kept_as_a_hash_of_this_installation(
    client: FlaskClient, settings: Settings, clock: FrozenClock, session: Session
) -> None:
    _address, key, who_asks = seen_as(client, "203.0.113.7")
    assert who_asks == key
    other = build(replace(settings, secret_key="another-secret-key-for-tests-0123456789"), clock).test_client()
    assert seen_as(other, "203.0.113.7")[1] != key
    client.post("/sering/tiga", environ_base={"REMOTE_ADDR": "203.0.113.7"})
    assert session.scalars(select(LimitCount.key)).all() == [key]


def test_too_often_is_told_calmly_with_when_to_come_back(client: FlaskClient, clock: FrozenClock) -> None:
    assert [client.post("/sering/tiga").status_code for _ in range(4)] == [200, 200, 200, 429]
    clock.advance(seconds=20)
    answer = client.post("/sering/tiga")
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "40"
    assert "Tidak ada yang hilang" in answer.text
    assert "1 menit lagi" in answer.text
    assert client.post("/sering/tiga", environ_base={"REMOTE_ADDR": "203.0.113.7"}).status_code == 200
    clock.advance(seconds=40)
    assert client.post("/sering/tiga").status_code == 200


def test_a_request_that_fails_is_counted_too(client: FlaskClient) -> None:
    assert [client.post("/sering/gagal").status_code for _ in range(3)] == [422, 422, 429]


def test_two_keys_are_counted_by_one_get(client: FlaskClient) -> None:
    assert client.get("/sering/dua-kunci").text == "[False, False]"
    assert client.get("/sering/dua-kunci").text == "[True, False]"


def test_files_are_counted_by_account_and_pages_are_not(
    app: Flask, client: FlaskClient, world: World, session: Session
) -> None:
    world.user(Role.ADMIN, username="siti")
    world.user(Role.ADMIN, username="ahmad")
    other = app.test_client()
    sign_in(client, "siti")
    sign_in(other, "ahmad")
    assert {client.get("/sering/tabel.csv").status_code for _ in range(DOWNLOADS.most)} == {200}
    assert client.get("/sering/tabel.csv").status_code == 429
    assert client.get("/pengguna/ekspor.csv").status_code == 429
    assert other.get("/sering/tabel.csv").status_code == 200, "behind the same address"
    assert client.get("/akun").status_code == 200


def test_uploads_are_counted(client: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.user(Role.ADMIN, username="siti")
    sign_in(client, "siti")
    monkeypatch.setattr("app.base.web.limits.UPLOADS", replace(UPLOADS, most=2))
    answers = [client.post("/berkas", data={"file": (io.BytesIO(b"x"), "x.txt")}).status_code for _ in range(3)]
    assert answers[2] == 429
    assert 429 not in answers[:2]


def test_phones_that_send_what_they_kept_are_never_held_up(app: Flask) -> None:
    sent = {rule.endpoint for rule in app.url_map.iter_rules() if rule.rule in {"/catat/kirim", "/catat/foto"}}
    assert len(sent) == 2
    assert all(endpoint.startswith(EXEMPT) for endpoint in sent)
