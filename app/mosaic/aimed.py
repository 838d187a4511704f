"""What was meant for a village: posts that went out, and print that was ordered. None of it says that anybody there
saw it, so it stands apart and is never counted as reached.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import CompoundSelect, and_, exists, func, select, union
from sqlalchemy.orm import Session

from app.areas.models import Village
from app.campaigns.models import campaign_districts, campaign_villages
from app.mosaic.values import Look
from app.outlets.models import Outlet
from app.outlets.queries import in_figures
from app.posts.models import Post, post_villages
from app.printing.models import OrderStatus, PrintOrder, PrintPiece
from app.publishing.models import Delivery, DeliveryStatus

LATEST, EARLIEST = timedelta(days=90), timedelta(days=2)
"""How long after its time, or before, a post may have gone out: so that those of a year are read, and not all."""


def ordered(session: Session, look: Look) -> Mapping[str, int]:
    """Village code → orders of the period that were not cancelled, of programmes that aim at it; two queries."""
    begin, end = look.period.borders(look.zone)
    orders = (
        select(PrintPiece.campaign_id, func.count(PrintOrder.id).label("number"))
        .join(PrintPiece, PrintPiece.id == PrintOrder.piece_id)
        .where(PrintOrder.status != OrderStatus.CANCELLED, PrintOrder.ordered_at >= begin, PrintOrder.ordered_at < end)
        .group_by(PrintPiece.campaign_id)
    )
    return _by_village(session, orders)


def posted(session: Session, look: Look) -> Mapping[str, int]:
    """Village code → posts that went out in the period and aim at it: by their own list of villages, or where they
    have none by that of their programme. Three queries."""
    begin, end = look.period.borders(look.zone)
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
    found = Counter(_by_village(session, of_campaign.group_by(Post.campaign_id)))
    named = (
        select(post_villages.c.village_code, func.count(Post.id))
        .join(Post, Post.id == post_villages.c.post_id)
        .where(out)
        .group_by(post_villages.c.village_code)
    )
    for code, number in session.execute(named):
        found[code] += number
    return found


def _by_village(session: Session, counted: Any) -> dict[str, int]:
    """`counted`: rows (campaign_id, number). A programme that names no place aims at all villages."""
    numbers = counted.subquery()
    pairs = _aims().subquery()
    named = (
        select(pairs.c.village_code, func.sum(numbers.c.number))
        .join(numbers, numbers.c.campaign_id == pairs.c.campaign_id)
        .group_by(pairs.c.village_code)
    )
    nowhere = ~exists().where(campaign_villages.c.campaign_id == numbers.c.campaign_id) & ~exists().where(
        campaign_districts.c.campaign_id == numbers.c.campaign_id
    )
    everywhere = select(func.sum(numbers.c.number)).where(nowhere).scalar_subquery()
    found: Counter[str] = Counter()
    for code, number in session.execute(select(Village.code, everywhere)):
        found[code] += int(number or 0)
    for code, number in session.execute(named):
        found[code] += int(number)
    return {code: number for code, number in found.items() if number}


def _aims() -> CompoundSelect[Any]:
    """(campaign_id, village_code), each pair once: a village may be named itself and lie in a named district."""
    inside = select(campaign_districts.c.campaign_id, Village.code.label("village_code")).join(
        Village, Village.district_code == campaign_districts.c.district_code
    )
    return union(select(campaign_villages.c.campaign_id, campaign_villages.c.village_code), inside)
