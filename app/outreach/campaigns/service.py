"""The verbs of a campaign, and those of this room that others call.

Goals, key messages and spending are in details.py, short links in links.py, what an installation starts with in
reference.py; whose campaign it is and what is checked stands in rules.py.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from app.kernel import audit
from app.kernel.errors import Forbidden
from app.kernel.roles import Actor
from app.kernel.text import T
from app.kernel.transitions import move
from app.outreach.campaigns import rules
from app.outreach.campaigns.ended import ENDED
from app.outreach.campaigns.links import shorten, visit
from app.outreach.campaigns.models import Campaign, CampaignStatus
from app.outreach.campaigns.reference import load_dimensions, load_services
from app.outreach.campaigns.rules import Plan

__all__ = ["Plan", "edit", "load_dimensions", "load_services", "move_status", "plan", "shorten", "visit"]


def plan(
    session: Session,
    actor: Actor,
    values: Plan,
    *,
    kit_key: str | None = None,
    kit_start: date | None = None,
    now: datetime,
) -> Campaign:
    """Make a new campaign, planned. `kit_key` and `kit_start` name the kit it was made from: once for each owner."""
    if not rules.may_plan(actor):
        raise Forbidden(T("Program baru dibuat oleh staf penulis atau editor. Hubungi editor di kantor Anda."))
    rules.check(session, actor, values)
    campaign = Campaign(kit_key=kit_key, kit_start=kit_start, created_by_id=actor.id, created_at=now)
    campaign.status = CampaignStatus.PLANNED
    _fill(session, campaign, values)
    session.add(campaign)
    session.flush()
    audit.record(session, actor, "plan", campaign, now=now, after=snapshot(campaign))
    return campaign


def edit(
    session: Session, actor: Actor, campaign_id: int, values: Plan, *, version: int | None = None, now: datetime
) -> Campaign:
    """Change what was planned. Raises Stale when `version` is no longer the latest; nothing is written then."""
    campaign = rules.find_to_edit(session, actor, campaign_id, version)
    rules.check(session, actor, values)
    rules.check_new_owner(session, campaign, values.organisation_id)
    before = snapshot(campaign)
    _fill(session, campaign, values)
    rules.touch(session, campaign)
    audit.record(session, actor, "edit", campaign, now=now, before=before, after=snapshot(campaign))
    return campaign


def move_status(session: Session, actor: Actor, campaign_id: int, status: CampaignStatus, *, now: datetime) -> Campaign:
    """Move a campaign on: planned, active, then ended or cancelled. Raises Refused for any other move."""
    campaign = rules.find(session, actor, campaign_id)
    if not rules.may_edit(actor, campaign):
        raise Forbidden(T("Status program hanya bisa diubah oleh pembuatnya atau editor."))
    before = campaign.status
    move(campaign, rules.ALLOWED, status, rules.STATUS_LABELS)
    rules.touch(session, campaign)
    audit.record(
        session, actor, "move_status", campaign, now=now, before={"status": before}, after={"status": str(status)}
    )
    for follow in ENDED if status == CampaignStatus.ENDED else ():
        follow(session, campaign, now)
    return campaign


def _fill(session: Session, campaign: Campaign, values: Plan) -> None:
    # looked up before anything is set: a lookup would flush a half-filled record
    dimensions = rules.dimensions(session, values.dimension_keys)
    services = rules.services(session, values.service_ids)
    districts = rules.districts(session, values.district_codes)
    villages = rules.villages(session, values.village_codes)
    assert values.starts_on is not None  # noqa: S101  rules.check refused it
    assert values.ends_on is not None  # noqa: S101
    assert values.organisation_id is not None  # noqa: S101
    campaign.name = values.name.strip()
    campaign.summary = values.summary.strip()
    campaign.organisation_id = values.organisation_id
    campaign.starts_on, campaign.ends_on = values.starts_on, values.ends_on
    campaign.audience = str(values.audience)
    campaign.budget = values.budget
    campaign.dimensions, campaign.services = dimensions, services
    campaign.districts, campaign.villages = districts, villages


def snapshot(campaign: Campaign) -> dict[str, Any]:
    """Return the campaign as plain values, for the audit trail."""
    return {
        "name": campaign.name,
        "summary": campaign.summary,
        "organisation_id": campaign.organisation_id,
        "starts_on": campaign.starts_on.isoformat(),
        "ends_on": campaign.ends_on.isoformat(),
        "audience": campaign.audience,
        "budget": campaign.budget,
        "dimensions": [row.key for row in campaign.dimensions],
        "services": [row.key for row in campaign.services],
        "districts": [row.code for row in campaign.districts],
        "villages": [row.code for row in campaign.villages],
    }
