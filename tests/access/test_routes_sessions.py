"""Sessions on the server, through the pages: ending them, limits, being remembered, and a shared computer."""

import re
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.http import dump_cookie
from werkzeug.test import TestResponse

from app import create_app
from app.base.access.models import Device, SignIn
from app.base.notices.models import Notice
from app.kernel.clock import FrozenClock
from app.kernel.roles import Role
from config import Settings
from tests.access.test_routes_sign_in import OURS, fields_of, is_in, parked_in, sign_in
from tests.pages import asked
from tests.world import PASSWORD, World

PHONE = "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/125.0 Mobile Safari/537.36"


def rows(session: Session) -> list[SignIn]:
    session.rollback()
    query = select(SignIn).order_by(SignIn.id).execution_options(populate_existing=True)
    return list(session.scalars(query))


def cookie(client: FlaskClient, name: str) -> str:
    found = client.get_cookie(name)
    return found.value if found else ""


def put(client: FlaskClient, name: str, value: str) -> None:
    client.set_cookie(name, value)


def page(client: FlaskClient, path: str) -> str:
    return client.get(path, follow_redirects=True).get_data(as_text=True)


def told(client: FlaskClient) -> str:
    """What stands above the form of the sign-in page."""
    found = re.search(r'class="alert alert-info" role="status">(.*?)</div>', page(client, "/akun"), re.S)
    return re.sub(r"<[^>]+>", "", found.group(1)).strip() if found else ""


def test_a_copied_cookie_is_worth_nothing_after_signing_out(app: Flask, client: FlaskClient, world: World) -> None:
    world.user(Role.EDITOR, username="siti")
    sign_in(client, "siti")
    copy = cookie(client, "gaung")
    client.post("/keluar")
    thief = app.test_client()
    put(thief, "gaung", copy)
    assert not is_in(thief)


def test_the_database_holds_no_token(client: FlaskClient, world: World, session: Session) -> None:
    world.user(Role.EDITOR, username="siti")
    sign_in(client, "siti")
    with client.session_transaction() as kept:
        token = kept["_user_id"]
    (row,) = rows(session)
    assert len(token) >= 43
    assert token not in str(vars(row))


def test_person_and_session_come_in_one_statement(client: FlaskClient, world: World) -> None:
    world.user(Role.EDITOR, username="siti")
    sign_in(client, "siti")
    client.get("/akun").close()
    with asked() as seen:
        client.get("/akun").close()
    assert len([one for one in seen.statements if "sign_ins" in one]) == 1
    assert not [one for one in seen.statements if one.startswith(("UPDATE", "INSERT"))], "the use is fresh"


def test_the_use_is_written_every_five_minutes_and_beside_the_request(
    client: FlaskClient, world: World, session: Session, clock: FrozenClock
) -> None:
    world.user(Role.EDITOR, username="siti")
    sign_in(client, "siti")
    begin = clock.now()
    clock.advance(minutes=4)
    client.get("/akun").close()
    assert rows(session)[0].last_used_at == begin
    clock.advance(minutes=2)
    client.get("/akun").close()
    assert rows(session)[0].last_used_at == clock.now()


def test_members_of_a_community_stay_in_for_ninety_days(client: FlaskClient, world: World, clock: FrozenClock) -> None:
    world.user(Role.COMMUNITY, username="kim", organisation=world.kim())
    sign_in(client, "kim")
    clock.advance(days=89)
    assert is_in(client)
    clock.advance(days=2)
    assert not is_in(client)


def test_a_shared_computer_ends_after_twenty_minutes_and_remembers_nothing(
    client: FlaskClient, world: World, clock: FrozenClock, session: Session
) -> None:
    world.user(Role.EDITOR, username="siti")
    answer = sign_in(client, "siti", shared="y", remember="y")
    assert cookie(client, "gaung_ingat") == cookie(client, "gaung_alat") == ""
    assert "Expires" not in next(one for one in answer.headers.getlist("Set-Cookie") if one.startswith("gaung="))
    assert session.scalars(select(Device)).all() == []
    clock.advance(minutes=19)
    assert is_in(client)
    clock.advance(minutes=19)
    assert is_in(client)
    clock.advance(minutes=21)
    assert "komputer bersama ini 20 menit tidak dipakai" in told(client)


def test_what_was_typed_is_for_the_same_account_alone(client: FlaskClient, world: World, clock: FrozenClock) -> None:
    world.user(Role.EDITOR, username="siti")
    world.user(Role.EDITOR, username="ahmad")
    sign_in(client, "siti", shared="y")
    clock.advance(minutes=30)
    ended = client.post("/akun/kontak", data={"email": "rahasia@contoh.id"}, headers=OURS)
    parked = parked_in(ended)
    assert parked
    assert "rahasia" not in ended.get_data(as_text=True)
    other = sign_in(client, "ahmad", shared="y", parked=parked)
    assert other.status_code == 303
    again = sign_in(client, "siti", shared="y", parked=parked)
    assert fields_of(again.get_data(as_text=True)) == {"email": "rahasia@contoh.id"}


def test_what_was_typed_in_another_tab_before_signing_out_is_not_for_the_next(
    client: FlaskClient, world: World
) -> None:
    world.user(Role.EDITOR, username="siti")
    world.user(Role.EDITOR, username="ahmad")
    sign_in(client, "siti")
    client.post("/keluar")
    parked = parked_in(client.post("/akun/kontak", data={"email": "rahasia@contoh.id"}, headers=OURS))
    assert sign_in(client, "ahmad", parked=parked).status_code == 303


def test_being_remembered_outlives_the_session_and_keeps_messages(
    client: FlaskClient, world: World, clock: FrozenClock, session: Session
) -> None:
    world.user(Role.EDITOR, username="siti")
    sign_in(client, "siti", remember="y")
    first = cookie(client, "gaung_ingat")
    clock.advance(hours=13)
    assert is_in(client)
    second = cookie(client, "gaung_ingat")
    assert second not in {"", first}
    assert is_in(client)
    assert len(rows(session)) == 1, "still the same device in the list"
    clock.advance(days=8)
    assert not is_in(client)


def test_a_reply_that_was_lost_ends_nothing(client: FlaskClient, world: World, clock: FrozenClock) -> None:
    world.user(Role.EDITOR, username="siti")
    sign_in(client, "siti", remember="y")
    first, dead = cookie(client, "gaung_ingat"), cookie(client, "gaung")
    clock.advance(hours=13)
    assert is_in(client)
    put(client, "gaung_ingat", first)  # as a browser that never heard the answer
    put(client, "gaung", dead)
    assert is_in(client)
    clock.advance(minutes=2)
    put(client, "gaung_ingat", first)
    put(client, "gaung", dead)
    assert is_in(client)
    assert is_in(client)


def test_a_copy_used_later_ends_both_and_the_person_is_told(
    app: Flask, client: FlaskClient, world: World, clock: FrozenClock, session: Session
) -> None:
    world.user(Role.EDITOR, username="siti")
    sign_in(client, "siti", remember="y")
    copy = cookie(client, "gaung_ingat")
    clock.advance(hours=13)
    assert is_in(client)
    assert is_in(client), "the browser shows that it holds the successor"
    clock.advance(minutes=5)
    thief = app.test_client()
    put(thief, "gaung_ingat", copy)
    assert not is_in(thief)
    assert "dipakai dua kali" in told(client)
    assert not is_in(client)
    session.rollback()
    assert [notice.path for notice in session.scalars(select(Notice))] == ["/akun/perangkat"]


def test_a_post_of_a_remembered_browser_is_done_at_once(
    client: FlaskClient, world: World, clock: FrozenClock, session: Session
) -> None:
    """Its own transaction comes before the one of the view, so that neither waits for the other."""
    world.user(Role.EDITOR, username="siti")
    sign_in(client, "siti", remember="y")
    clock.advance(hours=13)
    assert client.post("/akun/perangkat/keluarkan-lainnya").status_code == 303
    assert is_in(client)


def two_devices(app: Flask, client: FlaskClient) -> FlaskClient:
    phone = app.test_client()
    phone.environ_base["HTTP_USER_AGENT"] = PHONE
    sign_in(client, "siti")
    sign_in(phone, "siti", remember="y")
    return phone


def end_first_of(client: FlaskClient) -> TestResponse:
    found = re.search(r'name="perangkat" value="(\d+)"', page(client, "/akun/perangkat"))
    assert found
    return client.post("/akun/perangkat/keluarkan", data={"perangkat": found.group(1)})


def test_another_device_is_named_and_ended_and_told(app: Flask, client: FlaskClient, world: World) -> None:
    world.user(Role.EDITOR, username="siti")
    phone = two_devices(app, client)
    shown = page(client, "/akun/perangkat")
    assert "Chrome di Android" in shown
    assert shown.count("Perangkat ini") >= 1
    assert shown.count('name="perangkat"') == 1, "this device is not ended by the button of another"
    assert end_first_of(client).status_code == 303
    assert "lewat perangkat lain" in told(phone)
    assert not is_in(phone), "nor does the cookie of Ingat saya bring it back"
    assert is_in(client)


def test_all_other_devices_end_at_once(app: Flask, client: FlaskClient, world: World) -> None:
    world.user(Role.EDITOR, username="siti")
    phone = two_devices(app, client)
    answer = client.post("/akun/perangkat/keluarkan-lainnya", follow_redirects=True)
    assert "1 perangkat lain" in answer.get_data(as_text=True)
    assert not is_in(phone)
    assert is_in(client)


@pytest.mark.parametrize("chosen", ["", "²", "x", "999", "-1", "9" * 30])
def test_an_odd_number_ends_nothing(client: FlaskClient, world: World, chosen: str) -> None:
    world.user(Role.EDITOR, username="siti")
    sign_in(client, "siti")
    assert client.post("/akun/perangkat/keluarkan", data={"perangkat": chosen}).status_code == 303
    assert "Tidak ada yang berubah" in page(client, "/akun/perangkat")


def test_the_device_of_another_person_is_not_ended(
    app: Flask, client: FlaskClient, world: World, session: Session
) -> None:
    world.user(Role.EDITOR, username="siti")
    world.user(Role.EDITOR, username="ahmad")
    sign_in(client, "siti")
    other = app.test_client()
    sign_in(other, "ahmad")
    client.post("/akun/perangkat/keluarkan", data={"perangkat": rows(session)[1].id})
    assert is_in(other)


def test_a_new_password_is_told_on_the_other_device(app: Flask, client: FlaskClient, world: World) -> None:
    world.user(Role.EDITOR, username="siti")
    phone = two_devices(app, client)
    new = "sungai mahakam tenang"
    fields = {"old_password": PASSWORD, "new_password": new, "repeat_password": new}
    assert client.post("/akun/kata-sandi", data=fields).status_code == 303
    assert "Kata sandi akun ini diganti" in told(phone)


def test_one_browser_is_one_device_for_a_person_and_two_for_two(
    client: FlaskClient, world: World, session: Session
) -> None:
    world.user(Role.EDITOR, username="siti")
    world.user(Role.EDITOR, username="ahmad")
    for name in ("siti", "ahmad", "siti"):
        sign_in(client, name)
        client.post("/keluar")
    session.rollback()
    assert len(session.scalars(select(Device)).all()) == 2


def test_a_device_cookie_that_we_did_not_sign_is_no_device(client: FlaskClient, world: World, session: Session) -> None:
    world.user(Role.EDITOR, username="siti")
    put(client, "gaung_alat", dump_cookie("x", "palsu"))
    sign_in(client, "siti")
    assert cookie(client, "gaung_alat").count(".") == 1


def test_under_https_cookies_are_bound_to_this_host(settings: Settings, clock: FrozenClock, world: World) -> None:
    world.user(Role.EDITOR, username="siti")
    safe = create_app(replace(settings, public_url="https://gaung.kukarkab.go.id"), clock=clock)
    fields = {"identity": "siti", "password": PASSWORD, "remember": "y"}
    answer = safe.test_client().post("/masuk", data=fields, base_url="https://gaung.kukarkab.go.id")
    cookies = answer.headers.getlist("Set-Cookie")
    assert {one.split("=")[0] for one in cookies} == {"__Host-gaung", "__Host-gaung_ingat", "__Host-gaung_alat"}
    for one in cookies:
        assert all(part in one for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"))
        assert "Domain" not in one
    with safe.app_context():
        safe.extensions["sqlalchemy"].engine.dispose()
