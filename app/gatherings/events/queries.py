"""Queries of the staff pages of events, each in a number that does not grow with the list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from app.base.areas.models import District, Village
from app.base.people.models import Organisation, User
from app.base.people.organisations import OrganisationKind
from app.gatherings.events.access import is_public, plans_for_all, visible_to
from app.gatherings.events.models import Event, EventStatus, Registration, RegistrationStatus
from app.kernel.audit import AuditEntry
from app.kernel.roles import Actor
from app.outreach.campaigns.models import Campaign, CampaignStatus, Dimension

ORGANISERS = (OrganisationKind.OPD, OrganisationKind.BIDANG, OrganisationKind.KIM, OrganisationKind.PROGRAMMER,
              OrganisationKind.OTHER)  # fmt: skip
UNCOUNTED = (EventStatus.CANCELLED, EventStatus.MERGED)
HISTORY = 50


@dataclass(frozen=True)
class EventFilters:
    """What the list of events is narrowed to. `period`: "upcoming" (not over yet), "past" or "" for all."""

    q: str = ""
    status: str = ""
    kind: str = ""
    campaign_id: int | None = None
    district_code: str = ""
    village_code: str = ""
    organisation_id: int | None = None
    period: str = ""


def events(actor: Actor, filters: EventFilters, *, now: datetime) -> Select[Any]:
    """Select rows (Event, organisation, village, district, campaign, registered): what comes next first, then the
    past."""
    registered = (
        select(func.count(Registration.id))
        .where(Registration.event_id == Event.id, Registration.status == RegistrationStatus.REGISTERED)
        .scalar_subquery()
    )
    ahead = Event.ends_at >= now
    query: Any = (
        select(
            Event,
            func.coalesce(Organisation.short_name, Organisation.name).label("organisation"),
            Village.name.label("village"),
            District.name.label("district"),
            Campaign.name.label("campaign"),
            registered.label("registered"),
        )
        .join(Organisation, Organisation.id == Event.organisation_id)
        .outerjoin(Village, Village.code == Event.village_code)
        .outerjoin(District, District.code == Village.district_code)
        .outerjoin(Campaign, Campaign.id == Event.campaign_id)
        .where(visible_to(actor), *_conditions(filters, ahead))
        .order_by(case((ahead, 0), else_=1), case((ahead, Event.starts_at)), Event.starts_at.desc(), Event.id)
    )
    listed: Select[Any] = query
    return listed


def _conditions(filters: EventFilters, ahead: Any) -> list[Any]:
    wanted: list[Any] = []
    if filters.q.strip():
        words = filters.q.strip()
        columns = (Event.title, Event.place, Village.name, Organisation.name)
        wanted.append(or_(*(column.icontains(words, autoescape=True) for column in columns)))
    for column, value in (
        (Event.status, filters.status),
        (Event.kind, filters.kind),
        (Event.campaign_id, filters.campaign_id),
        (Event.organisation_id, filters.organisation_id),
        (Event.village_code, filters.village_code),
        (Village.district_code, filters.district_code),
    ):
        if value:
            wanted.append(column == value)
    if filters.period == "upcoming":
        wanted.append(and_(ahead, Event.status.not_in(UNCOUNTED)))
    elif filters.period == "past":
        wanted.append(~ahead)
    return wanted


def organisers(session: Session, actor: Actor) -> Sequence[tuple[int, str]]:
    """Return (id, name) of the organisers of the events on this person's list."""
    query = (
        select(Organisation.id, Organisation.name)
        .where(Organisation.id.in_(select(Event.organisation_id).where(visible_to(actor))))
        .order_by(Organisation.name)
    )
    return [(row.id, row.name) for row in session.execute(query)]


def organiser_choices(session: Session, actor: Actor, kept: int | None = None) -> Sequence[tuple[int, str]]:
    """Return (id, name) of the organisations that this person plans for, and of the one that an event has already."""
    query = select(Organisation.id, Organisation.name).where(
        or_(and_(Organisation.active, Organisation.kind.in_(ORGANISERS)), Organisation.id == kept)
    )
    if not plans_for_all(actor):
        query = query.where(Organisation.id.in_(actor.organisation_ids))
    return [(row.id, row.name) for row in session.execute(query.order_by(Organisation.name))]


def campaign_choices(session: Session, kept: int | None = None) -> Sequence[tuple[int, str]]:
    """Return (id, name) of campaigns that go on, and of the one that an event has already. Their names are public."""
    going = Campaign.status.in_((CampaignStatus.PLANNED, CampaignStatus.ACTIVE))
    query = select(Campaign.id, Campaign.name).where(or_(going, Campaign.id == kept))
    return [(row.id, row.name) for row in session.execute(query.order_by(Campaign.starts_on.desc(), Campaign.name))]


def listed_campaigns(session: Session, actor: Actor) -> Sequence[tuple[int, str]]:
    query = (
        select(Campaign.id, Campaign.name)
        .where(Campaign.id.in_(select(Event.campaign_id).where(visible_to(actor))))
        .order_by(Campaign.starts_on.desc(), Campaign.name)
    )
    return [(row.id, row.name) for row in session.execute(query)]


def people_choices(session: Session, actor: Actor, kept: int | None = None) -> Sequence[tuple[int, str]]:
    """Return (id, name) of who can answer for an event: people of one's own organisation."""
    own = and_(User.active, User.organisation_id.in_(actor.organisation_ids))
    query = select(User.id, User.name).where(or_(own, User.id == kept)).order_by(func.lower(User.name))
    return [(row.id, row.name) for row in session.execute(query)]


def dimension_choices(session: Session) -> Sequence[tuple[str, str]]:
    rows = session.execute(select(Dimension.key, Dimension.name).order_by(Dimension.position))
    return [(row.key, row.name) for row in rows]


@dataclass(frozen=True)
class DistrictVillages:
    code: str
    name: str
    villages: Sequence[tuple[str, str]]


def villages_by_district(session: Session) -> list[DistrictVillages]:
    """Return all villages under their districts, both by name."""
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    rows = session.execute(
        select(Village.code, Village.name, District.code, District.name)
        .join(District, District.code == Village.district_code)
        .order_by(District.name, Village.name, Village.code)
    )
    for code, name, district_code, district in rows:
        found.setdefault((district_code, district), []).append((code, name))
    return [DistrictVillages(code, name, villages) for (code, name), villages in found.items()]


@dataclass(frozen=True)
class EventNames:
    """The names of what an event refers to: its organiser, campaign, dimension, village and so on."""

    organisation: str
    campaign: str | None
    dimension: str | None
    responsible: str | None
    village: str | None
    district: str | None


def names_of_event(session: Session, event: Event) -> EventNames:
    row = session.execute(
        select(Organisation.name, Campaign.name, Dimension.name, User.name, Village.name, District.name)
        .select_from(Event)
        .join(Organisation, Organisation.id == Event.organisation_id)
        .outerjoin(Campaign, Campaign.id == Event.campaign_id)
        .outerjoin(Dimension, Dimension.key == Event.dimension_key)
        .outerjoin(User, User.id == Event.responsible_id)
        .outerjoin(Village, Village.code == Event.village_code)
        .outerjoin(District, District.code == Village.district_code)
        .where(Event.id == event.id)
    ).one()
    return EventNames(*row)


def events_of_series(session: Session, event: Event) -> Sequence[Event]:
    """Return all events of its series in the order of their days; empty for one that stands alone."""
    if event.series_id is None:
        return []
    query = select(Event).where(Event.series_id == event.series_id).order_by(Event.starts_at, Event.id)
    return session.scalars(query).all()


def history(session: Session, event: Event) -> Sequence[AuditEntry]:
    """Return the entries of the trail about the event, the latest first."""
    query = (
        select(AuditEntry)
        .where(AuditEntry.subject_kind == "events", AuditEntry.subject_id == str(event.id))
        .order_by(AuditEntry.id.desc())
    )
    return session.scalars(query.limit(HISTORY)).all()


def has_event_in(session: Session, village_code: str, since: datetime, until: datetime) -> bool:
    """Return whether a public event in the village goes on within that time; for responses.bursts.GATHERINGS."""
    going_on = select(Event.id).where(
        is_public(), Event.village_code == village_code, Event.starts_at <= until, Event.ends_at >= since
    )
    return session.scalar(going_on.limit(1)) is not None
