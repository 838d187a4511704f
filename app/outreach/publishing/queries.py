"""What the pages of the ledger show, each in a constant number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from app.base.media.models import StoredFile
from app.base.people.models import User
from app.kernel.paging import Page, paginate
from app.kernel.roles import Actor
from app.outreach.campaigns.models import Campaign, Service
from app.outreach.outlets.models import Outlet
from app.outreach.posts.models import Post
from app.outreach.printing.models import PrintOrder
from app.outreach.publishing.keys import delivery_key
from app.outreach.publishing.models import Attempt, Delivery
from app.outreach.publishing.models import DeliveryStatus as S

TROUBLE = (S.FAILED, S.UNKNOWN, S.MISSED, S.HELD, S.HANDED_OVER)
REMOVED = "removed"
"""Beside the states of a delivery: it was sent, and is not there any more."""
WAITING = (S.HANDED_OVER, S.UNKNOWN, S.FAILED, S.MISSED)
"""Deliveries that wait for a person, the most pressing first."""


@dataclass(frozen=True)
class DeliveryFilters:
    """What the ledger's list is narrowed to; empty values narrow nothing."""

    statuses: tuple[str, ...] = ()
    outlet_id: int | None = None
    campaign_id: int | None = None
    post_id: int | None = None
    words: str = ""
    visible: ColumnElement[bool] | None = None  # None: all


def deliveries(session: Session, filters: DeliveryFilters, *, number: int = 1, size: int = 25) -> Page[Any]:
    """Return a page of rows (Delivery, Post, Campaign.name, Outlet), the latest due time first."""
    return paginate(session, _selected(filters), number, size, rows=True)


def all_deliveries(session: Session, filters: DeliveryFilters) -> Iterable[Any]:
    """Return every row of the list, fetched in portions."""
    return session.execute(_selected(filters).execution_options(yield_per=500))


def _selected(filters: DeliveryFilters) -> Select[*tuple[Any, ...]]:
    query: Select[*tuple[Any, ...]] = (
        select(Delivery, Post, Campaign.name, Outlet)
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
    if filters.visible is not None:
        query = query.where(filters.visible)
    if filters.words:
        like = f"%{filters.words}%"
        query = query.where(or_(Post.title.ilike(like), Outlet.name.ilike(like), Campaign.name.ilike(like)))
    return query


def count_by_status(session: Session, visible: ColumnElement[bool] | None) -> dict[str, int]:
    """Count the deliveries in each state."""
    query = (
        select(Delivery.status, func.count())
        .join(Post, Post.id == Delivery.post_id)
        .join(Outlet, Outlet.id == Delivery.outlet_id)
        .group_by(Delivery.status)
    )
    if visible is not None:
        query = query.where(visible)
    return dict(session.execute(query).tuples().all())


def shown_status() -> ColumnElement[str]:
    """Return the status of a delivery as lists show it: `REMOVED` for what was taken down since."""
    return case((Delivery.removed_at.is_not(None), REMOVED), else_=Delivery.status)


def responsible_person(session: Session, outlet: Outlet) -> User | None:
    return session.get(User, outlet.responsible_id) if outlet.responsible_id else None


def waits_for_somebody() -> ColumnElement[bool]:
    """Return the condition of a delivery that a person has to see to; what they left as it is waits no more."""
    last = select(Attempt.outcome).where(Attempt.delivery_id == Delivery.id).order_by(Attempt.id.desc()).limit(1)
    left = func.coalesce(last.correlate(Delivery).scalar_subquery(), "") == "give_up"
    return and_(Delivery.status.in_(WAITING), or_(Delivery.status != S.FAILED, ~left))


def visible_to(actor: Actor) -> ColumnElement[bool] | None:
    """Return which deliveries a person sees: the office all (None), others their organisation's, those about their
    services, and those of the outlets they answer for."""
    if actor.of_office:
        return None
    own_services = select(Service.id).where(Service.owner_id.in_(actor.organisation_ids))
    return or_(
        Post.organisation_id.in_(actor.organisation_ids),
        Post.service_id.in_(own_services),
        Outlet.responsible_id == actor.id,
    )


def find_delivery(session: Session, delivery_id: int, actor: Actor) -> Delivery | None:
    """Return the delivery if this person may see it, else None."""
    query = (
        select(Delivery)
        .join(Post, Post.id == Delivery.post_id)
        .join(Outlet, Outlet.id == Delivery.outlet_id)
        .where(Delivery.id == delivery_id)
    )
    visible = visible_to(actor)
    return session.scalar(query if visible is None else query.where(visible))


def file_of(session: Session, row: Delivery, file_id: int) -> StoredFile | None:
    """Return a picture of the delivery, its proof, or the PDF of its order; None for any other file."""
    order = order_of(session, row)
    known = {entry["id"] for entry in row.payload.get("files", ())} | {
        row.proof_file_id,
        order.pdf_id if order else None,
    }
    return session.get(StoredFile, file_id) if file_id in known else None


def files(session: Session, row: Delivery) -> list[tuple[StoredFile, str]]:
    """Return the planned images with their alternative texts, in their order."""
    alts = {entry["id"]: entry["alt"] for entry in row.payload.get("files", ())}
    found = {file.id: file for file in session.scalars(select(StoredFile).where(StoredFile.id.in_(alts)))}
    return [(found[file_id], alt) for file_id, alt in alts.items() if file_id in found]


def order_of(session: Session, row: Delivery) -> PrintOrder | None:
    key = delivery_key(row.post_id, row.outlet_id)
    return session.scalar(select(PrintOrder).where(PrintOrder.delivery_key == key))


def outlet_choices(session: Session) -> list[tuple[int, str]]:
    return [(row.id, row.name) for row in session.execute(select(Outlet.id, Outlet.name).order_by(Outlet.name))]
