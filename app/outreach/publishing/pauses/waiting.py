"""What a pause keeps back: the rows that became due meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import Session

from app.outreach.campaigns.models import Campaign
from app.outreach.outlets.models import Outlet
from app.outreach.posts.models import Post
from app.outreach.publishing.gate import OPEN, Gate, gate_of
from app.outreach.publishing.ledger import still_approved
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.pauses.active import active_pauses
from app.outreach.publishing.pauses.models import Pause

DECIDED_AFTER = timedelta(hours=1)
"""Nothing leaves by itself after a longer pause; a shorter one lets it go at once, spaced."""
SOON = timedelta(hours=1)
"""A row whose time went by is looked at again within this, or has a time in the plan of an outage."""


@dataclass
class WaitingPost:
    """A post with those of its deliveries that one pause alone keeps back and that are due.

    `late`: some of them are past "still useful until", so that they can only get a new time or be cancelled. `partly`:
    another pause keeps back further ones, and goes on doing so.
    """

    post_id: int
    title: str
    campaign_id: int
    campaign: str
    due_at: datetime
    useful_until: datetime | None
    late: bool = False
    delivery_ids: list[int] = field(default_factory=list)
    outlet_ids: list[int] = field(default_factory=list)
    outlets: list[str] = field(default_factory=list)
    in_hand: bool = True  # a person has all its deliveries to post
    ready: bool = False  # one of them would leave at once
    partly: bool = False


def waiting_posts(session: Session, pause: Pause, *, now: datetime) -> list[WaitingPost]:
    """Return what became due under this pause and is kept back by no other, the soonest useful-until first."""
    others = gate_besides(session, pause)
    kept = select(Delivery.id).where(_fell_due(now), gate_of(session, [pause]).keeps())
    ids = (kept if others == OPEN else kept.where(~others.keeps())).subquery()
    query = (
        select(Delivery, Post.title, Post.campaign_id, Campaign.name, Outlet.name.label("outlet"))
        .join(ids, ids.c.id == Delivery.id)
        .join(Post, Post.id == Delivery.post_id)
        .join(Campaign, Campaign.id == Post.campaign_id)
        .join(Outlet, Outlet.id == Delivery.outlet_id)
        .order_by(Delivery.useful_until.is_(None), Delivery.useful_until, Delivery.due_at, Delivery.id)
        .execution_options(populate_existing=True)
    )
    found: dict[int, WaitingPost] = {}
    for row in session.execute(query):
        _gather(found, row, now)
    if found and others != OPEN:
        both = select(Delivery.post_id).where(Delivery.id.in_(kept), Delivery.post_id.in_(found), others.keeps())
        for post_id in session.scalars(both):
            found[post_id].partly = True
    return list(found.values())


def gate_besides(session: Session, pause: Pause) -> Gate:
    """Return what the other pauses keep back."""
    return gate_of(session, [one for one in active_pauses(session) if one.id != pause.id])


def _fell_due(now: datetime) -> ColumnElement[bool]:
    """The condition of a delivery whose time has come and that would leave, or that somebody has to post.

    What a person held is not meant, it waits for its release anyhow; what waits for an account is. Each part is found
    by an index, however much waits for later and has left.
    """
    queued = Delivery.status == S.QUEUED
    meant = or_(
        and_(queued, Delivery.wake_at <= now + SOON),
        and_(queued, Delivery.spaced_at.is_not(None)),
        Delivery.status.in_((S.RETRYING, S.HANDED_OVER)),
        and_(Delivery.status == S.HELD, Delivery.hold_reason == "sign_in"),
    )
    return and_(meant, Delivery.due_at <= now, still_approved())


def _gather(found: dict[int, WaitingPost], row: Any, now: datetime) -> None:
    delivery: Delivery = row.Delivery
    one = found.setdefault(
        delivery.post_id,
        WaitingPost(
            delivery.post_id, row.title, row.campaign_id, row.name, delivery.due_at, delivery.useful_until
        ),
    )  # fmt: skip
    one.delivery_ids.append(delivery.id)
    one.outlet_ids.append(delivery.outlet_id)
    one.outlets.append(row.outlet)
    one.late = one.late or is_late(delivery, now)
    one.in_hand = one.in_hand and delivery.status == S.HANDED_OVER
    one.ready = one.ready or delivery.status in {S.QUEUED, S.RETRYING}


def is_late(delivery: Delivery, now: datetime) -> bool:
    return delivery.useful_until is not None and delivery.useful_until < now


class Compulsory(StrEnum):
    """Why somebody has to say what becomes of what waited."""

    LONG = "long"  # the pause took over an hour
    OVERDUE = "overdue"  # something waits for over an hour, under another pause before or after an outage
    USELESS = "useless"  # something is past its usefulness


def why_decided(pause: Pause, posts: Sequence[WaitingPost], *, now: datetime) -> Compulsory | None:
    """Return why somebody has to say what becomes of these; None where they leave by themselves."""
    if posts and now - pause.started_at > DECIDED_AFTER:
        return Compulsory.LONG
    if any(one.ready and now - one.due_at > DECIDED_AFTER for one in posts):
        return Compulsory.OVERDUE
    return Compulsory.USELESS if any(one.late for one in posts) else None


@dataclass(frozen=True)
class Effect:
    """What pauses do at this moment, in numbers of posts: what `waiting` holds became due and is kept back, `elsewhere`
    of these altogether by another pause as well. `under_way` may still go out."""

    waiting: int
    elsewhere: int
    under_way: int


def effect_of(session: Session, gate: Gate, others: Gate = OPEN, *, now: datetime) -> Effect:
    """Count the posts that are due and kept back, and those being sent when it began. One query."""
    calling = and_(Delivery.status == S.SENDING, Delivery.started_at.is_not(None))
    held = false() if others == OPEN else others.keeps()
    rows = select(Delivery.post_id, calling.label("calling"), held.label("held"))
    found = rows.where(or_(_fell_due(now), calling), gate.keeps()).subquery()
    row = session.execute(
        select(
            _count(found.c.post_id, ~found.c.calling),
            _count(found.c.post_id, and_(~found.c.calling, ~found.c.held)),
            _count(found.c.post_id, found.c.calling),
        )
    ).one()
    return Effect(row[0], row[0] - row[1], row[2])


def _count(posts: ColumnElement[int], which: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(posts.distinct()).filter(which)
