"""Where the provider is compulsory for the office: two admins still come in here, and all who should know do."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import create_app
from app.base.notices.models import Notice
from app.base.people.models import User
from app.kernel.audit import AuditEntry
from app.kernel.clock import FrozenClock
from app.kernel.roles import Role
from config import Settings
from tests.access.elsewhere import entry_of, sign_in_by
from tests.access.small_provider import SmallProvider, running
from tests.access.test_routes_sign_in import is_in, sign_in
from tests.world import World


@pytest.fixture
def provider(clock: FrozenClock) -> Iterator[SmallProvider]:
    with running() as small:
        small.at = lambda: clock.now().timestamp()
        small.claims |= {"email": "siti@kukarkab.go.id", "email_verified": True}
        yield small


@pytest.fixture
def settings(settings: Settings, provider: SmallProvider) -> Settings:
    entry = entry_of(provider, link_by="email")
    return replace(settings, sign_in_providers=(entry,), sign_in_compulsory=True, break_glass=("darurat1", "darurat2"))


@pytest.fixture
def people(world: World) -> dict[str, User]:
    bidang = world.organisation(name="Bidang IKP", parent_id=world.office().id)
    return {
        "siti": world.user(Role.EDITOR, username="siti", email="siti@kukarkab.go.id", organisation=bidang),
        "darurat1": world.user(Role.ADMIN, username="darurat1", name="Admin Satu"),
        "darurat2": world.user(Role.EDITOR, username="darurat2", name="Bukan Admin"),
        "admin": world.user(Role.ADMIN, username="admin"),
        "kim": world.user(Role.COMMUNITY, username="kim", organisation=world.kim()),
    }


def told(session: Session, user: User) -> list[str]:
    session.rollback()
    return list(session.scalars(select(Notice.subject).where(Notice.user_id == user.id).order_by(Notice.id)))


def test_staff_come_from_elsewhere_only(client: FlaskClient, people: dict[str, User], provider: SmallProvider) -> None:
    answer = sign_in(client, "siti", next="/akun")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 403
    assert "hubungi admin darurat: Admin Satu" in page
    assert "Masuk lewat SSO Kukar" in page
    assert not is_in(client)
    assert sign_in_by(client, provider).status_code == 303
    assert is_in(client)


def test_others_sign_in_here_as_before(client: FlaskClient, people: dict[str, User]) -> None:
    assert sign_in(client, "kim").status_code == 303


def test_with_the_provider_down_the_two_admins_come_in_and_it_is_told(
    client: FlaskClient, people: dict[str, User], provider: SmallProvider, session: Session, clock: FrozenClock
) -> None:
    provider.answers["/.well-known/openid-configuration"] = (503, {})
    assert client.post("/masuk/lewat/kukar").status_code == 502
    assert sign_in(client, "siti").status_code == 403
    assert sign_in(client, "darurat1").status_code == 303
    assert is_in(client)
    for name in ("admin", "darurat1"):
        assert told(session, people[name]) == ["Admin Satu masuk dengan akun darurat"]
    assert told(session, people["siti"]) == []
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "user.glass_broken")).all()
    assert [entry.actor_name for entry in entries] == ["Admin Satu"]
    clock.advance(hours=1)
    client.post("/keluar")
    sign_in(client, "darurat1")
    assert len(told(session, people["admin"])) == 2


def test_a_name_in_the_setting_that_is_no_admin_opens_nothing(client: FlaskClient, people: dict[str, User]) -> None:
    assert sign_in(client, "darurat2").status_code == 403
    assert sign_in(client, "admin").status_code == 403, "an admin who is not one of the two"


def test_a_wrong_password_of_the_two_is_not_told_as_their_coming(
    client: FlaskClient, people: dict[str, User], session: Session
) -> None:
    assert sign_in(client, "darurat1", "salah").status_code == 422
    assert "Admin Satu masuk dengan akun darurat" not in told(session, people["admin"])


def test_in_practice_mode_nothing_is_compulsory(
    settings: Settings, people: dict[str, User], clock: FrozenClock
) -> None:
    practice = create_app(replace(settings, practice=True), clock=clock).test_client()
    assert sign_in(practice, "siti").status_code == 303
