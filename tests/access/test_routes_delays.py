"""What the sign-in page says about a pause, and whom to ask."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import create_app
from app.base.access.delays import NAMES
from app.base.notices.models import Notice
from app.kernel.clock import FrozenClock
from app.kernel.roles import Role
from config import Settings
from tests.access.test_routes_sign_in import is_in, sign_in
from tests.world import World


@pytest.fixture
def app(settings: Settings, clock: FrozenClock) -> Iterator[Flask]:
    made = create_app(replace(settings, office_contact="0811-5555-123"), clock=clock)
    yield made
    with made.app_context():
        made.extensions["sqlalchemy"].engine.dispose()


def test_a_pause_is_counted_down_and_says_whom_to_ask(client: FlaskClient, world: World, clock: FrozenClock) -> None:
    world.user(Role.EDITOR, username="siti")
    first = [sign_in(client, "siti", "salah").text for _ in range(4)]
    assert "data-countdown" not in first[2]
    assert "tidak cocok" in first[0]
    assert 'data-countdown="15"' in first[3]
    assert "Tunggu 15 detik" in first[3]
    clock.advance(seconds=5)
    early = sign_in(client, "siti")
    assert early.status_code == 422, "the right password too is not looked at"
    assert 'data-countdown="10"' in early.text
    assert 'href="https://wa.me/628115555123?text=' in early.text
    assert not is_in(client)
    clock.advance(seconds=10)
    assert sign_in(client, "siti").status_code == 303
    assert sign_in(client, "siti", "salah").status_code == 422


def test_without_a_contact_of_the_office_no_admins_phone_is_shown(
    settings: Settings, clock: FrozenClock, world: World
) -> None:
    world.user(Role.ADMIN, username="admin", phone="+6281299988877")
    page = create_app(settings, clock=clock).test_client().get("/masuk").text
    assert "wa.me" not in page
    assert "99988877" not in page.replace("-", "")
    assert "Minta slip masuk kepada admin" in page


def test_a_name_that_nobody_has_pauses_as_any(client: FlaskClient, world: World) -> None:
    world.user(Role.EDITOR, username="siti")
    for _ in range(4):
        known, unknown = sign_in(client, "siti", "salah").text, sign_in(client, "hantu", "salah").text
    assert 'data-countdown="15"' in known
    assert 'data-countdown="15"' in unknown


def test_a_new_password_from_the_admin_ends_the_pause(client: FlaskClient, world: World, session: Session) -> None:
    user = world.user(Role.EDITOR, username="siti")
    for _ in range(4):
        sign_in(client, "siti", "salah")
    assert sign_in(client, "siti").status_code == 422
    user.fs_uniquifier = "of the new password"
    session.commit()
    assert sign_in(client, "siti").status_code == 303


def test_many_names_from_one_address_are_told_to_the_admins(
    client: FlaskClient, world: World, session: Session
) -> None:
    world.user(Role.ADMIN)
    for number in range(NAMES + 5):
        sign_in(client, f"nama{number}", "Kukar2026")
    session.rollback()
    assert "dari satu alamat internet" in session.scalars(select(Notice.subject)).one()


def test_the_own_account_counts_wrong_passwords_too(client: FlaskClient, world: World) -> None:
    world.user(Role.EDITOR, username="siti")
    sign_in(client, "siti")
    fields = {"phone": "", "email": "", "old_password": "salah"}
    pages = [client.post("/akun/kontak", data=fields).text for _ in range(5)]
    assert "Kata sandi sekarang tidak cocok" in pages[0]
    assert "Tunggu 15 detik" in pages[4]
