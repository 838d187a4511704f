from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base, Sentence, UtcDateTime
from app.kernel.text import T


class OutletStatus(StrEnum):
    UNCONNECTED = "unconnected"  # social: a person posts by hand until it is connected
    CONNECTED = "connected"
    NEEDS_SIGN_IN = "needs_sign_in"


class Outlet(Base):
    """An X account, a Page, a newspaper, a printer, a WhatsApp group.

    `settings` holds what is not secret (x: user_id; facebook: page_id; instagram: ig_user_id; newspaper: columns
    and millimetres; assisted: notes). `credentials` is a Fernet token of a JSON object and never shown again.

    `paused_at` set: the account takes nothing, until `resume_at` or (None) until a person has mended it. After that
    `probe_id`, one delivery, goes ahead of the others. `setbacks`: failures of the account in a row.
    """

    __tablename__ = "outlets"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), index=True)  # a key of kinds.KINDS
    name: Mapped[str] = mapped_column(String(120), unique=True)
    handle: Mapped[str | None] = mapped_column(String(120))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))  # whose outlet it is
    vendor_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))  # the newspaper or printer
    responsible_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))  # who is told, who posts by hand
    status: Mapped[str] = mapped_column(String(20), default=OutletStatus.UNCONNECTED)
    settings: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    credentials: Mapped[str | None] = mapped_column(Text)
    practice: Mapped[bool] = mapped_column(default=False)  # made by the demo: speaks to a practice server
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    problem: Mapped[T | None] = mapped_column(Sentence)
    paused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    resume_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    pause_reason: Mapped[T | None] = mapped_column(Sentence)
    probe_id: Mapped[int | None] = mapped_column()
    setbacks: Mapped[int] = mapped_column(default=0, server_default="0")
    token_expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # as the platform said at the last check
    compared_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # its own list with the ledger: self_audit
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
