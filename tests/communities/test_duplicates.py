"""What may have been entered twice: shown before it is saved, and in the list until somebody says no."""

from typing import Any

import pytest
from sqlalchemy import func, select

from app.base.areas.models import Village
from app.gatherings.communities import duplicates
from app.gatherings.communities.models import NotDouble
from app.gatherings.communities.service import Details
from app.kernel.audit import AuditEntry
from app.kernel.errors import Forbidden, Invalid, NotFound
from app.kernel.roles import Role
from tests.world import World


def found(world: World, **values: Any) -> list[str]:
    return [one.group.name for one in duplicates.similar_to(world.session, Details(**values))]


def elsewhere(world: World, village: str) -> str:
    """A village of another district."""
    district = world.session.get_one(Village, village).district_code
    return world.session.scalars(select(Village.code).where(Village.district_code != district)).first() or ""


@pytest.mark.parametrize("name", ["KIM Mekar-Sari", "Mekar Sari", "K.I.M. Mekarsari", "KIM Mekar Sari (baru)"])
def test_a_name_that_is_nearly_known_is_found(world: World, name: str) -> None:
    village = world.village()
    world.group(name="KIM Mekar Sari", village_code=village)
    assert found(world, name=name, village_code=village) == ["KIM Mekar Sari"]
    assert found(world, name=name, village_code=elsewhere(world, village)) == []


def test_the_same_decree_in_the_same_village_is_found(world: World) -> None:
    village = world.village()
    world.group(name="KIM Mekar Sari", village_code=village, decree_number="141/05/2026")
    assert found(world, name="Bina Warga", village_code=village, decree_number="141 / 05 / 2026") == ["KIM Mekar Sari"]
    other = elsewhere(world, village)
    assert found(world, name="Bina Warga", village_code=other, decree_number="141/05/2026") == []
    assert found(world, name="Bina Warga", village_code=village) == []


def test_a_pair_that_is_none_is_not_shown_again(world: World) -> None:
    village, editor, now = world.village(), world.actor(Role.EDITOR), world.clock.now()
    first = world.group(name="KIM Maju", village_code=village)
    second = world.group(name="Kelompok Maju", village_code=village)
    assert [(one.id, two.id) for one, two in duplicates.likely_duplicates(world.session)] == [(first.id, second.id)]
    for pair in ((second.id, first.id), (first.id, second.id)):
        duplicates.tell_apart(world.session, editor, *pair, now=now)
        world.session.commit()
    assert duplicates.likely_duplicates(world.session) == []
    assert world.session.scalar(select(func.count()).select_from(NotDouble)) == 1
    told = world.session.scalars(select(AuditEntry).where(AuditEntry.action == "group.not_double")).all()
    assert len(told) == 1
    third = world.group(name="KIM  Maju.", village_code=village)
    assert {two.id for _one, two in duplicates.likely_duplicates(world.session)} == {third.id}


def test_a_pair_of_which_one_rests_is_settled(world: World) -> None:
    village = world.village()
    world.group(name="KIM Maju", village_code=village)
    world.group(name="Kelompok Maju", village_code=village, active=False)
    assert duplicates.likely_duplicates(world.session) == []


def test_only_the_office_tells_groups_apart(world: World) -> None:
    first, second = world.group().id, world.group().id
    now, editor = world.clock.now(), world.actor(Role.EDITOR)
    with pytest.raises(Forbidden):
        duplicates.tell_apart(world.session, world.actor(Role.VIEWER), first, second, now=now)
    with pytest.raises(NotFound):
        duplicates.tell_apart(world.session, editor, first, 999_999, now=now)
    with pytest.raises(Invalid):
        duplicates.tell_apart(world.session, editor, first, first, now=now)
