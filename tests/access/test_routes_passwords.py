"""Choosing a new password: the page offers four words, says why one is refused, and keeps where one was going."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.base.people.models import User
from app.kernel.roles import Role
from tests.access.test_routes_sign_in import again, sign_in
from tests.world import PASSWORD, World


@pytest.fixture
def siti(client: FlaskClient, world: World) -> User:
    user = world.user(Role.EDITOR, username="siti", must_change_password=True)
    sign_in(client, "siti")
    return user


def offered(page: str) -> str:
    found = re.search(r"slip-secret[^>]*>([a-z]+ [a-z]+ [a-z]+ [a-z]+)<", page)
    assert found
    return found.group(1)


def test_four_words_are_offered_and_can_be_used(client: FlaskClient, siti: User, session: Session) -> None:
    asked = client.post("/akun/kata-sandi-baru", data={"suggest": "1", "next": "/akun"})
    page = asked.get_data(as_text=True)
    assert asked.status_code == 200
    assert asked.headers["Cache-Control"] == "no-store"
    assert 'value="/akun"' in page, "where one was going is kept"
    assert again(session, siti).must_change_password, "nothing is stored before it is typed"
    words = offered(page)
    again_asked = client.post("/akun/kata-sandi-baru", data={"suggest": "1"}).get_data(as_text=True)
    assert offered(again_asked) != words
    fields = {"new_password": words, "repeat_password": words, "next": "/akun"}
    assert client.post("/akun/kata-sandi-baru", data=fields).headers["Location"] == "/akun"


def test_the_own_account_offers_them_too(client: FlaskClient, world: World) -> None:
    world.user(Role.EDITOR, username="siti")
    sign_in(client, "siti")
    answer = client.post("/akun/kata-sandi", data={"suggest": "1"})
    assert answer.status_code == 200
    words = offered(answer.get_data(as_text=True))
    fields = {"old_password": PASSWORD, "new_password": words, "repeat_password": words}
    assert client.post("/akun/kata-sandi", data=fields).status_code == 303


@pytest.mark.parametrize(
    ("password", "why"),
    [("sayangkamu", "paling sedikit 12 huruf"), ("diskominfo2026", "hanya berisi nama"), ("1234567890123", "sering")],
)
def test_the_page_says_why_a_password_is_refused(client: FlaskClient, siti: User, password: str, why: str) -> None:
    answer = client.post("/akun/kata-sandi-baru", data={"new_password": password, "repeat_password": password})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert why in page
    assert "Buatkan kata sandi" in page
    assert password not in page


def test_a_refused_new_password_is_no_failed_guess(client: FlaskClient, world: World) -> None:
    world.user(Role.EDITOR, username="budi")
    sign_in(client, "budi")
    weak = {"old_password": PASSWORD, "new_password": "sayangkamu12", "repeat_password": "sayangkamu12"}
    for _turn in range(12):
        answer = client.post("/akun/kata-sandi", data=weak)
        assert answer.status_code == 422
        assert "tidak cocok" not in answer.get_data(as_text=True)


def test_a_wrong_current_password_says_how_long_to_wait(client: FlaskClient, world: World) -> None:
    world.user(Role.EDITOR, username="budi")
    sign_in(client, "budi")
    for _turn in range(4):
        guess = {"old_password": "x" * 12, "new_password": "pagar kolam surya biru"}
        answer = client.post("/akun/kata-sandi", data=guess | {"repeat_password": guess["new_password"]})
    assert "Kata sandi sekarang tidak cocok. Tunggu 15 detik" in answer.get_data(as_text=True)
