"""Propose the survey after a campaign that ended: once, whatever runs twice, and tell its planners."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased, sessionmaker

from app.base.notices.service import notify
from app.base.people.models import Organisation, RoleRow, User
from app.evidence.instruments.models import Instrument, InstrumentVersion, SurveyAudience
from app.evidence.surveys.models import Mode, Stage, Wave, WaveStatus
from app.evidence.surveys.waves.copies import copied_plan, make_copy
from app.evidence.surveys.waves.plans import MAX_NAME, Plan, today_of
from app.evidence.surveys.waves.service import plan
from app.kernel import audit
from app.kernel.db import unit_of_work, wait_for_turn
from app.kernel.errors import GaungError
from app.kernel.roles import SYSTEM, Can, Role
from app.kernel.text import T
from app.outreach.campaigns.models import Audience, Campaign, CampaignStatus

log = logging.getLogger(__name__)

LOOK_BACK = timedelta(days=180)
"""A campaign that ended before is too long past to be asked about by itself."""
DEFAULT_LENGTH = timedelta(days=13)
"""Two weeks of asking, where no survey before says how long."""
WITH_ANSWERS = (WaveStatus.OPEN, WaveStatus.CLOSED)


def propose_after(sessions: "sessionmaker[Session]", *, now: datetime, tz: str) -> int:
    """Draft an “after” for every campaign that ended and has none; returns how many are new.

    One that lies ready, from a kit or by hand, is brought to mind instead.

    Each campaign in a transaction of its own, so that one that fails blocks no other.
    """
    today = now.astimezone(ZoneInfo(tz)).date()
    with sessions() as session:
        ids = session.scalars(select(Campaign.id).where(lacks_after(today)).order_by(Campaign.id)).all()
        ready = session.scalars(select(Wave.id).where(is_ready_draft(today)).order_by(Wave.id)).all()
    made = 0
    for wave_id in ready:
        try:
            with unit_of_work(sessions) as session:
                _bring_to_mind(session, wave_id, today, now)
        except Exception:
            log.exception("nobody told of survey %s", wave_id)
    for campaign_id in ids:
        try:
            with unit_of_work(sessions) as session:
                made += _propose(session, campaign_id, today, now)
        except Exception:  # whatever it is, the next run tries again
            log.exception("no survey proposed for campaign %s", campaign_id)
    return made


def propose_at_end(session: Session, campaign: Campaign, now: datetime) -> None:
    """Draft the survey after at the moment a campaign is ended, in the same transaction.

    What cannot be planned now never keeps a campaign from ending: the worker tries again.
    """
    today = today_of(session, now)
    try:
        with session.begin_nested():
            ready = select(Wave.id).where(Wave.campaign_id == campaign.id, is_ready_draft(today)).order_by(Wave.id)
            for wave_id in session.scalars(ready).all():
                _bring_to_mind(session, wave_id, today, now)
            _propose(session, campaign.id, today, now)
    except GaungError:
        log.exception("no survey proposed for campaign %s", campaign.id)


def lacks_after(today: date) -> ColumnElement[bool]:
    """Return a condition for campaigns that ended not too long ago and lack a survey after.

    For those who were asked before, or for anybody where nobody was. One that was called off counts as there, a
    simulated one never does.
    """
    before, after = aliased(Wave), aliased(Wave)
    has_after = select(after.id).where(
        after.campaign_id == Campaign.id, after.stage == Stage.AFTER, after.simulated.is_(False)
    )
    held = select(before.id).where(
        before.campaign_id == Campaign.id,
        before.stage == Stage.BASELINE,
        before.status.in_(WITH_ANSWERS),
        before.simulated.is_(False),
    )
    unmatched = held.where(~has_after.where(after.audience == before.audience).exists())
    return and_(_is_over(today), or_(unmatched.exists(), and_(~held.exists(), ~has_after.exists())))


def _is_over(today: date) -> ColumnElement[bool]:
    ended = and_(Campaign.status != CampaignStatus.CANCELLED, Campaign.ends_on < today)
    return and_(or_(Campaign.status == CampaignStatus.ENDED, ended), Campaign.ends_on >= today - LOOK_BACK)


def is_ready_draft(today: date) -> ColumnElement[bool]:
    """Return a condition for drafts “after” of campaigns that ended, of which nobody was told yet."""
    over = select(Campaign.id).where(_is_over(today))
    return and_(
        Wave.stage == Stage.AFTER,
        Wave.status == WaveStatus.DRAFT,
        Wave.proposed_at.is_(None),
        Wave.simulated.is_(False),
        Wave.campaign_id.in_(over),
    )


def _bring_to_mind(session: Session, wave_id: int, today: date, now: datetime) -> None:
    wave = session.scalar(select(Wave).where(Wave.id == wave_id, is_ready_draft(today)).with_for_update())
    if wave is not None and wave.campaign_id is not None:
        _note(session, wave, session.get_one(Campaign, wave.campaign_id), now)


def _propose(session: Session, campaign_id: int, today: date, now: datetime) -> int:
    wait_for_turn(session, f"survey-after:{campaign_id}")
    campaign = session.scalar(select(Campaign).where(Campaign.id == campaign_id, lacks_after(today)))
    if campaign is None:
        return 0
    made = 0
    for baseline in _baselines(session, campaign_id):
        first, last = _period(campaign, today, baseline)
        values = replace(copied_plan(baseline, stage=Stage.AFTER, starts_on=first), ends_on=last)
        _note(session, make_copy(session, SYSTEM, baseline, values, now=now), campaign, now)
        made += 1
    return made or _propose_standard(session, campaign, today, now)


def _propose_standard(session: Session, campaign: Campaign, today: date, now: datetime) -> int:
    """Without a survey before: with the newest standard questions, where there are any."""
    version_id = standard_version(session, _audience(campaign))
    if version_id is None:
        return 0
    first, last = _period(campaign, today, None)
    values = Plan(
        name=f"Survei sesudah: {campaign.name}"[:MAX_NAME],
        organisation_id=campaign.organisation_id,
        instrument_version_id=version_id,
        stage=Stage.AFTER,
        audience=_audience(campaign),
        campaign_id=campaign.id,
        modes=[Mode.LINK, Mode.PHONE],
        starts_on=first,
        ends_on=last,
    )
    _note(session, plan(session, SYSTEM, values, now=now), campaign, now)
    return 1


def _baselines(session: Session, campaign_id: int) -> Sequence[Wave]:
    """The latest that was held of each audience that has no survey after yet; none that was simulated."""
    after = aliased(Wave)
    has_after = select(after.id).where(
        after.campaign_id == campaign_id,
        after.stage == Stage.AFTER,
        after.simulated.is_(False),
        after.audience == Wave.audience,
    )
    query = (
        select(Wave)
        .where(
            Wave.campaign_id == campaign_id,
            Wave.stage == Stage.BASELINE,
            Wave.status.in_(WITH_ANSWERS),
            Wave.simulated.is_(False),
            ~has_after.exists(),
        )
        .order_by(Wave.starts_on, Wave.id)
    )
    return list({wave.audience: wave for wave in session.scalars(query)}.values())


def _period(campaign: Campaign, today: date, baseline: Wave | None) -> tuple[date, date]:
    """From the day after the end, as long as before; never one that is over before anybody could open it."""
    ended = min(campaign.ends_on, today) if campaign.status == CampaignStatus.ENDED else campaign.ends_on
    length = baseline.ends_on - baseline.starts_on if baseline else DEFAULT_LENGTH
    first = ended + timedelta(days=1)
    return first, max(first, today) + length


def _audience(campaign: Campaign) -> str:
    servants = campaign.audience == Audience.CIVIL_SERVANTS
    return SurveyAudience.CIVIL_SERVANTS if servants else SurveyAudience.RESIDENTS


def standard_version(session: Session, audience: str) -> int | None:
    """Return the newest version of the newest instrument of the office for these people, a shipped one first."""
    latest = (
        select(func.max(InstrumentVersion.number))
        .where(InstrumentVersion.instrument_id == Instrument.id)
        .correlate(Instrument)
        .scalar_subquery()
    )
    return session.scalar(
        select(InstrumentVersion.id)
        .join(Instrument, Instrument.id == InstrumentVersion.instrument_id)
        .join(Organisation, Organisation.id == Instrument.organisation_id)
        .where(Instrument.audience == audience, Instrument.archived_at.is_(None), InstrumentVersion.number == latest)
        .order_by(
            Instrument.key.like("pengenalan-%").desc(),
            Organisation.is_office.desc(),
            Instrument.created_at.desc(),
            Instrument.id.desc(),
        )
        .limit(1)
    )


def _note(session: Session, wave: Wave, campaign: Campaign, now: datetime) -> None:
    wave.proposed_at = now
    session.flush()
    audit.record(session, SYSTEM, "wave.proposed", wave, now=now, after={"campaign_id": campaign.id})
    notify(
        session,
        user_ids=planners_of(session, wave.organisation_id),
        kind="survey.proposed",
        subject=T("“%(name)s” selesai: survei sesudahnya sudah disiapkan", name=campaign.name),
        body=T(
            "Periksa rencananya, lalu buka surveinya. Hanya dengan survei sesudah bisa dilihat apakah pengenalan warga "
            "berubah. Bila tidak diadakan, batalkan dan tulis alasannya."
        ),
        path=f"/survei/{wave.id}",
        dedupe_key=f"wave:{wave.id}:proposed",
        now=now,
    )


def planners_of(session: Session, organisation_id: int) -> list[int]:
    """Return who plans surveys in this organisation, else in the office: only people who are still here."""
    plans = User.roles.any(RoleRow.name.in_(Can.PLAN_SURVEYS.roles))
    own = session.scalars(select(User.id).where(User.active, plans, User.organisation_id == organisation_id)).all()
    if own:
        return list(own)
    editors = User.roles.any(RoleRow.name == str(Role.EDITOR))
    return list(
        session.scalars(
            select(User.id)
            .join(Organisation, Organisation.id == User.organisation_id)
            .where(User.active, editors, Organisation.is_office)
        )
    )
