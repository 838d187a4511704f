"""Selects of skills and programmes: a list page needs the same few queries, however long the list."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ScalarSelect, Select, Text, case, cast, func, or_, select, union
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload, selectinload

from app.base.media.models import StoredFile
from app.base.people.models import Organisation, User
from app.evidence.instruments.models import Instrument, InstrumentVersion
from app.kernel.slots import Slot
from app.learning.programmes.models import Module, ModuleMaterial, ModuleSkill, Programme, Skill

BATCHES = Slot[ScalarSelect[Any]]("programmes.batches")
"""How many batches of a programme there are; a column beside Programme."""
TAUGHT = Slot[InstrumentedAttribute[Any]]("programmes.taught")
"""Columns that name a module which somebody taught."""
MARKED = Slot[InstrumentedAttribute[Any]]("programmes.marked")
"""Columns that name a criterion by which somebody was marked."""
FOR_TESTS = "trainees"
"""The audience of instruments that ask participants of training."""
RIGHT = '"right": true'
"""How the definition of a test says that an option is right (instruments/definition.py)."""


@dataclass(frozen=True)
class SkillGroup:
    name: str
    skills: Sequence[Skill]


def skills(session: Session, *, archived: bool = False) -> Sequence[Skill]:
    """List the skills in their order: groups by their first skill."""
    first = func.min(Skill.position).over(partition_by=Skill.group)
    return session.scalars(
        select(Skill)
        .where(Skill.archived_at.is_not(None) if archived else Skill.archived_at.is_(None))
        .order_by(first, Skill.group, Skill.position, Skill.id)
    ).all()


def skill_groups(session: Session, *, archived: bool = False, q: str = "") -> list[SkillGroup]:
    """Return the list by group; `q` keeps the skills in whose words it stands."""
    wanted = q.strip().lower()
    grouped: dict[str, list[Skill]] = {}
    for skill in skills(session, archived=archived):
        words = " ".join((skill.group, skill.name, skill.basic, skill.independent, skill.coaching)).lower()
        if wanted in words:
            grouped.setdefault(skill.group, []).append(skill)
    return [SkillGroup(name, rows) for name, rows in grouped.items()]


def skill_uses(session: Session) -> Mapping[int, int]:
    """Count for each skill in how many programmes its modules teach it."""
    rows = session.execute(
        select(ModuleSkill.skill_id, func.count(Module.programme_id.distinct()))
        .join(Module, Module.id == ModuleSkill.module_id)
        .where(Module.archived_at.is_(None))
        .group_by(ModuleSkill.skill_id)
    )
    return dict(rows.tuples().all())


def active_modules(session: Session, programme_id: int) -> list[Module]:
    """List the modules that are taught, in their order."""
    return list(
        session.scalars(
            select(Module)
            .where(Module.programme_id == programme_id, Module.archived_at.is_(None))
            .order_by(Module.position, Module.id)
        )
    )


def levels_led_to(session: Session, programme_id: int) -> dict[int, int]:
    """Map each skill to the highest level (SkillLevel) to which any active module leads."""
    rows = session.execute(
        select(ModuleSkill.skill_id, func.max(ModuleSkill.level))
        .join(Module, Module.id == ModuleSkill.module_id)
        .where(Module.programme_id == programme_id, Module.archived_at.is_(None))
        .group_by(ModuleSkill.skill_id)
    )
    return dict(rows.tuples().all())


def programmes(*, q: str = "", organisation_id: int | None = None, skill_id: int | None = None,
               archived: bool = False) -> Select[Any]:  # fmt: skip
    """Select rows of (Programme, organisation, modules, minutes, batches)."""
    taught = (
        select(Module.programme_id, func.count().label("modules"), func.sum(Module.minutes).label("minutes"))
        .where(Module.archived_at.is_(None))
        .group_by(Module.programme_id)
        .subquery()
    )
    query = (
        select(
            Programme,
            Organisation.name.label("organisation"),
            func.coalesce(taught.c.modules, 0).label("modules"),
            func.coalesce(taught.c.minutes, 0).label("minutes"),
            BATCHES.one.label("batches"),
        )
        .join(Organisation, Organisation.id == Programme.organisation_id)
        .outerjoin(taught, taught.c.programme_id == Programme.id)
        .where(Programme.archived_at.is_not(None) if archived else Programme.archived_at.is_(None))
        .order_by(func.lower(Programme.title), Programme.id)
    )
    if q.strip():
        words = " ".join(q.split())
        columns: tuple[Any, ...] = (Programme.title, Programme.summary, Programme.for_whom, Organisation.name)
        query = query.where(or_(*(one.icontains(words, autoescape=True) for one in columns)))
    if organisation_id is not None:
        query = query.where(Programme.organisation_id == organisation_id)
    if skill_id is not None:
        leads = select(Module.programme_id).join(ModuleSkill, ModuleSkill.module_id == Module.id)
        query = query.where(
            Programme.id.in_(leads.where(ModuleSkill.skill_id == skill_id, Module.archived_at.is_(None)))
        )
    return query


def active_programmes(session: Session) -> Sequence[Programme]:
    return session.scalars(
        select(Programme).where(Programme.archived_at.is_(None)).order_by(func.lower(Programme.title), Programme.id)
    ).all()


def all_modules(session: Session, programme_id: int) -> Sequence[Module]:
    """List the modules with their skills and materials, also those put away."""
    return session.scalars(
        select(Module)
        .where(Module.programme_id == programme_id)
        .order_by(Module.archived_at.is_not(None), Module.position, Module.id)
        .options(selectinload(Module.materials))
    ).all()


def files_of(session: Session, materials: Collection[ModuleMaterial]) -> Mapping[int, StoredFile]:
    """Return the files of these materials by their ids."""
    ids = {one.file_id for one in materials if one.file_id is not None}
    if not ids:
        return {}
    return {file.id: file for file in session.scalars(select(StoredFile).where(StoredFile.id.in_(ids)))}


def materials_for_participants(session: Session, programme_id: int) -> Mapping[int, Sequence[ModuleMaterial]]:
    """Map each module to what its participants may open, in order. Without those put away and what is for trainers
    only."""
    rows = session.scalars(
        select(ModuleMaterial)
        .join(Module, Module.id == ModuleMaterial.module_id)
        .where(Module.programme_id == programme_id, Module.archived_at.is_(None), ~ModuleMaterial.for_trainers)
        .order_by(ModuleMaterial.position, ModuleMaterial.id)
    )
    found: dict[int, list[ModuleMaterial]] = {}
    for row in rows:
        found.setdefault(row.module_id, []).append(row)
    return found


def used_modules(session: Session, module_ids: Collection[int]) -> set[int]:
    """Return those of these modules that a session of a batch teaches."""
    return _named(session, TAUGHT, module_ids)


def used_criteria(session: Session, criterion_ids: Collection[int]) -> set[int]:
    """Return those of these criteria by which anybody's work was marked, or a batch was finished."""
    return _named(session, MARKED, criterion_ids)


def _named(session: Session, columns: Slot[InstrumentedAttribute[Any]], ids: Collection[int]) -> set[int]:
    """Those of the ids that one of the columns holds; one query."""
    return set(session.scalars(union(*(select(one).where(one.in_(ids)) for one in columns)))) if ids else set()


def instrument_choices(
    session: Session, organisation_ids: Collection[int] | None, keep: Collection[int | None] = ()
) -> list[tuple[int, str]]:
    """List (id, title) of the tests, with right answers, that are in use; of these organisations, None: of all.

    `keep`: those that stand in the record stay to be chosen.
    """
    mine = Instrument.archived_at.is_(None) & (Instrument.audience == FOR_TESTS)
    mine &= Instrument.id.in_(
        select(InstrumentVersion.instrument_id).where(cast(InstrumentVersion.definition, Text).contains(RIGHT))
    )
    if organisation_ids is not None:
        mine &= Instrument.organisation_id.in_(organisation_ids)
    kept = Instrument.id.in_([one for one in keep if one is not None])
    rows = session.execute(
        select(Instrument.id, Instrument.title)
        .where(or_(mine, kept))
        .order_by(func.lower(Instrument.title), Instrument.id)
    )
    return [(row[0], row[1]) for row in rows]


def instrument_titles(session: Session, ids: Collection[int | None]) -> Mapping[int, str]:
    rows = session.execute(
        select(Instrument.id, Instrument.title).where(Instrument.id.in_([one for one in ids if one is not None]))
    )
    return {row[0]: row[1] for row in rows}


def organiser_choices(session: Session, organisation_ids: Collection[int] | None) -> list[tuple[int, str]]:
    """List (id, name) of the organisations that may give a programme; None: all that are active."""
    query = select(Organisation.id, Organisation.name).where(Organisation.active)
    if organisation_ids is not None:
        query = query.where(Organisation.id.in_(organisation_ids))
    rows = session.execute(query.order_by(Organisation.is_office.desc(), func.lower(Organisation.name)))
    return [(row[0], row[1]) for row in rows]


def trainer_choices(session: Session, keep: Collection[int | None] = ()) -> Sequence[User]:
    """List the accounts that may be named as trainers: those with the role first, then staff that plans training."""
    from_roles = User.roles.any()
    wanted = [one for one in keep if one is not None]
    return session.scalars(
        select(User)
        .options(joinedload(User.organisation), selectinload(User.roles))
        .where(or_(User.active & from_roles, User.id.in_(wanted)))
        .order_by(case((User.active, 0), else_=1), func.lower(User.name), User.id)
    ).all()


def organisers_of_programmes(session: Session) -> list[tuple[int, str]]:
    """List (id, name) of those that have any programme."""
    rows = session.execute(
        select(Organisation.id, Organisation.name)
        .where(Organisation.id.in_(select(Programme.organisation_id)))
        .order_by(func.lower(Organisation.name))
    )
    return [(row[0], row[1]) for row in rows]


def organisation_name(session: Session, organisation_id: int) -> str:
    return session.get_one(Organisation, organisation_id).name
