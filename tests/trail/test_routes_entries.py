"""The admin's page of the trail: what is found, the state of the seal, and the files."""

import importlib.util
import json
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.base.people.models import User
from app.base.trail.queries import PAGE
from app.kernel import audit
from app.kernel.audit import AuditEntry
from app.kernel.clock import FrozenClock
from app.kernel.roles import Actor, Role
from config import ROOT, Settings
from tests.pages import asked, sign_in
from tests.trail.conftest import Chain
from tests.world import World

TRAIL = "/pengguna/jejak"


@pytest.fixture
def admin(client: FlaskClient, world: World) -> User:
    user = world.user(Role.ADMIN, name="Admin Kantor")
    sign_in(client, user)
    return user


@pytest.fixture
def chain(sessions: "sessionmaker[Session]", session: Session, world: World, clock: FrozenClock, settings: Settings):  # type: ignore[no-untyped-def]
    return Chain(sessions, session, world, clock, settings.var_dir)


def page(client: FlaskClient, query: str = "") -> str:
    answer = client.get(f"{TRAIL}{query}")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def did(session: Session, user: User, action: str, subject: object, now: object, **after: object) -> None:
    audit.record(session, Actor(id=user.id, name=user.name), action, subject, now=now, after=after or None)  # type: ignore[arg-type]
    session.commit()


def test_one_finds_by_person_action_record_and_day(
    client: FlaskClient, admin: User, world: World, session: Session, clock: FrozenClock
) -> None:
    siti, budi = world.user(Role.EDITOR, name="Siti Aminah"), world.user(Role.EDITOR, name="Budi Santoso")
    did(session, siti, "organisation.edited", world.office(), clock.now())
    did(session, budi, "user.deactivated", siti, clock.now())
    clock.advance(days=2)
    did(session, budi, "organisation.added", world.office(), clock.now())
    sign_in(client, admin)  # two days later
    by_siti, of_siti, added = "Mengubah organisasi", "Menonaktifkan akun", "Menambah organisasi"

    def shown(query: str) -> list[bool]:
        text = page(client, query)
        return [words in text for words in (by_siti, of_siti, added)]

    assert shown("") == [True, True, True]
    assert shown("?q=aminah") == [True, True, False], "as who acted, and as who was changed"
    assert shown("?perbuatan=menonaktifkan") == [False, True, False]
    assert shown(f"?bagian=users&nomor={siti.id}") == [False, True, False]
    assert shown("?dari=2026-11-25") == [False, False, True]
    assert shown("?sampai=2026-11-24&q=budi") == [False, True, False]
    assert shown("?q=tidakada") == [False, False, False]
    assert shown("?dari=kemarin&sampai=9999-99-99&sebelum=x&sesudah=_") == [True, True, True]


def test_a_long_trail_is_turned_page_by_page_and_back(
    client: FlaskClient, admin: User, world: World, session: Session, clock: FrozenClock
) -> None:
    for number in range(PAGE * 2 + 10):
        audit.record(session, Actor(id=1, name=f"Pegawai {number:03}"), "user.edited", admin, now=clock.now())
        if number % 3:
            clock.advance(seconds=1)
    session.commit()
    seen: list[str] = []
    text, back = page(client, "?bagian=users"), ""
    while True:
        seen += [part[:3] for part in text.split("Pegawai ")[1:]]
        if 'rel="next"' not in text:
            break
        text = page(client, _link(text, "next"))
    assert seen == [f"{number:03}" for number in reversed(range(PAGE * 2 + 10))]
    back = page(client, _link(text, "prev"))
    assert [part[:3] for part in back.split("Pegawai ")[1:]] == seen[PAGE : PAGE * 2]
    first = page(client, _link(back, "prev"))
    assert 'rel="prev"' not in first


def _link(text: str, rel: str) -> str:
    start = text.index('href="', text.index(f'rel="{rel}"')) + 6
    return text[start : text.index('"', start)].replace("&amp;", "&").removeprefix(TRAIL)


def test_the_state_of_the_seal_stands_on_top(client: FlaskClient, admin: User, chain: Chain) -> None:
    assert "belum pernah diperiksa" in page(client)
    chain.day(4)
    sign_in(client, admin)  # a day later
    assert client.post(f"{TRAIL}/periksa").status_code == 303
    assert "Jejak utuh sampai" in page(client)
    chain.tamper("UPDATE audit_entries SET actor_id = 1 WHERE number = 3")
    client.post(f"{TRAIL}/periksa")
    text = page(client)
    assert "Jejak rusak mulai baris 3." in text
    assert "Baris 3 diubah atau disisipkan" in text


def test_what_waits_too_long_and_what_was_lost_is_said(client: FlaskClient, admin: User, chain: Chain) -> None:
    chain.write()
    chain.clock.advance(minutes=6)
    assert "belum disegel sejak" in page(client)
    chain.seal()
    assert "belum disegel sejak" not in page(client)
    chain.tamper("DELETE FROM audit_entries WHERE number > 0")
    chain.write()
    chain.seal()
    assert "salinan cadangan" in page(client)


@pytest.mark.parametrize("ending", ["jsonl", "csv"])
def test_the_file_can_be_checked_outside_and_taking_it_is_noted(
    client: FlaskClient, admin: User, chain: Chain, session: Session, tmp_path: Path, ending: str
) -> None:
    chain.write(3, name="=1+1")
    chain.seal()
    answer = client.post(f"{TRAIL}/unduh.{ending}", buffered=True)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="jejak.{ending}"'
    file = tmp_path / f"jejak.{ending}"
    file.write_bytes(answer.get_data())
    spec = importlib.util.spec_from_file_location("verify_audit", ROOT / "docs" / "verify_audit.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    assert len(list(script.rows_of(str(file)))) >= 3
    assert list(script.faults(str(file), [])) == []
    session.rollback()
    (noted,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "file.downloaded"))
    assert (noted.actor_id, noted.subject_kind) == (admin.id, "audit_entries")


def test_a_narrowed_file_has_what_was_asked_for_and_says_that_it_is_a_part(
    client: FlaskClient, admin: User, world: World, session: Session, clock: FrozenClock
) -> None:
    did(session, admin, "organisation.edited", world.office(), clock.now())
    did(session, admin, "user.deactivated", admin, clock.now())
    answer = client.post(f"{TRAIL}/unduh.jsonl", data={"bagian": "users", "perbuatan": "menonaktifkan"}, buffered=True)
    assert "jejak-sebagian.jsonl" in answer.headers["Content-Disposition"]
    rows = [json.loads(line) for line in answer.get_data(as_text=True).splitlines()]
    assert [row["action"] for row in rows] == ["user.deactivated"]


def test_a_page_costs_the_same_however_long_the_trail_is(
    client: FlaskClient, admin: User, world: World, session: Session, clock: FrozenClock
) -> None:
    page(client)
    with asked() as few:
        page(client)
    for _ in range(200):
        audit.record(session, Actor(id=1, name="Pegawai"), "user.edited", admin, now=clock.now() - timedelta(days=1))
    session.commit()
    with asked() as many:
        page(client)
    assert len(many) <= len(few) + 1
