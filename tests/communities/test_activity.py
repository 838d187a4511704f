"""Whether a group lives is computed from what took place, by the office's rule."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.gatherings.communities import activity
from app.gatherings.communities.activity import Rule, activity_of
from app.gatherings.communities.states import Activity
from app.gatherings.events.models import EventStatus
from app.kernel.audit import AuditEntry
from app.kernel.errors import Forbidden, Invalid
from app.kernel.roles import Role
from tests.pages import asked
from tests.world import World

RULE = Rule(active_events=3, days=180)


def held(world: World, organisation_id: int, *days_ago: int, status: str = EventStatus.HELD) -> None:
    for days in days_ago:
        world.event(starts_in=timedelta(days=-days), organisation_id=organisation_id, status=status)


def state(world: World, organisation_id: int, rule: Rule = RULE) -> Activity:
    return activity_of(world.session, [organisation_id], rule=rule, now=world.clock.now())[organisation_id].state


@pytest.mark.parametrize(
    ("days_ago", "expected"),
    [
        ((), Activity.NEVER),
        ((181,), Activity.ASLEEP),
        ((179,), Activity.QUIET),
        ((1, 2), Activity.QUIET),
        ((1, 2, 181), Activity.QUIET),
        ((1, 2, 180), Activity.ACTIVE),
        ((1, 2, 3, 4), Activity.ACTIVE),
    ],
)
def test_the_state_follows_from_events_within_the_days(
    world: World, days_ago: tuple[int, ...], expected: Activity
) -> None:
    group = world.group()
    held(world, group.id, *days_ago)
    assert state(world, group.id) == expected


@pytest.mark.parametrize(
    "status", [EventStatus.PLANNED, EventStatus.ANNOUNCED, EventStatus.CANCELLED, EventStatus.MERGED]
)
def test_what_did_not_take_place_does_not_count(world: World, status: str) -> None:
    group = world.group()
    held(world, group.id, 1, 2, 3, status=status)
    assert state(world, group.id) == Activity.NEVER


@pytest.mark.parametrize("status", [EventStatus.REPORTED, EventStatus.RETURNED, EventStatus.VERIFIED])
def test_every_status_after_it_was_held_counts(world: World, status: str) -> None:
    group = world.group()
    held(world, group.id, 1, 2, 3, status=status)
    assert state(world, group.id) == Activity.ACTIVE


def test_an_event_dated_after_now_does_not_count_yet(world: World) -> None:
    group = world.group()
    held(world, group.id, -2)
    assert state(world, group.id) == Activity.NEVER


def test_events_of_others_do_not_count(world: World) -> None:
    group, other = world.group(), world.group()
    held(world, other.id, 1, 2, 3)
    assert state(world, group.id) == Activity.NEVER


def test_many_groups_are_one_question(world: World) -> None:
    groups = [world.group().id for _ in range(12)]
    for number in groups[:6]:
        held(world, number, 1)
    world.session.commit()
    with asked() as seen:
        found = activity_of(world.session, groups, rule=RULE, now=world.clock.now())
    assert len([one for one in seen.statements if one.startswith("SELECT")]) == 1
    assert [found[number].recent for number in groups] == [1] * 6 + [0] * 6


def test_the_rule_is_changed_by_the_office_and_its_history_stays(world: World) -> None:
    editor, group = world.actor(Role.EDITOR), world.group()
    held(world, group.id, 1)
    assert activity.rule_in_force(world.session) == Rule(3, 180)
    for _twice in range(2):  # the same again adds nothing
        activity.set_rule(world.session, editor, active_events=1, days=30, now=world.clock.now())
    world.session.commit()
    assert state(world, group.id, activity.rule_in_force(world.session)) == Activity.ACTIVE
    assert [(rule.active_events, rule.days, who) for rule, who in activity.rule_history(world.session)] == [
        (1, 30, editor.name)
    ]
    entry = world.session.scalars(select(AuditEntry).where(AuditEntry.action == "rule.set")).one()
    assert (entry.before, entry.after) == ({"active_events": 3, "days": 180}, {"active_events": 1, "days": 30})


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("events", "days", "field"),
    [
        (0, 30, "active_events"),
        (None, 30, "active_events"),
        (3, 0, "days"),
        (3, 2**31, "days"),
        (2**31, 1, "active_events"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(world: World, events: int, days: int, field: str) -> None:
    with pytest.raises(Invalid) as told:
        activity.set_rule(
            world.session, world.actor(Role.ADMIN), active_events=events, days=days, now=world.clock.now()
        )
    assert told.value.field == field


def test_a_kim_does_not_set_the_rule(world: World) -> None:
    member = world.actor(Role.COMMUNITY, organisation=world.group().organisation)
    with pytest.raises(Forbidden):
        activity.set_rule(world.session, member, active_events=1, days=30, now=world.clock.now())
