"""Accounts elsewhere on both databases: whose they are, the faults of a provider, and what it says of roles."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import create_app
from app.base.access import links
from app.base.access.provider_models import EmployeeNumber, SignInFlow, SignInLink
from app.base.notices.models import Notice
from app.base.people.models import User
from app.kernel.audit import AuditEntry
from app.kernel.clock import FrozenClock
from app.kernel.errors import Forbidden
from app.kernel.roles import Role
from config import Settings
from tests.access.elsewhere import address_in, come_back, entry_of, set_out, sign_in_by
from tests.access.small_provider import SmallProvider, running
from tests.access.test_routes_sign_in import again, is_in, sign_in
from tests.world import World

Entry = dict[str, object]


@pytest.fixture
def provider(clock: FrozenClock) -> Iterator[SmallProvider]:
    with running() as small:
        small.at = lambda: clock.now().timestamp()
        yield small


@pytest.fixture
def entry(provider: SmallProvider) -> dict[str, object]:
    return entry_of(
        provider,
        link_by="email",
        role_claim="groups",
        roles={"kominfo-editor": "editor", "kominfo-admin": "admin"},
    )


@pytest.fixture
def settings(settings: Settings, entry: dict[str, object]) -> Settings:
    return replace(settings, sign_in_providers=(entry,))


def other_app(settings: Settings, clock: FrozenClock, entry: dict[str, object], **changed: object) -> Flask:
    return create_app(replace(settings, sign_in_providers=({**entry, **changed},)), clock=clock)


def count(session: Session, model: type) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(model)) or 0


MAIL = {"email": "siti@kukarkab.go.id", "email_verified": True}


def test_a_verified_address_links_once_and_the_subject_counts_from_then_on(
    client: FlaskClient, world: World, session: Session, provider: SmallProvider
) -> None:
    user = world.user(Role.EDITOR, username="siti", email="siti@kukarkab.go.id")
    provider.claims |= MAIL
    assert sign_in_by(client, provider, next="/akun").headers["Location"] == "/akun"
    assert is_in(client)
    link = session.scalars(select(SignInLink)).one()
    assert (link.user_id, link.issuer, link.subject, link.linked_by) == (user.id, provider.url, "elsewhere-1", "email")
    assert session.scalars(select(AuditEntry).where(AuditEntry.action == "user.account_linked")).one()
    assert "dihubungkan" in session.scalars(select(Notice.subject).where(Notice.user_id == user.id)).one()
    client.post("/keluar")
    provider.claims = {"sub": "elsewhere-1", "email": "lain@kukarkab.go.id"}
    assert sign_in_by(client, provider).status_code == 303
    assert is_in(client)
    assert (count(session, SignInLink), count(session, SignInFlow)) == (1, 0)
    asked = provider.asked["/token"][0]
    assert asked["redirect_uri"] == "http://localhost/masuk/lewat/kukar/kembali"
    assert asked["Authorization"].startswith("Basic ")


def test_the_way_there_asks_for_a_challenge_and_carries_no_secret(client: FlaskClient, provider: SmallProvider) -> None:
    address = set_out(client)
    for part in ("response_type=code", "code_challenge_method=S256", "code_challenge=", "state=", "nonce="):
        assert part in address
    assert "a-secret" not in address
    assert "verifier" not in address


@pytest.mark.parametrize(
    ("claims", "status", "words"),
    [
        ({"email": "siti@kukarkab.go.id", "email_verified": False}, 502, "belum diperiksa"),
        ({"email": "siti@kukarkab.go.id", "email_verified": "true"}, 502, "belum diperiksa"),
        ({"email": "siti@kukarkab.go.id"}, 502, "belum diperiksa"),
        ({"email_verified": True}, 502, "tidak menyebut alamat surel"),
        ({"email": "tidak ada", "email_verified": True}, 502, "tidak menyebut alamat surel"),
        ({"email": "asing@kukarkab.go.id", "email_verified": True}, 403, "belum terhubung"),
        ({"email": "lama@kukarkab.go.id", "email_verified": True}, 403, "dinonaktifkan"),
    ],
)
def test_who_is_not_recognised_gets_a_sentence_and_no_account(
    client: FlaskClient,
    world: World,
    session: Session,
    provider: SmallProvider,
    claims: dict[str, object],
    status: int,
    words: str,
) -> None:
    world.user(Role.EDITOR, username="siti", email="siti@kukarkab.go.id")
    world.user(Role.EDITOR, username="lama", email="lama@kukarkab.go.id", active=False)
    people = count(session, User)
    provider.claims |= claims
    answer = sign_in_by(client, provider)
    assert answer.status_code == status
    assert words in answer.get_data(as_text=True)
    assert not is_in(client)
    assert (count(session, User), count(session, SignInLink)) == (people, 0)


def test_a_second_account_of_the_provider_does_not_take_over_by_the_same_address(
    client: FlaskClient, world: World, session: Session, provider: SmallProvider
) -> None:
    world.user(Role.EDITOR, username="siti", email="siti@kukarkab.go.id")
    provider.claims |= MAIL
    sign_in_by(client, provider)
    client.post("/keluar")
    provider.claims["sub"] = "elsewhere-2"
    answer = sign_in_by(client, provider)
    assert answer.status_code == 403
    assert "yang lain" in answer.get_data(as_text=True)
    assert not is_in(client)
    assert count(session, SignInLink) == 1


def test_the_signed_in_person_links_and_unlinks_by_a_button(
    client: FlaskClient, world: World, session: Session, provider: SmallProvider
) -> None:
    world.user(Role.COMMUNITY, username="kim", organisation=world.kim())
    world.user(Role.EDITOR, username="lain")
    sign_in(client, "kim")
    page = client.post("/akun/hubungkan", data={"provider": "kukar"}).get_data(as_text=True)
    assert come_back(client, provider.authorize(address_in(page))).headers["Location"] == "/akun"
    assert "terhubung sejak" in client.get("/akun").get_data(as_text=True)
    client.post("/keluar")
    assert sign_in_by(client, provider).status_code == 303
    client.post("/keluar")
    sign_in(client, "lain")
    page = client.post("/akun/hubungkan", data={"provider": "kukar"}).get_data(as_text=True)
    come_back(client, provider.authorize(address_in(page)))
    assert "sudah terhubung ke akun orang lain" in client.get("/akun").get_data(as_text=True)
    link = session.scalars(select(SignInLink)).one()
    client.post("/akun/lepaskan", data={"link": link.id})
    assert count(session, SignInLink) == 1, "another person's"
    client.post("/keluar")
    sign_in(client, "kim")
    client.post("/akun/lepaskan", data={"link": link.id})
    assert count(session, SignInLink) == 0


def test_a_way_begun_to_link_ends_where_somebody_else_signed_in(
    client: FlaskClient, world: World, session: Session, provider: SmallProvider
) -> None:
    world.user(Role.EDITOR, username="siti")
    sign_in(client, "siti")
    address = address_in(client.post("/akun/hubungkan", data={"provider": "kukar"}).get_data(as_text=True))
    client.post("/keluar")
    answer = come_back(client, provider.authorize(address))
    assert answer.status_code == 403
    assert count(session, SignInLink) == 0


def test_an_employee_number_links_whom_an_admin_wrote_down(
    world: World,
    session: Session,
    provider: SmallProvider,
    settings: Settings,
    clock: FrozenClock,
    entry: Entry,
) -> None:
    admin, siti = world.user(Role.ADMIN, username="admin"), world.user(Role.EDITOR, username="siti")
    client = other_app(settings, clock, entry, link_by="employee_number", number_claim="pegawai.nip").test_client()
    sign_in(client, "admin")
    path = f"/pengguna/{siti.id}/akun-lain"
    assert client.get(path).status_code == 200
    assert client.post(path, data={"number": "12"}).status_code == 422
    assert client.post(path, data={"number": "19850101 201001 1 001"}).status_code == 303
    assert client.post(f"/pengguna/{admin.id}/akun-lain", data={"number": "198501012010011001"}).status_code == 422
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "user.number_set")).all()
    assert entries
    assert "1985" not in str([one.after for one in entries]), "a birthday is in it"
    client.post("/keluar")
    provider.claims["pegawai"] = {"nip": "198501012010011001"}
    assert sign_in_by(client, provider).status_code == 303
    session.rollback()
    assert session.scalars(select(SignInLink)).one().user_id == siti.id
    client.post("/keluar")
    provider.claims = {"sub": "elsewhere-2"}
    assert "nomor pegawai" in sign_in_by(client, provider).get_data(as_text=True)
    assert count(session, EmployeeNumber) == 1


def test_no_admin_writes_down_the_number_of_who_signs(world: World, session: Session, app: Flask) -> None:
    """Else one person alone could have their own account elsewhere open a signer's account here."""
    admin, kadis = world.user(Role.ADMIN, username="admin"), world.user(Role.APPROVER, position="kadis")
    with app.app_context(), pytest.raises(Forbidden, match="Hubungkan akun"):
        links.set_number(session, world.actor_of(admin), kadis, "198501012010011001", now=world.clock.now())
    assert count(session, EmployeeNumber) == 0


# --- roles ---


def notices_of(session: Session, user: User) -> str:
    session.rollback()
    found = session.execute(select(Notice.subject, Notice.body).where(Notice.user_id == user.id))
    return " ".join(f"{subject} {body}" for subject, body in found)


def roles_of(session: Session, user: User) -> set[str]:
    return {row.name for row in again(session, user).roles}


def test_a_role_of_the_provider_gives_nothing_and_an_unknown_one_is_told_to_admins(
    client: FlaskClient, world: World, session: Session, provider: SmallProvider
) -> None:
    admin = world.user(Role.ADMIN)
    siti = world.user(Role.EDITOR, username="siti", email="siti@kukarkab.go.id")
    provider.claims |= {**MAIL, "groups": ["kominfo-editor", "kominfo-admin", "kepala-galaksi"]}
    assert sign_in_by(client, provider).status_code == 303
    assert roles_of(session, siti) == {"editor"}
    assert client.get("/pengguna").status_code == 403
    told = notices_of(session, admin)
    assert "kepala-galaksi" in told
    assert "menyebut peran" in told
    assert "kepala-galaksi" not in notices_of(session, siti)
    client.post("/keluar")
    sign_in_by(client, provider)
    assert notices_of(session, admin) == told, "once for each occasion"


def test_what_the_provider_no_longer_says_is_taken_away_only_where_the_settings_ask(
    client: FlaskClient,
    world: World,
    session: Session,
    provider: SmallProvider,
    settings: Settings,
    clock: FrozenClock,
    entry: Entry,
) -> None:
    world.user(Role.ADMIN)
    siti = world.user(Role.EDITOR, Role.ADMIN, Role.TRAINER, username="siti", email="siti@kukarkab.go.id")
    provider.claims |= {**MAIL, "groups": "kominfo-editor"}
    sign_in_by(client, provider)
    assert roles_of(session, siti) == {"editor", "admin", "trainer"}
    strict = other_app(settings, clock, entry, take_roles_away=True).test_client()
    assert sign_in_by(strict, provider).status_code == 303
    assert roles_of(session, siti) == {"editor", "trainer"}, "trainer is no word of the provider's"
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "user.granted")).all()
    assert [entry.actor_name for entry in entries] == ["Gaung"]


def test_the_last_admin_stays_admin_whatever_the_provider_says(
    world: World,
    session: Session,
    provider: SmallProvider,
    settings: Settings,
    clock: FrozenClock,
    entry: Entry,
) -> None:
    siti = world.user(Role.EDITOR, Role.ADMIN, username="siti", email="siti@kukarkab.go.id")
    provider.claims |= {**MAIL, "groups": ["kominfo-editor"]}
    strict = other_app(settings, clock, entry, take_roles_away=True).test_client()
    assert sign_in_by(strict, provider).status_code == 303
    assert roles_of(session, siti) == {"editor", "admin"}
    assert "tidak dicabut" in notices_of(session, siti)


def test_whom_the_provider_leaves_no_role_does_not_come_in(
    world: World,
    session: Session,
    provider: SmallProvider,
    settings: Settings,
    clock: FrozenClock,
    entry: Entry,
) -> None:
    siti = world.user(Role.EDITOR, username="siti", email="siti@kukarkab.go.id")
    provider.claims |= {**MAIL, "groups": []}
    strict = other_app(settings, clock, entry, take_roles_away=True).test_client()
    assert sign_in_by(strict, provider).status_code == 403
    assert not is_in(strict)
    assert roles_of(session, siti) == {"editor"}
