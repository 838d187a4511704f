"""Who did what to which record, when, and what it was before: appended, never changed.

The actor's id and name are kept without a key, so that the trail outlives the account.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.kernel.db import Base, UtcDateTime
from app.kernel.roles import Actor


class AuditEntry(Base):
    __tablename__ = "audit_entries"
    __table_args__ = (Index("ix_audit_entries_subject", "subject_kind", "subject_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(String(60))
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[str] = mapped_column(String(40))
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON)


def record(
    session: Session,
    actor: Actor,
    action: str,
    subject: Any,
    *,
    now: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Append one entry about `subject` (a flushed model instance). `before`/`after` hold plain JSON values."""
    session.add(
        AuditEntry(
            at=now,
            actor_id=actor.id,
            actor_name=actor.name,
            action=action,
            subject_kind=subject.__tablename__,
            subject_id=str(getattr(subject, "id", None) or getattr(subject, "code", "")),
            before=before,
            after=after,
        )
    )
