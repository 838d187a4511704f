from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base, UtcDateTime


class CertificateCounter(Base):
    """The last number given in a year: numbers have no gaps and are never given twice. Practice counts apart."""

    __tablename__ = "certificate_counters"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    practice: Mapped[bool] = mapped_column(primary_key=True, default=False)
    last: Mapped[int] = mapped_column(default=0)


class OutcomeException(Base):
    """What the office decided about a participant against the rule, and why (illness, for instance)."""

    __tablename__ = "outcome_exceptions"

    enrolment_id: Mapped[int] = mapped_column(
        ForeignKey("training_enrolments.id", ondelete="CASCADE"), primary_key=True
    )
    outcome: Mapped[str] = mapped_column(String(12))  # training.models.Outcome
    reason: Mapped[str] = mapped_column(String(400))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Certificate(Base):
    """What was handed to somebody; `facts` holds everything that is printed on it, as it was then.

    `code` is the public address `/sertifikat/CODE`. A revoked one keeps its number; a new one may be issued.
    """

    __tablename__ = "certificates"
    __table_args__ = (
        Index(
            "uq_certificates_valid",
            "enrolment_id",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
        Index("ix_certificates_batch", "batch_id", "number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(80), unique=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("training_batches.id"))
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("training_enrolments.id"), index=True)
    trainee_id: Mapped[int] = mapped_column(ForeignKey("trainees.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    issued_on: Mapped[date]
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    revoke_reason: Mapped[str | None] = mapped_column(String(500))  # public; none once the person was erased
    mailed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when a mail with it went out
