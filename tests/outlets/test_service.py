import json

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.audit import AuditEntry
from app.kernel.confirmed import Confirmed
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused
from app.kernel.roles import Actor, Role
from app.kernel.vault import Vault, VaultClosed
from app.outreach.outlets import queries, service
from app.outreach.outlets.models import Outlet, OutletStatus
from app.outreach.outlets.ports import Identity
from tests.world import World

KEY, NEXT_KEY = Fernet.generate_key().decode(), Fernet.generate_key().decode()
VAULT = Vault((KEY,))
SECRETS = {"access_token": "sangat-rahasia"}
IDENTITY = Identity("42", "@diskominfo", {"user_id": "42"})
SECOND = Confirmed(1)


@pytest.fixture
def editor(world: World) -> Actor:
    return world.actor(Role.EDITOR)


def add(session: Session, world: World, actor: Actor, **values) -> Outlet:
    values = {"kind": "x", "name": "X Diskominfo", "now": world.clock.now(), **values}
    outlet = service.add(session, actor, **values)
    session.commit()
    return outlet


def connect(session: Session, world: World, actor: Actor, outlet: Outlet, identity: Identity = IDENTITY) -> None:
    now = world.clock.now()
    service.connect(session, actor, outlet, SECRETS, vault=VAULT, identity=identity, now=now, confirmed=SECOND)
    session.commit()


def trail(session: Session) -> list[AuditEntry]:
    return list(session.scalars(select(AuditEntry).order_by(AuditEntry.id)))


def test_a_social_outlet_waits_and_others_work_at_once(session: Session, world: World, editor: Actor) -> None:
    assert add(session, world, editor).status == OutletStatus.UNCONNECTED
    assert add(session, world, editor, kind="whatsapp", name="Grup KIM").status == OutletStatus.CONNECTED


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "fax"}, "kind"),
        ({"name": "  "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"responsible_id": 999_999}, "responsible_id"),
        ({"kind": "newspaper"}, "vendor_id"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    session: Session, world: World, editor: Actor, wrong: dict, field: str
) -> None:
    with pytest.raises(Invalid) as raised:
        add(session, world, editor, **wrong)
    assert raised.value.field == field


def test_names_are_taken_whatever_their_case(session: Session, world: World, editor: Actor) -> None:
    outlet = add(session, world, editor, name="Instagram Kukar")
    with pytest.raises(Invalid, match="Sudah ada saluran"):
        add(session, world, editor, name=" instagram   kukar ")
    service.edit(session, editor, outlet, name="Instagram Kukar", now=world.clock.now())


def test_a_newspaper_needs_a_vendor_of_its_kind_with_an_address(session: Session, world: World, editor: Actor) -> None:
    printer = world.organisation("printer", email="p@example.com")
    silent = world.organisation("newspaper")
    paper = world.organisation("newspaper", email="iklan@example.com")
    for vendor in (printer, silent):
        with pytest.raises(Invalid):
            add(session, world, editor, kind="newspaper", name="Koran", vendor_id=vendor.id)
    assert add(session, world, editor, kind="newspaper", name="Koran", vendor_id=paper.id).vendor_id == paper.id


def test_the_responsible_person_is_of_the_office_or_of_the_owner(session: Session, world: World, editor: Actor) -> None:
    opd, stranger = world.organisation(), world.organisation()
    own, other = world.user(Role.EDITOR, organisation=opd), world.user(Role.EDITOR, organisation=stranger)
    outlet = add(session, world, editor, organisation_id=opd.id, responsible_id=own.id)
    assert outlet.responsible_id == own.id
    with pytest.raises(Invalid):
        service.edit(session, editor, outlet, name=outlet.name, responsible_id=other.id, now=world.clock.now())
    left = world.user(Role.EDITOR, active=False)
    with pytest.raises(Invalid):
        service.edit(session, editor, outlet, name=outlet.name, responsible_id=left.id, now=world.clock.now())


def test_the_responsible_person_can_decide_a_delivery(session: Session, world: World, editor: Actor) -> None:
    viewer, contact = world.user(Role.VIEWER, name="Pemantau"), world.user(Role.OPD_CONTACT, name="Narahubung")
    offered = {id_ for id_, _name in queries.responsible_choices(session, editor)}
    assert contact.id in offered
    assert viewer.id not in offered
    with pytest.raises(Invalid, match="Pemantau tidak punya peran"):
        add(session, world, editor, responsible_id=viewer.id)
    session.rollback()
    assert add(session, world, editor, responsible_id=contact.id).responsible_id == contact.id


def test_only_keepers_of_the_owner_or_the_office_change_an_outlet(session: Session, world: World) -> None:
    opd = world.organisation()
    own = world.actor(Role.EDITOR, organisation=opd)
    outlet = add(session, world, own)
    assert outlet.organisation_id == opd.id
    for actor in (world.actor(Role.CONTRIBUTOR), world.actor(Role.APPROVER, organisation=opd)):
        with pytest.raises(Forbidden):
            service.deactivate(session, actor, outlet, now=world.clock.now())
    stranger = world.actor(Role.ADMIN, organisation=world.organisation())
    with pytest.raises(Forbidden):
        service.edit(session, stranger, outlet, name="Diambil", now=world.clock.now())
    with pytest.raises(NotFound):
        service.find_outlet(session, stranger, outlet.id)
    with pytest.raises(Forbidden):
        add(session, world, own, name="Punya orang", organisation_id=world.office().id)
    with pytest.raises(Forbidden):
        service.edit(session, own, outlet, name="x", organisation_id=world.office().id, now=world.clock.now())


def test_connecting_seals_and_remembers_whose_account_it_is(session: Session, world: World, editor: Actor) -> None:
    outlet = add(session, world, editor)
    connect(session, world, editor, outlet)
    assert outlet.status == OutletStatus.CONNECTED
    assert outlet.credentials is not None
    assert "rahasia" not in outlet.credentials
    assert service.credentials_of(outlet, VAULT) == SECRETS
    assert outlet.settings == {"user_id": "42", "account_id": "42", "account_name": "@diskominfo"}
    assert outlet.handle == "@diskominfo"
    assert outlet.checked_at == world.clock.now()


def test_the_trail_holds_no_secret(session: Session, world: World, editor: Actor) -> None:
    outlet = add(session, world, editor)
    connect(session, world, editor, outlet)
    service.edit(session, editor, outlet, name="Nama baru", now=world.clock.now())
    service.disconnect(session, editor, outlet, now=world.clock.now(), confirmed=SECOND)
    session.commit()
    entries = trail(session)
    assert [entry.action for entry in entries] == [
        "outlet.added",
        "outlet.connected",
        "outlet.edited",
        "outlet.disconnected",
    ]
    written = json.dumps([[entry.before, entry.after] for entry in entries])
    assert "rahasia" not in written
    assert "credential" not in written
    assert "access_token" not in written


def test_one_account_is_connected_once(session: Session, world: World, editor: Actor) -> None:
    connect(session, world, editor, add(session, world, editor))
    second = add(session, world, editor, name="Lagi")
    with pytest.raises(Invalid, match="tayang dua kali"):
        connect(session, world, editor, second)
    connect(session, world, editor, second, Identity("43", "@lain", {}))
    other_kind = add(session, world, editor, kind="facebook", name="Halaman")
    connect(session, world, editor, other_kind)


def test_connecting_again_the_same_outlet_replaces_its_keys(session: Session, world: World, editor: Actor) -> None:
    outlet = add(session, world, editor)
    connect(session, world, editor, outlet)
    service.needs_sign_in(session, outlet, "Token habis.", now=world.clock.now())
    connect(session, world, editor, outlet)
    assert (outlet.status, outlet.problem) == (OutletStatus.CONNECTED, None)


def test_another_account_takes_two_and_new_keys_of_the_same_take_none(
    session: Session, world: World, editor: Actor
) -> None:
    outlet, now = add(session, world, editor), world.clock.now()
    with pytest.raises(Refused, match="orang kedua"):
        service.connect(session, editor, outlet, SECRETS, vault=VAULT, identity=IDENTITY, now=now)
    connect(session, world, editor, outlet)
    service.connect(session, editor, outlet, {"access_token": "baru"}, vault=VAULT, identity=IDENTITY, now=now)
    assert service.credentials_of(outlet, VAULT) == {"access_token": "baru"}
    with pytest.raises(Refused, match="orang kedua"):
        service.connect(session, editor, outlet, SECRETS, vault=VAULT, identity=Identity("43", "@lain", {}), now=now)
    with pytest.raises(Refused, match="orang kedua"):
        service.disconnect(session, editor, outlet, now=now)


def test_disconnecting_forgets_the_keys(session: Session, world: World, editor: Actor) -> None:
    outlet = add(session, world, editor)
    connect(session, world, editor, outlet)
    service.disconnect(session, editor, outlet, now=world.clock.now(), confirmed=SECOND)
    service.disconnect(session, editor, outlet, now=world.clock.now(), confirmed=SECOND)
    session.commit()
    assert (outlet.status, outlet.credentials) == (OutletStatus.UNCONNECTED, None)
    assert service.credentials_of(outlet, VAULT) == {}
    assert [entry.action for entry in trail(session)].count("outlet.disconnected") == 1


def test_a_platform_that_refuses_marks_the_outlet_once(session: Session, world: World, editor: Actor) -> None:
    outlet = add(session, world, editor)
    connect(session, world, editor, outlet)
    for _twice in range(2):
        service.needs_sign_in(session, outlet, "Token habis.", now=world.clock.now())
    session.commit()
    assert (outlet.status, outlet.problem) == (OutletStatus.NEEDS_SIGN_IN, "Token habis.")
    assert service.credentials_of(outlet, VAULT) == SECRETS
    [entry] = [entry for entry in trail(session) if entry.action == "outlet.needs_sign_in"]
    assert entry.actor_name == "Gaung"
    service.confirm_connection(session, editor, outlet, IDENTITY, now=world.clock.now())
    assert (outlet.status, outlet.problem) == (OutletStatus.CONNECTED, None)


def test_kinds_without_an_account_are_not_connected(session: Session, world: World, editor: Actor) -> None:
    outlet = add(session, world, editor, kind="radio", name="Radio")
    with pytest.raises(Refused):
        connect(session, world, editor, outlet)
    with pytest.raises(Refused):
        service.disconnect(session, editor, outlet, now=world.clock.now(), confirmed=SECOND)


def test_keys_rotate_for_all_outlets_and_the_old_key_may_go(session: Session, world: World, editor: Actor) -> None:
    for number in range(3):
        outlet = add(session, world, editor, name=f"X {number}")
        connect(session, world, editor, outlet, Identity(str(number), f"@{number}"))
    add(session, world, editor, name="Belum")
    assert service.rotate_credentials(session, Vault((NEXT_KEY, KEY))) == 3
    session.commit()
    assert service.credentials_of(outlet, Vault((NEXT_KEY,))) == SECRETS
    with pytest.raises(VaultClosed):
        service.credentials_of(outlet, VAULT)


def test_resting_and_waking_keeps_the_keys(session: Session, world: World, editor: Actor) -> None:
    outlet = add(session, world, editor)
    connect(session, world, editor, outlet)
    for _twice in range(2):
        service.deactivate(session, editor, outlet, now=world.clock.now())
    assert not outlet.active
    service.reactivate(session, editor, outlet, now=world.clock.now())
    session.commit()
    assert outlet.active
    assert service.credentials_of(outlet, VAULT) == SECRETS
    assert [entry.action for entry in trail(session)][-2:] == ["outlet.deactivated", "outlet.reactivated"]


def test_settings_are_laid_over_and_an_empty_one_goes(session: Session, world: World, editor: Actor) -> None:
    outlet = add(session, world, editor, settings={"url": "https://x.com/a", "notes": "Pagi"})
    connect(session, world, editor, outlet)
    service.edit(
        session, editor, outlet, name=outlet.name, settings={"url": "", "notes": "Sore"}, now=world.clock.now()
    )
    session.commit()
    assert outlet.settings == {"notes": "Sore", "user_id": "42", "account_id": "42", "account_name": "@diskominfo"}


def test_lists_show_the_office_all_and_others_their_own(session: Session, world: World, editor: Actor) -> None:
    opd = world.organisation()
    own = world.actor(Role.EDITOR, organisation=opd)
    add(session, world, own, name="Akun OPD")
    add(session, world, editor, kind="whatsapp", name="Grup")
    add(session, world, editor, name="Akun kantor", handle="@kukar_100%")

    def names(actor: Actor, **filters) -> list[str]:
        return [row[0].name for row in session.execute(queries.outlets(actor, queries.OutletFilters(**filters)))]

    assert names(editor) == ["Akun kantor", "Akun OPD", "Grup"]
    assert names(own) == ["Akun OPD"]
    assert names(editor, group="assisted") == ["Grup"]
    assert names(editor, q="KUKAR_100%") == ["Akun kantor"]
    assert names(editor, q="a%n") == []
    assert names(editor, resting=True) == []
