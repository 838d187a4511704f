"""The list of skills: what an installation starts with, and how the office changes it.

A skill that anybody has, or that a module leads to, must keep its meaning: it is put away and never deleted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.kernel import audit, ordered
from app.kernel.db import insert_missing
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused
from app.kernel.roles import Actor
from app.kernel.text import T
from app.kernel.typed import at_most, line, paragraph
from app.learning.programmes.access import keeps_skills
from app.learning.programmes.models import Skill
from app.learning.programmes.wording import free_key

START_FILE = Path(__file__).with_name("skills.yaml")
LIMITS = {"group": 80, "name": 120, "basic": 500, "independent": 500, "coaching": 500}
REQUIRED = {
    "group": T("Pilih kelompok keterampilannya, atau tulis yang baru."),
    "name": T("Isi nama keterampilannya."),
    "basic": T("Tulis apa yang bisa dilakukan orang pada tingkat dasar."),
    "independent": T("Tulis apa yang bisa dilakukan orang pada tingkat mandiri."),
    "coaching": T("Tulis apa yang bisa dilakukan orang pada tingkat mampu melatih."),
}
MISSING = T("Keterampilan ini tidak ada.")


@dataclass(frozen=True)
class SkillValues:
    """What a person enters about a skill; `basic`, `independent` and `coaching` say what one sees somebody do."""

    group: str = ""
    name: str = ""
    basic: str = ""
    independent: str = ""
    coaching: str = ""


def load_start(session: Session, now: datetime) -> None:
    """Add the skills of skills.yaml that are missing. What is there stays as the office left it, also put away."""
    rows = [{**row, "position": place} for place, row in enumerate(start_list())]
    insert_missing(session, Skill, rows)


def start_list() -> Sequence[dict[str, Any]]:
    """Return the rows of skills.yaml: key, group, name and a sentence for each level."""
    loaded: list[dict[str, Any]] = yaml.safe_load(START_FILE.read_text(encoding="utf-8"))["skills"]
    return loaded


def add(session: Session, actor: Actor, values: SkillValues, *, now: datetime) -> Skill:
    """Add a new skill, last in the list. Raises Invalid with its field, Forbidden."""
    ask_to_keep(actor)
    plain = _checked(session, values, None)
    taken = set(session.scalars(select(Skill.key)))
    last = session.scalar(select(func.max(Skill.position)))
    skill = Skill(key=free_key(plain.name, taken, 60), position=0 if last is None else last + 1, **vars(plain))
    session.add(skill)
    session.flush()
    audit.record(session, actor, "skill.added", skill, now=now, after=_facts(skill))
    return skill


def edit(session: Session, actor: Actor, skill_id: int, values: SkillValues, *, now: datetime) -> Skill:
    """Change its words. Raises Invalid with its field, NotFound, Forbidden."""
    skill = find_to_keep(session, actor, skill_id)
    plain, before = _checked(session, values, skill), _facts(skill)
    for name, value in vars(plain).items():
        setattr(skill, name, value)
    session.flush()
    if _facts(skill) != before:
        audit.record(session, actor, "skill.edited", skill, now=now, before=before, after=_facts(skill))
    return skill


def put_away(session: Session, actor: Actor, skill_id: int, *, now: datetime) -> Skill:
    """Archive a skill: nobody chooses it any more; modules and people that have it keep it. Raises NotFound,
    Forbidden."""
    skill = find_to_keep(session, actor, skill_id)
    if ordered.put_away(skill, now):
        session.flush()
        audit.record(session, actor, "skill.archived", skill, now=now)
    return skill


def take_out(session: Session, actor: Actor, skill_id: int, *, now: datetime) -> Skill:
    """Undo `put_away`. Raises Invalid where another skill took its name meanwhile."""
    skill = find_to_keep(session, actor, skill_id)
    if skill.archived_at is not None:
        _check_name(session, skill.name, skill)
        ordered.take_out(skill)
        session.flush()
        audit.record(session, actor, "skill.restored", skill, now=now)
    return skill


def move(session: Session, actor: Actor, skill_id: int, *, up: bool, now: datetime) -> Skill:
    """Change places with the neighbour of its group; at the end of the group nothing happens."""
    skill = find_to_keep(session, actor, skill_id)
    listed = list(
        session.scalars(
            select(Skill).where(Skill.archived_at.is_(None)).order_by(Skill.position, Skill.id).with_for_update()
        )
    )
    if skill not in listed:
        raise Refused(T("Keterampilan ini diarsipkan. Pakai lagi dahulu, baru ubah urutannya."))
    if ordered.step(listed, skill, up=up, beside=[one for one in listed if one.group == skill.group]):
        session.flush()
        audit.record(session, actor, "skill.moved", skill, now=now)
    return skill


def find_to_keep(session: Session, actor: Actor, skill_id: int) -> Skill:
    """Return the skill, for who keeps the list. Raises Forbidden, NotFound."""
    ask_to_keep(actor)
    skill = session.get(Skill, skill_id)
    if skill is None:
        raise NotFound(MISSING)
    return skill


def ask_to_keep(actor: Actor) -> None:
    if not keeps_skills(actor):
        raise Forbidden(T("Daftar keterampilan diubah oleh editor atau admin di kantor."))


def _checked(session: Session, values: SkillValues, skill: Skill | None) -> SkillValues:
    plain = SkillValues(
        group=line(values.group), name=line(values.name), basic=paragraph(values.basic),
        independent=paragraph(values.independent), coaching=paragraph(values.coaching),
    )  # fmt: skip
    for name, most in LIMITS.items():
        value = getattr(plain, name)
        if not value:
            raise Invalid(REQUIRED[name], field=name)
        at_most(value, most, name)
    if len({plain.basic.lower(), plain.independent.lower(), plain.coaching.lower()}) < 3:
        raise Invalid(
            T("Ketiga tingkat harus berbeda, supaya bisa dibedakan dari apa yang dilakukan."), field="coaching"
        )
    _check_name(session, plain.name, skill)
    return plain


def _check_name(session: Session, name: str, skill: Skill | None) -> None:
    known = select(Skill).where(func.lower(Skill.name) == name.lower(), Skill.archived_at.is_(None))
    if any(one is not skill for one in session.scalars(known)):
        raise Invalid(T("Sudah ada keterampilan bernama “%(name)s”.", name=name), field="name")


def _facts(skill: Skill) -> dict[str, Any]:
    return {name: getattr(skill, name) for name in LIMITS}
