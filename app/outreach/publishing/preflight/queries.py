"""What the pages of checks show, each in a constant number of queries."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, false, or_, select
from sqlalchemy.orm import Session, aliased, lazyload

from app.base.people.models import User
from app.kernel.roles import Actor
from app.outreach.outlets.models import Outlet, OutletStatus
from app.outreach.posts.models import Post
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.preflight.models import Inspection, Level
from app.outreach.publishing.queries import visible_to

SHOWN = 100
LOOK = (Level.WARN, Level.BAD)
WAITING = (S.QUEUED, S.RETRYING)

Account = aliased(Inspection, name="account")
_of_outlet = and_(Inspection.outlet_id == Outlet.id, Inspection.delivery_id.is_(None))
_worst_first = case({Level.BAD.value: 0, Level.WARN.value: 1, Level.UNKNOWN.value: 2}, value=Inspection.level, else_=3)


def accounts(session: Session, actor: Actor, kinds: Iterable[str]) -> Sequence[Any]:
    """Return rows (Outlet, Inspection | None, User | None) of connected accounts that this person sees, the worst
    first."""
    query = (
        select(Outlet, Inspection, User)
        .outerjoin(Inspection, _of_outlet)
        .outerjoin(User, User.id == Outlet.responsible_id)
        .where(Outlet.active, Outlet.kind.in_(list(kinds)), Outlet.status != OutletStatus.UNCONNECTED)
        .options(lazyload(User.organisation))
        .order_by(_worst_first, Outlet.name)
    )
    if not actor.of_office:
        query = query.where(or_(Outlet.organisation_id.in_(actor.organisation_ids), Outlet.responsible_id == actor.id))
    return session.execute(query).all()


def coming(session: Session, actor: Actor, *, until: datetime) -> Sequence[Any]:
    """Return rows (Delivery, Post, Outlet, Inspection | None, account: Inspection | None) of what leaves until then and
    this person sees, the worst first; `account` is the check of its outlet."""
    query = (
        select(Delivery, Post, Outlet, Inspection, Account)
        .join(Post, Post.id == Delivery.post_id)
        .join(Outlet, Outlet.id == Delivery.outlet_id)
        .outerjoin(Inspection, Inspection.delivery_id == Delivery.id)
        .outerjoin(Account, and_(Account.outlet_id == Outlet.id, Account.delivery_id.is_(None)))
        .where(Delivery.status.in_(WAITING), Delivery.wake_at <= until)
        .order_by(_worst_first, Delivery.wake_at, Delivery.id)
        .limit(SHOWN)
    )
    visible = visible_to(actor)
    return session.execute(query if visible is None else query.where(visible)).all()


def of_outlet(session: Session, outlet_id: int) -> Inspection | None:
    return session.scalar(select(Inspection).where(Inspection.outlet_id == outlet_id, Inspection.delivery_id.is_(None)))


def of_delivery(session: Session, delivery: Delivery) -> list[Inspection]:
    """Return the checks of a delivery that still waits and of its account; none once it has left."""
    if delivery.status not in WAITING:
        return []
    own = Inspection.delivery_id == delivery.id
    account = and_(Inspection.outlet_id == delivery.outlet_id, Inspection.delivery_id.is_(None))
    return list(session.scalars(select(Inspection).where(or_(own, account)).order_by(Inspection.delivery_id)))


def of_post(session: Session, post_id: int) -> Sequence[Any]:
    """Return rows (Delivery.id, Outlet, Inspection) of checks of what waits of a post, and of the accounts it waits
    for."""
    checked = or_(Inspection.delivery_id == Delivery.id, _of_outlet)
    return session.execute(
        select(Delivery.id, Outlet, Inspection)
        .join(Outlet, Outlet.id == Delivery.outlet_id)
        .join(Inspection, checked)
        .where(Delivery.post_id == post_id, Delivery.status.in_(WAITING))
        .order_by(Outlet.name, Inspection.id)
    ).all()


def marked_posts(session: Session, post_ids: Iterable[int]) -> set[int]:
    """Return those of these posts that something stands in the way of, at one outlet or more."""
    ids = list(post_ids)
    checked = or_(
        Inspection.delivery_id == Delivery.id,
        and_(Inspection.outlet_id == Delivery.outlet_id, Inspection.delivery_id.is_(None)),
    )
    query = (
        select(Delivery.post_id)
        .join(Inspection, checked)
        .where(
            Delivery.post_id.in_(ids) if ids else false(),
            Delivery.status.in_(WAITING),
            Inspection.level.in_(LOOK),
        )
    )
    return set(session.scalars(query.distinct()))
