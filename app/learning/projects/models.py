from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Base, UtcDateTime
from app.learning.training.models import Trainee


class ProjectStatus(StrEnum):
    IDEA = "idea"
    BUILDING = "building"
    IN_USE = "in_use"
    STOPPED = "stopped"


class Project(Base):
    """Something that people of the programmer community build, and for which OPD. `group_id`: the community."""

    __tablename__ = "projects"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(Text, default="")
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("training_batches.id"), index=True)
    repository: Mapped[str] = mapped_column(String(500), default="")
    address: Mapped[str] = mapped_column(String(500), default="")
    status: Mapped[str] = mapped_column(String(12), default=ProjectStatus.IDEA)
    status_on: Mapped[date]
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    members: Mapped[list["ProjectMember"]] = relationship(cascade="all, delete-orphan")

    __mapper_args__ = {"version_id_col": version}


class ProjectMember(Base):
    __tablename__ = "project_members"

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True)
    trainee_id: Mapped[int] = mapped_column(ForeignKey("trainees.id"), primary_key=True, index=True)
    part: Mapped[str] = mapped_column(String(120), default="")  # what this person does there

    trainee: Mapped[Trainee] = relationship(lazy="joined", innerjoin=True)
