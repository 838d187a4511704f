"""Data that the phone page carries along to be filled in without a line: groups, villages, programmes, plans."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.base.areas.models import District, Village
from app.base.people.models import Organisation
from app.base.people.organisations import OrganisationKind
from app.gatherings.events.access import of_trainer, trains_only
from app.gatherings.events.models import Event, EventStatus
from app.gatherings.reports.models import Report
from app.kernel.roles import Actor, Role
from app.outreach.campaigns.models import Campaign, CampaignStatus
from app.outreach.printing.models import PieceKind, PrintPiece

GROUPS = (OrganisationKind.KIM, OrganisationKind.PROGRAMMER)
BEFORE = timedelta(days=60)  # plans that were to be held are offered this long
AHEAD = timedelta(days=14)  # the page may be opened without a line until then
MOST_PLANS = 12
MOST_PIECES = 16
MOST_CAMPAIGNS = 30


@dataclass(frozen=True)
class Offer:
    """`villages` are rows (code, village, district), the own district first. `plans` are events; `pieces` and
    `campaigns` are rows (id, name)."""

    groups: Sequence[Organisation]
    villages: Sequence[Any]
    campaigns: Sequence[Any]
    pieces: Sequence[Any]
    plans: Sequence[Event]

    @property
    def own_village(self) -> str:
        """Where the only group is at home."""
        return (self.groups[0].village_code or "") if len(self.groups) == 1 else ""


def make_offer(session: Session, actor: Actor, *, today: date, now: datetime) -> Offer:
    groups = _groups(session, actor)
    own = (groups[0].village_code or "") if len(groups) == 1 else ""
    campaigns = session.execute(
        select(Campaign.id, Campaign.name)
        .where(
            Campaign.status == CampaignStatus.ACTIVE,
            Campaign.starts_on <= today + AHEAD,
            Campaign.ends_on >= today - BEFORE,
        )
        .order_by(Campaign.name, Campaign.id)
        .limit(MOST_CAMPAIGNS)
    ).all()
    return Offer(
        groups, _villages(session, own[:8]), campaigns, _pieces(session, campaigns), _plans(session, actor, now)
    )


def _groups(session: Session, actor: Actor) -> Sequence[Organisation]:
    """For the office every group and the office itself; else, and for trainers, one's own organisation."""
    query = select(Organisation).where(Organisation.active)
    if actor.of_office and not trains_only(actor):
        wanted = Organisation.kind.in_([str(kind) for kind in GROUPS]) | (Organisation.id == actor.organisation_id)
        return session.scalars(query.where(wanted).order_by(Organisation.name)).all()
    return session.scalars(query.where(Organisation.id == actor.organisation_id)).all()


def _villages(session: Session, own_district: str) -> Sequence[Any]:
    """`own_district`: its code, which is how the codes of its villages begin."""
    rows = session.execute(
        select(Village.code, Village.name, District.name.label("district"), Village.district_code)
        .join(District, District.code == Village.district_code)
        .order_by(District.name, Village.name)
    ).all()
    return sorted(rows, key=lambda row: row.district_code != own_district)


def _pieces(session: Session, campaigns: Sequence[Any]) -> Sequence[Any]:
    return session.execute(
        select(PrintPiece.id, PrintPiece.title)
        .where(
            PrintPiece.campaign_id.in_([row.id for row in campaigns]),
            PrintPiece.kind.in_([PieceKind.POSTER, PieceKind.LEAFLET]),
        )
        .order_by(PrintPiece.title, PrintPiece.id)
        .limit(MOST_PIECES)
    ).all()


def _plans(session: Session, actor: Actor, now: datetime) -> Sequence[Event]:
    """Events of the own group that nobody has reported, and that begin before the page is likely to be loaded again."""
    query = (
        select(Event)
        .where(
            Event.status.in_([EventStatus.PLANNED, EventStatus.ANNOUNCED, EventStatus.HELD]),
            Event.starts_at.between(now - BEFORE, now + AHEAD),
            ~exists().where(Report.event_id == Event.id, Report.submitted_at.is_not(None)),
        )
        .order_by(Event.starts_at.desc(), Event.id)
        .limit(MOST_PLANS)
    )
    if trains_only(actor):
        return session.scalars(query.where(of_trainer(actor))).all()
    if actor.organisation_id is None or (actor.of_office and not actor.has(Role.COMMUNITY)):
        return []
    return session.scalars(query.where(Event.organisation_id == actor.organisation_id)).all()
