import secrets
from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base, UtcDateTime

KEY_BYTES = 16  # 22 characters that nobody guesses


def new_key() -> str:
    return secrets.token_urlsafe(KEY_BYTES)


class StoredFile(Base):
    """A file kept under its SHA-256; images were re-encoded without EXIF before they got here.

    `key` names it in addresses; who reads it is decided by the records that hold it (app/base/media/holders.py).
    """

    __tablename__ = "stored_files"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(32), index=True, unique=True, default=new_key, server_default="")
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    mime: Mapped[str] = mapped_column(String(60))
    size: Mapped[int]  # bytes
    width: Mapped[int | None]  # pixels
    height: Mapped[int | None]
    name: Mapped[str] = mapped_column(String(200))  # as the person named it
    alt_text: Mapped[str | None] = mapped_column(Text)
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
