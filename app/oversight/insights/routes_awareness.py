"""Pengenalan: dimensions and districts over the surveys, before and after of each campaign, and villages reached
against those that were not. Numbers are loaded on demand (docs/decisions/014)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.base.documents.sheets import XLSX, workbook
from app.base.web.db import db
from app.base.web.files import download
from app.base.web.formats import local_day, zone
from app.base.web.guard import allow, current_actor
from app.base.web.query import number_of
from app.base.web.wiring import now, settings
from app.evidence.instruments.models import SurveyAudience
from app.evidence.results import quotes, words
from app.kernel.roles import Can
from app.outreach.campaigns.models import Campaign
from app.outreach.campaigns.rules import find
from app.oversight.insights import awareness as by_village
from app.oversight.insights import awareness_campaigns as by_campaign
from app.oversight.insights import awareness_charts, awareness_lines, awareness_reached, awareness_sheets
from app.oversight.insights.blueprint import bp

if TYPE_CHECKING:
    from app.oversight.insights.awareness import AwarenessSummary
    from app.oversight.insights.awareness_lines import DimensionLines

NEWEST = 5
"""Campaigns on the first page; the list has all."""
MOST_IN_FILE = 30


@dataclass(frozen=True)
class AwarenessQuery:
    """What the address says. `simulated` None: practice answers only where there is nothing else."""

    audience: str
    simulated: bool | None
    dimension: str


def _asked() -> AwarenessQuery:
    given = request.args
    audience = SurveyAudience.CIVIL_SERVANTS if given.get("siapa") == "asn" else SurveyAudience.RESIDENTS
    simulated = {"1": True, "0": False}.get(given.get("simulasi", ""))
    return AwarenessQuery(audience, simulated, given.get("dimensi", ""))


def _standing(asked: AwarenessQuery) -> "tuple[AwarenessSummary, bool, DimensionLines]":
    """What the page and its file say alike: where the dimensions stand, whether by practice, and their lines."""
    actor, today = current_actor(), local_day(now())
    found = by_village.summarise_awareness(
        db.session, actor, today=today, audience=asked.audience, simulated=asked.simulated
    )
    simulated = found.simulated if asked.simulated is None else asked.simulated
    return (
        found,
        simulated,
        awareness_lines.dimension_lines(db.session, actor, audience=asked.audience, simulated=simulated, today=today),
    )


@bp.get("/pengenalan")
@allow(Can.READ_OFFICE)
def awareness() -> ResponseReturnValue:
    actor, asked = current_actor(), _asked()
    standing, simulated, drawn = _standing(asked)
    residents = asked.audience == SurveyAudience.RESIDENTS
    return render_template(
        "insights/awareness.html",
        asked=asked,
        standing=standing,
        simulated=simulated,
        lines={one.key: one for one in drawn.lines},
        districts=awareness_lines.by_district(db.session, drawn, asked.dimension, regency_code=settings().regency_code)
        if residents
        else None,
        listed=by_campaign.listed(db.session, actor, audience=asked.audience, simulated=simulated, size=NEWEST),
        may_plan=actor.can(Can.PLAN_SURVEYS),
        charts=awareness_charts,
        words=words,
        quotes=quotes,
    )


@bp.get("/pengenalan/berkas")
@allow(Can.READ_OFFICE)
def awareness_file() -> ResponseReturnValue:
    """Send the page as a workbook: dimensions, districts, and the newest campaigns."""
    actor, asked = current_actor(), _asked()
    standing, simulated, drawn = _standing(asked)
    made = [awareness_sheets.of_dimensions(standing, drawn, simulated=simulated)]
    if asked.audience == SurveyAudience.RESIDENTS:
        found = awareness_lines.by_district(db.session, drawn, asked.dimension, regency_code=settings().regency_code)
        made += [awareness_sheets.of_districts(found, simulated=simulated)] if found else []
    listed = by_campaign.listed(
        db.session, actor, audience=asked.audience, simulated=simulated, size=MOST_IN_FILE
    )  # fmt: skip
    made.append(awareness_sheets.of_campaigns(listed, simulated=simulated))
    return download(workbook(made), XLSX, f"{'simulasi-' if simulated else ''}pengenalan.xlsx")


@bp.get("/pengenalan/program")
@allow(Can.READ_OFFICE)
def awareness_campaigns() -> ResponseReturnValue:
    actor, asked, state = current_actor(), _asked(), request.args.get("keadaan", by_campaign.PAIRED)
    simulated = asked.simulated
    if simulated is None:
        simulated = by_village.shows_practice(db.session, actor, today=local_day(now()), audience=asked.audience)
    listed = by_campaign.listed(
        db.session, actor, audience=asked.audience, simulated=simulated, state=state, number=number_of("hal") or 1
    )  # fmt: skip
    states = {
        by_campaign.PAIRED: _("Sudah ada keduanya"),
        by_campaign.ALONE: _("Baru sebagian"),
        by_campaign.NONE: _("Belum disurvei"),
    }
    return render_template(
        "insights/awareness_campaigns.html",
        asked=asked,
        simulated=simulated,
        listed=listed,
        states=states,
        may_plan=actor.can(Can.PLAN_SURVEYS),
        words=words,
        quotes=quotes,
    )


@bp.get("/pengenalan/program/<int:campaign_id>")
@allow(Can.READ_OFFICE)
def awareness_campaign(campaign_id: int) -> ResponseReturnValue:
    actor, asked, campaign = current_actor(), _asked(), _campaign(campaign_id)
    found = by_campaign.of_campaign(db.session, actor, campaign, now=now(), zone=zone(), audience=asked.audience)
    return render_template(
        "insights/awareness_campaign.html",
        asked=asked,
        campaign=campaign,
        found=found,
        caveat=awareness_reached.CAVEAT,
        may_plan=actor.can(Can.PLAN_SURVEYS),
        charts=awareness_charts,
        words=words,
        quotes=quotes,
    )


@bp.get("/pengenalan/program/<int:campaign_id>/berkas")
@allow(Can.READ_OFFICE)
def awareness_campaign_file(campaign_id: int) -> ResponseReturnValue:
    actor, asked, campaign = current_actor(), _asked(), _campaign(campaign_id)
    found = by_campaign.of_campaign(db.session, actor, campaign, now=now(), zone=zone(), audience=asked.audience)
    name = f"{'simulasi-' if found.simulated else ''}pengenalan-program-{campaign_id}.xlsx"
    return download(workbook(awareness_sheets.of_campaign(found)), XLSX, name)


def _campaign(campaign_id: int) -> Campaign:
    return find(db.session, current_actor(), campaign_id)
