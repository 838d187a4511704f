"""Registering, completing, changing and resting a group; contact only with consent."""

import threading
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from app.base.media.models import StoredFile
from app.base.people.models import Organisation
from app.gatherings.communities import access, service
from app.gatherings.communities.models import Group
from app.gatherings.communities.service import Details
from app.kernel.audit import AuditEntry
from app.kernel.clock import Clock
from app.kernel.db import writing
from app.kernel.errors import Forbidden, GaungError, Invalid, NotFound, Refused, Stale
from app.kernel.roles import SYSTEM, Actor, Role
from tests.world import World


def details(**values: Any) -> Details:
    return Details(**{"name": "KIM Lembur Kuring", **values})


def register(world: World, actor: Actor, **values: Any) -> Group:
    group = service.register(world.session, actor, details(**values), now=world.clock.now())
    world.session.commit()
    return group


@pytest.fixture
def editor(world: World) -> Actor:
    return world.actor(Role.EDITOR)


def test_a_group_is_registered_with_its_organisation(world: World, editor: Actor) -> None:
    group = register(
        world,
        editor,
        village_code=world.village(),
        kim_number=" 6402 - 01a ",
        decree_number="141/05",
        founded_year=2019,
    )
    organisation = group.organisation
    assert (organisation.kind, organisation.name) == ("kim", "KIM Lembur Kuring")
    assert organisation.village_code == world.village()
    assert group.kim_number == "6402-01A"
    entries = world.session.scalars(select(AuditEntry).where(AuditEntry.action == "group.registered")).all()
    assert [(entry.actor_name, entry.subject_id) for entry in entries] == [(editor.name, str(organisation.id))]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.APPROVER, Role.COMMUNITY, Role.TRAINER])
def test_only_the_office_registers(world: World, role: Role) -> None:
    with pytest.raises(Forbidden):
        register(world, world.actor(role))


def test_an_editor_of_another_organisation_registers_nothing(world: World) -> None:
    with pytest.raises(Forbidden):
        register(world, world.actor(Role.EDITOR, organisation=world.organisation()))


def test_the_system_registers_for_the_demo(world: World) -> None:
    assert register(world, SYSTEM, kind="programmer", name="Komunitas Programmer Kukar").kind == "programmer"


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"kind": "opd"}, "kind"),
        ({"village_code": "64.02.99.9999"}, "village_code"),
        ({"founded_year": 1800}, "founded_year"),
        ({"founded_year": 2027}, "founded_year"),
        ({"decree_on": date(202, 1, 1)}, "decree_on"),
        ({"decree_file_id": 999}, "decree_file_id"),
        ({"kim_number": "9" * 41}, "kim_number"),
        ({"phone": "0812", "contact_consent": True}, "phone"),
        ({"email": "bukan surel", "contact_consent": True}, "email"),
        ({"phone": "081234567890"}, "contact_consent"),
        ({"email": "a@b.id"}, "contact_consent"),
    ],
)
def test_bad_input_is_told_beside_its_field(world: World, editor: Actor, values: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as told:
        register(world, editor, **values)
    assert told.value.field == field


def test_a_name_that_is_taken_is_told_whatever_its_letters(world: World, editor: Actor) -> None:
    register(world, editor)
    with pytest.raises(Invalid, match="KIM Lembur Kuring") as told:
        register(world, editor, name="kim lembur kuring")
    assert told.value.field == "name"


def test_a_number_of_kim_id_belongs_to_one_group(world: World, editor: Actor) -> None:
    register(world, editor, kim_number="K-1")
    with pytest.raises(Invalid, match="KIM Lembur Kuring") as told:
        register(world, editor, name="KIM Lain", kim_number="k - 1")
    assert told.value.field == "kim_number"


def test_contact_is_kept_with_consent_and_its_time(world: World, editor: Actor) -> None:
    group = register(world, editor, phone="0812-3456-7890", contact_consent=True)
    assert group.organisation.phone == "+6281234567890"
    assert group.contact_consent_at == world.clock.now()


def test_the_trail_holds_no_phone_and_no_name_of_a_person(world: World, editor: Actor) -> None:
    group = register(world, editor, phone="0812-3456-7890", contact_name="Siti Rahasia", contact_consent=True)
    changed = details(phone="0813-9999-0000", contact_name="Siti Rahasia", contact_consent=True)
    service.edit(world.session, editor, group.id, changed, version=group.version, now=world.clock.now())
    world.session.commit()
    kept = " ".join(f"{entry.before} {entry.after}" for entry in world.session.scalars(select(AuditEntry)))
    assert "81234567890" not in kept
    assert "8139999" not in kept
    assert "Siti" not in kept


def test_the_trail_holds_no_address(world: World, editor: Actor) -> None:
    group = register(world, editor, address="Rumah Siti, Jl. Mawar 1", village_code=world.village())
    values = details(address="Rumah Budi, Jl. Melati 2")
    service.edit(world.session, editor, group.id, values, version=group.version, now=world.clock.now())
    world.session.commit()
    assert group.organisation.address == "Rumah Budi, Jl. Melati 2"
    trail = str([(entry.before, entry.after) for entry in world.session.scalars(select(AuditEntry))])
    assert ("Mawar" in trail, "Melati" in trail, "'contact'" in trail) == (False, False, True)


def test_withdrawn_consent_takes_the_contact_away(world: World, editor: Actor) -> None:
    group = register(world, editor, phone="0812-3456-7890", contact_consent=True)
    service.edit(world.session, editor, group.id, details(), version=group.version, now=world.clock.now())
    world.session.commit()
    assert group.organisation.phone is None
    assert group.contact_consent_at is None


def test_the_time_of_consent_is_that_of_the_number_it_was_given_for(world: World, editor: Actor) -> None:
    group = register(world, editor, phone="0812-3456-7890", contact_consent=True)
    first = group.contact_consent_at
    later = world.clock.advance(days=1)  # type: ignore[attr-defined]
    same = details(phone="+6281234567890", contact_consent=True)
    service.edit(world.session, editor, group.id, same, version=group.version, now=later)
    assert group.contact_consent_at == first
    other = details(phone="0813-0000-1111", contact_consent=True)
    service.edit(world.session, editor, group.id, other, version=group.version, now=later)
    assert group.contact_consent_at == later


def test_what_somebody_else_saved_is_not_overwritten(world: World, editor: Actor) -> None:
    group = register(world, editor)
    seen = group.version
    service.edit(world.session, editor, group.id, details(note="a"), version=seen, now=world.clock.now())
    world.session.commit()
    with pytest.raises(Stale):
        service.edit(world.session, editor, group.id, details(note="b"), version=seen, now=world.clock.now())
    assert group.note == "a"


def test_a_kim_changes_its_contact_and_nothing_else(world: World, editor: Actor) -> None:
    group = register(world, editor, kim_number="K-1", decree_number="1/2020", note="catatan kantor")
    member = world.actor(Role.COMMUNITY, organisation=group.organisation)
    new = Details(name="KIM Baru", kim_number="K-2", address="Jalan A", contact_name="Budi", note="diganti")
    service.edit(world.session, member, group.id, new, version=group.version, now=world.clock.now())
    world.session.commit()
    assert (group.organisation.name, group.kim_number, group.decree_number) == ("KIM Lembur Kuring", "K-1", "1/2020")
    assert (group.organisation.address, group.contact_name, group.note) == ("Jalan A", "Budi", "catatan kantor")


def test_a_kim_neither_sees_nor_changes_another(world: World, editor: Actor) -> None:
    group = register(world, editor)
    stranger = world.actor(Role.COMMUNITY, organisation=world.group().organisation)
    with pytest.raises(NotFound):
        access.organisation_of(world.session, stranger, group.id)
    with pytest.raises(NotFound):
        service.edit(world.session, stranger, group.id, details(), version=group.version, now=world.clock.now())


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPD_CONTACT, Role.EDITOR])
def test_other_roles_read_and_do_not_change(world: World, editor: Actor, role: Role) -> None:
    group = register(world, editor)
    reader = world.actor(role, organisation=world.organisation())
    assert access.organisation_of(world.session, reader, group.id).id == group.id
    with pytest.raises(Forbidden):
        service.edit(world.session, reader, group.id, details(), version=group.version, now=world.clock.now())


def test_an_organisation_of_kind_kim_is_completed_once(world: World, editor: Actor) -> None:
    organisation = world.organisation(kind="kim", name="KIM Lama")
    now = world.clock.now()
    group = service.complete(
        world.session, editor, organisation.id, details(name="KIM Lama", kim_number="L-1"), now=now
    )
    world.session.commit()
    assert (group.organisation_id, group.kim_number) == (organisation.id, "L-1")
    with pytest.raises(Refused):
        service.complete(world.session, editor, organisation.id, details(name="KIM Lama"), now=now)


def test_an_opd_is_no_group(world: World, editor: Actor) -> None:
    with pytest.raises(NotFound):
        service.complete(world.session, editor, world.organisation().id, details(), now=world.clock.now())


def test_a_group_rests_and_comes_back(world: World, editor: Actor) -> None:
    group = register(world, editor)
    service.set_active(world.session, editor, group.id, False, now=world.clock.now())
    assert not group.organisation.active
    service.set_active(world.session, editor, group.id, True, now=world.clock.now())
    assert group.organisation.active


def test_a_group_with_accounts_does_not_rest(world: World, editor: Actor) -> None:
    group = register(world, editor)
    world.user(Role.COMMUNITY, organisation=group.organisation)
    with pytest.raises(Refused, match="1 pengguna"):
        service.set_active(world.session, editor, group.id, False, now=world.clock.now())


def test_the_decree_is_for_the_office_and_the_group_itself(world: World, editor: Actor) -> None:
    group = register(world, editor)
    reader = world.actor(Role.VIEWER, organisation=world.organisation())
    for actor in (reader, editor):
        with pytest.raises(NotFound):  # there is none yet
            service.decree_file(world.session, actor, group.id)
    file = world._add(
        StoredFile(sha256="ab" * 32, mime="application/pdf", size=11, name="sk.pdf", alt_text=None,
                   uploaded_by_id=None, organisation_id=world.office().id, created_at=world.clock.now())
    )  # fmt: skip
    group.decree_file_id = file.id
    world.session.commit()
    own = world.actor(Role.COMMUNITY, organisation=group.organisation)
    assert [service.decree_file(world.session, actor, group.id) for actor in (editor, own)] == [file, file]
    with pytest.raises(NotFound):
        service.decree_file(world.session, reader, group.id)


def test_two_people_register_the_same_name_in_the_same_second(
    sessions: "sessionmaker[Session]", world: World, clock: Clock, editor: Actor
) -> None:
    """One gets in, the other is told: never a fault, never two."""
    told: list[Exception | None] = []
    start = threading.Barrier(2)

    def enter(number: int) -> None:
        start.wait()
        try:
            with writing(), sessions() as own:
                values = details(kim_number=f"K-{number}")
                service.register(own, editor, values, now=clock.now())
                own.commit()
            told.append(None)
        except GaungError as error:
            told.append(error)

    threads = [threading.Thread(target=enter, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(type(one).__name__ for one in told) == ["Invalid", "NoneType"]
    world.session.rollback()
    found = world.session.scalar(select(func.count()).select_from(Organisation).where(Organisation.kind == "kim"))
    assert found == 1
