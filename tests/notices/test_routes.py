from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app.base.notices.models import Notice
from app.base.notices.service import notify
from app.base.people.models import User
from app.kernel.roles import Role
from tests.pages import is_empty, sign_in
from tests.world import World


def tell(session: Session, world: World, user: User, number: int = 1, **values) -> None:
    values = {"subject": f"Kabar {number}", "body": "Periksa <b>ini</b>.", "path": "/wilayah", **values}
    notify(session, user_ids=[user.id], kind="k", dedupe_key=f"k{number}", now=world.clock.now(), **values)
    session.commit()


def only(session: Session) -> Notice:
    session.rollback()
    return session.scalars(select(Notice).execution_options(populate_existing=True)).one()


def test_an_empty_inbox_says_what_will_come(client: FlaskClient, world: World) -> None:
    sign_in(client, world.user(Role.COMMUNITY))
    page = client.get("/pemberitahuan").text
    assert is_empty(page)
    assert "belum punya alamat surel" in page


def test_opening_reads_it_and_goes_there(client: FlaskClient, world: World, session: Session) -> None:
    user = world.user(Role.EDITOR)
    tell(session, world, user)
    sign_in(client, user)
    page = client.get("/pemberitahuan").text
    assert "Kabar 1" in page
    assert "&lt;b&gt;ini" in page
    assert "1 belum dibaca" in page
    assert only(session).read_at is None
    answer = client.post(f"/pemberitahuan/{only(session).id}/buka")
    assert answer.headers["Location"] == "/wilayah"
    assert only(session).read_at is not None


def test_a_notice_leads_to_no_other_site(client: FlaskClient, world: World, session: Session) -> None:
    user = world.user(Role.EDITOR)
    tell(session, world, user, path="//evil.example/")
    sign_in(client, user)
    assert client.post(f"/pemberitahuan/{only(session).id}/buka").headers["Location"] == "/pemberitahuan"


def test_somebody_elses_is_not_found(client: FlaskClient, world: World, session: Session) -> None:
    tell(session, world, world.user())
    sign_in(client, world.user(Role.ADMIN))
    assert client.post(f"/pemberitahuan/{only(session).id}/buka").status_code == 404
    assert "Kabar 1" not in client.get("/pemberitahuan").text


def test_all_are_read_at_once(client: FlaskClient, world: World, session: Session) -> None:
    user = world.user(Role.EDITOR)
    for number in range(30):
        tell(session, world, user, number)
    sign_in(client, user)
    assert "1–25 dari 30" in client.get("/pemberitahuan").text
    assert client.post("/pemberitahuan/dibaca").status_code == 302
    assert "Semua sudah dibaca" in client.get("/pemberitahuan").text
    assert "Kabar" not in client.get("/pemberitahuan?saring=belum").text


def test_mail_is_a_choice(client: FlaskClient, world: World, session: Session) -> None:
    user = world.user(Role.EDITOR, email="siti@kukarkab.go.id")
    sign_in(client, user)
    assert "dikirim juga ke siti@kukarkab.go.id" in client.get("/pemberitahuan").text
    client.post("/pemberitahuan/surel", data={"email": "0"})
    assert "hanya muncul di halaman ini" in client.get("/pemberitahuan").text
    client.post("/pemberitahuan/surel", data={"email": "1"})
    tell(session, world, user)
    assert only(session).email_status == "queued"


def test_a_mail_that_waits_says_why(client: FlaskClient, world: World, session: Session) -> None:
    user = world.user(Role.EDITOR, email="siti@kukarkab.go.id")
    tell(session, world, user)
    only(session).problem = "Server surel belum bisa dihubungi."
    session.commit()
    sign_in(client, user)
    assert "Server surel belum bisa dihubungi." in client.get("/pemberitahuan").text
    assert "Dicoba lagi otomatis sekitar Sel, 24 Nov 2026 08.00 WITA" in client.get("/pemberitahuan").text


def test_the_bell_counts_with_one_query(client: FlaskClient, app: Flask, world: World, session: Session) -> None:
    user = world.user(Role.EDITOR)
    for number in range(3):
        tell(session, world, user, number)
    sign_in(client, user)
    asked: list[str] = []
    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine
    event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    assert "Pemberitahuan, 3 belum dibaca" in client.get("/wilayah").text
    assert len([statement for statement in asked if "notices" in statement]) == 1
