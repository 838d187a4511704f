"""The list of services: who keeps it, and what is refused."""

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.audit import AuditEntry
from app.kernel.clock import FrozenClock
from app.kernel.errors import Forbidden, Invalid, NotFound
from app.kernel.roles import Actor, Role
from app.outreach.campaigns import services
from app.outreach.campaigns.models import Service
from app.outreach.campaigns.services import ServiceValues
from tests.world import World

VALUES = ServiceValues(name="Kartu Sehat", dimension_key="smart-living", description="Belum ditanyakan.", as_of="2026")


@pytest.fixture
def editor(world: World) -> Actor:
    return world.actor(Role.EDITOR)


def test_a_service_gets_its_owner_and_a_trail(
    session: Session, world: World, editor: Actor, clock: FrozenClock
) -> None:
    owner = world.organisation(name="Dinas Kesehatan")
    made = services.add(session, editor, VALUES, now=clock.now())
    session.commit()
    assert (made.key, made.owner_id, made.as_of) == ("kartu-sehat", None, "2026")
    services.edit(session, editor, made.id, replace(VALUES, owner_id=owner.id), now=clock.now())
    services.edit(session, editor, made.id, replace(VALUES, owner_id=owner.id), now=clock.now())
    session.commit()
    session.expire_all()
    assert session.get_one(Service, made.id).owner_id == owner.id
    trail = session.scalars(select(AuditEntry).where(AuditEntry.subject_kind == "services")).all()
    assert [entry.action for entry in trail] == ["service.added", "service.edited"], "no change leaves no trail"
    assert (trail[1].before, trail[1].after) == ({"owner_id": None}, {"owner_id": owner.id})


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("changes", "key", "field"),
    [
        ({"name": " "}, "", "name"),
        ({"name": "x" * 121}, "", "name"),
        ({"name": "BANK SAMPAH"}, "lain", "name"),
        ({"description": "x" * 2001}, "", "description"),
        ({"as_of": "x" * 41}, "", "as_of"),
        ({"dimension_key": "smart-anything"}, "", "dimension_key"),
        ({"owner_id": 2**31 - 1}, "", "owner_id"),
        ({}, "bank-sampah", "key"),
        ({}, "Bank Sampah", "key"),
        ({}, "x" * 61, "key"),
        ({"name": "???"}, "", "key"),
    ],
)
def test_what_cannot_be_stored_is_told_beside_its_field(
    session: Session, editor: Actor, clock: FrozenClock, changes: dict[str, object], key: str, field: str
) -> None:
    services.add(session, editor, ServiceValues(name="Bank Sampah"), now=clock.now())
    with pytest.raises(Invalid) as caught:
        services.add(session, editor, replace(VALUES, **changes), key=key, now=clock.now())  # type: ignore[arg-type]
    assert caught.value.field == field


def test_only_an_opd_owns_a_service(session: Session, world: World, editor: Actor, clock: FrozenClock) -> None:
    printer = world.organisation(name="Percetakan Mahakam", kind="printer")
    with pytest.raises(Invalid):
        services.add(session, editor, replace(VALUES, owner_id=printer.id), now=clock.now())


@pytest.mark.parametrize("role", [Role.VIEWER, Role.CONTRIBUTOR, Role.APPROVER])
def test_others_of_the_office_do_not_keep_the_list(
    session: Session, world: World, clock: FrozenClock, role: Role
) -> None:
    with pytest.raises(Forbidden):
        services.add(session, world.actor(role), VALUES, now=clock.now())


def test_an_editor_of_an_opd_does_not_keep_the_list(
    session: Session, world: World, editor: Actor, clock: FrozenClock
) -> None:
    made = services.add(session, editor, VALUES, now=clock.now())
    stranger = world.actor(Role.EDITOR, Role.ADMIN, organisation=world.organisation(name="Dinas Kesehatan"))
    with pytest.raises(Forbidden):
        services.edit(session, stranger, made.id, VALUES, now=clock.now())
    with pytest.raises(NotFound):
        services.edit(session, editor, made.id + 1, VALUES, now=clock.now())
