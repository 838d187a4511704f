"""The chain of a campaign: from what it wants, over what was put in and done, to what changed and what was decided.

Every figure is the one of the room it belongs to. Nothing here adds up people of two platforms, and nothing says that
the campaign alone made a change.
"""

from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.campaigns.models import Campaign
from app.insights.chain_around import Around, around
from app.insights.chain_steps import Chain, Step
from app.kernel.roles import Actor

__all__ = ["chain"]

PARTS: list[Callable[[Session, Around], Step]] = []


def chain(session: Session, actor: Actor, campaign: Campaign, *, today: date, now: datetime, zone: ZoneInfo) -> Chain:
    """A constant number of queries, however much was done."""
    known = around(actor, campaign, today=today, now=now, zone=zone)
    return Chain(campaign, [part(session, known) for part in PARTS])
