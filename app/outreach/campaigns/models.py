from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.base.areas.models import District, Village
from app.kernel.db import Base, UtcDateTime


class CampaignStatus(StrEnum):
    PLANNED = "planned"
    ACTIVE = "active"
    ENDED = "ended"
    CANCELLED = "cancelled"


class Audience(StrEnum):
    RESIDENTS = "residents"
    CIVIL_SERVANTS = "civil_servants"
    BOTH = "both"


class Dimension(Base):
    """One of the six dimensions of a smart city; `key` is e.g. "smart-governance"."""

    __tablename__ = "dimensions"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    position: Mapped[int]


class Service(Base):
    """A public service that a campaign makes known. What it does is for its owner to say, never invented."""

    __tablename__ = "services"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    dimension_key: Mapped[str | None] = mapped_column(ForeignKey("dimensions.key"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    description: Mapped[str | None] = mapped_column(Text)
    as_of: Mapped[str | None] = mapped_column(String(40))  # "2021"

    dimension: Mapped[Dimension | None] = relationship(lazy="joined")


campaign_dimensions = Table(
    "campaign_dimensions",
    Base.metadata,
    Column("campaign_id", ForeignKey("campaigns.id", ondelete="CASCADE"), primary_key=True),
    Column("dimension_key", ForeignKey("dimensions.key"), primary_key=True),
)
campaign_services = Table(
    "campaign_services",
    Base.metadata,
    Column("campaign_id", ForeignKey("campaigns.id", ondelete="CASCADE"), primary_key=True),
    Column("service_id", ForeignKey("services.id"), primary_key=True),
)
campaign_districts = Table(
    "campaign_districts",
    Base.metadata,
    Column("campaign_id", ForeignKey("campaigns.id", ondelete="CASCADE"), primary_key=True),
    Column("district_code", ForeignKey("districts.code"), primary_key=True),
)
campaign_villages = Table(
    "campaign_villages",
    Base.metadata,
    Column("campaign_id", ForeignKey("campaigns.id", ondelete="CASCADE"), primary_key=True),
    Column("village_code", ForeignKey("villages.code"), primary_key=True),
)


class Campaign(Base):
    """A programme of awareness with a period. No districts and no villages means the whole regency."""

    __tablename__ = "campaigns"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="period_in_order"),
        CheckConstraint("budget >= 0", name="budget_not_negative"),
        UniqueConstraint("organisation_id", "kit_key", "kit_start"),  # same kit and start: nothing doubled
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(Text, default="")
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)  # owner OPD
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    audience: Mapped[str] = mapped_column(String(20), default=Audience.RESIDENTS)
    status: Mapped[str] = mapped_column(String(20), default=CampaignStatus.PLANNED)
    budget: Mapped[int | None] = mapped_column(BigInteger)  # rupiah; None: not recorded yet
    kit_key: Mapped[str | None] = mapped_column(String(60))
    kit_start: Mapped[date | None]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    dimensions: Mapped[list[Dimension]] = relationship(secondary=campaign_dimensions, order_by=Dimension.position)
    services: Mapped[list[Service]] = relationship(secondary=campaign_services, order_by=Service.name)
    districts: Mapped[list[District]] = relationship(secondary=campaign_districts, order_by=District.name)
    villages: Mapped[list[Village]] = relationship(secondary=campaign_villages, order_by=Village.code)
    goals: Mapped[list["Goal"]] = relationship(
        back_populates="campaign", cascade="all, delete-orphan", order_by="Goal.id"
    )
    key_messages: Mapped[list["KeyMessage"]] = relationship(
        back_populates="campaign", cascade="all, delete-orphan", order_by="KeyMessage.position"
    )
    spendings: Mapped[list["Spending"]] = relationship(
        back_populates="campaign", cascade="all, delete-orphan", order_by="(Spending.spent_on, Spending.id)"
    )

    __mapper_args__ = {"version_id_col": version}


class Goal(Base):
    """What should move, from where to where, by when, and who answers for it. An unknown baseline stays unknown.

    `result`: what came out, with its day and its source in words; `result_wave_id` where it is a survey's figure.
    """

    __tablename__ = "goals"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"), index=True)
    measure: Mapped[str] = mapped_column(String(200))
    unit: Mapped[str] = mapped_column(String(40), default="%")
    baseline: Mapped[float | None]
    baseline_note: Mapped[str | None] = mapped_column(String(300))
    target: Mapped[float | None]
    due_on: Mapped[date | None]
    responsible_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    responsible_text: Mapped[str | None] = mapped_column(String(200))  # a post, where no person is named yet
    result: Mapped[float | None]
    result_on: Mapped[date | None]
    result_note: Mapped[str | None] = mapped_column(String(300))
    result_wave_id: Mapped[int | None] = mapped_column(ForeignKey("survey_waves.id", ondelete="SET NULL"))

    campaign: Mapped[Campaign] = relationship(back_populates="goals")


class KeyMessage(Base):
    __tablename__ = "key_messages"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    text: Mapped[str] = mapped_column(Text)

    campaign: Mapped[Campaign] = relationship(back_populates="key_messages")


class Spending(Base):
    """Rupiah spent or staff hours given."""

    __tablename__ = "spendings"
    __table_args__ = (CheckConstraint("amount >= 0 AND hours >= 0", name="not_negative"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"), index=True)
    spent_on: Mapped[date]
    amount: Mapped[int] = mapped_column(BigInteger, default=0)  # rupiah
    hours: Mapped[float] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(String(300))
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)

    campaign: Mapped[Campaign] = relationship(back_populates="spendings")


class DecisionStatus(StrEnum):
    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


class Decision(Base):
    """What was decided from what a campaign showed: who answers for it, by when, and what came of it."""

    __tablename__ = "decisions"
    __table_args__ = (Index("ix_decisions_status_due_on", "status", "due_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"), index=True)
    text: Mapped[str] = mapped_column(Text)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    owner_text: Mapped[str | None] = mapped_column(String(200))  # a post, where no person is named yet
    due_on: Mapped[date]
    status: Mapped[str] = mapped_column(String(10), default=DecisionStatus.OPEN)
    decided_on: Mapped[date]
    outcome: Mapped[str | None] = mapped_column(Text)  # what came of it, or why it was dropped
    done_on: Mapped[date | None]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class ShortLink(Base):
    """`/t/CODE`. The target never changes, so that a printed code cannot be turned into an open redirect.

    One code per delivery (`purpose` "post:12:3" is post 12 at outlet 3) and per printed village version
    ("piece:7:64.02.12.2002"; "piece:7:" for the piece without a village); "PURPOSE@DIGEST" when its address changed.
    """

    __tablename__ = "short_links"

    code: Mapped[str] = mapped_column(String(12), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(80), unique=True)
    target: Mapped[str] = mapped_column(String(2000))
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaigns.id"), index=True)
    village_code: Mapped[str | None] = mapped_column(ForeignKey("villages.code"))
    source: Mapped[str] = mapped_column(String(40), default="")  # utm_source: an outlet's kind
    medium: Mapped[str] = mapped_column(String(40), default="")  # utm_medium: social, print
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class LinkVisits(Base):
    """Visits of one code on one local day; no cookie, no address, nothing about the visitor."""

    __tablename__ = "link_visits"
    __table_args__ = (Index("ix_link_visits_day", "day"),)

    code: Mapped[str] = mapped_column(ForeignKey("short_links.code", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(default=0)
