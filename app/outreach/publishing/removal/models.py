from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base, Sentence, UtcDateTime
from app.kernel.text import T


class RemovalState(StrEnum):
    QUEUED = "queued"  # the worker asks the platform at wake_at
    REMOVING = "removing"  # the call is under way
    UNKNOWN = "unknown"  # the answer was lost: looked up whether it is still there
    REFUSED = "refused"  # the platform did not take it down: a person decides
    TASK = "task"  # only a person can
    REMOVED = "removed"


class RemovalReason(StrEnum):
    MISTAKE = "mistake"
    OUTDATED = "outdated"
    COMPLAINT = "complaint"
    OTHER = "other"


class Removal(Base):
    """That a sent delivery is to be taken down, and how far that has come. One a delivery."""

    __tablename__ = "removals"
    __table_args__ = (Index("ix_removals_state_wake_at", "state", "wake_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.id", ondelete="CASCADE"), unique=True)
    state: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(20))
    words: Mapped[str | None] = mapped_column(String(300))
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    asked_by_name: Mapped[str] = mapped_column(String(200))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    wake_at: Mapped[datetime] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    lookups: Mapped[int] = mapped_column(default=0)
    token: Mapped[str | None] = mapped_column(String(36))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    problem: Mapped[T | None] = mapped_column(Sentence)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))  # a person said that it is gone
