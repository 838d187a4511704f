"""`flask audit …` as somebody at the server types it."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient, FlaskCliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.base.notices.models import Notice
from app.base.trail.heads import group_hash
from app.base.trail.models import AuditHead
from app.kernel.clock import FrozenClock
from app.kernel.roles import Role
from app.worker import mail_head
from config import Settings
from tests.pages import sign_in
from tests.trail.conftest import Chain
from tests.world import World


@pytest.fixture
def runner(app: Flask) -> FlaskCliRunner:
    from app.cli import init_cli  # noqa: PLC0415

    init_cli(app)
    return app.test_cli_runner()


@pytest.fixture
def chain(sessions: "sessionmaker[Session]", session: Session, world: World, clock: FrozenClock, settings: Settings):  # type: ignore[no-untyped-def]
    made = Chain(sessions, session, world, clock, settings.var_dir)
    made.day(4)
    return made


def test_a_tampered_copy_is_found_and_ends_with_one(runner: FlaskCliRunner, chain: Chain) -> None:
    whole = runner.invoke(args=["audit", "verify"])
    assert (whole.exit_code, whole.output) == (0, "Jejak utuh sampai baris 4. 0 catatan menunggu segel.\n")
    chain.tamper("UPDATE audit_entries SET actor_id = 1 WHERE number = 3")
    broken = runner.invoke(args=["audit", "verify"])
    assert broken.exit_code == 1
    assert broken.output.splitlines() == [
        "Baris 3 diubah atau disisipkan (catatan nomor 3).",
        "Jejak rusak mulai baris 3.",
    ]


def test_a_printed_head_is_compared(runner: FlaskCliRunner, chain: Chain, session: Session) -> None:
    head = session.scalars(select(AuditHead)).one()
    fits = runner.invoke(args=["audit", "verify", "--head", f"2026-11-24:4:{group_hash(head.hash)}"])
    assert fits.exit_code == 0
    other = runner.invoke(args=["audit", "verify", "--head", "2026-11-24:9:" + "a" * 64])
    assert "Baris 5 sampai 9 hilang dari ujung, menurut segel hari 2026-11-24." in other.output
    for wrong in (["--head", "x"], ["--since", "kemarin"]):
        assert runner.invoke(args=["audit", "verify", *wrong]).exit_code == 2


def test_the_head_stands_in_the_monthly_report(
    client: FlaskClient, chain: Chain, world: World, session: Session
) -> None:
    sign_in(client, world.user(Role.EDITOR))
    head = session.scalars(select(AuditHead)).one()
    page = client.get("/laporan-berkala/masa/2026-11").get_data(as_text=True)
    assert f"Segel jejak 2026-11-24, baris 4, kode {group_hash(head.hash)}" in page


def test_a_name_is_erased_after_a_question(runner: FlaskCliRunner, chain: Chain, world: World) -> None:
    user = world.user(Role.EDITOR, username="siti")
    assert runner.invoke(args=["audit", "erase-name", "siti"], input="n\n").exit_code == 1
    done = runner.invoke(args=["audit", "erase-name", "siti", "--yes"])
    assert done.output == "0 catatan dikosongkan. Baris dan segelnya tetap ada.\n"
    assert user.name
    content = runner.invoke(args=["audit", "erase-content", "organisations", chain.entries()[0].subject_id, "--yes"])
    assert content.output.startswith("4 catatan")
    assert runner.invoke(args=["audit", "verify"]).exit_code == 0


def test_the_head_of_a_day_is_mailed_once(chain: Chain, sessions: "sessionmaker[Session]", session: Session) -> None:
    for _ in range(2):
        mail_head(sessions, "inspektorat@contoh.example", now=chain.clock.now())
    mail = session.scalars(select(Notice).where(Notice.kind == "trail")).one()
    head = session.scalars(select(AuditHead)).one()
    assert (mail.address, mail.email_status) == ("inspektorat@contoh.example", "queued")
    assert f"--head 2026-11-24:4:{head.hash}" in mail.body
    chain.clock.advance(hours=1)
    mail_head(sessions, "inspektorat@contoh.example", now=chain.clock.now() + timedelta(days=1))
    assert len(session.scalars(select(Notice).where(Notice.kind == "trail")).all()) == 1
