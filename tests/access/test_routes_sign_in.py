"""Signing in and out, the first password, and what was typed when a session ended."""

import html
import re
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app import create_app
from app.base.access.delays import SignInDelay
from app.base.people.models import User
from app.base.people.passwords import hashed_password
from app.kernel.clock import FrozenClock
from app.kernel.roles import Role
from config import Settings
from tests.world import PASSWORD, World


def sign_in(client: FlaskClient, identity: str, password: str = PASSWORD, **fields: Any) -> TestResponse:
    return client.post("/masuk", data={"identity": identity, "password": password, **fields})


def again(session: Session, user: User) -> User:
    session.rollback()  # a new snapshot
    found = session.get(User, user.id, populate_existing=True)
    assert found is not None
    return found


def is_in(client: FlaskClient) -> bool:
    with client.get("/akun") as answer:  # closed, so that what is written after the answer is written
        return answer.status_code == 200


@pytest.mark.parametrize("identity", ["siti", " SITI ", "0812-3456-7890", "+62 812 3456 7890", "Siti@Kukarkab.go.id"])
def test_one_signs_in_by_user_name_phone_or_mail(client: FlaskClient, world: World, identity: str) -> None:
    world.user(Role.EDITOR, username="siti", phone="+6281234567890", email="siti@kukarkab.go.id")
    assert sign_in(client, identity).status_code == 303
    assert is_in(client)


def test_the_remembered_cookie_and_the_session_are_for_this_site_only(client: FlaskClient, world: World) -> None:
    world.user(Role.EDITOR, username="siti")
    cookies = sign_in(client, "siti", remember="y").headers.getlist("Set-Cookie")
    assert {cookie.split("=")[0] for cookie in cookies} == {"gaung", "gaung_ingat", "gaung_alat"}
    assert all("HttpOnly" in cookie and "SameSite=Lax" in cookie for cookie in cookies)


def test_a_deactivated_person_is_out_at_once(client: FlaskClient, world: World, session: Session) -> None:
    user = world.user(Role.EDITOR, username="siti")
    sign_in(client, "siti")
    user.active = False
    session.commit()
    assert client.get("/akun").status_code == 302
    assert sign_in(client, "siti").status_code == 422


def test_the_answer_to_a_wrong_name_is_the_answer_to_a_wrong_password(client: FlaskClient, world: World) -> None:
    world.user(Role.EDITOR, username="siti")
    world.user(Role.EDITOR, username="ahmad", active=False)

    def told(identity: str, password: str) -> list[str]:
        page = sign_in(client, identity, password).get_data(as_text=True)
        return re.findall(r'role="alert".*?</div>', page, re.S)

    wrong = told("siti", "salah")
    assert wrong
    assert wrong == told("tidakada", "salah") == told("ahmad", PASSWORD) == told("0812-3456-7890", "salah")


@pytest.mark.parametrize(
    "target",
    [
        "https://jahat.example/",
        "//jahat.example",
        "/\\jahat.example",
        "/\t/jahat.example",
        "javascript:alert(1)",
        "http:jahat",
        "///jahat.example",
    ],
)
def test_nobody_is_sent_to_another_site_after_signing_in(client: FlaskClient, world: World, target: str) -> None:
    world.user(Role.EDITOR, username="siti")
    answer = sign_in(client, "siti", next=target)
    assert answer.headers["Location"] == "/"
    assert client.get("/masuk", query_string={"next": target}).headers["Location"] == "/"


def test_one_comes_back_to_the_page_that_was_asked_for(client: FlaskClient, world: World) -> None:
    world.user(Role.EDITOR, username="siti")
    asked = client.get("/akun?a=1")
    assert asked.headers["Location"] == "/masuk?next=/akun?a%3D1"
    assert sign_in(client, "siti", next="/akun?a=1").headers["Location"] == "/akun?a=1"


def test_signing_out_needs_a_post_and_ends_being_remembered(client: FlaskClient, world: World) -> None:
    world.user(Role.EDITOR, username="siti")
    sign_in(client, "siti", remember="y")
    assert client.get("/keluar").status_code == 405
    assert client.post("/keluar").headers["Location"] == "/masuk"
    assert not is_in(client)
    assert client.get_cookie("gaung_ingat") is None


def test_a_password_from_a_slip_leads_to_one_of_ones_own(client: FlaskClient, world: World, session: Session) -> None:
    user = world.user(Role.EDITOR, username="siti", must_change_password=True)
    assert sign_in(client, "siti", next="/akun").headers["Location"] == "/akun/kata-sandi-baru?next=/akun"
    assert client.get("/akun").headers["Location"].startswith("/akun/kata-sandi-baru")
    assert client.post("/akun/kontak", data={"phone": "0812-3456-7890"}).status_code == 303
    assert again(session, user).phone is None

    def choose(password: str) -> TestResponse:
        fields = {"new_password": password, "repeat_password": password, "next": "/akun"}
        return client.post("/akun/kata-sandi-baru", data=fields)

    assert choose(PASSWORD).status_code == 422, "the password of the slip again"
    assert choose("pendek").status_code == 422
    assert choose("siti-siti-siti").status_code == 422
    assert choose("sungai mahakam tenang").headers["Location"] == "/akun"
    assert is_in(client)
    assert not again(session, user).must_change_password


def test_a_new_password_ends_the_other_devices(app: Flask, client: FlaskClient, world: World) -> None:
    world.user(Role.EDITOR, username="siti")
    phone = app.test_client()
    sign_in(phone, "siti", remember="y")
    sign_in(client, "siti")
    new = "sungai mahakam tenang"
    fields = {"old_password": PASSWORD, "new_password": new, "repeat_password": new}
    assert client.post("/akun/kata-sandi", data=fields).status_code == 303
    assert is_in(client)
    assert not is_in(phone)
    assert sign_in(phone, "siti", new).status_code == 303


def test_changing_the_password_needs_the_present_one(client: FlaskClient, world: World, session: Session) -> None:
    user = world.user(Role.EDITOR, username="siti")
    sign_in(client, "siti")
    new = "sungai mahakam tenang"
    fields = {"old_password": "salah", "new_password": new, "repeat_password": new}
    answer = client.post("/akun/kata-sandi", data=fields)
    assert answer.status_code == 422
    assert "Kata sandi sekarang tidak cocok" in answer.get_data(as_text=True)
    session.rollback()
    assert session.scalars(select(func.max(SignInDelay.failures)).where(SignInDelay.user_id == user.id)).one() == 1


def test_a_taken_phone_number_is_told_and_what_was_typed_stays(client: FlaskClient, world: World) -> None:
    world.user(Role.EDITOR, username="siti")
    world.user(Role.EDITOR, username="ahmad", phone="+6281234567890")
    sign_in(client, "siti")
    fields = {"phone": "0812 3456 7890", "email": "siti@kukarkab.go.id", "old_password": PASSWORD}
    answer = client.post("/akun/kontak", data=fields)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "sudah terdaftar" in page
    assert 'value="siti@kukarkab.go.id"' in page
    assert client.post("/akun/kontak", data={**fields, "phone": "0813-3456-7890"}).status_code == 303


OURS = {"Origin": "http://localhost"}


def parked_in(answer: TestResponse) -> str:
    found = re.search(r'name="parked"[^>]*value="([^"]*)"', answer.get_data(as_text=True))
    return html.unescape(found.group(1)) if found else ""


def fields_of(page: str) -> dict[str, str]:
    found = re.findall(r'<textarea name="([^"]+)" hidden>\n(.*?)</textarea>', page, re.S)
    return {name: html.unescape(value) for name, value in found}


def test_a_form_posted_after_the_session_ended_comes_back(client: FlaskClient, world: World, session: Session) -> None:
    user = world.user(Role.EDITOR, username="siti")
    typed = {"phone": "0812-3456-7890", "email": "siti@kukarkab.go.id", "old_password": PASSWORD}
    ended = client.post("/akun/kontak?a=1", data=typed, headers=OURS)
    assert ended.status_code == 401
    assert "Isian Anda masih ada" in ended.get_data(as_text=True)
    answer = sign_in(client, "siti", parked=parked_in(ended))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert 'action="/akun/kontak?a=1"' in page
    assert fields_of(page) == typed
    assert PASSWORD not in re.sub(r"<textarea.*?</textarea>", "", page, flags=re.S)
    assert again(session, user).phone is None, "nothing is done before the button is pressed"
    client.post("/akun/kontak?a=1", data=fields_of(page))
    assert again(session, user).phone == "+6281234567890"


def test_a_wrong_password_in_between_loses_nothing(client: FlaskClient, world: World) -> None:
    world.user(Role.EDITOR, username="siti")
    ended = client.post("/akun/kontak", data={"email": "siti@kukarkab.go.id"}, headers=OURS)
    wrong = sign_in(client, "siti", "salah", parked=parked_in(ended))
    answer = sign_in(client, "siti", parked=parked_in(wrong))
    assert fields_of(answer.get_data(as_text=True)) == {"email": "siti@kukarkab.go.id"}


def test_what_was_typed_survives_the_first_password(client: FlaskClient, world: World) -> None:
    world.user(Role.EDITOR, username="siti", must_change_password=True)
    ended = client.post("/akun/kontak", data={"email": "siti@kukarkab.go.id"}, headers=OURS)
    asked = sign_in(client, "siti", parked=parked_in(ended))
    new = "sungai mahakam tenang"
    fields = {"new_password": new, "repeat_password": new, "parked": parked_in(asked)}
    answer = client.post("/akun/kata-sandi-baru", data=fields)
    assert fields_of(answer.get_data(as_text=True)) == {"email": "siti@kukarkab.go.id"}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://jahat.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost", "Sec-Fetch-Site": "cross-site"},
    ],
)
def test_a_form_of_another_site_is_not_kept_for_confirmation(client: FlaskClient, headers: dict[str, str]) -> None:
    ended = client.post("/akun/kontak", data={"email": "x@jahat.example"}, headers=headers)
    assert ended.status_code == 401
    assert parked_in(ended) == ""


def test_a_changed_or_old_parked_form_is_dropped(client: FlaskClient, world: World, clock: FrozenClock) -> None:
    world.user(Role.EDITOR, username="siti")
    parked = parked_in(client.post("/akun/kontak", data={"email": "siti@kukarkab.go.id"}, headers=OURS))
    assert parked
    assert sign_in(client, "siti", parked=parked[:-3] + "abc").headers["Location"] == "/"
    clock.advance(hours=13)
    assert sign_in(client, "siti", parked=parked).headers["Location"] == "/"


def test_a_text_of_one_megabyte_is_not_carried_along_but_answered(client: FlaskClient) -> None:
    ended = client.post("/akun/kontak", data={"email": "x" * 1_100_000}, headers=OURS)
    assert ended.status_code == 401
    assert parked_in(ended) == ""


def test_a_fragment_asks_the_whole_page_to_sign_in(client: FlaskClient) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://localhost/akun"}
    answer = client.get("/akun", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/masuk?next=/akun"
    posted = client.post("/akun/kontak", data={"email": "a@b.id"}, headers={**headers, **OURS})
    assert posted.headers["HX-Retarget"] == "body"


@pytest.fixture
def strict(app: Flask) -> FlaskClient:
    """A browser of an application that asks for CSRF tokens."""
    app.config["WTF_CSRF_ENABLED"] = True
    return app.test_client()


def token(client: FlaskClient, path: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(path).get_data(as_text=True))
    assert found
    return found.group(1)


def test_a_token_of_an_old_session_shows_the_form_again(strict: FlaskClient, world: World, session: Session) -> None:
    user = world.user(Role.EDITOR, username="siti")
    assert sign_in(strict, "siti", csrf_token=token(strict, "/masuk")).status_code == 303
    typed = {"phone": "0812-3456-7890", "email": "", "old_password": PASSWORD}
    stale = strict.post("/akun/kontak", data={**typed, "csrf_token": "lama"}, headers=OURS)
    page = stale.get_data(as_text=True)
    assert stale.status_code == 400
    assert fields_of(page) == typed
    fresh = token_of_form(page, "/akun/kontak")
    assert strict.post("/akun/kontak", data={**fields_of(page), "csrf_token": fresh}).status_code == 303
    assert again(session, user).phone == "+6281234567890"


def token_of_form(page: str, action: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.split(f'action="{action}"')[1])
    assert found
    return found.group(1)


def test_the_kept_form_has_a_token_of_the_new_session(strict: FlaskClient, world: World, session: Session) -> None:
    user = world.user(Role.EDITOR, username="siti")
    typed = {"phone": "0812-3456-7890", "email": "", "old_password": PASSWORD, "csrf_token": "lama"}
    ended = strict.post("/akun/kontak", data=typed, headers=OURS)
    sign_in_token = token_of_form(ended.get_data(as_text=True), "/masuk")
    page = sign_in(strict, "siti", parked=parked_in(ended), csrf_token=sign_in_token).get_data(as_text=True)
    fresh = token_of_form(page, "/akun/kontak")
    assert strict.post("/akun/kontak", data={**fields_of(page), "csrf_token": fresh}).status_code == 303
    assert again(session, user).phone == "+6281234567890"


def test_another_site_cannot_lay_a_form_ready_for_somebody_signed_in(strict: FlaskClient, world: World) -> None:
    world.user(Role.EDITOR, username="siti")
    sign_in(strict, "siti", csrf_token=token(strict, "/masuk"))
    answer = strict.post("/akun/kontak", data={"email": "x@jahat.example"}, headers={"Origin": "https://jahat.example"})
    assert answer.status_code == 400
    assert "jahat" not in answer.get_data(as_text=True)


def test_a_sign_in_page_that_lay_open_over_night_asks_once_more(strict: FlaskClient, world: World) -> None:
    world.user(Role.EDITOR, username="siti")
    answer = sign_in(strict, "siti", csrf_token="lama")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert "terlalu lama terbuka" in page
    assert 'value="siti"' in page
    assert PASSWORD not in page


def test_cookies_are_for_https_only_where_the_public_address_is(
    settings: Settings, clock: FrozenClock, world: World
) -> None:
    world.user(Role.EDITOR, username="siti")
    safe = create_app(replace(settings, public_url="https://gaung.kukarkab.go.id"), clock=clock)
    client = safe.test_client()
    fields = {"identity": "siti", "password": PASSWORD, "remember": "y"}
    answer = client.post("/masuk", data=fields, base_url="https://gaung.kukarkab.go.id")
    assert answer.status_code == 303
    assert all("Secure" in cookie for cookie in answer.headers.getlist("Set-Cookie"))


def test_passwords_outside_the_tests_are_hashed_at_full_cost(settings: Settings) -> None:
    real = create_app(replace(settings, env="development"))
    with real.app_context():
        assert hashed_password("sungai mahakam tenang").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_session_ends_twelve_hours_after_the_last_page(client: FlaskClient, world: World, clock: FrozenClock) -> None:
    world.user(Role.EDITOR, username="siti")
    sign_in(client, "siti")
    clock.advance(hours=11)
    assert is_in(client)
    clock.advance(hours=11)
    assert is_in(client)
    clock.advance(hours=13)
    assert not is_in(client)
