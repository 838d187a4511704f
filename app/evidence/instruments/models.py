from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.db import Base, UtcDateTime


class SurveyAudience(StrEnum):
    RESIDENTS = "residents"  # asked by village
    CIVIL_SERVANTS = "civil_servants"  # asked by OPD
    TRAINEES = "trainees"  # tests, feedback and follow-ups of training; no survey asks them


class Instrument(Base):
    """A questionnaire; what it asks stands in its versions. `key` is stable, e.g. "pengenalan-warga"."""

    __tablename__ = "instruments"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    audience: Mapped[str] = mapped_column(String(20), default=SurveyAudience.RESIDENTS)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    versions: Mapped[list["InstrumentVersion"]] = relationship(
        back_populates="instrument", cascade="all, delete-orphan", order_by="InstrumentVersion.number"
    )


class InstrumentVersion(Base):
    """What was asked, word for word. Frozen when the first wave with it opens: a change makes the next number.

    `definition` is the JSON of instruments/definition.py. `version` guards drafts against two editors.
    """

    __tablename__ = "instrument_versions"
    __table_args__ = (UniqueConstraint("instrument_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    instrument_id: Mapped[int] = mapped_column(ForeignKey("instruments.id", ondelete="CASCADE"))
    number: Mapped[int]
    definition: Mapped[dict[str, Any]] = mapped_column(JSON)
    note: Mapped[str] = mapped_column(String(500), default="")  # what changed since the version before
    frozen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    instrument: Mapped[Instrument] = relationship(back_populates="versions")

    __mapper_args__ = {"version_id_col": version}
