"""What surveys offer to the goals of their campaign; a start loads no numpy for it."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from app.campaigns.goal_results import OFFERS, Offer
from app.campaigns.models import Campaign
from app.kernel.roles import Actor


def offered(session: Session, actor: Actor, campaign: Campaign, today: date) -> Sequence[Offer]:
    from app.results.goal_offers import of_campaign

    return of_campaign(session, actor, campaign, today)


OFFERS.append(offered)
