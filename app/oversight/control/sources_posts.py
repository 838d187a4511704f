"""Sources of late posts, accounts and print: each by the rule of its own room."""

from typing import Any

from sqlalchemy import Select, and_, case, exists, func, null, or_, select, true

from app.kernel.local_day import local_day
from app.outreach.campaigns.models import Campaign, Service
from app.outreach.outlets.closing import needs_mending
from app.outreach.outlets.models import Outlet
from app.outreach.posts.models import Post, PostStatus
from app.outreach.posts.queries import is_near
from app.outreach.posts.states import OWNER_STEP
from app.outreach.printing.models import OrderStatus, PrintOrder, PrintPiece, Proof
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.queries import waits_for_somebody
from app.oversight.control.lines import Moment, line


def deliveries(moment: Moment) -> Select[Any]:
    """Select what did not go out by itself, and what a person was to post by hand and has not."""
    return (
        line(
            moment, "delivery", Delivery.id, local_day(Delivery.due_at, moment.zone),
            title=Post.title, detail=Outlet.name, organisation=Post.organisation_id,
            owner=func.coalesce(Outlet.responsible_id, Post.author_id), late=true(),
        )
        .join(Post, Post.id == Delivery.post_id)
        .join(Outlet, Outlet.id == Delivery.outlet_id)
        .where(waits_for_somebody(), Delivery.due_at < moment.now)
    )  # fmt: skip


def approvals(moment: Moment) -> Select[Any]:
    """Select posts whose approval takes longer than its target, since they were submitted."""
    since = local_day(Post.submitted_at, moment.zone)
    return (
        line(
            moment, "approval", Post.id, since, title=Post.title, detail=Campaign.name, organisation=_whose(),
            owner=_signer(moment),
        )
        .join(Campaign, Campaign.id == Post.campaign_id)
        .outerjoin(Service, Service.id == Post.service_id)
        .where(Post.status == PostStatus.IN_REVIEW, since <= moment.late_until("approval"))
    )  # fmt: skip


def drafts(moment: Moment) -> Select[Any]:
    """Select posts whose time is near or has just passed and that nobody approved, except those in `approvals`."""
    since = local_day(Post.scheduled_at, moment.zone)
    in_review = and_(
        Post.status == PostStatus.IN_REVIEW,
        local_day(Post.submitted_at, moment.zone) > moment.late_until("approval"),
    )
    return (
        line(
            moment, "draft", Post.id, since, title=Post.title, detail=Campaign.name, organisation=_whose(),
            owner=case((Post.status == PostStatus.IN_REVIEW, _signer(moment)), else_=Post.author_id),
            late=Post.scheduled_at < moment.now,
        )
        .join(Campaign, Campaign.id == Post.campaign_id)
        .outerjoin(Service, Service.id == Post.service_id)
        .where(or_(Post.status.in_((PostStatus.DRAFT, PostStatus.RETURNED)), in_review), is_near(moment.now))
    )  # fmt: skip


def _whose() -> Any:
    """The organisation that is asked: the owner of the service where its step waits, else the post's own."""
    asks_owner = and_(Post.status == PostStatus.IN_REVIEW, Post.waiting_for == OWNER_STEP)
    return case((asks_owner, func.coalesce(Service.owner_id, Post.organisation_id)), else_=Post.organisation_id)


def _signer(moment: Moment) -> Any:
    """Who signs the step that a post waits for: of its own organisation, else of the office."""
    signers = moment.signers
    own = [
        (and_(Post.waiting_for == position, Post.organisation_id == place), people[0])
        for (place, position), people in signers.by_place.items()
    ]
    office = [
        (Post.waiting_for == position, people[0])
        for (place, position), people in signers.by_place.items()
        if place == signers.office_id
    ]
    return case(*own, *office, else_=null()) if own or office else null()


def outlets(moment: Moment) -> Select[Any]:
    since = local_day(func.coalesce(Outlet.checked_at, Outlet.created_at), moment.zone)
    return line(
        moment, "outlet", Outlet.id, since, title=Outlet.name, organisation=Outlet.organisation_id,
        owner=Outlet.responsible_id, late=true(),
    ).where(needs_mending())  # fmt: skip


def orders(moment: Moment) -> Select[Any]:
    since = local_day(PrintOrder.ordered_at, moment.zone)
    return _order(moment, "order", since).where(
        PrintOrder.status == OrderStatus.ORDERED, since <= moment.listed_until("order")
    )


def proofs(moment: Moment) -> Select[Any]:
    """Select orders that were confirmed or done, and of which nothing was ever seen in place."""
    since = local_day(func.coalesce(PrintOrder.confirmed_at, PrintOrder.ordered_at), moment.zone)
    of_it = or_(Proof.order_id == PrintOrder.id, and_(Proof.order_id.is_(None), Proof.piece_id == PrintOrder.piece_id))
    proved = exists(select(Proof.id).where(of_it, Proof.withdrawn_at.is_(None)))
    return _order(moment, "proof", since).where(
        PrintOrder.status.in_((OrderStatus.CONFIRMED, OrderStatus.DONE)),
        ~proved,
        since <= moment.listed_until("proof"),
    )


def _order(moment: Moment, kind: str, since: Any) -> Select[Any]:
    return (
        line(
            moment, kind, PrintOrder.id, since, title=PrintPiece.title, detail=Outlet.name,
            organisation=PrintPiece.organisation_id, owner=Outlet.responsible_id,
        )
        .join(PrintPiece, PrintPiece.id == PrintOrder.piece_id)
        .join(Outlet, Outlet.id == PrintOrder.outlet_id)
    )  # fmt: skip
