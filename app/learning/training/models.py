from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.gatherings.events.models import AgeBand, Event, Sex
from app.kernel.db import Base, UtcDateTime
from app.learning.programmes.models import Module, Programme, ScoreFrom


class BatchStatus(StrEnum):
    DRAFT = "draft"
    OPEN = "open"  # takes participants
    RUNNING = "running"  # takes no more
    FINISHED = "finished"
    CANCELLED = "cancelled"


class Admission(StrEnum):
    """Who may ask for a place."""

    OPEN = "open"  # anybody, on the public page
    NOMINATION = "nomination"  # an OPD sends its people, with a letter
    BOTH = "both"


class EnrolmentStatus(StrEnum):
    APPLIED = "applied"  # waits for a decision
    ACCEPTED = "accepted"
    WAITING = "waiting"  # on the waiting list, by queue_no
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"  # by the person, or taken off


class Outcome(StrEnum):
    """The outcome of an accepted participant, once the batch is finished."""

    COMPLETED = "completed"  # met the rule
    INCOMPLETE = "incomplete"


class QuotaKind(StrEnum):
    OPD = "opd"  # key: the organisation's id
    VILLAGE = "village"  # key: its code
    DISTRICT = "district"  # key: its code
    SEX = "sex"  # key: f, m


class Batch(Base):
    """One run of a programme. `code` is the public address `/ikut/CODE`.

    Places: `capacity` in all, at most `per_opd` from one OPD and `per_village` from one village (None: no limit), and
    what `quotas` says of single ones. `selection`: somebody chooses among those who applied; else who comes first is
    taken. `criteria`: [{"key", "text", "most"}], by which applicants get points. The rule for a certificate
    (`min_attendance` … `work_share`) as in Programme. `simulated`: practice data, never mixed with real figures.
    """

    __tablename__ = "training_batches"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="days_in_order"),
        CheckConstraint("capacity > 0", name="capacity_positive"),
        CheckConstraint("min_attendance BETWEEN 0 AND 100", name="attendance_percent"),
        CheckConstraint("min_score BETWEEN 0 AND 100", name="score_percent"),
        Index("ix_training_batches_status", "status", "starts_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    programme_id: Mapped[int] = mapped_column(ForeignKey("programmes.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaigns.id"), index=True)
    admission: Mapped[str] = mapped_column(String(12), default=Admission.OPEN)
    selection: Mapped[bool] = mapped_column(default=False)
    criteria: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    capacity: Mapped[int] = mapped_column(default=25)
    per_opd: Mapped[int | None]
    per_village: Mapped[int | None]
    register_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    village_code: Mapped[str | None] = mapped_column(ForeignKey("villages.code"))
    place: Mapped[str] = mapped_column(String(200), default="")
    link: Mapped[str] = mapped_column(String(500), default="")  # of an online meeting; only participants see it
    description: Mapped[str] = mapped_column(Text, default="")
    contact: Mapped[str] = mapped_column(String(200), default="")  # shown to the public
    min_attendance: Mapped[int] = mapped_column(default=75)
    min_score: Mapped[int | None]
    score_from: Mapped[str] = mapped_column(String(10), default=ScoreFrom.TEST)
    work_share: Mapped[int] = mapped_column(default=50)
    simulated: Mapped[bool] = mapped_column(default=False)
    status: Mapped[str] = mapped_column(String(20), default=BatchStatus.DRAFT)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancel_reason: Mapped[str | None] = mapped_column(String(500))
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    programme: Mapped[Programme] = relationship(lazy="joined", innerjoin=True)
    trainers: Mapped[list["BatchTrainer"]] = relationship(
        cascade="all, delete-orphan", order_by="BatchTrainer.position, BatchTrainer.id"
    )
    quotas: Mapped[list["BatchQuota"]] = relationship(cascade="all, delete-orphan", order_by="BatchQuota.id")
    sessions: Mapped[list["BatchSession"]] = relationship(
        back_populates="batch", cascade="all, delete-orphan", order_by="BatchSession.position, BatchSession.id"
    )

    __mapper_args__ = {"version_id_col": version}


class BatchTrainer(Base):
    """Who teaches. With an account (`user_id`) that person sees and keeps the batch and its sessions."""

    __tablename__ = "batch_trainers"
    __table_args__ = (Index("ix_batch_trainers_user", "user_id", "batch_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("training_batches.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str] = mapped_column(String(200))
    title: Mapped[str] = mapped_column(String(200), default="")


class BatchQuota(Base):
    """A quota: at most `most` places for, and at least `least` places kept for, one OPD, village, district or sex."""

    __tablename__ = "batch_quotas"
    __table_args__ = (
        UniqueConstraint("batch_id", "kind", "key"),
        CheckConstraint("most >= 0 AND least >= 0", name="not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("training_batches.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(10))  # QuotaKind
    key: Mapped[str] = mapped_column(String(20))
    most: Mapped[int | None]
    least: Mapped[int | None]


class BatchSession(Base):
    """A meeting of a batch: an event, whose time, place, attendance, reminders and calendar file belong to events/."""

    __tablename__ = "batch_sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("training_batches.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    module_id: Mapped[int | None] = mapped_column(ForeignKey("programme_modules.id"), index=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), unique=True)

    batch: Mapped[Batch] = relationship(back_populates="sessions")
    module: Mapped[Module | None] = relationship()
    event: Mapped[Event] = relationship()


class Trainee(Base):
    """A person who learns, known over all batches by the contact.

    `contact_key`: phone (E.164) or e-mail address in small letters, None where there is none or it was erased.
    `user_id`: the account of the same person, if any. `link_no`: raised to make older own links useless.
    """

    __tablename__ = "trainees"
    __table_args__ = (
        Index("ix_trainees_organisation", "organisation_id"),
        Index("ix_trainees_village", "village_code"),
        Index("ix_trainees_user", "user_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    phone: Mapped[str | None] = mapped_column(String(20), index=True)
    email: Mapped[str | None] = mapped_column(String(254), index=True)
    contact_key: Mapped[str | None] = mapped_column(String(254), unique=True)
    sex: Mapped[str] = mapped_column(String(1), default=Sex.UNKNOWN)
    age_band: Mapped[str] = mapped_column(String(10), default=AgeBand.UNKNOWN)
    village_code: Mapped[str | None] = mapped_column(ForeignKey("villages.code"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    occupation: Mapped[str] = mapped_column(String(120), default="")
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    link_no: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Nomination(Base):
    """An OPD's letter that sends people to a batch."""

    __tablename__ = "training_nominations"

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("training_batches.id", ondelete="CASCADE"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    letter_number: Mapped[str] = mapped_column(String(120), default="")
    letter_on: Mapped[date | None]
    letter_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))  # None: erased, with the note
    note: Mapped[str] = mapped_column(String(500), default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Enrolment(Base):
    """A person in a batch. `queue_no` orders those who came first and the waiting list.

    `points`: key of a criterion → points. `reason`: of the decision, as the person may read it. `overlaps`: another
    batch of this person meets at the same time; somebody has to decide. `outcome` (Outcome) and `outcome_reason` are
    set when the batch is finished. `notice`: version of the privacy notice that was agreed to.
    """

    __tablename__ = "training_enrolments"
    __table_args__ = (
        UniqueConstraint("batch_id", "trainee_id"),
        Index("ix_training_enrolments_queue", "batch_id", "status", "queue_no"),
        Index("ix_training_enrolments_trainee", "trainee_id", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("training_batches.id"))
    trainee_id: Mapped[int] = mapped_column(ForeignKey("trainees.id"))
    status: Mapped[str] = mapped_column(String(12), default=EnrolmentStatus.APPLIED)
    source: Mapped[str] = mapped_column(String(12), default="open")  # open, nomination, office
    nomination_id: Mapped[int | None] = mapped_column(ForeignKey("training_nominations.id"), index=True)
    queue_no: Mapped[int]
    motivation: Mapped[str] = mapped_column(String(1000), default="")
    points: Mapped[dict[str, float]] = mapped_column(JSON, default=dict)
    reason: Mapped[str] = mapped_column(String(500), default="")
    overlaps: Mapped[bool] = mapped_column(default=False)
    held: Mapped[bool] = mapped_column(default=False)  # asked in a burst: somebody is to look before it takes a place
    notice: Mapped[str] = mapped_column(String(20), default="")
    consent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    applied_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str | None] = mapped_column(String(12))
    outcome_reason: Mapped[str] = mapped_column(String(500), default="")
    told: Mapped[bool] = mapped_column(default=True)  # False: no mail could say the last decision; tell by hand

    batch: Mapped[Batch] = relationship()
    trainee: Mapped[Trainee] = relationship(lazy="joined", innerjoin=True)
    seats: Mapped[list["Seat"]] = relationship(back_populates="enrolment", cascade="all, delete-orphan")


class Seat(Base):
    """An accepted participant in a session: the registration of its event, by which attendance is taken."""

    __tablename__ = "training_seats"

    enrolment_id: Mapped[int] = mapped_column(
        ForeignKey("training_enrolments.id", ondelete="CASCADE"), primary_key=True
    )
    session_id: Mapped[int] = mapped_column(ForeignKey("batch_sessions.id", ondelete="CASCADE"), primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("event_registrations.id", ondelete="CASCADE"), unique=True)

    enrolment: Mapped[Enrolment] = relationship(back_populates="seats")
