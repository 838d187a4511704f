"""The audit trail: who did what to which record, when, and what it was before; appended, never changed.

The actor's id and name are kept without a key, so that the trail outlives the account. Triggers on both databases
refuse every change but two: the worker's seal, and the erasing of a person's fields (`app/base/trail`).
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Index, String, and_, select
from sqlalchemy.orm import Mapped, Session, mapped_column, sessionmaker

from app.kernel.db import Base, UtcDateTime, unit_of_work
from app.kernel.roles import Actor

ERASED_NAME = ""


class AuditEntry(Base):
    """`number` and `hash`: the place in the chain, None until the worker sealed it, below zero for what is older than
    the chain. `*_salt`: what the name and the content were hashed with, until they are erased; then only the
    `*_digest` stays. docs/decisions/036-a-trail-that-proves-something.md defines the chain."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_subject", "subject_kind", "subject_id"),
        Index("ix_audit_entries_number", "number", unique=True),
        Index("ix_audit_entries_at", "at", "id"),
        Index("ix_audit_entries_actor", "actor_id", "at"),
        Index("ix_audit_entries_action", "action", "at"),
        Index("ix_audit_entries_kind", "subject_kind", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(String(60))
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[str] = mapped_column(String(40))
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    number: Mapped[int | None]
    hash: Mapped[str | None] = mapped_column(String(64))
    actor_salt: Mapped[str | None] = mapped_column(String(32))
    actor_digest: Mapped[str | None] = mapped_column(String(64))
    content_salt: Mapped[str | None] = mapped_column(String(32))
    content_digest: Mapped[str | None] = mapped_column(String(64))


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


def note(
    sessions: "sessionmaker[Session]",
    actor: Actor,
    action: str,
    kind: str,
    subject_id: object = "",
    *,
    now: datetime,
    after: dict[str, Any] | None = None,
    once_within: timedelta | None = None,
) -> bool:
    """Append one entry in a transaction of its own: what was read, or what failed and was rolled back.

    `kind` and `subject_id`: the table and key of the record. `once_within`: not again where the same person has the
    same entry that recently. Returns whether it was written.
    """
    entry = AuditEntry(
        at=now,
        actor_id=actor.id,
        actor_name=actor.name,
        action=action,
        subject_kind=kind,
        subject_id=str(subject_id)[:40],
        after=after,
    )
    if once_within is not None:
        with sessions() as session:  # looked up without the write lock: twice at once does no harm
            if _is_there(session, entry, since=now - once_within):
                return False
    with unit_of_work(sessions) as session:
        session.add(entry)
    return True


def _is_there(session: Session, entry: AuditEntry, *, since: datetime) -> bool:
    recent = select(AuditEntry.subject_kind, AuditEntry.subject_id, AuditEntry.after).where(
        and_(AuditEntry.actor_id == entry.actor_id, AuditEntry.at > since, AuditEntry.action == entry.action)
    )
    wanted = (entry.subject_kind, entry.subject_id, entry.after)
    return any(tuple(row) == wanted for row in session.execute(recent))
