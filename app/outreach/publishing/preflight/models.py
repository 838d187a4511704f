from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base, UtcDateTime


class Level(StrEnum):
    OK = "ok"
    UNKNOWN = "unknown"  # cannot be checked from here; no error
    WARN = "warn"  # goes out, and wants a look
    BAD = "bad"  # would not go out


class Inspection(Base):
    """The newest check of an account (no `delivery_id`) or of one delivery.

    `findings`: a list of {"code", "level", "sentence"}, the sentence as the database keeps it; `level` is the worst.
    """

    __tablename__ = "inspections"

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(40), unique=True)  # "outlet:3", "delivery:12"
    outlet_id: Mapped[int] = mapped_column(ForeignKey("outlets.id"), index=True)
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("deliveries.id", ondelete="CASCADE"), index=True)
    checked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    level: Mapped[str] = mapped_column(String(10), default=Level.OK)
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
