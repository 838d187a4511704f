"""Sessions on the server on both databases: what a request writes, and many at once with one cookie of "Ingat saya"."""

import random
from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.access.ending import EndReason
from app.base.access.models import SignIn
from app.base.notices.models import Notice
from app.kernel.clock import FrozenClock
from app.kernel.roles import Role
from tests.access.test_routes_sign_in import is_in, sign_in
from tests.pages import asked
from tests.world import World


def only_row(session: Session) -> SignIn:
    session.rollback()
    return session.scalars(select(SignIn).execution_options(populate_existing=True)).one()


def cookie(client: FlaskClient, name: str) -> str:
    found = client.get_cookie(name)
    return found.value if found else ""


def changes(statements: list[str]) -> list[str]:
    return [one.split(" SET")[0] for one in statements if one.startswith(("INSERT", "UPDATE", "DELETE"))]


def with_cookies(app: Flask, jar: dict[str, str]) -> FlaskClient:
    client = app.test_client()
    for name, value in jar.items():
        client.set_cookie(name, value)
    return client


def test_signing_out_ends_the_row(client: FlaskClient, world: World, session: Session, clock: FrozenClock) -> None:
    world.user(Role.EDITOR, username="siti")
    sign_in(client, "siti").close()
    clock.advance(minutes=1)
    client.post("/keluar").close()
    row = only_row(session)
    assert (row.ended_at, row.ended_why) == (clock.now(), EndReason.SIGNED_OUT)


def test_a_page_writes_the_use_and_nothing_else(client: FlaskClient, world: World, clock: FrozenClock) -> None:
    """At most every five minutes, and after the answer: the page itself only reads."""
    world.user(Role.EDITOR, username="siti")
    sign_in(client, "siti").close()
    client.get("/akun").close()

    def written() -> tuple[list[str], list[str]]:
        with asked() as seen:
            answer = client.get("/akun")
            before = len(seen.statements)
            answer.close()
        return changes(seen.statements), changes(seen.statements[:before])

    clock.advance(minutes=4, seconds=59)
    assert written() == ([], [])
    clock.advance(seconds=1)
    assert written() == (["UPDATE sign_ins", "UPDATE users", "UPDATE devices"], [])
    assert written() == ([], [])


def test_person_and_session_cost_one_statement(client: FlaskClient, world: World) -> None:
    world.user(Role.EDITOR, username="siti")
    sign_in(client, "siti").close()
    client.get("/akun").close()
    with asked() as seen:
        client.get("/akun").close()
    (both,) = [one for one in seen.statements if "sign_ins" in one]
    assert "JOIN users" in both


def test_a_role_may_be_used_as_long_as_it_lasts(
    app: Flask, client: FlaskClient, world: World, clock: FrozenClock
) -> None:
    world.user(Role.EDITOR, username="siti")
    world.user(Role.COMMUNITY, username="kim", organisation=world.kim())
    sign_in(client, "siti").close()
    kim = app.test_client()
    sign_in(kim, "kim").close()
    for _ in range(28):  # twice a day: never idle, and over after 14 days
        clock.advance(hours=11)
        last = is_in(client)
    assert last
    clock.advance(hours=11)
    assert is_in(client)
    clock.advance(days=2)
    assert not is_in(client)
    assert is_in(kim)
    clock.advance(days=89)
    assert not is_in(kim)


def test_five_requests_at_once_with_one_cookie_and_lost_replies_end_nothing(
    app: Flask, client: FlaskClient, world: World, session: Session, clock: FrozenClock
) -> None:
    """A phone that wakes up: its tabs ask at once with the same cookie, 30 % of the replies never arrive."""
    world.user(Role.EDITOR, username="siti")
    sign_in(client, "siti", remember="y").close()
    jar = {name: cookie(client, name) for name in ("gaung", "gaung_ingat", "gaung_alat")}
    chance = random.Random(12)

    def ask(one: FlaskClient) -> int:
        with one.get("/akun") as answer:
            return answer.status_code

    with ThreadPoolExecutor(5) as tabs:
        for _ in range(12):
            clock.advance(hours=13)
            clients = [with_cookies(app, jar) for _tab in range(5)]
            assert list(tabs.map(ask, clients)) == [200] * 5
            heard = [one for one in clients if chance.random() > 0.3]
            told = [one for one in heard if cookie(one, "gaung_ingat") != jar["gaung_ingat"]]
            if told:
                jar = {name: cookie(told[-1], name) for name in jar}
    row = only_row(session)
    assert row.ended_at is None
    assert row.remember_round > 5
    assert session.scalars(select(Notice.id)).all() == []


def test_a_copy_used_later_ends_the_family_and_is_told(
    app: Flask, client: FlaskClient, world: World, session: Session, clock: FrozenClock
) -> None:
    user = world.user(Role.EDITOR, username="siti")
    sign_in(client, "siti", remember="y").close()
    copy = {"gaung_ingat": cookie(client, "gaung_ingat")}
    clock.advance(hours=13)
    assert is_in(client)
    assert is_in(client)
    clock.advance(minutes=1)
    assert not is_in(with_cookies(app, copy))
    assert not is_in(client)
    assert only_row(session).ended_why == EndReason.COPIED
    assert session.scalars(select(Notice.user_id)).all() == [user.id]
