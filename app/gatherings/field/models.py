from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base, UtcDateTime


class FieldRecord(Base):
    """One record that a device sent, known by the UUID that the device made.

    The same again is "already have it", another content under the same UUID is a conflict. `subject_id` is what became
    of it: the event, for an activity. `standing_hash` tells whether somebody else wrote there since (office_state.py).
    """

    __tablename__ = "field_records"

    uuid: Mapped[str] = mapped_column(String(36), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))  # activity
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    content_hash: Mapped[str] = mapped_column(String(64))
    standing_hash: Mapped[str | None] = mapped_column(String(64))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)  # as it came, without pictures
    receipt: Mapped[str] = mapped_column(String(12))
    subject_id: Mapped[int | None]
    device_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    repeats: Mapped[int] = mapped_column(default=0)  # how often the same came again


class FieldPhoto(Base):
    """A picture that came ahead of its record, known by the UUID that the device made; goes with its file."""

    __tablename__ = "field_photos"

    uuid: Mapped[str] = mapped_column(String(36), primary_key=True)
    record_uuid: Mapped[str] = mapped_column(String(36), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id", ondelete="CASCADE"))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
