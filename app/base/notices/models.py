from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, true
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base, UtcDateTime


class Notice(Base):
    """One message to one person: shown in the app, and mailed where the person has an address and wants it.

    Somebody without an account has no `user_id` but an `address`, and gets the e-mail only.
    `attachment`: what is mailed along, as "KIND:ID" (notices/attachments.py). `dedupe_key` makes a repeat harmless.
    E-mail states: none, queued, sending, sent, failed.
    """

    __tablename__ = "notices"
    __table_args__ = (
        Index("ix_notices_inbox", "user_id", "read_at"),
        Index("ix_notices_email", "email_status", "next_at"),
        Index("ix_notices_address", "address", "created_at"),
        Index("ix_notices_path", "path"),
        CheckConstraint("user_id IS NOT NULL OR address IS NOT NULL", name="has_recipient"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    address: Mapped[str | None] = mapped_column(String(254))
    kind: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    path: Mapped[str | None] = mapped_column(String(300))  # page of this site, "/tayang/12"
    attachment: Mapped[str | None] = mapped_column(String(60), index=True)
    dedupe_key: Mapped[str] = mapped_column(String(120), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    email_status: Mapped[str] = mapped_column(String(10), default="none")
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    problem: Mapped[str | None] = mapped_column(String(300))


class NoticePreference(Base):
    __tablename__ = "notice_preferences"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    email: Mapped[bool] = mapped_column(default=True)
    digest: Mapped[bool] = mapped_column(default=True, server_default=true())  # the weekly summary of what is late
