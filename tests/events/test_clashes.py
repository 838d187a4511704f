"""Clashes: who, where, whom, at the same time; shown, never forbidden."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.gatherings.events.models import EventStatus
from app.gatherings.events.planning.clashes import ClashReason, clashes_of_event, find_clashes
from app.kernel.roles import SYSTEM, Role
from tests.events.plans import a_plan
from tests.pages import asked
from tests.world import World

HOUR = timedelta(hours=1)


@pytest.fixture
def kim(world: World) -> int:
    return world.kim().id


def why(world: World, actor: Any = SYSTEM, **values: Any) -> list[Any]:
    return [list(one.why) for one in find_clashes(world.session, actor, a_plan(world, **values))]


def test_the_same_group_at_the_same_time(world: World, kim: int) -> None:
    world.event(organisation_id=kim, place="Tempat lain", village_code=world.village(3))
    assert why(world, organisation_id=kim) == [[ClashReason.ORGANISER]]
    assert why(world, organisation_id=world.kim().id) == []


@pytest.mark.parametrize("kind", ["office", "opd", "bidang"])
def test_an_office_holds_several_events_at_once(world: World, kind: str) -> None:
    organisation = world.office() if kind == "office" else world.organisation(kind)
    world.event(organisation_id=organisation.id, place="Tempat lain", village_code=world.village(3))
    assert why(world, organisation_id=organisation.id) == []


@pytest.mark.parametrize(
    ("place", "found"),
    [("balai  DESA ", [[ClashReason.PLACE]]), ("Balai kecamatan", []), ("", [])],
)
def test_the_same_place_is_the_village_and_its_name_of_the_place(world: World, place: str, found: list[Any]) -> None:
    world.event(organisation_id=world.kim().id, place="Balai Desa")
    assert why(world, place=place) == found
    assert why(world, place=place, village_code=world.village(1)) == []


def test_a_village_alone_is_no_place(world: World) -> None:
    world.event(organisation_id=world.kim().id, place="")
    assert why(world, place="") == []


def test_a_place_outside_the_villages(world: World) -> None:
    world.event(organisation_id=world.kim().id, place="Gedung PKM", village_code=None)
    assert why(world, place="gedung pkm", village_code="") == [[ClashReason.PLACE]]
    assert why(world, place="gedung pkm") == []


def test_the_same_speaker_whatever_the_titles(world: World) -> None:
    world.event(organisation_id=world.kim().id, speakers=["Ahmad Yani", "Budi"])
    found = find_clashes(
        world.session, SYSTEM, a_plan(world, speakers=[("Dr. H. Ahmad Yani, M.Si.", "")], place="Lain")
    )
    assert [(list(one.why), list(one.speakers)) for one in found] == [
        ([ClashReason.SPEAKER], ["Dr. H. Ahmad Yani, M.Si."])
    ]


@pytest.mark.parametrize(
    ("offset", "hours", "found"),
    [(-2, 2, 0), (2, 2, 0), (-1, 2, 1), (1, 2, 1), (-1, 5, 1), (0.5, 0, 1), (0, 0, 1), (2, 0, 0)],
)
def test_only_overlapping_times_clash(world: World, kim: int, offset: float, hours: float, found: int) -> None:
    """The plan is from 0 to 2; one that ends as the other begins does not clash."""
    world.event(organisation_id=kim, starts_in=timedelta(days=3, hours=offset), hours=hours)
    assert len(why(world, organisation_id=kim)) == found


def test_two_that_begin_and_end_at_one_moment_clash(world: World, kim: int) -> None:
    event = world.event(organisation_id=kim, hours=0)
    assert why(world, organisation_id=kim, ends_at=event.starts_at) == [[ClashReason.ORGANISER]]


@pytest.mark.parametrize("status", [EventStatus.CANCELLED, EventStatus.MERGED])
def test_what_is_cancelled_or_merged_is_in_nobodys_way(world: World, kim: int, status: str) -> None:
    world.event(organisation_id=kim, status=status)
    assert why(world, organisation_id=kim) == []


def test_an_event_is_not_in_its_own_way(world: World, kim: int) -> None:
    event, other = world.event(organisation_id=kim), world.event(organisation_id=kim)
    assert [one.event_id for one in clashes_of_event(world.session, SYSTEM, event)] == [other.id]


def test_another_groups_plan_is_not_told_before_it_is_announced(world: World) -> None:
    own, other = world.kim(), world.kim()
    member = world.actor(Role.COMMUNITY, organisation=own)
    world.event(organisation_id=other.id, place="Balai desa", title="Rahasia")
    world.event(organisation_id=other.id, place="Balai desa", title="Terbuka", status=EventStatus.ANNOUNCED)
    found = find_clashes(world.session, member, a_plan(world, organisation_id=own.id))
    assert [one.title for one in found] == [None, "Terbuka"]
    assert {one.organisation for one in found} == {other.name}


def test_all_days_of_a_series_are_looked_at_in_as_many_queries(world: World) -> None:
    plan = a_plan(world, speakers=[("Siti", "")])
    assert plan.starts_at
    for weeks in (0, 3, 9):
        world.event(starts_at=plan.starts_at + timedelta(weeks=weeks), speakers=["Siti"])
    spans = [
        (plan.starts_at + timedelta(weeks=week), plan.starts_at + timedelta(weeks=week) + HOUR) for week in range(52)
    ]
    world.session.scalar(select(1))  # the transaction has begun
    with asked() as one_day:
        assert len(find_clashes(world.session, SYSTEM, plan)) == 1
    with asked() as all_days:
        assert len(find_clashes(world.session, SYSTEM, plan, spans=spans)) == 3
    assert len(one_day) == len(all_days) == 2


def test_an_account_is_the_same_speaker_under_another_name(world: World) -> None:
    person = world.user(Role.TRAINER, name="Siti Rahma")
    taken = world.event(speakers=["Bu Rahma"])
    taken.speakers[0].user_id = person.id
    world.session.commit()
    values = a_plan(world, speakers=[("Siti Rahma", "")], starts_at=taken.starts_at, ends_at=taken.ends_at)
    assert find_clashes(world.session, SYSTEM, values) == []
    [found] = find_clashes(world.session, SYSTEM, values, accounts={person.id: "Siti Rahma"})
    assert (found.event_id, list(found.why), list(found.speakers)) == (taken.id, [ClashReason.SPEAKER], ["Siti Rahma"])


def test_two_events_of_one_account_clash_on_the_page_of_either(world: World) -> None:
    person = world.user(Role.TRAINER)
    first, second = world.event(speakers=["Bu Rahma"]), world.event(speakers=["Siti R."])
    for event in (first, second):
        event.speakers[0].user_id = person.id
    world.session.commit()
    assert [one.event_id for one in clashes_of_event(world.session, SYSTEM, first)] == [second.id]
