"""Who can do something on their own, and where; and the list of all persons known to training.

Both lists are selects: a page reads one page of them, a file all.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from app.base.areas.models import District, Village
from app.base.people.models import Organisation
from app.kernel.numbers import read_int
from app.kernel.roles import Actor
from app.learning.programmes.models import Skill, SkillLevel
from app.learning.skills.access import name_visible_to, page_visible_to
from app.learning.skills.levels import evidence_counts, held_levels
from app.learning.skills.matrix import NOWHERE
from app.learning.skills.models import SkillEvidence
from app.learning.skills.persons import Parent, in_figures, opd_id, simulated
from app.learning.training.models import Enrolment, EnrolmentStatus, Trainee


@dataclass(frozen=True)
class PersonFilters:
    """What narrows a list of people; empty means all. `opd`, `district`: keys of units as in the matrix, "-" for those
    who are in none. `level`: at least. `skill_id`: only who has that skill (at that level or above)."""

    q: str = ""
    opd: str = ""
    district: str = ""
    skill_id: int | None = None
    level: int = SkillLevel.BASIC

    def any(self) -> bool:
        return any((self.q.strip(), self.opd, self.district, self.skill_id, self.level > SkillLevel.BASIC))


NONE = "-"
"""In a filter: NOWHERE, which an empty word could not say."""


def unit_filter(key: str) -> str:
    """Return the key of a unit as a filter says it."""
    return key if key != NOWHERE else NONE


def select_capable(actor: Actor, skill_id: int, filters: PersonFilters, *, practice: bool) -> Select[Any]:
    """Select rows (Trainee, level, on, Organisation | None, opd: name | None, Village | None, District | None, opens):
    who has this skill at `filters.level` or above and may be named to this person, the highest level first. `on`: the
    latest evidence of that level, `opens`: whether their page and contact are for this person too."""
    query = with_place(_with_level(skill_id, (page_visible_to(actor)).label("opens")))
    query = query.where(in_figures(practice), name_visible_to(actor))
    query = _narrowed(query, filters)
    held = query.selected_columns.level
    return query.where(held >= filters.level).order_by(held.desc(), func.lower(Trainee.name), Trainee.id)


def count_unnamed(session: Session, actor: Actor, skill_id: int, filters: PersonFilters, *, practice: bool) -> int:
    """Count how many more there are whose names are not for this person."""
    query = _narrowed(with_place(_with_level(skill_id)), filters)
    query = query.where(in_figures(practice), ~name_visible_to(actor), query.selected_columns.level >= filters.level)
    return session.scalar(select(func.count()).select_from(query.subquery())) or 0


def select_persons(actor: Actor, filters: PersonFilters, *, practice: bool) -> Select[Any]:
    """Select rows (Trainee, Organisation | None, opd, Village | None, District | None, batches, able, skills) by name,
    of those whose page this person may open. `batches`: accepted in; `able`: skills without help, `skills`: skills at
    all. Practice and real people never stand in one list."""
    held = held_levels()
    about_skills = (
        select(
            held.c.trainee_id,
            func.count().label("skills"),
            func.count(case((held.c.level >= SkillLevel.INDEPENDENT, 1))).label("able"),
        )
        .group_by(held.c.trainee_id)
        .subquery("about_skills")
    )
    batches = (
        select(func.count(Enrolment.id))
        .where(Enrolment.trainee_id == Trainee.id, Enrolment.status == EnrolmentStatus.ACCEPTED)
        .scalar_subquery()
    )
    query: Any = select(
        Trainee, *_PLACE, batches.label("batches"),
        func.coalesce(about_skills.c.able, 0).label("able"), func.coalesce(about_skills.c.skills, 0).label("skills"),
    ).outerjoin(about_skills, about_skills.c.trainee_id == Trainee.id)  # fmt: skip
    query = _narrowed(with_place(query), filters)
    if filters.skill_id is not None:
        query = query.where(_has(filters.skill_id, filters.level))
    query = query.where(page_visible_to(actor), Trainee.erased_at.is_(None), simulated() if practice else ~simulated())
    listed: Select[Any] = query.order_by(func.lower(Trainee.name), Trainee.id)
    return listed


_PLACE: tuple[Any, ...] = (Organisation, case((opd_id() == Parent.id, Parent.name), else_=None).label("opd"), Village,
                           District)  # fmt: skip


def _with_level(skill_id: int, *more: Any) -> Any:
    held = held_levels(skill_id)
    last = (
        select(SkillEvidence.trainee_id, SkillEvidence.level, func.max(SkillEvidence.on).label("on"))
        .where(SkillEvidence.skill_id == skill_id, evidence_counts())
        .group_by(SkillEvidence.trainee_id, SkillEvidence.level)
        .subquery("last_evidence")
    )
    return (
        select(Trainee, held.c.level, last.c.on, *_PLACE, *more)
        .join(held, held.c.trainee_id == Trainee.id)
        .join(last, and_(last.c.trainee_id == held.c.trainee_id, last.c.level == held.c.level))
    )


def places_of_trainees() -> Any:
    """Select rows (Trainee, Organisation | None, opd, Village | None, District | None) of everybody, to be narrowed."""
    return select(Trainee, *_PLACE)


def is_simulated(session: Session, trainee_id: int) -> bool:
    return session.scalar(select(Trainee.id).where(Trainee.id == trainee_id, simulated())) is not None


def with_place(query: Any) -> Any:
    """Join to a query on Trainee what tells where a person belongs."""
    return (
        query.outerjoin(Organisation, Organisation.id == Trainee.organisation_id)
        .outerjoin(Parent, Parent.id == Organisation.parent_id)
        .outerjoin(Village, Village.code == Trainee.village_code)
        .outerjoin(District, District.code == Village.district_code)
    )


def _narrowed(query: Any, filters: PersonFilters) -> Any:
    if filters.q.strip():
        query = query.where(_matches(" ".join(filters.q.split())))
    for key, column in ((filters.opd, opd_id()), (filters.district, Village.district_code)):
        if key == NONE:
            query = query.where(column.is_(None))
        elif key:
            query = query.where(column == (read_int(key) if column is not Village.district_code else key))
    return query


def _matches(words: str) -> ColumnElement[bool]:
    """Name, OPD or bidang, village, or a skill that the person has."""
    columns: tuple[Any, ...] = (
        Trainee.name, Organisation.name, Organisation.short_name, Parent.name, Village.name, Trainee.occupation
    )  # fmt: skip
    skilled = exists(
        select(SkillEvidence.id)
        .join(Skill, Skill.id == SkillEvidence.skill_id)
        .where(
            SkillEvidence.trainee_id == Trainee.id,
            evidence_counts(),
            Skill.name.icontains(words, autoescape=True),
        )
    )
    return or_(*(column.icontains(words, autoescape=True) for column in columns), skilled)


def _has(skill_id: int, level: int) -> ColumnElement[bool]:
    return exists().where(
        SkillEvidence.trainee_id == Trainee.id,
        SkillEvidence.skill_id == skill_id,
        SkillEvidence.level >= level,
        evidence_counts(),
    )
