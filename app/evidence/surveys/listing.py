"""Selects for the pages of surveys, each in a number of queries that does not grow with the list."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased, defer

from app.base.areas.models import District, Village
from app.base.people.models import Organisation, User
from app.base.people.organisations import OrganisationKind
from app.evidence.instruments.models import Instrument, InstrumentVersion, SurveyAudience
from app.evidence.instruments.places import opd
from app.evidence.instruments.states import SURVEYED
from app.evidence.surveys.access import visible_to
from app.evidence.surveys.models import Stage, Wave, WaveStatus
from app.kernel.audit import AuditEntry
from app.kernel.roles import Actor
from app.outreach.campaigns.models import Campaign, CampaignStatus
from app.outreach.campaigns.rules import visible as visible_campaigns

HISTORY = 50
ORGANISERS = (OrganisationKind.OPD, OrganisationKind.BIDANG)


@dataclass(frozen=True)
class SurveyFilters:
    q: str = ""
    status: str = ""
    stage: str = ""
    audience: str = ""
    campaign_id: int | None = None


def waves(actor: Actor, filters: SurveyFilters) -> Select[Any]:
    """Select rows (Wave, campaign, organisation): open ones first, then drafts, then what is over, the latest first."""
    order = case((Wave.status == WaveStatus.OPEN, 0), (Wave.status == WaveStatus.DRAFT, 1), else_=2)
    query: Any = (
        select(
            Wave,
            Campaign.name.label("campaign"),
            func.coalesce(Organisation.short_name, Organisation.name).label("organisation"),
        )
        .join(Organisation, Organisation.id == Wave.organisation_id)
        .outerjoin(Campaign, Campaign.id == Wave.campaign_id)
        .options(defer(Wave.draw))  # a list of all villages
        .where(visible_to(actor))
        .order_by(order, Wave.starts_on.desc(), Wave.id.desc())
    )
    if words := filters.q.strip():
        columns = (Wave.name, Campaign.name, Organisation.name, Wave.bps_number)
        query = query.where(or_(*(column.icontains(words, autoescape=True) for column in columns)))
    for column, value in (
        (Wave.status, filters.status),
        (Wave.stage, filters.stage),
        (Wave.audience, filters.audience),
        (Wave.campaign_id, filters.campaign_id),
    ):
        if value:
            query = query.where(column == value)
    listed: Select[Any] = query
    return listed


def listed_campaigns(session: Session, actor: Actor) -> Sequence[tuple[int, str]]:
    """Return (id, name) of campaigns that surveys on this person's list belong to."""
    query = (
        select(Campaign.id, Campaign.name)
        .where(Campaign.id.in_(select(Wave.campaign_id).where(visible_to(actor))))
        .order_by(Campaign.starts_on.desc(), Campaign.name)
    )
    return [(row.id, row.name) for row in session.execute(query)]


def campaign_choices(session: Session, actor: Actor, kept: int | None = None) -> Sequence[tuple[int, str]]:
    """Return (id, name) of campaigns that a survey may belong to: not called off, the latest first."""
    own = visible_campaigns(actor) if actor.of_office else Campaign.organisation_id.in_(actor.organisation_ids)
    query = select(Campaign.id, Campaign.name).where(
        or_(and_(own, Campaign.status != CampaignStatus.CANCELLED), Campaign.id == kept)
    )
    return [(row.id, row.name) for row in session.execute(query.order_by(Campaign.starts_on.desc(), Campaign.name))]


def organiser_choices(session: Session, actor: Actor, kept: int | None = None) -> Sequence[tuple[int, str]]:
    query = select(Organisation.id, Organisation.name).where(
        or_(and_(Organisation.active, Organisation.kind.in_(ORGANISERS)), Organisation.id == kept)
    )
    if not actor.of_office:
        query = query.where(Organisation.id.in_(actor.organisation_ids))
    return [(row.id, row.name) for row in session.execute(query.order_by(Organisation.name))]


@dataclass(frozen=True)
class VersionChoice:
    id: int
    title: str
    number: int
    audience: str
    frozen: bool
    instrument_id: int


def version_choices(session: Session, kept: int | None = None) -> list[VersionChoice]:
    """Return the newest version of every instrument in use, and the one that a survey has already."""
    latest = (
        select(func.max(InstrumentVersion.number))
        .where(InstrumentVersion.instrument_id == Instrument.id)
        .correlate(Instrument)
        .scalar_subquery()
    )
    newest = and_(Instrument.archived_at.is_(None), InstrumentVersion.number == latest)
    query = (
        select(
            InstrumentVersion.id, Instrument.title, InstrumentVersion.number, Instrument.audience,
            InstrumentVersion.frozen_at.is_not(None), InstrumentVersion.instrument_id,
        )
        .join(Instrument, Instrument.id == InstrumentVersion.instrument_id)
        .where(Instrument.audience.in_(SURVEYED), or_(newest, InstrumentVersion.id == kept))
        .order_by(Instrument.audience.desc(), Instrument.title, InstrumentVersion.number.desc())
    )  # fmt: skip
    return [VersionChoice(*row) for row in session.execute(query)]


def before_choices(session: Session, actor: Actor, wave: Wave | None = None) -> Sequence[Wave]:
    """Return surveys that another can be compared with, the latest first; not the one that is edited."""
    query = select(Wave).where(visible_to(actor), Wave.status != WaveStatus.CANCELLED).options(defer(Wave.draw))
    if wave is not None:
        query = query.where(Wave.id != wave.id)
    return session.scalars(query.order_by(Wave.starts_on.desc(), Wave.id.desc())).all()


def proposed_before(session: Session, actor: Actor, campaign_id: int, audience: str | None = None) -> Wave | None:
    """Return the survey before of a campaign: the latest that was not called off."""
    query = select(Wave).where(
        visible_to(actor),
        Wave.campaign_id == campaign_id,
        Wave.stage == Stage.BASELINE,
        Wave.status != WaveStatus.CANCELLED,
    )
    if audience:
        query = query.where(Wave.audience == audience)
    return session.scalar(query.order_by(Wave.starts_on.desc(), Wave.id.desc()).limit(1))


@dataclass(frozen=True)
class RelatedNames:
    """The names that stand around a survey."""

    organisation: str
    campaign: str | None
    made_by: str | None
    instrument: str
    instrument_id: int
    version: int
    frozen: bool


def related_names(session: Session, wave: Wave) -> RelatedNames:
    row = session.execute(
        select(
            Organisation.name, Campaign.name, User.name, Instrument.title, Instrument.id, InstrumentVersion.number,
            InstrumentVersion.frozen_at.is_not(None),
        )
        .select_from(Wave)
        .join(Organisation, Organisation.id == Wave.organisation_id)
        .join(InstrumentVersion, InstrumentVersion.id == Wave.instrument_version_id)
        .join(Instrument, Instrument.id == InstrumentVersion.instrument_id)
        .outerjoin(Campaign, Campaign.id == Wave.campaign_id)
        .outerjoin(User, User.id == Wave.created_by_id)
        .where(Wave.id == wave.id)
    ).one()  # fmt: skip
    return RelatedNames(*row)


def partners(session: Session, actor: Actor, wave: Wave) -> Sequence[Wave]:
    """Return the survey it is compared with and those that are compared with it, in the order of their days."""
    later = aliased(Wave)
    query = select(Wave).where(
        visible_to(actor),
        or_(Wave.id == wave.before_id, Wave.id.in_(select(later.id).where(later.before_id == wave.id))),
        Wave.status != WaveStatus.CANCELLED,
    )
    return session.scalars(query.order_by(Wave.starts_on, Wave.id)).all()


def history(session: Session, wave: Wave) -> Sequence[AuditEntry]:
    """Return what happened to it, the latest first."""
    query = (
        select(AuditEntry)
        .where(AuditEntry.subject_kind == "survey_waves", AuditEntry.subject_id == str(wave.id))
        .order_by(AuditEntry.id.desc())
    )
    return session.scalars(query.limit(HISTORY)).all()


@dataclass(frozen=True)
class PlaceGroup:
    """Places under a heading: villages of a district, or all OPDs. Each place: (its key, name, people or None)."""

    key: str
    name: str
    places: Sequence[tuple[str, str, int | None]]


def place_groups(session: Session, audience: str) -> list[PlaceGroup]:
    """Return everything that can be chosen by hand, in one query."""
    if audience == SurveyAudience.CIVIL_SERVANTS:
        rows = session.execute(
            select(Organisation.id, Organisation.name)
            .where(Organisation.kind == OrganisationKind.OPD, Organisation.active)
            .order_by(Organisation.name)
        )
        return [PlaceGroup("opd", "OPD", [(opd(number), name, None) for number, name in rows])]
    found: dict[tuple[str, str], list[tuple[str, str, int | None]]] = {}
    villages = session.execute(
        select(Village.code, Village.name, Village.population, District.code, District.name)
        .join(District, District.code == Village.district_code)
        .order_by(District.name, Village.name, Village.code)
    )
    for code, name, people, district_code, district in villages:
        found.setdefault((district_code, district), []).append((code, name, people))
    return [PlaceGroup(code, name, places) for (code, name), places in found.items()]
