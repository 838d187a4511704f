"""Selects of projects: a list page needs the same few queries, however long the list."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.projects.models import Project, ProjectMember


def projects_of(session: Session, trainee_id: int) -> Sequence[Project]:
    """What this person builds or built, the latest change first; without those put away."""
    return session.scalars(
        select(Project)
        .join(ProjectMember, ProjectMember.project_id == Project.id)
        .where(ProjectMember.trainee_id == trainee_id, Project.archived_at.is_(None))
        .order_by(Project.status_on.desc(), func.lower(Project.name), Project.id)
    ).all()
