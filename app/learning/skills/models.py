from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base, UtcDateTime


class EvidenceKind(StrEnum):
    CERTIFICATE = "certificate"  # of a programme whose modules lead to the skill
    PROJECT = "project"  # something that works
    OBSERVED = "observed"  # a trainer saw it


class SkillEvidence(Base):
    """Why somebody is said to have a skill at a level. The highest that was not withdrawn is what the person has."""

    __tablename__ = "skill_evidence"
    __table_args__ = (
        CheckConstraint("level BETWEEN 1 AND 3", name="level_known"),
        Index("ix_skill_evidence_person", "trainee_id", "skill_id"),
        Index("ix_skill_evidence_skill", "skill_id", "withdrawn_at", "trainee_id", "level"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    trainee_id: Mapped[int] = mapped_column(ForeignKey("trainees.id", ondelete="CASCADE"))
    skill_id: Mapped[int] = mapped_column(ForeignKey("skills.id"))
    level: Mapped[int] = mapped_column(SmallInteger)  # SkillLevel
    kind: Mapped[str] = mapped_column(String(12))  # EvidenceKind
    certificate_id: Mapped[int | None] = mapped_column(ForeignKey("certificates.id"), index=True)
    project_id: Mapped[int | None] = mapped_column(ForeignKey("projects.id", ondelete="SET NULL"))
    note: Mapped[str] = mapped_column(String(500), default="")
    on: Mapped[date]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_reason: Mapped[str] = mapped_column(String(500), default="")
