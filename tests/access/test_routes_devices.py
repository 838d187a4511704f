"""HP dan komputer saya, what an admin sees of others' devices, and that a known browser waits for no stranger."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.access.ended_words import ended_words
from app.base.access.ending import EndReason
from app.base.access.models import Device
from app.base.access.sessions import EndedSession
from app.base.notices.models import Notice
from app.kernel.audit import AuditEntry
from app.kernel.clock import FrozenClock
from app.kernel.roles import Role
from tests.access.test_routes_sessions import PHONE, page, rows, told, two_devices
from tests.access.test_routes_sign_in import is_in, sign_in
from tests.world import World


def another(app: Flask, identity: str, agent: str = PHONE, address: str = "10.0.0.9") -> FlaskClient:
    client = app.test_client()
    client.environ_base.update({"HTTP_USER_AGENT": agent, "REMOTE_ADDR": address})
    with sign_in(client, identity) as answer:  # closed, so that the trail is written
        assert answer.status_code == 303
    return client


def test_an_only_device_is_named_and_offers_nothing_to_end(client: FlaskClient, world: World) -> None:
    world.user(Role.EDITOR, username="siti")
    sign_in(client, "siti")
    shown = page(client, "/akun/perangkat")
    assert "hanya masuk di perangkat ini" in shown
    assert "Masuk dengan kata sandi sejak" in shown
    assert "/akun/perangkat/keluarkan" not in shown
    assert "/akun/perangkat" in page(client, "/akun")


def test_a_device_that_was_ended_is_asked_for_the_second_factor_again(
    app: Flask, client: FlaskClient, world: World, session: Session, clock: FrozenClock
) -> None:
    world.user(Role.EDITOR, username="siti")
    two_devices(app, client)
    office, phone = session.scalars(select(Device).order_by(Device.id)).all()
    for device in (office, phone):
        device.proved_until = device.own_until = clock.now().replace(year=2100)
    session.commit()
    assert client.post("/akun/perangkat/keluarkan-lainnya").status_code == 303
    session.expire_all()
    assert (phone.proved_until, phone.own_until) == (None, None)
    assert office.proved_until is not None


def test_a_row_says_what_was_shown_besides_the_password(client: FlaskClient, world: World, session: Session) -> None:
    world.user(Role.EDITOR, username="siti")
    sign_in(client, "siti")
    rows(session)[0].how = "password+backup"
    session.commit()
    assert "Masuk dengan kata sandi + Kode cadangan sejak" in page(client, "/akun/perangkat")


def test_a_shared_computer_wins_over_being_remembered(client: FlaskClient, world: World, session: Session) -> None:
    world.user(Role.EDITOR, username="siti")
    sign_in(client, "siti", remember="y", shared="y")
    (row,) = rows(session)
    assert (row.shared, row.remember_until) == (True, None)


def test_ones_own_device_is_signed_out_by_the_same_button(client: FlaskClient, world: World, session: Session) -> None:
    world.user(Role.EDITOR, username="siti")
    sign_in(client, "siti")
    answer = client.post("/akun/perangkat/keluarkan", data={"perangkat": rows(session)[0].id})
    assert answer.location == "/masuk"
    assert not is_in(client)


def test_an_admin_sees_how_many_and_signs_out_everywhere(
    app: Flask, client: FlaskClient, world: World, session: Session
) -> None:
    siti = world.user(Role.EDITOR, username="siti")
    world.user(Role.ADMIN, username="admin")
    phone, desk = another(app, "siti"), another(app, "siti", agent="")
    sign_in(client, "admin")
    shown = page(client, f"/pengguna/{siti.id}")
    assert "2 HP atau komputer: Peramban lain, Chrome di Android" in shown
    assert "10.0.0.9" not in shown
    answer = client.post(f"/pengguna/{siti.id}/keluarkan", follow_redirects=True).get_data(as_text=True)
    assert "dikeluarkan dari semua perangkat (2)" in answer
    assert f"/pengguna/{siti.id}/keluarkan" not in answer, "nothing is left to end"
    for one in (phone, desk):
        assert "Admin kantor mengeluarkan akun ini" in told(one)
        assert not is_in(one)
    assert is_in(client)
    session.rollback()
    assert session.scalars(select(Notice.user_id).where(Notice.kind == "sign_in")).all() == [siti.id]
    again = client.post(f"/pengguna/{siti.id}/keluarkan", follow_redirects=True).get_data(as_text=True)
    assert "sedang tidak masuk" in again


def test_an_admins_own_page_leads_to_the_own_list(client: FlaskClient, world: World) -> None:
    admin = world.user(Role.ADMIN, username="admin")
    sign_in(client, "admin")
    assert f"/pengguna/{admin.id}/keluarkan" not in page(client, f"/pengguna/{admin.id}")
    refused = client.post(f"/pengguna/{admin.id}/keluarkan", follow_redirects=True).get_data(as_text=True)
    assert "HP dan komputer saya" in refused
    assert is_in(client)


def test_the_trail_says_who_went_in_and_out_and_what_was_ended(
    app: Flask, client: FlaskClient, world: World, session: Session
) -> None:
    siti = world.user(Role.EDITOR, username="siti")
    world.user(Role.ADMIN, username="admin")
    two_devices(app, client)
    client.post("/akun/perangkat/keluarkan-lainnya").close()
    client.post("/keluar").close()
    another(app, "siti")
    sign_in(client, "admin").close()
    client.post(f"/pengguna/{siti.id}/keluarkan").close()
    session.rollback()
    query = select(AuditEntry.action).where(AuditEntry.subject_id == str(siti.id), AuditEntry.subject_kind == "users")
    assert {"user.signed_in", "sign_in.ended", "user.signed_out", "sign_in.all_ended"} <= set(session.scalars(query))
    shown = page(client, "/pengguna/jejak?q=siti")
    for sentence in ("Mengeluarkan perangkat dari akunnya", "Mengeluarkan pengguna dari semua perangkat", "Keluar"):
        assert sentence in shown


@pytest.mark.parametrize(
    ("why", "words"),
    [
        (EndReason.ELSEWHERE, "lewat perangkat lain"),
        (EndReason.OFFICE, "Admin kantor mengeluarkan"),
        (EndReason.PASSWORD, "Masuk dengan kata sandi yang baru"),
        (EndReason.CHANGED, "sudah diganti atau akunnya ditutup"),
        (EndReason.COPIED, "dipakai dua kali"),
        (EndReason.IDLE, "lama tidak dipakai"),
        (EndReason.OVER, "Silakan masuk lagi"),
        (EndReason.REPLACED, "Silakan masuk lagi"),
    ],
)
def test_each_end_has_a_sentence(app: Flask, clock: FrozenClock, why: EndReason, words: str) -> None:
    with app.test_request_context():
        assert words in str(ended_words(EndedSession(1, why, clock.now(), shared=False)))


def test_who_signed_out_is_told_nothing(app: Flask, clock: FrozenClock) -> None:
    with app.test_request_context():
        assert ended_words(None) is None
        assert ended_words(EndedSession(1, EndReason.SIGNED_OUT, clock.now(), shared=False)) is None


def test_a_strangers_failures_do_not_delay_the_owners_browser(app: Flask, client: FlaskClient, world: World) -> None:
    """All from one address, as behind the router of an office: only the cookie of the device tells them apart."""
    world.user(Role.EDITOR, username="siti")
    sign_in(client, "siti")
    client.post("/keluar").close()
    stranger = app.test_client()
    for _ in range(8):
        assert sign_in(stranger, "siti", "salah").status_code == 422
    assert sign_in(stranger, "siti").status_code == 422, "the stranger waits, even with the right password"
    unknown = app.test_client()
    assert re.search("Tunggu", sign_in(unknown, "siti").text)
    assert sign_in(client, "siti").status_code == 303
    assert is_in(client)


def test_a_known_browser_waits_for_its_own_failures(client: FlaskClient, world: World, clock: FrozenClock) -> None:
    world.user(Role.EDITOR, username="siti")
    sign_in(client, "siti")
    client.post("/keluar").close()
    for _ in range(4):
        sign_in(client, "siti", "salah").close()
    assert sign_in(client, "siti").status_code == 422
    clock.advance(seconds=15)
    assert sign_in(client, "siti").status_code == 303
