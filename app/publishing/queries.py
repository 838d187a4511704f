"""What the pages of the ledger show, each in a constant number of queries."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from app.campaigns.models import Campaign, Service
from app.kernel.paging import Page, paginate
from app.kernel.roles import Actor
from app.media.models import StoredFile
from app.outlets.models import Outlet
from app.people.models import User
from app.posts.models import Post
from app.printing.models import PrintOrder
from app.publishing.keys import delivery_key
from app.publishing.models import Delivery
from app.publishing.models import DeliveryStatus as S

TROUBLE = (S.FAILED, S.UNKNOWN, S.MISSED, S.HELD, S.HANDED_OVER)


@dataclass(frozen=True)
class Filters:
    statuses: tuple[str, ...] = ()
    outlet_id: int | None = None
    campaign_id: int | None = None
    post_id: int | None = None
    words: str = ""
    organisation_ids: frozenset[int] | None = None  # None: all


def deliveries(session: Session, filters: Filters, *, number: int = 1, size: int = 25) -> Page[Any]:
    """Rows (Delivery, Post.title, Campaign.name, Outlet), the next due first, then the newest."""
    return paginate(session, _selected(filters), number, size, rows=True)


def all_deliveries(session: Session, filters: Filters, *, limit: int) -> list[Any]:
    return list(session.execute(_selected(filters).limit(limit)).all())


def _selected(filters: Filters) -> Select[*tuple[Any, ...]]:
    query: Select[*tuple[Any, ...]] = (
        select(Delivery, Post.title, Campaign.name, Outlet)
        .join(Post, Post.id == Delivery.post_id)
        .join(Campaign, Campaign.id == Post.campaign_id)
        .join(Outlet, Outlet.id == Delivery.outlet_id)
        .order_by(Delivery.due_at.desc(), Delivery.id.desc())
    )
    if filters.statuses:
        query = query.where(Delivery.status.in_(filters.statuses))
    if filters.outlet_id:
        query = query.where(Delivery.outlet_id == filters.outlet_id)
    if filters.campaign_id:
        query = query.where(Post.campaign_id == filters.campaign_id)
    if filters.post_id:
        query = query.where(Delivery.post_id == filters.post_id)
    if filters.organisation_ids is not None:
        query = query.where(Post.organisation_id.in_(filters.organisation_ids))
    if filters.words:
        like = f"%{filters.words}%"
        query = query.where(or_(Post.title.ilike(like), Outlet.name.ilike(like), Campaign.name.ilike(like)))
    return query


def counts(session: Session, organisation_ids: frozenset[int] | None) -> dict[str, int]:
    """How many deliveries stand in each state."""
    query = select(Delivery.status, func.count()).join(Post, Post.id == Delivery.post_id).group_by(Delivery.status)
    if organisation_ids is not None:
        query = query.where(Post.organisation_id.in_(organisation_ids))
    return dict(session.execute(query).tuples().all())


def responsible(session: Session, outlet: Outlet) -> User | None:
    return session.get(User, outlet.responsible_id) if outlet.responsible_id else None


def next_due(session: Session) -> datetime | None:
    return session.scalar(select(func.min(Delivery.wake_at)).where(Delivery.status.in_((S.QUEUED, S.RETRYING))))


def visible_to(actor: Actor) -> frozenset[int] | None:
    """Which organisations' deliveries a person sees; None: all."""
    return None if actor.of_office else actor.organisation_ids


def delivery(session: Session, delivery_id: int, actor: Actor) -> Delivery | None:
    """The delivery if this person may see it: the office all, others their organisation's, and one's own outlets'."""
    row = session.get(Delivery, delivery_id)
    if row is None or actor.of_office:
        return row
    post = session.get_one(Post, row.post_id)
    outlet = session.get_one(Outlet, row.outlet_id)
    own_service = session.get(Service, post.service_id) if post.service_id else None
    mine = (
        post.organisation_id in actor.organisation_ids
        or outlet.responsible_id == actor.id
        or (own_service is not None and own_service.owner_id in actor.organisation_ids)
    )
    return row if mine else None


def files(session: Session, row: Delivery) -> list[tuple[StoredFile, str]]:
    """The planned images with their alternative texts, in their order."""
    alts = {entry["id"]: entry["alt"] for entry in row.payload.get("files", ())}
    found = {file.id: file for file in session.scalars(select(StoredFile).where(StoredFile.id.in_(alts)))}
    return [(found[file_id], alt) for file_id, alt in alts.items() if file_id in found]


def order_of(session: Session, row: Delivery) -> PrintOrder | None:
    key = delivery_key(row.post_id, row.outlet_id)
    return session.scalar(select(PrintOrder).where(PrintOrder.delivery_key == key))


def outlet_choices(session: Session) -> list[tuple[int, str]]:
    return [(row.id, row.name) for row in session.execute(select(Outlet.id, Outlet.name).order_by(Outlet.name))]
