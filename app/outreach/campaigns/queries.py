"""What the pages of campaigns read: a constant number of queries each."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, selectinload

from app.base.areas.models import District
from app.base.people.models import Organisation, User
from app.kernel.roles import Actor
from app.outreach.campaigns.models import (
    Campaign,
    CampaignStatus,
    Dimension,
    Goal,
    LinkVisits,
    Service,
    ShortLink,
    Spending,
)
from app.outreach.campaigns.rules import visible


@dataclass(frozen=True)
class CampaignFilters:
    """What the list of campaigns is narrowed to; empty values narrow nothing."""

    q: str = ""
    status: str = ""
    organisation_id: int | None = None
    dimension_key: str = ""


@dataclass(frozen=True)
class Money:
    """Rupiah and hours of a campaign. `budget` None: not recorded, so nothing remains and nothing is overspent."""

    budget: int | None
    spent: int
    hours: float

    @property
    def remaining(self) -> int | None:
        return None if self.budget is None else self.budget - self.spent

    @property
    def overspent(self) -> int:
        """Rupiah above the budget, 0 when within it."""
        return max(0, -(self.remaining or 0))


def list_query(actor: Actor, filters: CampaignFilters) -> Select[Any]:
    """Select rows (campaign, owner, spent, goals), open ones before closed ones, the latest period first."""
    spent = (
        select(func.coalesce(func.sum(Spending.amount), 0))
        .where(Spending.campaign_id == Campaign.id)
        .scalar_subquery()
        .label("spent")
    )
    goals = select(func.count()).where(Goal.campaign_id == Campaign.id).scalar_subquery().label("goal_count")
    query = (
        select(Campaign, Organisation, spent, goals)
        .join(Organisation, Organisation.id == Campaign.organisation_id)
        .where(visible(actor))
    )
    if filters.q.strip():
        pattern = f"%{_escape(filters.q.strip().lower())}%"
        query = query.where(
            or_(
                func.lower(Campaign.name).like(pattern, escape="\\"),
                func.lower(Campaign.summary).like(pattern, escape="\\"),
            )
        )
    if filters.status:
        query = query.where(Campaign.status == filters.status)
    if filters.organisation_id:
        query = query.where(Campaign.organisation_id == filters.organisation_id)
    if filters.dimension_key:
        query = query.where(Campaign.dimensions.any(Dimension.key == filters.dimension_key))
    closed = Campaign.status.in_([CampaignStatus.ENDED, CampaignStatus.CANCELLED])
    return query.order_by(closed, Campaign.starts_on.desc(), Campaign.id.desc())


def money(session: Session, campaign: Campaign) -> Money:
    spent, hours = session.execute(
        select(func.coalesce(func.sum(Spending.amount), 0), func.coalesce(func.sum(Spending.hours), 0.0)).where(
            Spending.campaign_id == campaign.id
        )
    ).one()
    return Money(budget=campaign.budget, spent=int(spent), hours=float(hours))


def owner_choices(session: Session, actor: Actor) -> list[tuple[int, str]]:
    """Return (id, name) of the OPDs and bidang that this person may plan for."""
    query = select(Organisation.id, Organisation.name).where(
        Organisation.kind.in_(["opd", "bidang"]), Organisation.active
    )
    if not actor.of_office:
        query = query.where(Organisation.id.in_(actor.organisation_ids))
    return [(row.id, row.name) for row in session.execute(query.order_by(Organisation.name))]


def listed_owners(session: Session, actor: Actor) -> list[tuple[int, str]]:
    """Return (id, name) of the owners of campaigns that this person sees: the choices of the list's filter."""
    owners = select(Campaign.organisation_id).where(visible(actor))
    query = select(Organisation.id, Organisation.name).where(Organisation.id.in_(owners)).order_by(Organisation.name)
    return [(row.id, row.name) for row in session.execute(query)]


def all_dimensions(session: Session) -> Sequence[Dimension]:
    return session.scalars(select(Dimension).order_by(Dimension.position)).all()


def all_services(session: Session) -> Sequence[Service]:
    return session.scalars(select(Service).order_by(Service.name)).all()


def services_with_owners(session: Session) -> Sequence[Any]:
    """Return rows (service, owner or None) by name."""
    query = select(Service, Organisation).outerjoin(Organisation, Organisation.id == Service.owner_id)
    return session.execute(query.order_by(Service.name)).all()


def service_owner_choices(session: Session, service: Service | None) -> list[tuple[int, str]]:
    """Return (id, name) of the OPDs and bidang in use, and of the owner that a service has by now."""
    offered = Organisation.active & Organisation.kind.in_(["opd", "bidang"])
    if service is not None and service.owner_id:
        offered |= Organisation.id == service.owner_id
    rows = session.execute(select(Organisation.id, Organisation.name).where(offered).order_by(Organisation.name))
    return [(row.id, row.name) for row in rows]


def districts_with_villages(session: Session) -> Sequence[District]:
    query = select(District).options(selectinload(District.villages)).order_by(District.name)
    return session.scalars(query).all()


def responsible_choices(session: Session, campaign: Campaign) -> list[tuple[int, str]]:
    """Return (id, name) of people of the owner organisation and of the office, who may answer for a goal."""
    query = (
        select(User.id, User.name)
        .join(Organisation, Organisation.id == User.organisation_id)
        .where(User.active, or_(Organisation.id == campaign.organisation_id, Organisation.is_office))
        .order_by(User.name)
    )
    return [(row.id, row.name) for row in session.execute(query)]


def names_of(session: Session, user_ids: Sequence[int]) -> dict[int, str]:
    if not user_ids:
        return {}
    rows = session.execute(select(User.id, User.name).where(User.id.in_(user_ids)))
    return {row.id: row.name for row in rows}


def visit_count(session: Session, campaign_id: int) -> int | None:
    """Count the visits of all short links of the campaign, without cookies; None while it has no link."""
    links, visits = session.execute(
        select(func.count(ShortLink.code.distinct()), func.coalesce(func.sum(LinkVisits.count), 0))
        .select_from(ShortLink)
        .outerjoin(LinkVisits, ShortLink.code == LinkVisits.code)
        .where(ShortLink.campaign_id == campaign_id)
    ).one()
    return int(visits) if links else None


def slug(name: str, kit_key: str | None = None) -> str:
    """Return the campaign's utm_campaign: the kit's key, or the name in small letters and hyphens."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return kit_key or re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:60]


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
