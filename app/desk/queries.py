"""Sections of the home page about posts, deliveries, accounts and orders: each one statement, with the first rows and
how many there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, case, false, func, or_, select, true
from sqlalchemy.orm import Session, joinedload, selectinload

from app.base.confirmations.queries import to_confirm
from app.base.people.models import Organisation, User
from app.desk.entries import day_borders
from app.desk.lookups import channels_of, deliveries_of
from app.desk.states import State, state_of
from app.kernel.roles import Actor, Can
from app.outreach.campaigns.models import Campaign
from app.outreach.outlets.closing import needs_mending
from app.outreach.outlets.models import Outlet, OutletStatus
from app.outreach.posts.access import visible_to
from app.outreach.posts.content import gaps
from app.outreach.posts.models import Post, PostStatus, Review, Variant
from app.outreach.posts.queries import is_near, waiting_for
from app.outreach.printing.models import OrderStatus, PrintOrder, PrintPiece
from app.outreach.printing.queries import visible as visible_pieces
from app.outreach.publishing.decisions import decidable_by
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.queries import WAITING, waits_for_somebody
from app.outreach.publishing.queries import visible_to as visible_deliveries
from app.outreach.publishing.removal.service import select_tasks
from app.outreach.publishing.self_audit import queries as self_audit

SHOWN = 5
UPCOMING_DAYS = 7


@dataclass(frozen=True)
class Section:
    """The first few rows and how many there are in all. `own`: how many of them this person can do something about,
    where that is not all; of the others a row says `acts` False and names its `owner`."""

    rows: Sequence[Any] = ()
    total: int = 0
    own: int | None = None

    @property
    def waiting(self) -> int:
        return self.total if self.own is None else self.own

    def __bool__(self) -> bool:
        return self.total > 0


def section_of(session: Session, query: Any, shown: int = SHOWN, *, acts: ColumnElement[bool] | None = None) -> Section:
    """Return the first rows of the query, and how many it has in all. `acts`: on which of them this person can act."""
    query = query.add_columns(func.count().over().label("total"))
    if acts is not None:
        mark = case((acts, 1), else_=0)
        query = query.add_columns(mark.label("acts"), func.sum(mark).over().label("own"))
    rows = session.execute(query.limit(shown)).all()
    if not rows:
        return Section()
    return Section(rows, rows[0].total, None if acts is None else int(rows[0].own))


def _posts() -> Any:
    return select(
        Post.id, Post.title, Post.status, Post.scheduled_at, Campaign.name.label("campaign"), Post.submitted_at
    ).join(Campaign, Campaign.id == Post.campaign_id)


def approvals(session: Session, actor: Actor) -> Section:
    """Return submitted posts whose step this person can take, the soonest to go out first."""
    return section_of(session, _posts().where(waiting_for(actor)).order_by(Post.scheduled_at, Post.id))


def proposals(session: Session, actor: Actor) -> Section:
    """Return changes that take two people and wait for this one, the soonest to take effect first."""
    waiting = to_confirm(session, actor)
    return Section(waiting[:SHOWN], len(waiting))


def returned(session: Session, actor: Actor) -> Section:
    """Return one's own posts that came back, with the latest note."""
    note = (
        select(Review.note)
        .where(Review.post_id == Post.id, Review.decision == "returned")
        .order_by(Review.id.desc())
        .limit(1)
        .correlate(Post)
        .scalar_subquery()
    )
    query = _posts().add_columns(note.label("note"))
    return section_of(
        session,
        query.where(Post.status == PostStatus.RETURNED, Post.author_id == actor.id).order_by(
            Post.scheduled_at, Post.id
        ),
    )


@dataclass(frozen=True)
class Draft:
    """A draft whose time is near; `unfinished` while a `[LENGKAPI: …]` is open in it."""

    id: int
    title: str
    campaign: str
    scheduled_at: datetime
    unfinished: bool


def drafts_soon(session: Session, actor: Actor, now: datetime) -> Section:
    """Return a section of `Draft`: the time is near or has just passed, and nobody was asked to approve them yet."""
    query = _posts().where(Post.status == PostStatus.DRAFT, is_near(now), visible_to(actor))
    found = section_of(session, query.order_by(Post.scheduled_at, Post.id))
    unfinished = _unfinished(session, [row.id for row in found.rows])
    drafts = [Draft(row.id, row.title, row.campaign, row.scheduled_at, row.id in unfinished) for row in found.rows]
    return Section(drafts, found.total)


def _unfinished(session: Session, post_ids: Sequence[int]) -> set[int]:
    """Which of these posts have an open mark, in their texts or in their print pieces."""
    if not post_ids:
        return set()
    variants = selectinload(Post.variants).options(joinedload(Variant.outlet), joinedload(Variant.piece))
    query = select(Post).where(Post.id.in_(post_ids)).options(variants)
    return {post.id for post in session.scalars(query) if gaps(post)}


def deliveries(session: Session, actor: Actor) -> Section:
    """Return deliveries that wait for somebody: what did not go out by itself, and what a person posts by hand. A
    person sees also what is handed to them at another organisation's outlet."""
    visible = visible_deliveries(actor)
    place = case({status: number for number, status in enumerate(WAITING)}, value=Delivery.status)
    query = (
        select(
            Delivery.id,
            Delivery.status,
            Delivery.due_at,
            Delivery.problem,
            Post.title,
            Outlet.name.label("outlet"),
            Outlet.kind.label("outlet_kind"),
            func.coalesce(User.name, Organisation.name).label("owner"),
        )
        .join(Post, Post.id == Delivery.post_id)
        .join(Outlet, Outlet.id == Delivery.outlet_id)
        .join(Organisation, Organisation.id == Post.organisation_id)
        .outerjoin(User, (User.id == func.coalesce(Outlet.responsible_id, Post.author_id)) & User.active)
        .where(waits_for_somebody())
        .order_by(place, Delivery.due_at.desc(), Delivery.id)
    )
    if visible is not None:
        query = query.where(visible)
    return section_of(session, query, shown=8, acts=decidable_by(actor))


def removals(session: Session, actor: Actor) -> Section:
    """Return what a person has to take down at a platform, the longest asked for first."""
    if not actor.can(Can.READ_DELIVERIES):
        return Section()
    return section_of(session, select_tasks(actor), acts=decidable_by(actor))


def findings(session: Session, actor: Actor) -> Section:
    """Return what does not agree between the ledger and an account, the newest first."""
    return section_of(session, self_audit.select_findings(actor), acts=decidable_by(actor))


def signed_out(session: Session, actor: Actor) -> Section:
    """Return accounts that take nothing until a person connects them again or mends them: one line a cause."""
    query = _kept(select(Outlet.id, Outlet.name, Outlet.kind, Outlet.status, Outlet.problem)).where(needs_mending())
    if not actor.of_office:
        query = query.where(or_(Outlet.organisation_id.in_(actor.organisation_ids), Outlet.responsible_id == actor.id))
    acts = true() if actor.can(Can.KEEP_OUTLETS) else false()
    return section_of(session, query.order_by(Outlet.name), acts=acts)


def _kept(query: Any) -> Any:
    """With who answers for the outlet: a person, else the organisation."""
    return (
        query.add_columns(func.coalesce(User.name, Organisation.name).label("owner"))
        .outerjoin(Organisation, Organisation.id == Outlet.organisation_id)
        .outerjoin(User, (User.id == Outlet.responsible_id) & User.active)
    )


def orders(session: Session, actor: Actor) -> Section:
    """Return print orders that nobody has confirmed, the oldest first."""
    query = _kept(
        select(PrintOrder.id, PrintOrder.ordered_at, PrintOrder.copies, PrintPiece.title, Outlet.name.label("outlet"))
        .join(PrintPiece, PrintPiece.id == PrintOrder.piece_id)
        .join(Outlet, Outlet.id == PrintOrder.outlet_id)
        .where(PrintOrder.status == OrderStatus.ORDERED, visible_pieces(actor))
    )
    acts = true() if actor.can(Can.CONFIRM_ORDERS) else false()
    return section_of(session, query.order_by(PrintOrder.ordered_at, PrintOrder.id), acts=acts)


@dataclass(frozen=True)
class Upcoming:
    """A post of today or of the next days with its state."""

    id: int
    title: str
    campaign: str
    scheduled_at: datetime
    state: State
    channels: tuple[str, ...]


def upcoming(session: Session, actor: Actor, today: date, zone: ZoneInfo) -> tuple[Section, Section]:
    """Return two sections of `Upcoming`: the posts of today, and those of the seven days after it."""
    start, tomorrow = day_borders(today, zone)
    end = day_borders(today + timedelta(days=UPCOMING_DAYS), zone)[1]
    is_today = Post.scheduled_at < tomorrow
    place = func.row_number().over(partition_by=is_today, order_by=(Post.scheduled_at, Post.id))
    ranked = (
        _posts()
        .add_columns(
            is_today.label("is_today"), place.label("place"), func.count().over(partition_by=is_today).label("total")
        )
        .where(
            Post.scheduled_at >= start,
            Post.scheduled_at < end,
            Post.status != PostStatus.CANCELLED,
            visible_to(actor),
        )
        .subquery()
    )
    query = select(ranked).where(ranked.c.place <= SHOWN).order_by(ranked.c.scheduled_at, ranked.c.id)
    rows = session.execute(query).all()
    ids = {row.id for row in rows}
    channels, statuses = channels_of(session, ids), deliveries_of(session, ids)

    def section(of_today: bool) -> Section:
        own = [row for row in rows if bool(row.is_today) is of_today]
        shown = [
            Upcoming(
                row.id,
                row.title,
                row.campaign,
                row.scheduled_at,
                state_of(row.status, statuses.get(row.id, ()), channels.get(row.id, ())),
                channels.get(row.id, ()),
            )
            for row in own
        ]
        return Section(shown, own[0].total if own else 0)

    return section(True), section(False)


@dataclass(frozen=True)
class FirstSteps:
    """What an installation has already."""

    outlet: bool
    campaign: bool
    post: bool
    submitted: bool

    @property
    def taken(self) -> int:
        """How many of the four."""
        return sum((self.outlet, self.campaign, self.post, self.submitted))

    @property
    def done(self) -> bool:
        return self.taken == 4


def first_steps(session: Session) -> FirstSteps:
    row = session.execute(
        select(
            select(Outlet.id).where(Outlet.status == OutletStatus.CONNECTED).exists(),
            select(Campaign.id).exists(),
            select(Post.id).exists(),
            select(Post.id).where(Post.round > 0).exists(),
        )
    ).one()
    return FirstSteps(*map(bool, row))
