"""What has to be checked now: accounts each morning and before they are used, posts each morning and half an hour
before they go out."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from app.base.people.models import RoleRow, User
from app.kernel.roles import Can
from app.kernel.vault import Vault
from app.outreach.outlets.models import Outlet, OutletStatus
from app.outreach.outlets.ports import Channel, Inspectable
from app.outreach.posts.models import Post, PostStatus, Review
from app.outreach.publishing.ledger import COLUMNS
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.outgoing import channel_key, load, open_keys
from app.outreach.publishing.preflight.accounts import AccountQuestion
from app.outreach.publishing.preflight.deliveries import Approver, DeliveryQuestion
from app.outreach.publishing.preflight.models import Inspection

MORNING = (6, 30)
"""Local time of the daily check."""
BEFORE = timedelta(minutes=30)
DAY = timedelta(days=1)
FRESH = timedelta(minutes=25)
"""An account that was asked so lately is not asked again for one post."""
ACCOUNTS_AT_ONCE, DELIVERIES_AT_ONCE = 50, 100
WAITING = (S.QUEUED, S.RETRYING)


def last_morning(now: datetime, tz: str) -> datetime:
    """Return the latest moment at which a daily check was due."""
    local = now.astimezone(ZoneInfo(tz))
    at = local.replace(hour=MORNING[0], minute=MORNING[1], second=0, microsecond=0)
    return (at if at <= local else at - DAY).astimezone(UTC)


def next_morning(morning: datetime) -> datetime:
    """Return until when a daily check looks: what leaves soon after the next one is checked by that and before."""
    return morning + DAY + BEFORE


def accounts_due(
    session: Session, channels: Mapping[str, Channel], vault: Vault, *, morning: datetime, now: datetime,
    everything: bool = False,
) -> list[AccountQuestion]:  # fmt: skip
    """Return the accounts to ask: not yet this morning, not since their connection changed, or used within half an
    hour. `everything`: all of them."""
    asked = [key for key, channel in channels.items() if isinstance(channel, Inspectable)]
    rows = session.execute(
        select(Outlet, Inspection.checked_at)
        .outerjoin(Inspection, and_(Inspection.outlet_id == Outlet.id, Inspection.delivery_id.is_(None)))
        .where(Outlet.active, Outlet.kind.in_(asked), Outlet.status != OutletStatus.UNCONNECTED)
        .order_by(Inspection.checked_at, Outlet.id)
    ).all()
    soon = _outlets_used(session, now, now + BEFORE)
    planned = _planned(session, now)
    due = [outlet for outlet, seen in rows if everything or _is_due(outlet, seen, outlet.id in soon, morning, now)]
    return [_question(outlet, vault, planned.get(outlet.id, 0)) for outlet in due[:ACCOUNTS_AT_ONCE]]


def _is_due(outlet: Outlet, seen: datetime | None, soon: bool, morning: datetime, now: datetime) -> bool:
    if seen is None or seen < morning or (soon and seen < now - FRESH):
        return True
    return outlet.checked_at is not None and outlet.checked_at > seen


def _outlets_used(session: Session, since: datetime, until: datetime) -> AbstractSet[int]:
    query = select(Delivery.outlet_id).where(
        Delivery.status.in_(WAITING), Delivery.wake_at > since, Delivery.wake_at <= until
    )
    return set(session.scalars(query.distinct()))


def _planned(session: Session, now: datetime) -> dict[int, int]:
    """How many deliveries of each outlet leave within a day."""
    query = select(Delivery.outlet_id, func.count()).where(Delivery.status.in_(WAITING), Delivery.wake_at <= now + DAY)
    return dict(session.execute(query.group_by(Delivery.outlet_id)).tuples().all())


def _question(outlet: Outlet, vault: Vault, planned: int) -> AccountQuestion:
    return AccountQuestion(
        outlet_id=outlet.id,
        kind=outlet.kind,
        status=outlet.status,
        channel=channel_key(outlet.kind, outlet.status),
        settings=dict(outlet.settings),
        credentials=open_keys(outlet, vault),
        planned=planned,
        pause_reason=outlet.pause_reason,
        paused=outlet.paused_at is not None,
    )


def deliveries_due(
    session: Session, vault: Vault, *, morning: datetime, now: datetime, everything: bool = False
) -> list[DeliveryQuestion]:
    """Return the deliveries to check, the soonest first: those until the next morning that were not checked since this
    one, and those within half an hour."""
    unseen = or_(Inspection.id.is_(None), Inspection.checked_at < morning)
    soon = and_(Delivery.wake_at <= now + BEFORE, Inspection.checked_at < now - BEFORE)
    query = (
        select(*COLUMNS)
        .join(Post, Post.id == Delivery.post_id)
        .outerjoin(Inspection, Inspection.delivery_id == Delivery.id)
        .where(
            Delivery.status.in_(WAITING),
            Delivery.wake_at <= next_morning(morning),
            Post.status == PostStatus.APPROVED,
            Post.content_hash == Delivery.content_hash,
        )
        .order_by(Delivery.wake_at, Delivery.id)
        .limit(DELIVERIES_AT_ONCE)
    )
    rows = session.execute(query if everything else query.where(or_(unseen, soon))).all()
    approvers = _approvers(session, {row.post_id for row in rows})
    parcels = load(session, rows, vault, now=now) if rows else []
    return [DeliveryQuestion(parcel, approvers.get(parcel.post_id, ())) for parcel in parcels]


def _approvers(session: Session, post_ids: AbstractSet[int]) -> dict[int, Sequence[Approver]]:
    """Who approved each of these posts in its last round, and whether they could today."""
    in_office = and_(User.active, User.roles.any(RoleRow.name.in_(Can.SIGN_POSTS.roles)))
    rows: Sequence[Any] = session.execute(
        select(Review.post_id, User.id, User.name, in_office.label("in_office"))
        .join(Post, Post.id == Review.post_id)
        .join(User, User.id == Review.by_id)
        .where(Review.post_id.in_(post_ids), Review.decision == "approved", Review.round == Post.round)
        .order_by(Review.id)
    ).all()
    found: dict[int, dict[int, Approver]] = {}
    for row in rows:
        found.setdefault(row.post_id, {})[row.id] = Approver(row.id, row.name, bool(row.in_office))
    return {post_id: list(people.values()) for post_id, people in found.items()}
