from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.gatherings.events.models import Event
from app.kernel.db import Base, UtcDateTime


class AspirationStatus(StrEnum):
    NOTED = "noted"  # written down, nobody asked yet
    ROUTED = "routed"  # an OPD is to answer
    ANSWERED = "answered"
    CLOSED = "closed"  # needs no answer, with a reason in `answer`


class Report(Base):
    """The record of an event after it was held; one for each event. Its status is the event's.

    `receipt` is the code that the writer got back. `source`: phone (the field page), web, office (keyed from paper).
    `device_at` is the writer's clock, `device_skew` how many seconds it stood ahead of ours; `flags` name what a
    verifier should look at: "clock", "future", "past", "running", "over_capacity", "no_minutes", "twin:ID".
    `spj` holds the ticks of the SPJ list: item → whether the paper is there.
    `missing` is what the office asked for when it returned the report, as keys of app/gatherings/reports/states.py.
    `not_twins` are the events of which a person said that they are others. `carried` stands on a record that was
    merged: the photos and questions that went over to the kept one, by their numbers, the parts of it that were
    filled from here, and whether it had no report of its own, so that all can come back.
    """

    __tablename__ = "reports"

    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), primary_key=True)
    receipt: Mapped[str] = mapped_column(String(12), unique=True)
    source: Mapped[str] = mapped_column(String(10))
    on_behalf: Mapped[bool] = mapped_column(default=False)  # keyed by the office in a group's name
    told: Mapped[str] = mapped_column(Text, default="")  # minutes: what was told
    notes: Mapped[str] = mapped_column(Text, default="")
    spj: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    flags: Mapped[list[str]] = mapped_column(JSON, default=list)
    device_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    device_skew: Mapped[int | None]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    returned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    return_note: Mapped[str | None] = mapped_column(Text)
    missing: Mapped[list[str]] = mapped_column(JSON, default=list)
    verified_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    not_twins: Mapped[list[int]] = mapped_column(JSON, default=list)
    carried: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    version: Mapped[int] = mapped_column(default=1)

    event: Mapped[Event] = relationship()
    agreements: Mapped[list["Agreement"]] = relationship(
        cascade="all, delete-orphan", order_by="(Agreement.position, Agreement.id)"
    )
    writers: Mapped[list["ReportWriter"]] = relationship(cascade="all, delete-orphan")

    __mapper_args__ = {"version_id_col": version}


class Agreement(Base):
    """What was agreed: who does it, until when."""

    __tablename__ = "report_agreements"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("reports.event_id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    what: Mapped[str] = mapped_column(String(500))
    owner: Mapped[str] = mapped_column(String(200), default="")
    due_on: Mapped[date | None]
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ReportWriter(Base):
    """Who wrote in a report since it was last returned: none of them verifies it."""

    __tablename__ = "report_writers"

    event_id: Mapped[int] = mapped_column(ForeignKey("reports.event_id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)


class Aspiration(Base):
    """What people asked or wished for. Answered on the spot, or routed to the OPD that can."""

    __tablename__ = "aspirations"
    __table_args__ = (Index("ix_aspirations_open", "status", "due_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)  # who heard it
    village_code: Mapped[str | None] = mapped_column(ForeignKey("villages.code"))
    text: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(20), default=AspirationStatus.NOTED)
    opd_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    due_on: Mapped[date | None]
    routed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    official: Mapped[bool] = mapped_column(default=False)  # answered by the office or an OPD, not by who wrote it down
    told_back_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the answer was brought to who asked
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    event: Mapped[Event] = relationship()

    __mapper_args__ = {"version_id_col": version}
