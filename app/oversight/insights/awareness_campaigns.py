"""What each campaign's surveys before and after say, and which campaigns still lack one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, defer, selectinload

from app.evidence.instruments.models import SurveyAudience
from app.evidence.results.cells import Survey
from app.evidence.results.comparison import Comparison, compared
from app.evidence.results.headlines import campaign_measures
from app.evidence.surveys.access import visible_to
from app.evidence.surveys.models import Stage, Wave, WaveStatus
from app.kernel.paging import Page, paginate
from app.kernel.roles import Actor
from app.outreach.campaigns.models import Campaign, CampaignStatus
from app.outreach.campaigns.rules import visible
from app.oversight.insights.awareness_pairs import Pair, closed_pairs, earlier_first, surveys_of_pairs
from app.oversight.insights.awareness_reached import Reached, reached_against_others

PER_PAGE = 10
PAIRED, ALONE, NONE = "lengkap", "satu", "belum"
"""Both surveys are closed · there is one, or one still runs · there is none."""


@dataclass(frozen=True)
class CampaignRow:
    """A campaign with its surveys: `comparison` where both surveys are closed; else `waves`: those there are, in time's
    order."""

    campaign: Campaign
    comparison: Comparison | None = None
    waves: Sequence[Wave] = ()

    @property
    def before(self) -> Wave | None:
        """The latest survey before that was not called off."""
        return next((one for one in reversed(self.waves) if one.stage == Stage.BASELINE), None)

    @property
    def after(self) -> Wave | None:
        return next((one for one in reversed(self.waves) if one.stage in {Stage.AFTER, Stage.FOLLOWUP}), None)


@dataclass(frozen=True)
class CampaignList:
    """A page of campaigns. `counts`: how many campaigns are in each state."""

    page: Page[CampaignRow]
    state: str
    counts: Mapping[str, int]


@dataclass(frozen=True)
class CampaignAwareness:
    """What surveys say of one campaign: `row` of the newest pair; `reached` of the newest pair whose villages may be
    compared, or why none may. None where there is no pair at all."""

    row: CampaignRow
    reached: Reached | None = None

    @property
    def simulated(self) -> bool:
        return self.row.comparison is not None and self.row.comparison.simulated


def listed(
    session: Session, actor: Actor, *, audience: str, simulated: bool, state: str = PAIRED, number: int = 1,
    size: int = PER_PAGE,
) -> CampaignList:  # fmt: skip
    """Return one page of the campaigns in a state, the newest first. The number of queries depends on neither of them.

    Among simulated pairs a campaign with real surveys is none that nobody surveyed.
    """
    newest: dict[int, Pair] = {}
    real: set[int] = set()
    for pair in closed_pairs(session, actor, audience):
        if pair.campaign_id is not None and pair.simulated == simulated:
            newest.setdefault(pair.campaign_id, pair)
        elif pair.campaign_id is not None and simulated:
            real.add(pair.campaign_id)
    seen = set(session.scalars(select(Campaign.id).where(Campaign.id.in_(newest), visible(actor))))
    pairs = [pair for campaign_id, pair in newest.items() if campaign_id in seen]
    others = _others(session, actor, audience, simulated, real | set(newest))
    counts = {PAIRED: len(pairs), **{one: _count(session, query) for one, query in others.items()}}
    if state in others:
        found = paginate(session, others[state], number, size)
        waves = _waves(session, actor, audience, simulated, [one.id for one in found.items])
        rows = [CampaignRow(one, None, waves.get(one.id, [])) for one in found.items]
        return CampaignList(Page(rows, found.total, found.number, size), state, counts)
    number = min(max(1, number), max(1, -(-len(pairs) // size)))
    window = pairs[(number - 1) * size : number * size]
    return CampaignList(Page(_rows(session, window), len(pairs), number, size), PAIRED, counts)


def of_campaign(
    session: Session, actor: Actor, campaign: Campaign, *, now: datetime, zone: ZoneInfo,
    audience: str = SurveyAudience.RESIDENTS,
) -> CampaignAwareness:  # fmt: skip
    """Return a campaign's newest surveys before and after, and villages reached against the others. Simulated pairs
    only where there is no real one."""
    pairs = [one for one in closed_pairs(session, actor, audience) if one.campaign_id == campaign.id]
    pairs = [one for one in pairs if not one.simulated] or pairs
    if not pairs:
        waves = _waves(session, actor, audience, True, [campaign.id])
        return CampaignAwareness(CampaignRow(campaign, None, waves.get(campaign.id, [])))
    newest = pairs[0]
    villages = next((one for one in pairs if one.first), newest)
    surveys = surveys_of_pairs(session, [newest, villages])
    told = {one.after_id: _compared(session, one, surveys) for one in (newest, villages)}
    reached = reached_against_others(
        session, told[villages.after_id], earlier_first(villages, surveys), first=villages.first, now=now, zone=zone
    )
    return CampaignAwareness(CampaignRow(campaign, told[newest.after_id]), reached)


def allows_effect(session: Session, actor: Actor, campaign: Campaign, *, now: datetime, zone: ZoneInfo) -> bool:
    """Tell whether of this campaign the word “pengaruh” may be said, always with awareness_reached.CAVEAT beside it:
    the villages that it reached surely rose more than the others. Else “kontribusi”. See `Reached.allows_effect`."""
    found = of_campaign(session, actor, campaign, now=now, zone=zone)
    return found.reached is not None and found.reached.allows_effect


def _rows(session: Session, pairs: Sequence[Pair]) -> list[CampaignRow]:
    query = select(Campaign).where(Campaign.id.in_([pair.campaign_id for pair in pairs]))
    query = query.options(selectinload(Campaign.services), selectinload(Campaign.dimensions))
    campaigns = {one.id: one for one in session.scalars(query)}
    surveys = surveys_of_pairs(session, pairs)
    return [
        CampaignRow(campaigns[pair.campaign_id], _compared(session, pair, surveys))
        for pair in pairs
        if pair.campaign_id is not None
    ]


def _compared(session: Session, pair: Pair, surveys: Mapping[int, Survey]) -> Comparison:
    before, after = earlier_first(pair, surveys)
    return compared(before, after, own=campaign_measures(session, after.wave, after.definition))


def _count(session: Session, query: Select[Any]) -> int:
    return session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0


def _others(
    session: Session, actor: Actor, audience: str, simulated: bool, paired: set[int]
) -> Mapping[str, Select[Any]]:  # fmt: skip
    """Campaigns for these people that have no pair: those with a survey, and those without."""
    with_wave = select(Wave.campaign_id).where(_is_one(actor, audience), Wave.campaign_id.is_not(None))
    if not simulated:
        with_wave = with_wave.where(Wave.simulated.is_(False))
    query: Select[Any] = (
        select(Campaign)
        .where(
            visible(actor), Campaign.status != CampaignStatus.CANCELLED, Campaign.id.not_in(paired),
            or_(Campaign.audience.in_((audience, "both")), Campaign.id.in_(with_wave)),
        )
        .order_by(Campaign.starts_on.desc(), Campaign.id.desc())
    )  # fmt: skip
    return {ALONE: query.where(Campaign.id.in_(with_wave)), NONE: query.where(Campaign.id.not_in(with_wave))}


def _is_one(actor: Actor, audience: str) -> ColumnElement[bool]:
    return and_(visible_to(actor), Wave.audience == audience, Wave.status != WaveStatus.CANCELLED)


def _waves(
    session: Session, actor: Actor, audience: str, simulated: bool, ids: Sequence[int]
) -> dict[int, list[Wave]]:  # fmt: skip
    """Of each campaign its real surveys; where `simulated`, its simulated ones if it has no real one."""
    query = select(Wave).where(_is_one(actor, audience), Wave.campaign_id.in_(ids)).options(defer(Wave.draw))
    if not simulated:
        query = query.where(Wave.simulated.is_(False))
    found: dict[int, list[Wave]] = {}
    for wave in session.scalars(query.order_by(Wave.starts_on, Wave.id)):
        found.setdefault(wave.campaign_id or 0, []).append(wave)
    return {number: [one for one in waves if not one.simulated] or waves for number, waves in found.items()}
