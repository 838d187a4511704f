"""Access to projects and the people in them. Routes ask for the role; here the record is asked too.

A project is no secret: everybody who reads programmes reads it, a community its own. Who builds it is: names are for
those who keep the project and for who supervises in the office; others see how many there are.
"""

from sqlalchemy import ColumnElement, exists, or_, select, true
from sqlalchemy.orm import Session

from app.base.people.models import User
from app.kernel.errors import Forbidden, NotFound
from app.kernel.roles import SYSTEM, Actor, Can, Role
from app.kernel.text import T
from app.learning.projects.models import Project
from app.learning.training.models import Batch, BatchTrainer, Enrolment, Trainee

MISSING = T("Proyek ini tidak ada, atau bukan untuk Anda.")


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on Project of those that a person may see: all, or those of the own community."""
    if actor == SYSTEM or actor.can(Can.READ_TRAINING):
        return true()
    return Project.group_id.in_(actor.organisation_ids)


def may_keep_for(actor: Actor, organisation_id: int | None, group_id: int | None) -> bool:
    """Return whether this person keeps projects of this OPD or this community."""
    if actor == SYSTEM:
        return True
    own = actor.organisation_ids
    if actor.can(Can.PLAN_TRAINING) and (actor.of_office or organisation_id in own or group_id in own):
        return True
    return actor.has(Role.COMMUNITY) and group_id in own


def may_keep(actor: Actor, project: Project) -> bool:
    return may_keep_for(actor, project.organisation_id, project.group_id)


def sees_people(actor: Actor, project: Project) -> bool:
    return may_keep(actor, project) or (actor.of_office and actor.can(Can.SUPERVISE_PROJECTS))


def get(session: Session, actor: Actor, project_id: int) -> Project:
    """Return the project, or NotFound where it is not there or not for this person."""
    project = session.scalar(select(Project).where(Project.id == project_id, visible_to(actor)))
    if project is None:
        raise NotFound(MISSING)
    return project


def to_keep(session: Session, actor: Actor, project_id: int) -> Project:
    """Lock and return the project, which nobody else changes until the end of the transaction. Raises NotFound,
    Forbidden."""
    project = session.scalar(
        select(Project).where(Project.id == project_id, visible_to(actor)).with_for_update(),
        execution_options={"populate_existing": True},
    )
    if project is None:
        raise NotFound(MISSING)
    if not may_keep(actor, project):
        raise Forbidden(T("Proyek ini hanya bisa diubah oleh kantor, OPD-nya, atau komunitasnya."))
    return project


def searchable_trainees(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on Trainee of those whose names this person may look up: the office all; others those of
    their organisation and those who learnt in a batch that it held or that they taught. Nobody whose data were
    erased."""
    alive = Trainee.erased_at.is_(None)
    if actor == SYSTEM or (actor.of_office and actor.can(Can.PLAN_TRAINING)):
        return alive
    own = actor.organisation_ids
    account = exists().where(User.id == Trainee.user_id, User.organisation_id.in_(own))
    teaches = exists().where(BatchTrainer.batch_id == Batch.id, BatchTrainer.user_id == actor.id)
    learnt = exists().where(
        Enrolment.trainee_id == Trainee.id, Enrolment.batch_id == Batch.id,
        or_(Batch.organisation_id.in_(own), teaches),
    )  # fmt: skip
    return alive & or_(Trainee.organisation_id.in_(own), account, learnt)
