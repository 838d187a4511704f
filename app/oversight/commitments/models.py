from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Base, UtcDateTime


class CommitmentKind(StrEnum):
    REGULATION = "regulation"
    DECREE = "decree"
    MEMORANDUM = "memorandum"
    COOPERATION = "cooperation"
    OTHER = "other"


class ClauseStatus(StrEnum):
    NOT_STARTED = "not_started"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"


class EvidenceKind(StrEnum):
    CAMPAIGN = "campaign"
    EVENT = "event"
    BATCH = "batch"
    SURVEY = "survey"
    FILE = "file"
    ADDRESS = "address"


class Commitment(Base):
    """A regulation, decree or agreement that binds the regency. What nobody knows of it stays unknown."""

    __tablename__ = "commitments"
    __table_args__ = (CheckConstraint("ends_on >= signed_on", name="days_in_order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str | None] = mapped_column(String(60), unique=True)  # of the data that an installation starts with
    kind: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(300))
    number: Mapped[str | None] = mapped_column(String(200))
    parties: Mapped[str | None] = mapped_column(Text)
    signed_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    source: Mapped[str | None] = mapped_column(String(500))  # where this is known from
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class Clause(Base):
    """One thing that an agreement obliges somebody to. `status` None: nobody has recorded how it stands."""

    __tablename__ = "clauses"
    __table_args__ = (Index("ix_clauses_due_on_status", "due_on", "status"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitments.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    number: Mapped[str | None] = mapped_column(String(40))  # as the agreement numbers it: "Pasal 3 ayat (1)"
    text: Mapped[str] = mapped_column(Text)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)  # owner OPD
    person_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    person_text: Mapped[str | None] = mapped_column(String(200))  # a post, where no person has an account here
    due_on: Mapped[date | None]
    status: Mapped[str | None] = mapped_column(String(12))
    note: Mapped[str | None] = mapped_column(Text)  # how far it is, in words
    reported_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reported_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    commitment: Mapped[Commitment] = relationship()

    __mapper_args__ = {"version_id_col": version}


class Evidence(Base):
    """What shows that a clause is followed: a record of Gaung (`record_id` in the table of its kind), a file that is
    kept here, or an address elsewhere."""

    __tablename__ = "clause_evidence"

    id: Mapped[int] = mapped_column(primary_key=True)
    clause_id: Mapped[int] = mapped_column(ForeignKey("clauses.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    what: Mapped[str] = mapped_column(String(300))
    on: Mapped[date | None]
    record_id: Mapped[int | None]
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))
    url: Mapped[str | None] = mapped_column(String(500))
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
