"""Offers of surveys to the goals of their campaign; a start loads no numpy for it."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from app.evidence.results import goal_offers
from app.kernel.roles import Actor
from app.outreach.campaigns.goal_results import Offer
from app.outreach.campaigns.models import Campaign


def offered(session: Session, actor: Actor, campaign: Campaign, today: date) -> Sequence[Offer]:
    return goal_offers.of_campaign(session, actor, campaign, today)
