from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.base.people.models import Organisation
from app.kernel.db import Base, UtcDateTime


class GroupKind(StrEnum):
    KIM = "kim"
    PROGRAMMER = "programmer"


class MemberRole(StrEnum):
    CHAIR = "chair"
    SECRETARY = "secretary"
    TREASURER = "treasurer"
    OFFICER = "officer"
    MEMBER = "member"


class Group(Base):
    """A group extends one organisation: name, village, address, e-mail and phone stand there."""

    __tablename__ = "groups"

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    kim_number: Mapped[str | None] = mapped_column(String(40), unique=True)  # at kim.id
    decree_number: Mapped[str | None] = mapped_column(String(120))  # SK
    decree_issuer: Mapped[str | None] = mapped_column(String(120))
    decree_on: Mapped[date | None]
    decree_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))
    founded_year: Mapped[int | None]
    contact_name: Mapped[str | None] = mapped_column(String(200))
    contact_consent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # phone and e-mail may be used
    note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)
    members: Mapped[list["Membership"]] = relationship(
        cascade="all, delete-orphan", order_by="(Membership.starts_on, Membership.id)"
    )

    __mapper_args__ = {"version_id_col": version}

    @property
    def id(self) -> int:
        """The trail names a record by its id."""
        return self.organisation_id


class Membership(Base):
    """Who was what in a group, from when to when; an open end is today's."""

    __tablename__ = "group_memberships"
    __table_args__ = (CheckConstraint("ends_on >= starts_on", name="days_in_order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.organisation_id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20), default=MemberRole.MEMBER)
    sex: Mapped[str] = mapped_column(String(1), default="u")
    phone: Mapped[str | None] = mapped_column(String(20))
    contact_consent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]


class RubricVersion(Base):
    """The local rubric as it stood from a day on. `criteria`: [{key, label, weight, help}], `levels`:
    [{from, label}] by the share of the points in per cent. The latest is in force; scores keep theirs."""

    __tablename__ = "rubric_versions"

    id: Mapped[int] = mapped_column(primary_key=True)
    criteria: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    levels: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RubricScore(Base):
    """How a group stood on a day by a version of the rubric. `scores`: criterion's key → 0 to 4."""

    __tablename__ = "rubric_scores"

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.organisation_id", ondelete="CASCADE"), index=True)
    rubric_id: Mapped[int] = mapped_column(ForeignKey("rubric_versions.id"))
    scored_on: Mapped[date]
    scores: Mapped[dict[str, Any]] = mapped_column(JSON)
    percent: Mapped[float]
    level: Mapped[str] = mapped_column(String(80))
    note: Mapped[str] = mapped_column(Text, default="")
    scored_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    rubric: Mapped[RubricVersion] = relationship()


class ActivityRule(Base):
    """When a group counts as active: `active_events` events held within `days`; with fewer, but one at least, as
    quiet; with none as asleep. The latest row is in force."""

    __tablename__ = "activity_rules"
    __table_args__ = (CheckConstraint("active_events > 0 AND days > 0", name="positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    active_events: Mapped[int]
    days: Mapped[int]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class NotDouble(Base):
    """Two groups about which somebody said that they are not the same; the smaller id first."""

    __tablename__ = "group_not_doubles"
    __table_args__ = (CheckConstraint("first_id < second_id", name="in_order"),)

    first_id: Mapped[int] = mapped_column(ForeignKey("organisations.id", ondelete="CASCADE"), primary_key=True)
    second_id: Mapped[int] = mapped_column(ForeignKey("organisations.id", ondelete="CASCADE"), primary_key=True)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class GroupImport(Base):
    """An uploaded list of groups between its preview and its taking. `rows`: what was read of each line, what is
    wrong with it, and which groups may be the same."""

    __tablename__ = "group_imports"

    id: Mapped[int] = mapped_column(primary_key=True)
    file_name: Mapped[str] = mapped_column(String(200))
    rows: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    applied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON)
