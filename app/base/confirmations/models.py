from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Base, UtcDateTime


class ProposalStatus(StrEnum):
    WAITING = "waiting"
    READY = "ready"  # confirmed; the asker does it (a slip is shown once, to whom asked for it)
    APPLIED = "applied"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    STALE = "stale"  # the record changed meanwhile, or the asker lost the right to ask
    SUPERSEDED = "superseded"  # asked anew
    EXPIRED = "expired"  # ready, and not fetched in time


OPEN = (ProposalStatus.WAITING, ProposalStatus.READY)


class Proposal(Base):
    """A change as it was asked for, and what became of it. Nothing of it is in effect before it is applied.

    `about` and `subject_id` name the record by its table. `values`: what would be done; `standing`: what it builds
    upon, compared before it is applied. `title` and `changes` ({label, before, after}) are kept as they were read.
    `sealed` is a token of the vault (keys of an account).
    """

    __tablename__ = "proposals"
    __table_args__ = (
        Index("ix_proposals_subject", "about", "subject_id", "status"),
        Index("ix_proposals_due", "status", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    about: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int]
    values: Mapped[dict[str, Any]] = mapped_column(JSON)
    standing: Mapped[dict[str, Any]] = mapped_column(JSON)
    sealed: Mapped[str | None] = mapped_column(Text)
    title: Mapped[str] = mapped_column(String(300))
    changes: Mapped[list[dict[str, str]]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(Text)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    asked_by_name: Mapped[str] = mapped_column(String(200))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)  # takes effect by itself; of a ready one: its end
    status: Mapped[str] = mapped_column(String(12), default=ProposalStatus.WAITING)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))  # None: by the clock
    ended_by_name: Mapped[str | None] = mapped_column(String(200))
    ended_why: Mapped[str | None] = mapped_column(Text)

    people: Mapped[list["ProposalPerson"]] = relationship(cascade="all, delete-orphan")


class ProposalPerson(Base):
    """Somebody whom a proposal concerns: told of it, and able to stop it."""

    __tablename__ = "proposal_people"

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposals.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True)
