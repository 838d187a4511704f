"""The page of checks, and where their findings stand on other pages."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.notices.models import Notice
from app.cli import init_cli
from app.kernel.clock import FrozenClock
from app.kernel.roles import Actor, Role
from app.kernel.text import T
from app.outreach.outlets.models import Outlet
from app.outreach.outlets.ports import Identity, NeedsSignIn, NotSent, Problem
from app.outreach.outlets.service import confirm_connection
from app.outreach.posts.models import Post
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.preflight.service import Preflight
from tests.pages import asked, sign_in
from tests.publishing.test_preflight import Account, keeper, planned, preflight
from tests.world import World

__all__ = ["keeper", "planned", "preflight"]


def test_a_dead_token_stands_on_the_page_with_the_button_that_helps(
    planned: Callable[..., Post], preflight: Callable[..., Preflight], client: FlaskClient, world: World
) -> None:
    outlet = world.outlet("facebook", name="Halaman Diskominfo")
    planned(outlet)
    preflight(Account(NeedsSignIn("190"))).run()
    sign_in(client, world.user(Role.EDITOR))
    page = client.get("/tayang/pemeriksaan").text
    assert "Akun ini menolak kunci yang tersimpan" in page
    assert f'href="/saluran/{outlet.id}/hubungkan"' in page
    sign_in(client, world.user(Role.VIEWER))
    assert f'href="/saluran/{outlet.id}/hubungkan"' not in client.get("/tayang/pemeriksaan").text


def test_posts_of_a_dead_account_are_not_in_order(
    planned: Callable[..., Post], preflight: Callable[..., Preflight], client: FlaskClient, world: World,
    session: Session,
) -> None:  # fmt: skip
    dead, fine = world.outlet("facebook", name="Halaman Diskominfo"), world.outlet("x", name="Akun X")
    for number in range(2):
        planned(dead, text=f"Kabar {number}.")
    planned(fine)
    checks = preflight()
    checks.channels = {**checks.channels, "facebook": Account(NeedsSignIn("190"))}
    checks.run()
    sign_in(client, world.user(Role.EDITOR))
    page = client.get("/tayang/pemeriksaan").text
    assert "1 dari 3 penayangan" in page
    assert "2 penayangan menunggu akun Halaman Diskominfo" in page
    assert page.count("Akun ini menolak kunci") == 1, "one cause, one line"


def test_a_paused_account_keeps_its_posts_back(
    planned: Callable[..., Post], preflight: Callable[..., Preflight], client: FlaskClient, world: World,
    session: Session, clock: FrozenClock,
) -> None:  # fmt: skip
    outlet = world.outlet(name="Akun X")
    planned(outlet)
    preflight().run()
    outlet.paused_at = clock.now()
    session.commit()
    sign_in(client, world.user(Role.EDITOR))
    page = client.get("/tayang/pemeriksaan").text
    assert "1 penayangan menunggu akun Akun X" in page
    assert "1 dari 1 penayangan" not in page


def test_what_is_in_order_says_so(
    planned: Callable[..., Post], preflight: Callable[..., Preflight], client: FlaskClient, world: World
) -> None:
    planned(world.outlet())
    preflight().run()
    sign_in(client, world.user(Role.EDITOR))
    page = client.get("/tayang/pemeriksaan").text
    assert "Semua beres" in page
    assert "1 dari 1 penayangan" in page


def test_a_finding_stands_on_post_delivery_outlet_and_calendar(
    planned: Callable[..., Post], preflight: Callable[..., Preflight], client: FlaskClient, world: World,
    session: Session,
) -> None:  # fmt: skip
    outlet = world.outlet()
    post = planned(outlet)
    preflight(Account(problems=[Problem(T("Teks kelebihan 3 karakter. Pendekkan."))])).run()
    sign_in(client, world.user(Role.EDITOR))
    delivery = session.scalars(select(Delivery.id)).one()
    assert "Teks kelebihan 3 karakter" in client.get(f"/materi/{post.id}").text
    assert "Teks kelebihan 3 karakter" in client.get(f"/tayang/{delivery}").text
    assert "Pemeriksaan sebelum tayang" in client.get(f"/saluran/{outlet.id}").text
    assert "perlu dilihat sebelum tayang" in client.get("/kalender").text
    assert "perlu dilihat sebelum tayang" in client.get("/kalender?tampilan=daftar").text


def test_others_see_checks_of_their_own_only(
    planned: Callable[..., Post], preflight: Callable[..., Preflight], client: FlaskClient, world: World
) -> None:
    outlet = world.outlet(name="Akun kantor")
    planned(outlet, title="Rahasia kantor")
    preflight(Account(problems=[Problem(T("Teks kelebihan 3 karakter."))])).run()
    sign_in(client, world.user(Role.VIEWER, organisation=world.organisation()))
    page = client.get("/tayang/pemeriksaan").text
    assert "Akun kantor" not in page
    assert "Rahasia kantor" not in page


def test_the_page_asks_a_constant_number_of_questions(
    planned: Callable[..., Post], preflight: Callable[..., Preflight], client: FlaskClient, world: World,
    clock: FrozenClock,
) -> None:  # fmt: skip
    sign_in(client, world.user(Role.EDITOR))
    planned(world.outlet())
    preflight(Account(problems=[Problem(T("Terlalu panjang."))])).run()
    client.get("/tayang/pemeriksaan")
    with asked() as few:
        client.get("/tayang/pemeriksaan")
    for number in range(8):
        planned(world.outlet(), scheduled_at=clock.now() + timedelta(hours=number))
    preflight(Account(problems=[Problem(T("Terlalu panjang."))])).run()
    with asked() as many:
        assert client.get("/tayang/pemeriksaan").text.count("Terlalu panjang") == 9
    assert len(many) == len(few)


def test_the_command_says_the_same_and_ends_with_one_where_something_would_not_go_out(
    planned: Callable[..., Post], world: World, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned(world.outlet(name="Akun X"), title="Kabar")
    monkeypatch.setitem(app.extensions["wiring"].channels, "x", Account(NeedsSignIn("190")))
    init_cli(app)
    answer = app.test_cli_runner().invoke(args=["outlets", "preflight"])
    assert answer.exit_code == 1, answer.output
    assert "perlu dibereskan  Akun X" in answer.output
    assert "Hubungkan ulang" in answer.output
    assert "menunggu akunnya  Kabar" in answer.output


def test_a_mail_server_that_is_away_names_the_admins(
    preflight: Callable[..., Preflight], client: FlaskClient, world: World, session: Session
) -> None:
    editor, admin = world.user(Role.EDITOR, name="Erna Editor"), world.user(Role.ADMIN, name="Ani Admin")
    outlet = world.outlet("newspaper", responsible_id=editor.id)
    preflight(Account(NotSent("refused"))).run()
    (notice,) = session.scalars(select(Notice)).all()
    assert notice.user_id == admin.id
    sign_in(client, editor)
    page = client.get("/tayang/pemeriksaan").text
    assert "Admin: Ani Admin" in page
    assert f'href="/saluran/{outlet.id}"' not in page
    assert 'href="/tayang/keadaan"' in page


def test_connected_again_nothing_of_the_old_keys_is_left_to_do(
    preflight: Callable[..., Preflight], client: FlaskClient, world: World, session: Session, clock: FrozenClock
) -> None:
    outlet, keeper = world.outlet("facebook"), Actor(1, "Erna", frozenset({Role.EDITOR}), of_office=True)
    preflight(Account(NeedsSignIn("190"))).run()
    session.rollback()
    row = session.get_one(Outlet, outlet.id, populate_existing=True)
    clock.advance(minutes=1)
    confirm_connection(session, keeper, row, Identity("1", "Halaman"), now=clock.now())
    session.commit()
    sign_in(client, world.user(Role.EDITOR))
    for page in (f"/saluran/{outlet.id}", "/tayang/pemeriksaan"):
        assert "menolak kunci" not in client.get(page).text, page
        assert "Belum diperiksa" in client.get(page).text, page
