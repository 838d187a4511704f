"""Two people change the same thing at the same moment: the second one waits, and is told what the first one did."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from app.gatherings.communities import activity, members, rubric
from app.gatherings.communities.members import MemberDetails
from app.gatherings.communities.models import ActivityRule, Membership, RubricScore, RubricVersion
from app.gatherings.communities.rubric import FIRST_CRITERIA, FIRST_LEVELS
from app.kernel.db import unit_of_work
from app.kernel.errors import GaungError
from app.kernel.roles import Role
from tests.world import World

Step = Callable[[Session], Any]


def second_of(sessions: "sessionmaker[Session]", first: Step, second: Step) -> list[str]:
    """What became of the second step, begun while the first one was done and not yet committed."""
    told: list[str] = []

    def follow() -> None:
        try:
            with unit_of_work(sessions) as session:
                second(session)
            told.append("done")
        except GaungError as error:
            told.append(type(error).__name__)

    thread = threading.Thread(target=follow)
    with unit_of_work(sessions) as session:
        first(session)
        thread.start()
        thread.join(timeout=0.5)
    thread.join(timeout=20)
    return told


def count(world: World, model: type) -> int:
    world.session.rollback()
    return world.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.parametrize("role", ["chair", "member"])
def test_one_chair_and_nobody_twice(sessions: "sessionmaker[Session]", world: World, role: str) -> None:
    editor, group, now = world.actor(Role.EDITOR), world.group().id, world.clock.now()
    names = ("Ani", "Budi") if role == "chair" else ("Ani", "Ani")

    def add(name: str) -> Step:
        return lambda session: members.add_member(session, editor, group, MemberDetails(name=name, role=role), now=now)

    assert second_of(sessions, add(names[0]), add(names[1])) == ["Invalid"]
    assert count(world, Membership) == 1


@pytest.mark.parametrize("stored", [True, False])
def test_one_change_of_the_rubric(sessions: "sessionmaker[Session]", world: World, stored: bool) -> None:
    editor, now = world.actor(Role.EDITOR), world.clock.now()

    def change(label: str, base: int | None) -> Step:
        new = [{"label": label, "weight": 1}]
        return lambda session: rubric.change_rubric(
            session, editor, base_id=base, criteria=new, levels=FIRST_LEVELS, now=now
        )  # fmt: skip

    base = None
    if stored:
        base = change("Awal", None)(world.session).id
        world.session.commit()
    before = count(world, RubricVersion)
    assert second_of(sessions, change("A", base), change("B", base)) == ["Stale"]
    assert count(world, RubricVersion) == before + (1 if stored else 2)


def test_a_double_click_scores_once(sessions: "sessionmaker[Session]", world: World) -> None:
    editor, group, now = world.actor(Role.EDITOR), world.group().id, world.clock.now()
    scores: dict[str, int | None] = {one["key"]: 2 for one in FIRST_CRITERIA}

    def score(session: Session) -> None:
        rubric.record_score(
            session, editor, group, rubric_id=None, scores=scores, scored_on=now.date(), note="", today=now.date(),
            now=now,
        )  # fmt: skip

    assert second_of(sessions, score, score) == ["done"]
    assert (count(world, RubricScore), count(world, RubricVersion)) == (1, 1)


def test_the_same_rule_is_set_once(sessions: "sessionmaker[Session]", world: World) -> None:
    editor, now = world.actor(Role.EDITOR), world.clock.now()

    def set_rule(session: Session) -> None:
        activity.set_rule(session, editor, active_events=5, days=90, now=now)

    assert second_of(sessions, set_rule, set_rule) == ["done"]
    assert count(world, ActivityRule) == 1
