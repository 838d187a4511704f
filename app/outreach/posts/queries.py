"""What the pages of posts show, each in a number of queries that does not grow with the list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from app.base.people.models import Organisation, User
from app.kernel.audit import AuditEntry
from app.kernel.roles import Actor, Can
from app.outreach.campaigns.models import Campaign, Service
from app.outreach.outlets.kinds import PRINT, SOCIAL
from app.outreach.outlets.models import Outlet
from app.outreach.posts.access import visible_to
from app.outreach.posts.models import ApprovalPolicy, Post, PostStatus, Review, Variant
from app.outreach.posts.states import OWNER_STEP
from app.outreach.printing.models import PrintPiece

HISTORY_ACTIONS = ("post.rescheduled", "post.filled", "post.piece_changed", "post.cancelled", "post.drafted")
SOON = timedelta(days=7)
LONG_PAST = timedelta(days=30)


@dataclass(frozen=True)
class PostFilters:
    """What the list of posts is narrowed to; empty values narrow nothing."""

    q: str = ""
    status: str = ""
    campaign_id: int | None = None
    kind: str = ""  # of outlet
    organisation_id: int | None = None
    aimed: bool = False  # at villages by name, and not called off


def posts(actor: Actor, filters: PostFilters, *, now: datetime) -> Select[Any]:
    """Select the posts that a person may see, with campaign, outlets and organisation loaded along."""
    query = (
        select(Post)
        .join(Post.campaign)
        .options(
            contains_eager(Post.campaign),
            joinedload(Post.organisation),
            selectinload(Post.variants).joinedload(Variant.outlet),
        )
        .where(visible_to(actor))
    )
    if filters.status:
        query = query.where(Post.status == filters.status)
    return _narrowed(query, filters).order_by(*_order(now))


def _narrowed(query: Select[Any], filters: PostFilters) -> Select[Any]:
    if words := filters.q.strip():
        query = query.where(
            or_(
                Post.title.icontains(words, autoescape=True),
                Post.text.icontains(words, autoescape=True),
                Campaign.name.icontains(words, autoescape=True),
            )
        )
    if filters.campaign_id is not None:
        query = query.where(Post.campaign_id == filters.campaign_id)
    if filters.kind:
        query = query.where(Post.variants.any(Variant.outlet.has(Outlet.kind == filters.kind)))
    if filters.organisation_id is not None:
        query = query.where(Post.organisation_id == filters.organisation_id)
    if filters.aimed:
        query = query.where(Post.villages.any(), Post.status != PostStatus.CANCELLED)
    return query


def _order(now: datetime) -> tuple[Any, ...]:
    # without a time first: they still need one; then what comes next, then what is over, the latest first
    over = Post.scheduled_at < now
    return (
        Post.scheduled_at.is_not(None),
        over,
        case((~over, Post.scheduled_at), else_=None),
        Post.scheduled_at.desc(),
        Post.id.desc(),
    )


def count_by_status(session: Session, actor: Actor, filters: PostFilters) -> dict[str, int]:
    """Count the posts by status, under the other filters."""
    query: Any = select(Post.status, func.count()).join(Post.campaign).where(visible_to(actor)).group_by(Post.status)
    return dict(session.execute(_narrowed(query, filters)).tuples().all())


def is_near(now: datetime) -> ColumnElement[bool]:
    """Return the condition of a post whose time comes within a week, or passed less than LONG_PAST ago."""
    return Post.scheduled_at.between(now - LONG_PAST, now + SOON)


def waiting_for(actor: Actor) -> ColumnElement[bool]:
    """Return the condition of a submitted post whose step this person can take: `policies.refusal` in SQL."""
    if actor.id is None:
        return false()
    took_part = (
        select(Review.id)
        .where(
            Review.post_id == Post.id,
            Review.round == Post.round,
            Review.by_id == actor.id,
            Review.decision.in_(("submitted", "approved")),
        )
        .exists()
    )
    return and_(
        Post.status == PostStatus.IN_REVIEW,
        or_(Post.author_id.is_(None), Post.author_id != actor.id),
        ~Post.writers.any(User.id == actor.id),
        ~took_part,
        or_(_as_position(actor), _as_owner(actor)),
    )


def _as_position(actor: Actor) -> ColumnElement[bool]:
    if not actor.can(Can.SIGN_AS_POSITION) or not actor.positions:
        return false()
    step = Post.waiting_for.in_(actor.positions)
    if actor.of_office:
        return step
    foreign = Post.variants.any(Variant.outlet.has(Outlet.organisation_id.not_in(actor.organisation_ids)))
    return and_(step, Post.organisation_id.in_(actor.organisation_ids), ~foreign)


def _as_owner(actor: Actor) -> ColumnElement[bool]:
    if not actor.can(Can.SIGN_POSTS):
        return false()
    own = select(Service.id).where(Service.owner_id.in_(actor.organisation_ids))
    return and_(Post.waiting_for == OWNER_STEP, Post.service_id.in_(own))


def queue(session: Session, actor: Actor) -> Sequence[Post]:
    """Return the posts that wait for this person, the soonest to go out first."""
    query = (
        select(Post)
        .where(waiting_for(actor))
        .options(
            joinedload(Post.campaign),
            joinedload(Post.author),
            joinedload(Post.organisation),
            selectinload(Post.variants).joinedload(Variant.outlet),
        )
        .order_by(Post.scheduled_at, Post.id)
    )
    return session.scalars(query).unique().all()


def count_waiting(session: Session, actor: Actor) -> int:
    return session.scalar(select(func.count()).select_from(Post).where(waiting_for(actor))) or 0


def post_to_open(posts: Sequence[Post], post_id: int | None) -> Post | None:
    """Return the post that was asked for, else the first."""
    return next((post for post in posts if post.id == post_id), posts[0] if posts else None)


@dataclass(frozen=True)
class HistoryLine:
    """One line of a post's history. `decision` for approval, else `action` of the audit trail."""

    at: datetime
    by_name: str
    review: Review | None = None
    entry: AuditEntry | None = None


def history(session: Session, post: Post) -> list[HistoryLine]:
    """Return the lines of approval and of what else happened to the post, the latest first."""
    entries = session.scalars(
        select(AuditEntry).where(
            AuditEntry.subject_kind == "posts",
            AuditEntry.subject_id == str(post.id),
            AuditEntry.action.in_(HISTORY_ACTIONS),
        )
    )
    lines = [HistoryLine(entry.at, entry.actor_name, entry=entry) for entry in entries]
    lines += [HistoryLine(review.at, review.by_name, review=review) for review in post.reviews]
    return sorted(lines, key=lambda line: line.at)[::-1]


def outlets_to_choose(session: Session, kept: set[int]) -> Sequence[Outlet]:
    """Return outlets in use, and those that a post has already; social accounts first, then by hand, then print."""
    place = case(
        (Outlet.kind.in_(SOCIAL), 0),
        (Outlet.kind.in_(PRINT), 2),
        else_=1,
    )
    query = select(Outlet).where(or_(Outlet.active, Outlet.id.in_(kept))).order_by(place, Outlet.kind, Outlet.name)
    return session.scalars(query).all()


def pieces_to_choose(session: Session, campaign_ids: Sequence[int]) -> Sequence[PrintPiece]:
    query = select(PrintPiece).where(PrintPiece.campaign_id.in_(campaign_ids)).order_by(PrintPiece.title)
    return session.scalars(query).all()


def services_to_choose(session: Session) -> Sequence[Service]:
    return session.scalars(select(Service).order_by(Service.name)).all()


def organisations_with_posts(session: Session, actor: Actor) -> Sequence[Organisation]:
    ids = select(Post.organisation_id).where(visible_to(actor)).distinct()
    return session.scalars(select(Organisation).where(Organisation.id.in_(ids)).order_by(Organisation.name)).all()


def campaigns_with_posts(session: Session, actor: Actor) -> Sequence[Campaign]:
    ids = select(Post.campaign_id).where(visible_to(actor)).distinct()
    query = select(Campaign).where(Campaign.id.in_(ids)).order_by(Campaign.starts_on.desc(), Campaign.name)
    return session.scalars(query).all()


def policy_rows(session: Session) -> Sequence[tuple[Organisation, dict[str, ApprovalPolicy]]]:
    """Return the office and every OPD or bidang with steps of its own, posts, or outlets, each with its settings."""
    own: dict[int, dict[str, ApprovalPolicy]] = {}
    for row in session.scalars(select(ApprovalPolicy)):
        own.setdefault(row.organisation_id, {})[row.kind] = row
    organisations = session.scalars(
        select(Organisation)
        .where(
            Organisation.kind.in_(("opd", "bidang")),
            Organisation.active,
            or_(
                Organisation.is_office,
                Organisation.id.in_(select(Post.organisation_id)),
                Organisation.id.in_(select(Outlet.organisation_id)),
                Organisation.id.in_(list(own)),
            ),
        )
        .order_by(Organisation.is_office.desc(), Organisation.name)
    ).all()
    return [(organisation, own.get(organisation.id, {})) for organisation in organisations]
