"""The list of skills: what an installation starts with, and what the office makes of it."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cli import init_cli
from app.kernel.audit import AuditEntry
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused
from app.kernel.roles import Role
from app.learning.programmes import queries, skill_list
from app.learning.programmes.models import Skill
from app.learning.programmes.skill_list import SkillValues, load_start
from tests.world import World

NOW = datetime(2026, 11, 24, tzinfo=UTC)
VALUES = SkillValues("Data", "Peta digital", "Membaca peta.", "Membuat peta sendiri.", "Mengajari orang membuat peta.")


def names(session: Session) -> list[str]:
    return [skill.name for skill in queries.skills(session)]


def test_the_start_list_tells_three_levels_apart_and_covers_what_the_office_teaches(session: Session) -> None:
    rows = skill_list.start_list()
    assert 16 <= len(rows) <= 20
    assert len({row["key"] for row in rows}) == len({row["name"] for row in rows}) == len(rows)
    for row in rows:
        levels = [row["basic"], row["independent"], row["coaching"]]
        assert len(set(levels)) == 3
        assert all(20 <= len(text) <= skill_list.LIMITS["basic"] and text.endswith(".") for text in levels), row["key"]
    assert {"sied", "web", "aplikasi-seluler", "basis-data", "pemasaran-digital", "lembar-kerja"} <= {
        row["key"] for row in rows
    }


def test_loading_twice_adds_nothing_and_keeps_what_the_office_changed(session: Session, world: World) -> None:
    load_start(session, NOW)
    session.commit()
    web = session.scalars(select(Skill).where(Skill.key == "web")).one()
    editor = world.actor(Role.EDITOR)
    skill_list.edit(session, editor, web.id, VALUES, now=NOW)
    sied = session.scalars(select(Skill).where(Skill.key == "sied")).one()
    skill_list.put_away(session, editor, sied.id, now=NOW)
    session.commit()
    count = len(session.scalars(select(Skill.id)).all())
    load_start(session, NOW)
    session.commit()
    session.expire_all()
    assert len(session.scalars(select(Skill.id)).all()) == count
    assert web.name == "Peta digital"
    assert sied.archived_at is not None


def test_groups_stand_in_the_order_of_the_start_list(session: Session) -> None:
    load_start(session, NOW)
    groups = [group.name for group in queries.skill_groups(session)]
    assert groups[0] == "Aplikasi perkantoran"
    assert groups == list(dict.fromkeys(row["group"] for row in skill_list.start_list()))
    assert [group.name for group in queries.skill_groups(session, q="sied")] == ["Aplikasi pemerintahan"]


def test_an_editor_adds_a_skill_at_the_end_under_a_key_of_its_own(session: Session, world: World) -> None:
    editor = world.actor(Role.EDITOR)
    world.skill(key="peta-digital", name="Lama", archived_at=NOW)
    made = skill_list.add(session, editor, VALUES, now=NOW)
    session.commit()
    assert made.key == "peta-digital-2"
    assert names(session)[-1] == "Peta digital"
    assert session.scalars(select(AuditEntry.action)).all()[-1] == "skill.added"


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "  "),
        ("group", ""),
        ("basic", ""),
        ("coaching", ""),
        ("name", "x" * 121),
        ("group", "x" * 81),
        ("independent", "x" * 501),
        ("coaching", "membaca PETA."),
    ],
)
def test_what_cannot_be_used_is_said_beside_its_field(session: Session, world: World, field: str, value: str) -> None:
    editor = world.actor(Role.EDITOR)
    with pytest.raises(Invalid) as refused:
        skill_list.add(session, editor, SkillValues(**{**vars(VALUES), field: value}), now=NOW)
    assert refused.value.field == field
    assert session.scalar(select(Skill.id)) is None


def test_two_skills_in_use_never_bear_one_name(session: Session, world: World) -> None:
    editor = world.actor(Role.EDITOR)
    first = skill_list.add(session, editor, VALUES, now=NOW)
    twice = SkillValues(**{**vars(VALUES), "name": "peta  DIGITAL"})
    with pytest.raises(Invalid):
        skill_list.add(session, editor, twice, now=NOW)
    skill_list.put_away(session, editor, first.id, now=NOW)
    skill_list.add(session, editor, twice, now=NOW)
    with pytest.raises(Invalid):
        skill_list.take_out(session, editor, first.id, now=NOW)


def test_order_changes_within_the_group_and_stops_at_its_ends(session: Session, world: World) -> None:
    editor = world.actor(Role.EDITOR)
    for name, group in (("A", "Data"), ("X", "Web"), ("B", "Data"), ("C", "Data")):
        world.skill(name=name, group=group)
    by_name = {skill.name: skill.id for skill in queries.skills(session)}
    skill_list.move(session, editor, by_name["C"], up=True, now=NOW)
    assert names(session) == ["A", "C", "B", "X"]
    skill_list.move(session, editor, by_name["A"], up=True, now=NOW)
    skill_list.move(session, editor, by_name["X"], up=False, now=NOW)
    assert names(session) == ["A", "C", "B", "X"]
    skill_list.move(session, editor, by_name["A"], up=False, now=NOW)
    assert names(session) == ["C", "A", "B", "X"]


def test_only_editors_and_admins_of_the_office_keep_the_list(session: Session, world: World) -> None:
    skill = world.skill()
    for actor in (world.actor(Role.TRAINER), world.actor(Role.EDITOR, organisation=world.organisation())):
        with pytest.raises(Forbidden):
            skill_list.add(session, actor, VALUES, now=NOW)
        with pytest.raises(Forbidden):
            skill_list.put_away(session, actor, skill.id, now=NOW)
    with pytest.raises(NotFound):
        skill_list.edit(session, world.actor(Role.ADMIN), 9999, VALUES, now=NOW)


def test_one_put_away_is_not_put_in_order(session: Session, world: World) -> None:
    skill = world.skill(archived_at=NOW)
    with pytest.raises(Refused):
        skill_list.move(session, world.actor(Role.EDITOR), skill.id, up=True, now=NOW)


def test_every_installation_loads_the_list_with_its_other_data(app: Flask, session: Session) -> None:
    init_cli(app)
    assert app.test_cli_runner().invoke(args=["database", "load"]).exit_code == 0
    assert len(names(session)) == len(skill_list.start_list())
