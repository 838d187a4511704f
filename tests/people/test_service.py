"""Accounts, organisations and delegations: the rules, on both databases."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.base.areas.models import Village
from app.base.people import service
from app.base.people.delegations import Term, delegate, revoke_delegation
from app.base.people.models import Delegation, Organisation, RoleRow, User
from app.base.people.organisations import add_organisation, edit_organisation
from app.base.people.queries import UserFilters, organisation_tree, users
from app.kernel.audit import AuditEntry
from app.kernel.clock import FrozenClock
from app.kernel.confirmed import Confirmed
from app.kernel.errors import Forbidden, Invalid, Refused
from app.kernel.roles import SYSTEM, Actor, Position, Role
from tests.world import World

TODAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def in_application(app: Flask) -> Iterator[None]:
    """Passwords are hashed with the application's settings."""
    with app.app_context():
        yield


@pytest.fixture
def admin(world: World) -> Actor:
    return world.actor(Role.ADMIN, name="Admin Kantor")


def invited(session: Session, actor: Actor, clock: FrozenClock, world: World, **values: Any) -> tuple[User, str]:
    given: dict[str, Any] = {
        "username": "siti",
        "name": "Siti Aminah",
        "organisation_id": world.office().id,
        "roles": frozenset({Role.EDITOR}),
        "now": clock.now(),
    }
    made = service.invite(session, actor, **{**given, **values})
    session.commit()
    return made


def test_all_roles_have_rows_and_loading_them_again_changes_nothing(session: Session) -> None:
    service.load_roles(session)
    session.commit()
    rows = session.scalars(select(RoleRow)).all()
    assert {row.name for row in rows} == {role.value for role in Role}
    assert len(rows) == len(Role)
    assert all(row.description for row in rows)


def test_an_invited_person_gets_a_password_for_paper(
    session: Session, admin: Actor, clock: FrozenClock, world: World
) -> None:
    user, password = invited(session, admin, clock, world, username="  SITI ", phone="0812 3456 7890", email="S@X.ID")
    assert (user.username, user.phone, user.email) == ("siti", "+6281234567890", "s@x.id")
    assert user.must_change_password
    assert user.verify_and_update_password(password)
    assert user.password is not None
    assert password not in user.password
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "user.invited")).one()
    assert (entry.actor_name, entry.subject_id) == ("Admin Kantor", str(user.id))
    assert "+62812" not in str(entry.after), "personal data stays out of the trail"


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"username": "AHMAD"}, "username", "sudah dipakai"),
        ({"phone": "+62 811-1111-1111"}, "phone", "sudah terdaftar"),
        ({"email": "Ahmad@kukarkab.go.id"}, "email", "sudah terdaftar"),
        ({"username": "0812345"}, "username", "diawali huruf"),
        ({"username": "siti aminah"}, "username", "tanpa spasi"),
        ({"phone": "12"}, "phone", "tidak lengkap"),
        ({"email": "siti"}, "email", "tidak lengkap"),
        ({"name": "  "}, "name", "nama lengkap"),
        ({"organisation_id": 999}, "organisation_id", "Pilih organisasi"),
        ({"roles": frozenset()}, "roles", "paling sedikit satu peran"),
    ],
)
def test_what_cannot_be_used_is_told_at_its_field(
    session: Session,
    admin: Actor,
    clock: FrozenClock,
    world: World,
    values: dict[str, Any],
    field: str,
    words: str,
) -> None:
    world.user(Role.EDITOR, username="ahmad", phone="+6281111111111", email="ahmad@kukarkab.go.id")
    with pytest.raises(Invalid, match=words) as told:
        invited(session, admin, clock, world, **values)
    assert told.value.field == field


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_only_an_admin_manages_people(session: Session, clock: FrozenClock, world: World, role: Role) -> None:
    actor = world.actor(role)
    other = world.user(Role.EDITOR)
    for attempt in (
        lambda: invited(session, actor, clock, world),
        lambda: service.grant(session, actor, other, frozenset({Role.ADMIN}), now=clock.now()),
        lambda: service.deactivate(session, actor, other, now=clock.now()),
        lambda: service.reset_password(session, actor, other, now=clock.now()),
        lambda: service.set_password(session, actor, other, "sungai mahakam", now=clock.now()),
        lambda: service.change_contact(session, actor, other, phone="", email="", now=clock.now()),
        lambda: add_organisation(session, actor, kind="kim", name="KIM Baru", now=clock.now()),
        lambda: revoke_delegation(session, actor, 1, now=clock.now()),
    ):
        with pytest.raises(Forbidden):
            attempt()


def test_what_takes_the_office_over_takes_two(
    session: Session, admin: Actor, clock: FrozenClock, world: World, kadis: User, deputy: User
) -> None:
    editor, now = world.user(Role.EDITOR), clock.now()
    place = {"username": editor.username, "name": editor.name, "organisation_id": editor.organisation_id}
    term = Term("plh", kadis.id, deputy.id, TODAY, TODAY, "800/1")
    moved = {"username": kadis.username, "name": kadis.name, "organisation_id": world.organisation().id}
    for attempt in (
        lambda: invited(session, admin, clock, world, roles=frozenset({Role.ADMIN})),
        lambda: invited(session, admin, clock, world, position="kadis"),
        lambda: service.grant(session, admin, editor, frozenset({Role.APPROVER}), now=now),
        lambda: service.edit_user(session, admin, editor, **place, position="kabid", now=now),
        lambda: service.edit_user(session, admin, kadis, **moved, position="kadis", now=now),
        lambda: service.reset_password(session, admin, kadis, now=now),
        lambda: service.reset_password(session, admin, world.user(Role.ADMIN), now=now),
        lambda: delegate(session, admin, term, today=TODAY, now=now),
    ):
        with pytest.raises(Refused, match="orang kedua"):
            attempt()
    service.grant(session, SYSTEM, editor, frozenset({Role.VIEWER}), now=now)
    assert service.reset_password(session, SYSTEM, kadis, now=now)


def test_the_address_of_a_signer_is_their_own(
    session: Session, admin: Actor, clock: FrozenClock, world: World, kadis: User
) -> None:
    """An account elsewhere may sign in by it."""
    place = {"username": kadis.username, "name": kadis.name, "organisation_id": kadis.organisation_id}
    given = {**place, "position": "kadis", "email": "admin@kukarkab.go.id", "now": clock.now()}
    with pytest.raises(Invalid, match="pemiliknya sendiri") as told:
        service.edit_user(session, admin, kadis, **given)
    assert told.value.field == "email"
    service.change_contact(
        session, world.actor_of(kadis), kadis, phone="", email="kadis@kukarkab.go.id", now=clock.now()
    )
    assert service.edit_user(session, admin, kadis, **{**given, "email": "kadis@kukarkab.go.id"})


def test_taking_a_right_away_takes_one(session: Session, admin: Actor, clock: FrozenClock, kadis: User) -> None:
    service.grant(session, admin, kadis, frozenset({Role.VIEWER}), now=clock.now())
    place = {"username": kadis.username, "name": kadis.name, "organisation_id": kadis.organisation_id}
    service.edit_user(session, admin, kadis, **place, position=None, now=clock.now())
    assert (kadis.position, [row.name for row in kadis.roles]) == (None, ["viewer"])


def test_the_last_admin_stays_admin(session: Session, clock: FrozenClock, world: World) -> None:
    alone = world.user(Role.ADMIN)
    world.user(Role.ADMIN, active=False)
    with pytest.raises(Refused, match="satu-satunya admin"):
        service.deactivate(session, SYSTEM, alone, now=clock.now())
    with pytest.raises(Refused, match="satu-satunya admin"):
        service.grant(session, SYSTEM, alone, frozenset({Role.EDITOR}), now=clock.now())
    assert alone.active
    assert [row.name for row in alone.roles] == ["admin"]


def test_nobody_closes_or_demotes_their_own_account(session: Session, clock: FrozenClock, world: World) -> None:
    user = world.user(Role.ADMIN)
    world.user(Role.ADMIN)
    me = world.actor_of(user)
    with pytest.raises(Refused, match="admin lain"):
        service.deactivate(session, me, user, now=clock.now())
    with pytest.raises(Refused, match="admin lain"):
        service.grant(session, me, user, frozenset({Role.VIEWER}), now=clock.now())


def test_a_second_admin_may_be_demoted(session: Session, admin: Actor, clock: FrozenClock, world: World) -> None:
    other = world.user(Role.ADMIN)
    service.grant(session, admin, other, frozenset({Role.VIEWER}), now=clock.now())
    session.commit()
    assert world.actor_of(other).roles == {Role.VIEWER}


def test_a_new_password_ends_the_sessions(session: Session, admin: Actor, clock: FrozenClock, world: World) -> None:
    user = world.user(Role.COMMUNITY)
    before = user.fs_uniquifier
    password = service.reset_password(session, admin, user, now=clock.now())
    session.commit()
    assert user.fs_uniquifier != before
    assert user.must_change_password
    assert user.verify_and_update_password(password)
    assert password not in str([entry.after for entry in session.scalars(select(AuditEntry))])


def test_an_edit_keeps_before_and_after(session: Session, admin: Actor, clock: FrozenClock, world: World) -> None:
    user, _ = invited(session, admin, clock, world)
    service.edit_user(
        session,
        admin,
        user,
        username="siti",
        name="Siti Aminah, S.Kom.",
        organisation_id=user.organisation_id,
        title="Staf",
        now=clock.now(),
    )
    session.commit()
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "user.edited")).one()
    assert entry.before == {"name": "Siti Aminah", "title": None}
    assert entry.after == {"name": "Siti Aminah, S.Kom.", "title": "Staf"}


def test_users_are_found_by_name_phone_role_and_organisation(session: Session, world: World) -> None:
    opd = world.organisation(name="Dinas Kesehatan")
    bidang = world.organisation("bidang", name="Bidang Promosi", parent_id=opd.id)
    ani = world.user(Role.OPD_CONTACT, name="Ani 100%", organisation=bidang, phone="+6281234567890")
    budi = world.user(Role.EDITOR, name="Budi", active=False)

    def found(**filters: Any) -> set[User]:
        return set(session.scalars(users(UserFilters(**{"state": "", **filters}))))

    assert found(q="ANI") == {ani}
    assert found(q="%") == {ani}
    assert found(q="0812-3456-7890") == {ani}
    assert found(role="opd_contact") == {ani}
    assert found(organisation_id=opd.id) == {ani}, "an OPD includes its bidang"
    assert found(state="closed") == {budi}
    assert found() == {ani, budi}


# organisations


def test_an_actor_belongs_to_the_opd_and_its_bidang(world: World) -> None:
    office = world.office()
    media = world.organisation("bidang", name="Bidang Media", parent_id=office.id)
    data = world.organisation("bidang", name="Bidang Data", parent_id=office.id)
    other = world.organisation(name="Dinas Lain")
    assert world.actor(organisation=office).organisation_ids == {office.id, media.id, data.id}
    inside = world.actor(organisation=media)
    assert inside.organisation_ids == {media.id, office.id}
    assert inside.of_office
    assert inside.organisation_id == media.id
    outside = world.actor(organisation=other)
    assert outside.organisation_ids == {other.id}
    assert not outside.of_office


def test_an_organisation_is_added_with_its_village(session: Session, admin: Actor, clock: FrozenClock) -> None:
    code = session.scalars(select(Village.code).limit(1)).one()
    kim = add_organisation(
        session, admin, kind="kim", name="KIM  Harapan", village_code=code, phone="0812-3456-7890", now=clock.now()
    )
    session.commit()
    assert (kim.name, kim.village_code, kim.phone, kim.active) == ("KIM Harapan", code, "+6281234567890", True)


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"kind": "partai"}, "kind", "Pilih jenis"),
        ({"name": " "}, "name", "Isi nama"),
        ({"name": "diskominfo"}, "name", "Sudah ada"),
        ({"kind": "bidang"}, "parent_id", "Pilih OPD"),
        ({"village_code": "99.99.99.9999"}, "village_code", "Pilih desa"),
        ({"phone": "x"}, "phone", "tidak lengkap"),
    ],
)
def test_an_organisation_that_cannot_be(
    session: Session,
    admin: Actor,
    clock: FrozenClock,
    values: dict[str, Any],
    field: str,
    words: str,
) -> None:
    given: dict[str, Any] = {"kind": "opd", "name": "Dinas Baru", **values}
    with pytest.raises(Invalid, match=words) as told:
        add_organisation(session, admin, **given, now=clock.now())
    assert told.value.field == field


def test_an_opd_with_bidang_stays_an_opd(session: Session, admin: Actor, clock: FrozenClock, world: World) -> None:
    opd = world.organisation(name="Dinas Kesehatan")
    world.organisation("bidang", name="Bidang Promosi", parent_id=opd.id)
    with pytest.raises(Invalid, match="tetap OPD"):
        edit_organisation(session, admin, opd, kind="kim", name=opd.name, now=clock.now())
    with pytest.raises(Refused, match="Nonaktifkan bidangnya"):
        edit_organisation(session, admin, opd, kind="opd", name=opd.name, active=False, now=clock.now())


def test_neither_the_office_nor_one_with_people_is_closed(
    session: Session, admin: Actor, clock: FrozenClock, world: World
) -> None:
    kim = world.organisation("kim", name="KIM Harapan")
    member = world.user(Role.COMMUNITY, organisation=kim)
    for organisation, words in ((world.office(), "pengelola aplikasi"), (kim, "1 pengguna aktif")):
        with pytest.raises(Refused, match=words):
            edit_organisation(
                session,
                admin,
                organisation,
                kind=organisation.kind,
                name=organisation.name,
                active=False,
                now=clock.now(),
            )
        session.rollback()
    service.deactivate(session, admin, member, now=clock.now())
    edit_organisation(session, admin, kim, kind="kim", name=kim.name, active=False, now=clock.now())
    session.commit()
    assert not kim.active


def test_the_tree_shows_each_bidang_below_its_opd(session: Session, world: World) -> None:
    office = world.office()
    b = world.organisation("bidang", name="Bidang B", parent_id=office.id)
    a = world.organisation("bidang", name="Bidang A", parent_id=office.id)
    kim = world.organisation("kim", name="KIM")
    world.user(Role.EDITOR, organisation=a)
    shown = [(item.id, depth, people) for item, depth, people in organisation_tree(session)]
    assert shown == [(office.id, 0, 0), (a.id, 1, 1), (b.id, 1, 0), (kim.id, 0, 0)]
    assert [item.id for item, _, _ in organisation_tree(session, q="bidang b")] == [b.id]


# delegations


@pytest.fixture
def kadis(world: World) -> User:
    return world.user(Role.APPROVER, name="Kepala", position=Position.KADIS.value)


@pytest.fixture
def deputy(world: World) -> User:
    return world.user(Role.APPROVER, name="Sekretaris", position=Position.SEKRETARIS.value)


def delegated(
    session: Session, admin: Actor, clock: FrozenClock, kadis: User, deputy: User, **values: Any
) -> Delegation:
    given: dict[str, Any] = {
        "kind": "plh",
        "from_user_id": kadis.id,
        "to_user_id": deputy.id,
        "starts_on": TODAY,
        "ends_on": TODAY + timedelta(days=2),
        "decree": "800/1/2026",
    }
    term = Term(**{**given, **values})
    made = delegate(session, admin, term, today=TODAY, now=clock.now(), confirmed=Confirmed(1))
    session.commit()
    return made


def test_a_deputy_holds_both_positions_for_these_days_only(
    session: Session, admin: Actor, clock: FrozenClock, world: World, kadis: User, deputy: User
) -> None:
    made = delegated(session, admin, clock, kadis, deputy)
    own, both = {"sekretaris"}, {"sekretaris", "kadis"}
    assert service.actor_of(session, deputy, TODAY - timedelta(days=1)).positions == own
    assert service.actor_of(session, deputy, TODAY).positions == both
    assert service.actor_of(session, deputy, TODAY + timedelta(days=2)).positions == both
    assert service.actor_of(session, deputy, TODAY + timedelta(days=3)).positions == own
    assert service.actor_of(session, kadis, TODAY).positions == {"kadis"}
    revoke_delegation(session, admin, made.id, now=clock.now())
    session.commit()
    assert service.actor_of(session, deputy, TODAY).positions == own
    with pytest.raises(Refused, match="sudah dicabut"):
        revoke_delegation(session, admin, made.id, now=clock.now())


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"kind": "pj"}, "kind"),
        ({"ends_on": TODAY - timedelta(days=1)}, "ends_on"),
        ({"starts_on": TODAY - timedelta(days=9), "ends_on": TODAY - timedelta(days=2)}, "ends_on"),
        ({"decree": " "}, "decree"),
        ({"from_user_id": 999}, "from_user_id"),
        ({"to_user_id": 999}, "to_user_id"),
    ],
)
def test_a_delegation_that_cannot_be(
    session: Session,
    admin: Actor,
    clock: FrozenClock,
    kadis: User,
    deputy: User,
    values: dict[str, Any],
    field: str,
) -> None:
    with pytest.raises(Invalid) as told:
        delegated(session, admin, clock, kadis, deputy, **values)
    assert told.value.field == field
    assert session.scalar(select(func.count()).select_from(Delegation)) == 0


def test_a_deputy_needs_the_role_and_is_somebody_else(
    session: Session, admin: Actor, clock: FrozenClock, world: World, kadis: User
) -> None:
    with pytest.raises(Invalid, match="belum berperan Penyetuju"):
        delegated(session, admin, clock, kadis, world.user(Role.EDITOR))
    with pytest.raises(Invalid, match="pejabat itu sendiri"):
        delegated(session, admin, clock, kadis, kadis)


def test_one_position_has_one_deputy_at_a_time(
    session: Session, admin: Actor, clock: FrozenClock, world: World, kadis: User, deputy: User
) -> None:
    delegated(session, admin, clock, kadis, deputy)
    second = world.user(Role.APPROVER)
    with pytest.raises(Invalid, match="sudah menggantikan"):
        delegated(session, admin, clock, kadis, second, starts_on=TODAY + timedelta(days=2), ends_on=date(2026, 12, 1))
    session.rollback()
    later = delegated(
        session, admin, clock, kadis, second, starts_on=TODAY + timedelta(days=3), ends_on=date(2026, 12, 1)
    )
    assert later.id


def test_roles_of_the_database_are_those_of_the_kernel(session: Session, world: World) -> None:
    everything = world.actor(*Role)
    assert everything.roles == frozenset(Role)
    assert session.scalar(select(func.count()).select_from(Organisation)) == 1
