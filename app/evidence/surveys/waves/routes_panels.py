"""Panels of surveys on pages below: of a campaign, and of a questionnaire where it is asked."""

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.web.formats import local_day, sentence
from app.base.web.menu import may_open
from app.base.web.panels import Panel, PanelLine
from app.base.web.wiring import now
from app.evidence.instruments.access import may_plan_for
from app.evidence.instruments.models import InstrumentVersion
from app.evidence.surveys.access import visible_to
from app.evidence.surveys.blueprint import wave_badge
from app.evidence.surveys.models import Stage, Wave, WaveStatus
from app.evidence.surveys.states import STAGES
from app.kernel.roles import Actor
from app.outreach.campaigns.models import Campaign, CampaignStatus

SHOWN = 6


def campaign_surveys(session: Session, actor: Actor, campaign: Campaign) -> Panel | None:
    """Return the panel of a campaign's surveys in the order of their days; one query.

    None where surveys are not for this person.
    """
    if not may_open("surveys.index"):
        return None
    query = select(Wave).where(Wave.campaign_id == campaign.id, visible_to(actor))
    waves = session.scalars(query.order_by(Wave.starts_on, Wave.id)).all()
    held = [wave for wave in waves if wave.status != WaveStatus.CANCELLED]
    stages = {wave.stage for wave in held if not wave.simulated}
    wanted, label = _wanted(campaign, stages)
    may_add = may_open("surveys.new") and may_plan_for(actor, campaign.organisation_id)
    return Panel(
        title=_l("Survei"),
        empty=_l("Belum ada survei. Tanpa survei awal, perubahan pengenalan warga tidak bisa dihitung nanti."),
        total=len(waves),
        lines=[
            PanelLine(
                title=wave.name,
                url=url_for("surveys.show", wave_id=wave.id),
                on=wave.starts_on,
                badge=wave_badge(wave.status),
                detail=sentence(STAGES[wave.stage]),
            )
            for wave in waves[:SHOWN]
        ],
        url=url_for("surveys.index", program=campaign.id) if waves else None,
        new_url=url_for("surveys.new", program=campaign.id, tahap=wanted) if may_add and wanted else None,
        new_label=label,
        notes=_notes(campaign, stages) if waves else [],
    )


def _wanted(campaign: Campaign, stages: set[str]) -> tuple[str, str]:
    """The survey that is to be planned next: (stage, words of its button)."""
    over = campaign.status == CampaignStatus.ENDED or campaign.ends_on < local_day(now())
    if campaign.status == CampaignStatus.CANCELLED:
        return "", ""
    if not over and Stage.BASELINE not in stages:
        return Stage.BASELINE, _("Rencanakan survei awal")
    if Stage.AFTER not in stages:
        return Stage.AFTER, _("Rencanakan survei sesudah")
    return Stage.FOLLOWUP, _("Rencanakan survei lanjutan")


def _notes(campaign: Campaign, stages: set[str]) -> list[str]:
    if Stage.BASELINE in stages or campaign.status == CampaignStatus.CANCELLED:
        return []
    return [_("Survei awal belum ada, jadi perubahan tidak bisa dihitung.")]


def waves_with(session: Session, actor: Actor, instrument_id: int) -> dict[int, list[PanelLine]]:
    """Return the surveys with each version of a questionnaire that this person may see, latest first; one query."""
    query = (
        select(Wave)
        .join(InstrumentVersion, InstrumentVersion.id == Wave.instrument_version_id)
        .where(InstrumentVersion.instrument_id == instrument_id, visible_to(actor))
        .order_by(Wave.starts_on.desc(), Wave.id.desc())
    )
    found: dict[int, list[PanelLine]] = {}
    for wave in session.scalars(query):
        line = PanelLine(
            wave.name, url_for("surveys.show", wave_id=wave.id), on=wave.starts_on, detail=sentence(STAGES[wave.stage])
        )
        found.setdefault(wave.instrument_version_id, []).append(line)
    return found
