"""Officers and members: roles with periods, phones with consent, erased on request."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from app.gatherings.communities import access, members, queries
from app.gatherings.communities.members import ERASED, MemberDetails
from app.gatherings.communities.models import Group, Membership
from app.kernel.audit import AuditEntry
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused
from app.kernel.roles import Actor, Role
from tests.world import World


class Scene:
    def __init__(self, world: World) -> None:
        self.world, self.session = world, world.session
        self.group: Group = world.group(name="KIM A")
        self.member = world.actor(Role.COMMUNITY, organisation=self.group.organisation)

    def add(self, name: str = "Siti", actor: Actor | None = None, **values: Any) -> Membership:
        who, now = actor or self.member, self.world.clock.now()
        made = members.add_member(self.session, who, self.group.id, MemberDetails(name=name, **values), now=now)
        self.session.commit()
        return made


@pytest.fixture
def scene(world: World) -> Scene:
    return Scene(world)


def test_a_kim_keeps_its_own_list_and_the_office_too(scene: Scene) -> None:
    scene.add("  Siti   Aminah ", role="chair", starts_on=date(2024, 1, 1))
    scene.add("Budi", scene.world.actor(Role.CONTRIBUTOR), role="secretary")
    assert [line.name for line in queries.members(scene.session, scene.group.id)] == ["Siti Aminah", "Budi"]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.APPROVER, Role.TRAINER])
def test_nobody_else_keeps_it(scene: Scene, role: Role) -> None:
    with pytest.raises(Forbidden):
        scene.add(actor=scene.world.actor(role))


def test_a_kim_does_not_reach_the_list_of_another(scene: Scene) -> None:
    line = scene.add()
    other = scene.world.group()
    stranger = scene.world.actor(Role.COMMUNITY, organisation=other.organisation)
    now = scene.world.clock.now()
    with pytest.raises(NotFound):
        scene.add(actor=stranger)
    with pytest.raises(NotFound):  # another group's line under the own group's address
        members.remove_member(scene.session, stranger, other.id, line.id, now=now)


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"role": "king"}, "role"),
        ({"sex": "?"}, "sex"),
        ({"starts_on": date(24, 1, 1)}, "starts_on"),
        ({"starts_on": date(2024, 1, 2), "ends_on": date(2024, 1, 1)}, "ends_on"),
        ({"phone": "123", "contact_consent": True}, "phone"),
        ({"phone": "081234567890"}, "contact_consent"),
        ({"user_id": 2**30}, "user_id"),
    ],
)
def test_bad_input_is_told_beside_its_field(scene: Scene, values: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as told:
        scene.add(**{"name": "Siti", **values})
    assert told.value.field == field


def test_an_account_of_another_organisation_is_not_linked(scene: Scene) -> None:
    own = scene.world.user(Role.COMMUNITY, organisation=scene.group.organisation)
    assert scene.add(user_id=own.id).user_id == own.id
    with pytest.raises(Invalid):
        scene.add("Lain", user_id=scene.world.user(Role.COMMUNITY).id)


def test_one_chair_at_a_time(scene: Scene) -> None:
    first = scene.add("Siti", role="chair", starts_on=date(2020, 1, 1))
    with pytest.raises(Invalid, match="Siti") as told:
        scene.add("Budi", role="chair", starts_on=date(2024, 1, 1))
    assert told.value.field == "role"
    now = scene.world.clock.now()
    members.end_membership(scene.session, scene.member, scene.group.id, first.id, on=date(2024, 1, 1), now=now)
    scene.add("Budi", role="chair", starts_on=date(2024, 1, 1))
    scene.add("Ani", role="chair", starts_on=date(2018, 1, 1), ends_on=date(2020, 1, 1))  # an earlier one, entered late


def test_the_same_person_is_not_entered_twice_in_a_role(scene: Scene) -> None:
    scene.add("Siti")
    with pytest.raises(Invalid, match="sudah ada"):
        scene.add("siti")
    scene.add("Siti", role="treasurer")


def test_a_membership_ends_and_stays_in_the_history(scene: Scene) -> None:
    line, now = scene.add(starts_on=date(2024, 5, 1)), scene.world.clock.now()
    with pytest.raises(Invalid):
        members.end_membership(scene.session, scene.member, scene.group.id, line.id, on=date(2024, 4, 30), now=now)
    with pytest.raises(Invalid):
        members.end_membership(scene.session, scene.member, scene.group.id, line.id, on=None, now=now)
    members.end_membership(scene.session, scene.member, scene.group.id, line.id, on=date(2026, 1, 1), now=now)
    assert [one.ends_on for one in queries.members(scene.session, scene.group.id)] == [date(2026, 1, 1)]


def test_a_mistaken_line_is_removed(scene: Scene) -> None:
    line = scene.add()
    members.remove_member(scene.session, scene.member, scene.group.id, line.id, now=scene.world.clock.now())
    assert queries.members(scene.session, scene.group.id) == []


def test_who_asks_is_forgotten_and_the_numbers_stay(scene: Scene) -> None:
    user = scene.world.user(Role.COMMUNITY, organisation=scene.group.organisation)
    line = scene.add("Siti", role="chair", phone="081234567890", contact_consent=True, sex="f", user_id=user.id)
    now = scene.world.clock.now()
    members.erase_member(scene.session, scene.member, scene.group.id, line.id, now=now)
    scene.session.commit()
    assert (line.name, line.phone, line.contact_consent_at, line.user_id, line.sex) == (ERASED, None, None, None, "u")
    assert line.role == "chair"
    with pytest.raises(Refused):
        members.edit_member(scene.session, scene.member, scene.group.id, line.id, MemberDetails(name="Siti"), now=now)


def test_the_trail_never_names_a_member(scene: Scene) -> None:
    line, now = scene.add("Siti Rahasia", phone="081234567890", contact_consent=True), scene.world.clock.now()
    members.edit_member(
        scene.session, scene.member, scene.group.id, line.id, MemberDetails(name="Siti Rahasia B"), now=now
    )
    members.remove_member(scene.session, scene.member, scene.group.id, line.id, now=now)
    scene.session.commit()
    kept = [entry for entry in scene.session.scalars(select(AuditEntry)) if entry.action.startswith("member.")]
    assert [entry.action for entry in kept] == ["member.added", "member.edited", "member.removed"]
    words = " ".join(f"{entry.before} {entry.after}" for entry in kept)
    assert "Siti" not in words
    assert "8123" not in words


def test_a_phone_in_a_list_is_masked() -> None:
    assert members.masked_phone("+6281234567890") == "0812-****-890"
    assert members.masked_phone(None) == ""


@pytest.mark.parametrize("role", [Role.TRAINER, Role.ENUMERATOR])
def test_who_teaches_or_asks_reads_of_groups_without_their_people(world: World, role: Role) -> None:
    group = world.group()
    assert not access.sees_people(world.actor(role), group.organisation_id)
    assert access.sees_people(world.actor(role, organisation=group.organisation), group.organisation_id)
    assert access.sees_people(world.actor(Role.VIEWER), group.organisation_id)
