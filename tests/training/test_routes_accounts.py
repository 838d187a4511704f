"""The account of a participant: connected by who holds the own link, never by a contact that somebody typed."""

import re

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.notices.models import Notice
from app.kernel.audit import AuditEntry
from app.kernel.roles import Role
from tests.pages import sign_in
from tests.training.test_routes_public import own
from tests.world import World

BUTTON = "Hubungkan dengan akun saya"


def test_a_contact_in_an_account_opens_nobodys_page(client: FlaskClient, session: Session, world: World) -> None:
    victim = world.trainee("Korban", phone="+6281234560002", email="korban@contoh.id")
    world.enrolment(world.batch(), victim)
    user = world.user(Role.VIEWER)
    session.commit()
    sign_in(client, user)
    user.phone, user.email = victim.phone, victim.email  # as typed at /akun/kontak; nobody proved it
    session.commit()
    answer = client.get("/pelatihan/saya")
    assert answer.status_code == 200
    assert "Korban" not in answer.text
    session.refresh(victim)
    assert victim.user_id is None


def test_who_holds_the_link_connects_the_account(client: FlaskClient, session: Session, world: World) -> None:
    trainee = world.trainee("Siti")
    path = own(session, trainee, client)
    assert BUTTON not in client.get(path).text, "nobody is signed in"
    assert client.post(f"{path}/akun").status_code == 401
    user = world.user(Role.COMMUNITY)
    session.commit()
    sign_in(client, user)
    assert "belum terhubung" in client.get("/pelatihan/saya").text
    assert BUTTON in client.get(path).text
    assert client.post(f"{path}/akun").location == path
    assert client.get("/pelatihan/saya").location == path
    html = client.get(path).text
    assert BUTTON not in html
    assert "terhubung dengan akun Anda" in html
    client.post(f"{path}/akun")
    assert [one.actor_id for one in session.scalars(_trail("training.account_connected"))] == [user.id], "once"


def test_an_account_is_one_person_and_a_person_one_account(client: FlaskClient, session: Session, world: World) -> None:
    user, first, second = world.user(Role.COMMUNITY), world.trainee("Siti"), world.trainee("Budi")
    foreign = world.trainee("Rina", user_id=world.user(Role.VIEWER).id)
    first.user_id = user.id
    paths = [own(session, one, client) for one in (second, foreign)]
    sign_in(client, user)
    answers = [client.post(f"{path}/akun") for path in paths]
    assert [answer.status_code for answer in answers] == [409, 409]
    assert "satu orang" in answers[0].text
    assert "akun lain" in answers[1].text
    session.expire_all()
    assert second.user_id is None
    assert foreign.user_id != user.id


def test_a_wrong_account_is_let_go_by_the_link(client: FlaskClient, session: Session, world: World) -> None:
    trainee = world.trainee("Siti", user_id=world.user(Role.VIEWER).id)
    path = own(session, trainee, client)
    assert "sebuah akun aplikasi" in client.get(path).text
    assert client.post(f"{path}/akun/lepas").status_code == 303
    session.expire_all()
    assert trainee.user_id is None
    assert len(session.scalars(_trail("training.account_disconnected")).all()) == 1


def test_the_link_goes_to_the_participants_own_mailbox_and_the_answer_is_the_same(
    client: FlaskClient, session: Session, world: World
) -> None:
    user = world.user(Role.COMMUNITY, email="siti@contoh.id")
    session.commit()
    sign_in(client, user)
    unknown = _asked(client)
    world.trainee("Siti", email="siti@contoh.id")
    session.commit()
    known = [_asked(client) for _turn in range(2)]
    assert known == [unknown, unknown]
    session.expire_all()
    assert [one.address for one in session.scalars(select(Notice))] == ["siti@contoh.id"], "once an hour"


def _asked(client: FlaskClient) -> str:
    """The answer without the token of its forms, which bears the second."""
    html = client.post("/pelatihan/saya", follow_redirects=True).text
    return re.sub(r'"[\w-]{30,}\.[\w.-]+"', "", html)


def _trail(action: str):  # type: ignore[no-untyped-def]
    return select(AuditEntry).where(AuditEntry.action == action)
