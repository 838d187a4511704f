"""Shared parts of the pages of results: whom a survey belongs to, and what it may be compared with."""

from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.base.areas.models import Regency
from app.base.people.office import office_of
from app.base.web.formats import local_date, sentence
from app.evidence.surveys.access import visible_to
from app.evidence.surveys.models import Wave, WaveStatus
from app.evidence.surveys.states import STAGES
from app.kernel.roles import Actor
from app.outreach.campaigns.models import Campaign, Dimension

WITH_ANSWERS = (WaveStatus.OPEN, WaveStatus.CLOSED)
"""Surveys in this state may have answers."""


def pairs_of(session: Session, actor: Actor, wave: Wave) -> list[tuple[Wave, Wave]]:
    """Return (before, after) with this wave: the one it follows, and those that follow it."""
    query = select(Wave).where(visible_to(actor), Wave.status.in_(WITH_ANSWERS), Wave.simulated.is_(wave.simulated))
    near = session.scalars(
        query.where(or_(Wave.id == (wave.before_id or 0), Wave.before_id == wave.id)).order_by(Wave.starts_on)
    )
    return [(other, wave) if other.id == wave.before_id else (wave, other) for other in near]


def wave_choices(session: Session, actor: Actor) -> list[tuple[int, str]]:
    """Return the surveys that may have answers, the latest first."""
    rows = session.scalars(
        select(Wave)
        .where(visible_to(actor), Wave.status.in_(WITH_ANSWERS))
        .order_by(Wave.starts_on.desc(), Wave.id.desc())
    )
    return [(wave.id, choice_word(wave)) for wave in rows]


def choice_word(wave: Wave) -> str:
    parts = [wave.name, sentence(STAGES[wave.stage]), local_date(wave.starts_on)]
    return " · ".join([*parts, "Simulasi"] if wave.simulated else parts)


def campaign_of(session: Session, wave: Wave) -> Campaign | None:
    return session.get(Campaign, wave.campaign_id) if wave.campaign_id else None


def dimension_names(session: Session) -> dict[str, str]:
    return {row.key: row.name for row in session.scalars(select(Dimension).order_by(Dimension.position))}


def letterhead(session: Session) -> dict[str, Any]:
    return office_of(session, session.scalar(select(Regency.name)) or "")


def followed_campaigns(session: Session, actor: Actor) -> list[tuple[int, str]]:
    """Return campaigns that have a survey which this person sees."""
    surveyed = select(Wave.campaign_id).where(
        visible_to(actor), Wave.status.in_(WITH_ANSWERS), Wave.campaign_id.is_not(None)
    )
    rows = session.execute(select(Campaign.id, Campaign.name).where(Campaign.id.in_(surveyed)).order_by(Campaign.name))
    return [(row.id, row.name) for row in rows]
