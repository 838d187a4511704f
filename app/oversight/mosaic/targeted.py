"""What was meant for a village: posts that went out, and print that was ordered. None of it says that anybody there saw
it, so it stands apart and is never counted as reached."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import CompoundSelect, and_, exists, func, select, union
from sqlalchemy.orm import Session

from app.base.areas.models import Village
from app.outreach.campaigns.models import campaign_districts, campaign_villages
from app.outreach.outlets.models import Outlet
from app.outreach.outlets.queries import in_figures
from app.outreach.posts.models import Post, post_villages
from app.outreach.printing.models import OrderStatus, PrintOrder, PrintPiece
from app.outreach.publishing.models import Delivery, DeliveryStatus
from app.oversight.mosaic.values import MosaicScope

LATEST, EARLIEST = timedelta(days=90), timedelta(days=2)
"""How long after its time, or before, a post may have gone out: so that those of a year are read, and not all."""


@dataclass(frozen=True)
class TargetedCounts:
    """How much was meant for villages. `by_village`: what was meant for a village and not for all of them;
    `everywhere`: what was meant for all, which tells no village from another."""

    by_village: Mapping[str, int]
    everywhere: int


def count_ordered(session: Session, scope: MosaicScope) -> TargetedCounts:
    """Count orders of the period that were not cancelled, by where their programmes aim; two queries."""
    begin, end = scope.period.borders(scope.zone)
    orders = (
        select(PrintPiece.campaign_id, func.count(PrintOrder.id).label("number"))
        .join(PrintPiece, PrintPiece.id == PrintOrder.piece_id)
        .where(PrintOrder.status != OrderStatus.CANCELLED, PrintOrder.ordered_at >= begin, PrintOrder.ordered_at < end)
        .group_by(PrintPiece.campaign_id)
    )
    return _by_village(session, orders)


def count_posted(session: Session, scope: MosaicScope) -> TargetedCounts:
    """Count posts that went out in the period, by where they aim: by their own list of villages, or where they have
    none by that of their programme. Three queries."""
    begin, end = scope.period.borders(scope.zone)
    delivered = exists().where(
        Delivery.post_id == Post.id,
        Delivery.status == DeliveryStatus.SENT,
        Delivery.piece_id.is_(None),
        Delivery.sent_at >= begin,
        Delivery.sent_at < end,
        Outlet.id == Delivery.outlet_id,
        in_figures(session),
    )
    out = and_(Post.scheduled_at >= begin - LATEST, Post.scheduled_at < end + EARLIEST, delivered)
    own = exists().where(post_villages.c.post_id == Post.id)
    of_campaign = select(Post.campaign_id, func.count(Post.id).label("number")).where(out, ~own)
    of_programmes = _by_village(session, of_campaign.group_by(Post.campaign_id))
    found = Counter(of_programmes.by_village)
    named = (
        select(post_villages.c.village_code, func.count(Post.id))
        .join(Post, Post.id == post_villages.c.post_id)
        .where(out)
        .group_by(post_villages.c.village_code)
    )
    for code, number in session.execute(named):
        found[code] += number
    return TargetedCounts(found, of_programmes.everywhere)


def _by_village(session: Session, counted: Any) -> TargetedCounts:
    """`counted`: rows (campaign_id, number). A programme that names no place aims at all villages, as one does that
    names them all."""
    numbers, pairs = counted.subquery(), _aims().subquery()
    every = select(func.count(Village.code)).scalar_subquery()
    some = select(pairs.c.campaign_id).group_by(pairs.c.campaign_id).having(func.count() < every)
    named = (
        select(pairs.c.village_code, func.sum(numbers.c.number))
        .join(numbers, numbers.c.campaign_id == pairs.c.campaign_id)
        .where(pairs.c.campaign_id.in_(some))
        .group_by(pairs.c.village_code)
    )
    everywhere = session.scalar(select(func.sum(numbers.c.number)).where(numbers.c.campaign_id.not_in(some)))
    return TargetedCounts({code: int(number) for code, number in session.execute(named)}, int(everywhere or 0))


def _aims() -> CompoundSelect[Any]:
    """(campaign_id, village_code), each pair once: a village may be named itself and lie in a named district."""
    inside = select(campaign_districts.c.campaign_id, Village.code.label("village_code")).join(
        Village, Village.district_code == campaign_districts.c.district_code
    )
    return union(select(campaign_villages.c.campaign_id, campaign_villages.c.village_code), inside)
