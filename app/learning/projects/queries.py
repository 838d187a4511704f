"""Selects of projects: a list page needs the same few queries, however long the list."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, not_, or_, select
from sqlalchemy.orm import Session, aliased

from app.base.people.models import Organisation
from app.gatherings.communities.models import Group, GroupKind
from app.kernel.roles import Actor
from app.learning.projects.access import searchable_trainees, visible_to
from app.learning.projects.models import Project, ProjectMember
from app.learning.training.access import visible_to as visible_batches
from app.learning.training.models import Batch, BatchStatus, Trainee
from app.learning.training.practice import simulated

LEAST_LETTERS = 3
MOST_FOUND = 20
Opd, Community = aliased(Organisation), aliased(Organisation)


@dataclass(frozen=True)
class ProjectFilters:
    """What narrows the list of projects; empty: everything."""

    q: str = ""
    status: str = ""
    organisation_id: int | None = None
    group_id: int | None = None
    archived: bool = False

    def any(self) -> bool:
        return bool(self.q.strip() or self.status or self.organisation_id or self.group_id)


def projects(actor: Actor, filters: ProjectFilters) -> Select[Any]:
    """Select rows of (Project, opd, group_name, people, simulated), the latest change of status first."""
    people = select(func.count()).where(ProjectMember.project_id == Project.id).correlate(Project).scalar_subquery()
    query = (
        select(
            Project,
            Opd.name.label("opd"),
            Community.name.label("group_name"),
            people.label("people"),
            practice_condition().label("simulated"),
        )
        .outerjoin(Opd, Opd.id == Project.organisation_id)
        .outerjoin(Community, Community.id == Project.group_id)
        .where(
            visible_to(actor),
            Project.archived_at.is_not(None) if filters.archived else Project.archived_at.is_(None),
        )
        .order_by(Project.status_on.desc(), func.lower(Project.name), Project.id)
    )
    if filters.q.strip():
        words = " ".join(filters.q.split())
        columns: tuple[Any, ...] = (Project.name, Project.summary, Project.repository, Opd.name, Community.name)
        query = query.where(or_(*(one.icontains(words, autoescape=True) for one in columns)))
    if filters.status:
        query = query.where(Project.status == filters.status)
    if filters.organisation_id is not None:
        query = query.where(Project.organisation_id == filters.organisation_id)
    if filters.group_id is not None:
        query = query.where(Project.group_id == filters.group_id)
    return query


def practice_condition() -> ColumnElement[bool]:
    """Return a condition on Project: it is practice, since it began in a practice batch or everybody in it is
    simulated."""
    members = select(Trainee.id).join(ProjectMember, ProjectMember.trainee_id == Trainee.id)
    of_it = members.where(ProjectMember.project_id == Project.id).correlate(Project)
    everybody = and_(exists(of_it), not_(exists(of_it.where(not_(simulated())))))
    return or_(Project.batch_id.in_(select(Batch.id).where(Batch.simulated)), everybody)


def is_practice(session: Session, project_id: int) -> bool:
    return session.scalar(select(Project.id).where(Project.id == project_id, practice_condition())) is not None


def projects_of(session: Session, trainee_id: int) -> Sequence[Project]:
    """List what this person builds or built, the latest change first; without those put away."""
    return session.scalars(
        select(Project)
        .join(ProjectMember, ProjectMember.project_id == Project.id)
        .where(ProjectMember.trainee_id == trainee_id, Project.archived_at.is_(None))
        .order_by(Project.status_on.desc(), func.lower(Project.name), Project.id)
    ).all()


def projects_of_group(session: Session, group_id: int) -> Sequence[Project]:
    """List what a community builds or built; without those put away."""
    return session.scalars(
        select(Project)
        .where(Project.group_id == group_id, Project.archived_at.is_(None))
        .order_by(Project.status_on.desc(), func.lower(Project.name), Project.id)
    ).all()


def members(session: Session, project_id: int) -> Sequence[tuple[Trainee, str | None]]:
    """List (person, organisation) of a project, by name."""
    rows = session.execute(
        select(Trainee, Organisation.name)
        .join(ProjectMember, ProjectMember.trainee_id == Trainee.id)
        .outerjoin(Organisation, Organisation.id == Trainee.organisation_id)
        .where(ProjectMember.project_id == project_id)
        .order_by(func.lower(Trainee.name), Trainee.id)
    )
    return [(row[0], row[1]) for row in rows]


def search_people(
    session: Session, actor: Actor, q: str, leave_out: Collection[int]
) -> list[tuple[Trainee, str | None]]:
    """List (person, organisation) of those whom this person may look up, at most `MOST_FOUND` + 1 of them; none for
    fewer than `LEAST_LETTERS` letters, so that nobody leafs through all names."""
    words = " ".join(q.split())
    if len(words) < LEAST_LETTERS:
        return []
    rows = session.execute(
        select(Trainee, Organisation.name)
        .outerjoin(Organisation, Organisation.id == Trainee.organisation_id)
        .where(Trainee.name.icontains(words, autoescape=True), searchable_trainees(actor), Trainee.id.not_in(leave_out))
        .order_by(func.lower(Trainee.name), Trainee.id)
        .limit(MOST_FOUND + 1)
    )
    return [(row[0], row[1]) for row in rows]


def is_community(session: Session, organisation_id: int) -> bool:
    """Return whether an organisation is a programmer community."""
    return session.scalar(_communities().where(Organisation.id == organisation_id)) is not None


def community_choices(session: Session, keep: int | None = None) -> list[tuple[int, str]]:
    """List (id, name) of the programmer communities that are active; `keep`: and this one."""
    ids = _communities()
    wanted = Organisation.id.in_(ids) & Organisation.active
    return _choices(session, wanted if keep is None else or_(wanted, Organisation.id == keep))


def opd_choices(session: Session, keep: int | None = None) -> list[tuple[int, str]]:
    """List (id, name) of the active OPDs; `keep`: and this one."""
    wanted = (Organisation.kind == "opd") & Organisation.active
    return _choices(session, wanted if keep is None else or_(wanted, Organisation.id == keep))


def batch_choices(session: Session, actor: Actor, keep: int | None = None) -> list[tuple[int, str]]:
    """List (id, name) of the latest batches that this person sees; `keep`: and this one."""
    begun = Batch.status.not_in((BatchStatus.DRAFT, BatchStatus.CANCELLED)) & ~Batch.simulated & visible_batches(actor)
    rows = session.execute(
        select(Batch.id, Batch.name)
        .where(begun if keep is None else or_(begun, Batch.id == keep))
        .order_by(Batch.starts_on.desc(), Batch.id.desc())
        .limit(100)
    )
    return [(row[0], row[1]) for row in rows]


def organisation_names(session: Session, ids: Collection[int | None]) -> dict[int, str]:
    """Map ids of organisations to their names."""
    wanted = [one for one in ids if one is not None]
    rows = session.execute(select(Organisation.id, Organisation.name).where(Organisation.id.in_(wanted)))
    return {row[0]: row[1] for row in rows}


def filter_choices(session: Session, actor: Actor) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """Return (OPDs, communities) that any project names, for the filters."""
    opds = select(Project.organisation_id).where(visible_to(actor))
    groups = select(Project.group_id).where(visible_to(actor))
    return _choices(session, Organisation.id.in_(opds)), _choices(session, Organisation.id.in_(groups))


def _communities() -> Select[Any]:
    return (
        select(Organisation.id)
        .join(Group, Group.organisation_id == Organisation.id)
        .where(Group.kind == GroupKind.PROGRAMMER)
    )


def _choices(session: Session, wanted: Any) -> list[tuple[int, str]]:
    rows = session.execute(
        select(Organisation.id, Organisation.name).where(wanted).order_by(func.lower(Organisation.name))
    )
    return [(row[0], row[1]) for row in rows]
