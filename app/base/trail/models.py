from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base, UtcDateTime


class AuditHead(Base):
    """The end of the chain as it stood when a local day was over: `number` is the last row of that day.

    `missing_from`: the first of the days before it that have no head, since nothing was sealed on them.
    """

    __tablename__ = "audit_heads"

    day: Mapped[date] = mapped_column(primary_key=True)
    number: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
    missing_from: Mapped[date | None]
    mailed: Mapped[bool] = mapped_column(default=False)


class AuditCheck(Base):
    """What the worker's last reading of the whole chain came to; one row. `last`, `last_at`: the row it read last."""

    __tablename__ = "audit_checks"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    last: Mapped[int]
    last_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    found: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
