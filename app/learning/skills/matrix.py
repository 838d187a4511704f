"""How many people have each skill at each level, by OPD or by district, and where nobody can do it alone.

Six queries, however many people, skills and units there are. An OPD includes its bidang; OPDs and districts without
any participant stay listed, since they are the gap. People outside of every OPD (residents, small businesses) stand
in a row of their own, and so do people whose village is not known.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.base.areas.models import District, Village
from app.base.people.models import Organisation
from app.learning.programmes.models import Skill, SkillLevel
from app.learning.programmes.queries import skills as list_of_skills
from app.learning.skills.levels import evidence_counts, held_levels
from app.learning.skills.models import SkillEvidence
from app.learning.skills.persons import OPD, Parent, in_figures, opd_id
from app.learning.training.models import Batch, Enrolment, EnrolmentStatus, Trainee
from app.learning.training.practice import shows_practice

By = Literal["opd", "district"]
NOWHERE = ""
"""The unit of those who belong to no OPD, or whose village is not known."""


@dataclass(frozen=True)
class Unit:
    """An OPD or a district in the matrix. `key`: the id of an OPD, the code of a district, or NOWHERE. `people`: with
    any skill at all; `trainees`: accepted into a batch, with a skill or without."""

    key: str
    name: str
    people: int = 0
    trainees: int = 0


@dataclass(frozen=True)
class Cell:
    """People by the level that they have: each counts once, at the highest."""

    basic: int = 0
    independent: int = 0
    coaching: int = 0

    @property
    def able(self) -> int:
        """Who can do it without help: on their own, or teaching others."""
        return self.independent + self.coaching

    @property
    def people(self) -> int:
        return self.basic + self.able

    def __add__(self, other: "Cell") -> "Cell":
        return Cell(self.basic + other.basic, self.independent + other.independent, self.coaching + other.coaching)


NOBODY = Cell()


@dataclass(frozen=True)
class Matrix:
    """Skills by unit. `cells`: (key of the unit, skill id) → people; what is missing is nobody. `practice`: nothing
    real is there yet, so that simulated people are shown."""

    by: By
    skills: tuple[Skill, ...]
    units: tuple[Unit, ...]
    cells: Mapping[tuple[str, int], Cell] = field(repr=False)
    practice: bool = False

    def cell(self, unit: Unit, skill: Skill) -> Cell:
        return self.cells.get((unit.key, skill.id), NOBODY)

    def of_skill(self, skill: Skill) -> Cell:
        """Sum a skill over all units, also those that are not shown."""
        return sum((cell for (_unit, skill_id), cell in self.cells.items() if skill_id == skill.id), NOBODY)

    def gaps_of(self, unit: Unit) -> list[Skill]:
        """List the skills that nobody there has without help."""
        return [skill for skill in self.skills if not self.cell(unit, skill).able]

    def without(self, skill: Skill) -> int:
        """Count in how many of the units nobody can do it alone; NOWHERE is no unit that could lack anything."""
        return sum(not self.cell(unit, skill).able for unit in self.units if unit.key != NOWHERE)

    def empty_units(self) -> list[Unit]:
        """List the units where nobody can do any of these skills alone."""
        return [unit for unit in self.units if unit.key != NOWHERE and len(self.gaps_of(unit)) == len(self.skills)]

    def narrowed(self, skills: Iterable[Skill], units: Iterable[Unit]) -> "Matrix":
        return Matrix(self.by, tuple(skills), tuple(units), self.cells, self.practice)


def matrix(session: Session, by: By, *, practice: bool | None = None) -> Matrix:
    """Count the people of all skills that are not archived, in all units. `practice`: count the simulated people
    instead of the real ones; None: as `shows_practice` says."""
    if practice is None:
        practice = shows_practice(session)
    unit = _unit_key(by)
    cells = _cells(session, by, unit, practice)
    people = _people(session, by, unit, practice, _skilled())
    trainees = _people(session, by, unit, practice, _accepted(practice))
    listed = tuple(
        Unit(key, name, people.get(key, 0), trainees.get(key, 0))
        for key, name, active in _units(session, by)
        if active or trainees.get(key) or people.get(key)
    )
    skills = tuple(list_of_skills(session))
    return Matrix(by, skills, listed, cells, practice)


def units(session: Session, by: By) -> list[Unit]:
    """List all units without figures, for a filter; NOWHERE last."""
    return [Unit(key, name) for key, name, _active in _units(session, by)]


def _unit_key(by: By) -> Any:
    return opd_id() if by == "opd" else Village.district_code


def in_unit(query: Select[Any], by: By) -> Select[Any]:
    """Join to a query on Trainee what tells the unit."""
    if by == "opd":
        return query.outerjoin(Organisation, Organisation.id == Trainee.organisation_id).outerjoin(
            Parent, Parent.id == Organisation.parent_id
        )
    return query.outerjoin(Village, Village.code == Trainee.village_code)


def _cells(session: Session, by: By, unit: Any, practice: bool) -> dict[tuple[str, int], Cell]:
    held = held_levels()
    query = in_unit(
        select(unit.label("unit"), held.c.skill_id, held.c.level, func.count().label("people"))
        .select_from(Trainee)
        .join(held, held.c.trainee_id == Trainee.id),
        by,
    )
    rows = session.execute(query.where(in_figures(practice)).group_by(unit, held.c.skill_id, held.c.level))
    names = {SkillLevel.BASIC: "basic", SkillLevel.INDEPENDENT: "independent", SkillLevel.COACHING: "coaching"}
    found: dict[tuple[str, int], dict[str, int]] = {}
    for key, skill_id, level, people in rows:
        found.setdefault((_key(key), skill_id), {})[names[level]] = people
    return {place: Cell(**levels) for place, levels in found.items()}


def _people(session: Session, by: By, unit: Any, practice: bool, which: Select[Any]) -> dict[str, int]:
    """Unit → how many of these people; `which` selects their ids."""
    query = in_unit(select(unit.label("unit"), func.count()).select_from(Trainee), by)
    query = query.where(in_figures(practice), Trainee.id.in_(which))
    return {_key(key): people for key, people in session.execute(query.group_by(unit))}


def _skilled() -> Select[Any]:
    return select(SkillEvidence.trainee_id).where(evidence_counts())


def _accepted(practice: bool) -> Select[Any]:
    """Who waits or was not chosen takes part in nothing."""
    return (
        select(Enrolment.trainee_id)
        .join(Batch, Batch.id == Enrolment.batch_id)
        .where(Enrolment.status == EnrolmentStatus.ACCEPTED, Batch.simulated.is_(practice))
    )


def _units(session: Session, by: By) -> list[tuple[str, str, bool]]:
    """(key, name, whether it stands there without anybody); NOWHERE last."""
    if by == "opd":
        opds = session.execute(
            select(Organisation.id, Organisation.name, Organisation.active)
            .where(Organisation.kind == OPD)
            .order_by(func.lower(Organisation.name), Organisation.id)
        )
        listed = [(str(row.id), row.name, row.active) for row in opds]
    else:
        districts = session.execute(select(District.code, District.name).order_by(District.name, District.code))
        listed = [(row.code, row.name, True) for row in districts]
    return [*listed, (NOWHERE, "", False)]


def _key(value: int | str | None) -> str:
    return NOWHERE if value is None else str(value)
