from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base, UtcDateTime


class Boundaries(Base):
    """Real boundaries that the office loaded, at most one set for a regency: the file as it came, and drawn from it
    what a page shows.

    `level`: what its areas are, "village" or "district". `paths`: their codes → [`d`, x, y, room]: an SVG
    path on a ground of `width` × `height`, a point inside it, and how wide the area is there. `missing`: codes of that
    level which the file lacks.
    """

    __tablename__ = "boundaries"

    id: Mapped[int] = mapped_column(primary_key=True)
    regency_code: Mapped[str] = mapped_column(ForeignKey("regencies.code"), unique=True)
    level: Mapped[str] = mapped_column(String(10))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"))
    source: Mapped[str] = mapped_column(String(300), default="")
    width: Mapped[int]
    height: Mapped[int]
    paths: Mapped[dict[str, list[Any]]] = mapped_column(JSON)
    missing: Mapped[list[str]] = mapped_column(JSON, default=list)
    loaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    loaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
