"""What the desk looks up beside its rows: channels and deliveries of posts, names of campaigns, marks of events."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.areas.models import Village
from app.base.people.models import Organisation
from app.gatherings.events.models import Event
from app.kernel.roles import Actor
from app.outreach.campaigns.models import Campaign
from app.outreach.campaigns.rules import visible as visible_campaigns
from app.outreach.outlets.models import Outlet
from app.outreach.posts.models import Variant
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.queries import shown_status


@dataclass(frozen=True)
class EventMark:
    """What the calendar says of an event beside its title. `moved`: it was to be at another time."""

    status: str
    village: str
    moved: bool


def event_marks(session: Session, event_ids: Iterable[int]) -> dict[int, EventMark]:
    query = (
        select(Event.id, Event.status, Event.moved_from, Village.name)
        .outerjoin(Village, Village.code == Event.village_code)
        .where(Event.id.in_(list(event_ids)))
    )
    return {row.id: EventMark(row.status, row.name or "", row.moved_from is not None) for row in session.execute(query)}


def channels_of(session: Session, post_ids: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """Return the kinds of outlets of each post, each kind once."""
    query = (
        select(Variant.post_id, Outlet.kind)
        .join(Outlet, Outlet.id == Variant.outlet_id)
        .where(Variant.post_id.in_(list(post_ids)))
        .order_by(Variant.id)
    )
    return _grouped(session.execute(query).all())


def deliveries_of(session: Session, post_ids: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """Return the statuses of the deliveries of each post, each status once."""
    return _grouped(
        session.execute(select(Delivery.post_id, shown_status()).where(Delivery.post_id.in_(list(post_ids)))).all()
    )


def _grouped(pairs: Iterable[Any]) -> dict[int, tuple[str, ...]]:
    groups: dict[int, dict[str, None]] = defaultdict(dict)
    for post_id, value in pairs:
        groups[post_id][value] = None
    return {post_id: tuple(group) for post_id, group in groups.items()}


def campaign_names(session: Session, ids: Iterable[int | None]) -> dict[int, str]:
    known = [number for number in ids if number is not None]
    query = select(Campaign.id, Campaign.name).where(Campaign.id.in_(known))
    return {row.id: row.name for row in session.execute(query)}


def campaign_choices(session: Session, actor: Actor) -> list[tuple[int, str]]:
    query = select(Campaign.id, Campaign.name).where(visible_campaigns(actor))
    return [(row.id, row.name) for row in session.execute(query.order_by(Campaign.starts_on.desc(), Campaign.name))]


def organisation_choices(session: Session) -> list[tuple[int, str]]:
    """Return (id, name) of the OPD and their bidang."""
    query = select(Organisation.id, Organisation.name).where(Organisation.kind.in_(("opd", "bidang")))
    return [(row.id, row.name) for row in session.execute(query.order_by(Organisation.name))]
