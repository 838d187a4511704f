from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base, UtcDateTime


class HandoverStatus(StrEnum):
    ASKED = "asked"  # the leaving person proposes; an admin carries it out
    DONE = "done"
    DROPPED = "dropped"


class Handover(Base):
    """From whom to whom, and what was moved. Names and positions are kept as they stood on the paper.

    `moved`: [{key, title, items: [label, …]}], in the order of the berita acara.
    """

    __tablename__ = "handovers"

    id: Mapped[int] = mapped_column(primary_key=True)
    from_user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    to_user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    from_name: Mapped[str] = mapped_column(String(200))
    from_title: Mapped[str] = mapped_column(String(300))
    to_name: Mapped[str] = mapped_column(String(200))
    to_title: Mapped[str] = mapped_column(String(300))
    status: Mapped[str] = mapped_column(String(10))
    number: Mapped[str | None] = mapped_column(String(120))
    note: Mapped[str] = mapped_column(Text, default="")
    moved: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    closed_account: Mapped[bool] = mapped_column(default=False)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    done_by_name: Mapped[str | None] = mapped_column(String(200))
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
