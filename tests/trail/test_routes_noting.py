"""What was read or taken away stands in the trail, after the answer and whatever becomes of it."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.base.people.models import User
from app.kernel.audit import AuditEntry
from app.kernel.clock import FrozenClock
from app.kernel.roles import Role
from tests.pages import sign_in
from tests.world import PASSWORD, World


@pytest.fixture
def admin(client: FlaskClient, world: World) -> User:
    user = world.user(Role.ADMIN)
    sign_in(client, user)
    return user


def noted(session: Session, action: str) -> list[AuditEntry]:
    session.rollback()
    return list(session.scalars(select(AuditEntry).where(AuditEntry.action == action)))


def test_a_page_with_contacts_is_one_entry_however_often_it_is_read(
    client: FlaskClient, admin: User, session: Session, clock: FrozenClock
) -> None:
    for _ in range(3):
        client.get("/pengguna", buffered=True)
    (entry,) = noted(session, "contacts.read")
    assert (entry.actor_id, entry.subject_kind, entry.after) == (admin.id, "users", {"page": "/pengguna"})
    clock.advance(minutes=16)
    client.get("/pengguna", buffered=True)
    client.get(f"/pengguna/{admin.id}", buffered=True)
    assert [entry.subject_id for entry in noted(session, "contacts.read")] == ["", "", str(admin.id)]


def test_a_file_stands_in_the_trail_by_its_name(client: FlaskClient, admin: User, session: Session) -> None:
    client.get("/pengguna/ekspor.csv", buffered=True)
    (entry,) = noted(session, "file.downloaded")
    assert entry.after == {"page": "/pengguna/ekspor.csv", "file": "pengguna.csv"}


def test_an_export_that_is_recorded_in_its_own_words_is_no_second_entry(
    client: FlaskClient, admin: User, session: Session
) -> None:
    client.post("/pengguna/ekspor-lengkap.csv", buffered=True)
    assert len(noted(session, "user.exported")) == 1
    assert noted(session, "file.downloaded") == []


def test_what_was_refused_was_not_read(client: FlaskClient, world: World, session: Session) -> None:
    sign_in(client, world.user(Role.EDITOR))
    assert client.get("/pengguna", buffered=True).status_code == 403
    client.get("/data-terbuka", buffered=True)
    assert noted(session, "contacts.read") == []


def test_a_trail_that_cannot_be_written_lets_the_answer_stand(
    app: Flask, client: FlaskClient, admin: User, session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    session.execute(text("ALTER TABLE audit_entries RENAME TO lost"))
    session.commit()
    answer = client.get("/pengguna", buffered=True)
    assert answer.status_code == 200
    assert "the trail could not be written: contacts.read" in caplog.text


def test_signing_in_failing_and_signing_out_stand_in_the_trail(
    client: FlaskClient, world: World, session: Session, clock: FrozenClock
) -> None:
    user = world.user(Role.EDITOR)
    wrong = {"identity": user.username, "password": "bukan ini"}
    assert client.post("/masuk", data=wrong, buffered=True).status_code == 422
    client.post("/masuk", data={"identity": "rahasia-saya", "password": "x"}, buffered=True)
    clock.advance(minutes=2)
    client.post("/masuk", data={"identity": user.username, "password": PASSWORD}, buffered=True)
    client.post("/keluar", buffered=True)
    session.rollback()
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action.startswith("user.sign")).order_by("id")).all()
    assert [(one.action, one.subject_id, one.actor_id) for one in entries] == [
        ("user.sign_in_failed", str(user.id), 0),
        ("user.sign_in_failed", "", 0),
        ("user.signed_in", str(user.id), user.id),
        ("user.signed_out", str(user.id), user.id),
    ]
    assert "rahasia" not in str([one.after for one in entries])


CHROME = {"User-Agent": "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36"}


def test_failures_in_a_row_are_counted_and_name_the_device_and_so_does_the_sign_in_after_them(
    client: FlaskClient, admin: User, world: World, session: Session
) -> None:
    user = world.user(Role.EDITOR)
    stranger = client.application.test_client()
    for _n in range(3):
        stranger.post("/masuk", data={"identity": user.username, "password": "x"}, headers=CHROME, buffered=True)
    stranger.post("/masuk", data={"identity": user.username, "password": PASSWORD}, headers=CHROME, buffered=True)
    session.rollback()
    entries = session.scalars(
        select(AuditEntry).where(AuditEntry.subject_id == str(user.id), AuditEntry.action.startswith("user.sign"))
        .order_by("id")
    ).all()  # fmt: skip
    device = {"device": "Chrome di Windows"}
    assert [one.after for one in entries] == [
        *({"what": "password", "failures": n, **device} for n in (1, 2, 3)),
        {"how": "password", "second_factor": False, "shared": False, "failures_before": 3, **device},
    ]
    page = client.get(f"/pengguna/jejak?q={user.username}").text
    for words in ("kata sandi", "Chrome di Windows", "gagal sebelumnya", "kegagalan ke-"):
        assert words in page
    assert "assword" not in page.partition('class="table table-cards"')[2].partition("</table>")[0]
