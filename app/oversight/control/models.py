from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.db import Base, UtcDateTime


class Escalation(Base):
    """Something late was told to the next level: 1 the head of its bidang, 2 the secretary and the head of the agency.

    `round`: how many times it became late; the levels of a round are told once each. `closed_on`: since when it is late
    no more; what becomes late again begins a new round. `told` are the ids of the people. `kind` and `subject_id` as in
    app/oversight/control/items.py; there is no key to the record, since every kind has its own table.
    """

    __tablename__ = "escalations"
    __table_args__ = (
        UniqueConstraint("kind", "subject_id", "round", "level"),
        CheckConstraint("level > 0", name="level_positive"),
        Index("ix_escalations_open", "closed_on", "kind", "subject_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int]
    round: Mapped[int] = mapped_column(default=1)
    level: Mapped[int]
    on: Mapped[date]
    told: Mapped[list[int]] = mapped_column(JSON, default=list)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_on: Mapped[date | None]


class Digest(Base):
    """The week's summary went out. `unit_id`: the bidang or OPD it is about, 0 for the whole regency; no key, for 0 is
    none. `monday` names the week. `total`: what was late then."""

    __tablename__ = "digests"

    monday: Mapped[date] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    total: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
