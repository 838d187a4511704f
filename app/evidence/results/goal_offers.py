"""Offer figures of a campaign's surveys to its goals: shares that may be shown, with n and interval.

What is hidden (docs/decisions/018) or has fewer than thirty answers is not offered, and the number is the one that the
page of results shows.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from app.evidence.results import wave_results, words
from app.evidence.results.cells import survey_of
from app.evidence.results.figures import VOLUNTEERS, Figure, parts_of
from app.evidence.results.rounding import rounded
from app.evidence.surveys.access import visible_to
from app.evidence.surveys.models import Stage, Wave, WaveStatus
from app.kernel.roles import Actor
from app.kernel.text import T
from app.outreach.campaigns.goal_results import MAX_NOTE, Offer
from app.outreach.campaigns.models import Campaign

MOST_SURVEYS = 3


def of_campaign(session: Session, actor: Actor, campaign: Campaign, today: date) -> Sequence[Offer]:
    """Return the figures of its newest closed surveys, real ones, and none from before it began."""
    made: list[Offer] = []
    for wave in _waves(session, actor, campaign, today):
        sample, volunteers = parts_of(survey_of(session, wave))
        main = sample or volunteers
        lines = wave_results.lines_of(main, None) if main else []
        told = ((line.label, line.figure) for line in lines if not line.decoy)
        made += _of_wave(wave, told, today, sampled=sample is not None)
    return made


def _waves(session: Session, actor: Actor, campaign: Campaign, today: date) -> Sequence[Wave]:
    query = (
        select(Wave)
        .where(
            visible_to(actor), Wave.campaign_id == campaign.id, Wave.status == WaveStatus.CLOSED,
            Wave.stage != Stage.BASELINE, Wave.simulated.is_(False), Wave.starts_on >= campaign.starts_on,
            Wave.starts_on <= today,
        )
        .order_by(Wave.ends_on.desc(), Wave.id.desc())
        .limit(MOST_SURVEYS)
        .options(defer(Wave.draw))
    )  # fmt: skip
    return session.scalars(query).all()


def _of_wave(wave: Wave, told: Iterator[tuple[str, Figure]], today: date, *, sampled: bool) -> Iterator[Offer]:
    for label, figure in told:
        if figure.is_mean or not figure.is_shown or figure.value is None:
            continue
        limits = words.interval(figure) if sampled else str(VOLUNTEERS)
        range_ = T("95 %%: %(range)s", range=limits) if figure.low is not None else limits
        n = words.answered(figure)
        note = str(T("%(name)s: %(label)s, n = %(n)s, %(range)s", name=wave.name, label=label, n=n,
                     range=str(range_)))  # fmt: skip
        if len(note) > MAX_NOTE:
            note = str(T("%(name)s, n = %(n)s, %(range)s", name=wave.name[:180], n=n, range=str(range_)))
        yield Offer(
            f"{wave.id}.{figure.item.key}", label, float(rounded(100 * figure.value)), words.shown(figure), n,
            str(range_), min(wave.ends_on, today), note[:MAX_NOTE], wave.name, wave.id,
        )  # fmt: skip
