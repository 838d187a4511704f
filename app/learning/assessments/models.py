from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Base, UtcDateTime


class PaperKind(StrEnum):
    """What participants fill in; each is asked with the questions of an instrument."""

    PRE = "pre"
    POST = "post"
    FEEDBACK = "feedback"  # on trainers, material and place; without the name
    AFTER_3 = "after_3"  # 3 months after the end
    AFTER_12 = "after_12"


class Paper(Base):
    """A test, the feedback form or a follow-up of a batch. `most`: the points that all right answers give.

    It takes answers from `opens_at` to `closes_at`; None: not yet, and no end.
    """

    __tablename__ = "assessment_papers"
    __table_args__ = (UniqueConstraint("batch_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("training_batches.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(10))  # PaperKind
    instrument_version_id: Mapped[int] = mapped_column(ForeignKey("instrument_versions.id"), index=True)
    most: Mapped[float | None]
    opens_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Sitting(Base):
    """What one participant handed in, once. `score` of `most` points; None where nothing is marked (a follow-up).

    `by_hand`: a paper that was marked on paper; only its points were entered. `entered_by_id`: who typed it for them.
    """

    __tablename__ = "assessment_sittings"
    __table_args__ = (
        UniqueConstraint("paper_id", "enrolment_id"),
        CheckConstraint("score >= 0 AND score <= most", name="score_within_most"),
        Index("ix_assessment_sittings_enrolment", "enrolment_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    paper_id: Mapped[int] = mapped_column(ForeignKey("assessment_papers.id", ondelete="CASCADE"))
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("training_enrolments.id", ondelete="CASCADE"))
    answers: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    score: Mapped[float | None]
    most: Mapped[float | None]
    by_hand: Mapped[bool] = mapped_column(default=False)
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    handed_in_at: Mapped[datetime] = mapped_column(UtcDateTime)


class FeedbackGiven(Base):
    """A note that somebody gave feedback, so that nobody does twice; not which."""

    __tablename__ = "feedback_given"

    paper_id: Mapped[int] = mapped_column(ForeignKey("assessment_papers.id", ondelete="CASCADE"), primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(
        ForeignKey("training_enrolments.id", ondelete="CASCADE"), primary_key=True
    )


class Feedback(Base):
    """What somebody said, without who or at what hour. `id` is random: its order tells nothing either."""

    __tablename__ = "feedback_answers"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    paper_id: Mapped[int] = mapped_column(ForeignKey("assessment_papers.id", ondelete="CASCADE"), index=True)
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)
    on: Mapped[date] = mapped_column(Date)


class Work(Base):
    """Practical work of a participant: a repository, or another address, or a file."""

    __tablename__ = "assessment_works"

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("training_enrolments.id", ondelete="CASCADE"), unique=True)
    title: Mapped[str] = mapped_column(String(200), default="")
    repository: Mapped[str] = mapped_column(String(500), default="")
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))
    note: Mapped[str] = mapped_column(Text, default="")
    comment: Mapped[str] = mapped_column(Text, default="")  # of whoever marked it, for the participant
    handed_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    marks: Mapped[list["Mark"]] = relationship(cascade="all, delete-orphan", lazy="selectin")

    __mapper_args__ = {"version_id_col": version}


class FinishedCriterion(Base):
    """A criterion by which the works of a batch counted when the batch was finished, whatever becomes of the rubric of
    its programme; see works/rubric.py."""

    __tablename__ = "assessment_criteria"

    batch_id: Mapped[int] = mapped_column(ForeignKey("training_batches.id", ondelete="CASCADE"), primary_key=True)
    criterion_id: Mapped[int] = mapped_column(ForeignKey("programme_criteria.id"), primary_key=True)


class Mark(Base):
    """Points for one criterion of the rubric; `most` as it was when it was marked."""

    __tablename__ = "assessment_marks"
    __table_args__ = (CheckConstraint("points >= 0 AND points <= most", name="points_within_most"),)

    work_id: Mapped[int] = mapped_column(ForeignKey("assessment_works.id", ondelete="CASCADE"), primary_key=True)
    criterion_id: Mapped[int] = mapped_column(ForeignKey("programme_criteria.id"), primary_key=True)
    points: Mapped[float]
    most: Mapped[int]
    note: Mapped[str] = mapped_column(String(500), default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
