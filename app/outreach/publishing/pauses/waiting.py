"""What a pause keeps back: the rows that became due meanwhile, and the times they can have instead."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from app.outreach.campaigns.models import Campaign
from app.outreach.outlets.models import Outlet
from app.outreach.posts.etiquette import next_slot, off_hours
from app.outreach.posts.models import Post
from app.outreach.publishing.gate import OPEN, Gate, gate_of
from app.outreach.publishing.ledger import still_approved
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.models import DeliveryStatus as S
from app.outreach.publishing.pauses.active import active_pauses
from app.outreach.publishing.pauses.models import Pause

DECIDED_AFTER = timedelta(hours=1)
"""Nothing leaves by itself after a longer pause; a shorter one lets it go at once, spaced."""
SENDS_ITSELF = or_(
    Delivery.status.in_((S.QUEUED, S.RETRYING)), and_(Delivery.status == S.HELD, Delivery.hold_reason == "sign_in")
)
"""What would leave without anybody: also what waits for an account to be connected again."""


@dataclass
class WaitingPost:
    """A post with those of its deliveries that one pause alone keeps back and that are due.

    `late`: some of them are past "still useful until", so that they can only get a new time or be cancelled.
    """

    post_id: int
    title: str
    campaign_id: int
    campaign: str
    due_at: datetime
    useful_until: datetime | None
    late: bool = False
    delivery_ids: list[int] = field(default_factory=list)
    outlets: list[str] = field(default_factory=list)
    in_hand: bool = True  # a person has all its deliveries to post
    ready: bool = False  # one of them would leave at once


def waiting_posts(session: Session, pause: Pause, *, now: datetime) -> list[WaitingPost]:
    """Return what became due under this pause and is kept back by no other, the soonest useful-until first.

    A delivery that a person held is not among them: it waits for its release anyhow.
    """
    others = gate_of(session, [one for one in active_pauses(session) if one.id != pause.id])
    meant = or_(SENDS_ITSELF, Delivery.status == S.HANDED_OVER)
    kept = select(Delivery.id).where(meant, Delivery.due_at <= now, still_approved())
    kept = kept.where(gate_of(session, [pause]).keeps())
    if others != OPEN:
        kept = kept.where(~others.keeps())
    ids = kept.subquery()
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
    return list(found.values())


def _gather(found: dict[int, WaitingPost], row: Any, now: datetime) -> None:
    delivery: Delivery = row.Delivery
    one = found.setdefault(
        delivery.post_id,
        WaitingPost(
            delivery.post_id, row.title, row.campaign_id, row.name, delivery.due_at, delivery.useful_until
        ),
    )  # fmt: skip
    one.delivery_ids.append(delivery.id)
    one.outlets.append(row.outlet)
    one.late = one.late or is_late(delivery, now)
    one.in_hand = one.in_hand and delivery.status == S.HANDED_OVER
    one.ready = one.ready or delivery.status in {S.QUEUED, S.RETRYING}


def is_late(delivery: Delivery, now: datetime) -> bool:
    return delivery.useful_until is not None and delivery.useful_until < now


def must_be_decided(pause: Pause, posts: Sequence[WaitingPost], *, now: datetime) -> bool:
    """Decide whether somebody has to say what becomes of these: after an hour's pause, where one waits for longer than
    that (under another pause before), and where one is past its usefulness."""
    if not posts:
        return False
    since = min([pause.started_at, *(one.due_at for one in posts if one.ready)])
    return now - since > DECIDED_AFTER or any(one.late for one in posts)


def new_times(first: datetime, gap: timedelta, settings: Any) -> Iterator[datetime]:
    """Yield times `gap` apart from `first` on, none of them outside the sending etiquette."""
    at = first
    while True:
        yield at
        at = next_time(at + gap, settings)


def next_time(at: datetime, settings: Any) -> datetime:
    """Return this time, or the next quarter of an hour within the etiquette."""
    return at if off_hours(at, settings) is None else next_slot(at, settings)


@dataclass(frozen=True)
class Effect:
    """What pauses do at this moment, in numbers of deliveries. `under_way` may still go out."""

    waiting: int
    under_way: int


def effect_of(session: Session, gate: Gate, *, now: datetime) -> Effect:
    """Count what is due and kept back, and what was being sent when it began. One query."""
    due = and_(Delivery.status.in_((S.QUEUED, S.RETRYING)), Delivery.wake_at <= now)
    calling = and_(Delivery.status == S.SENDING, Delivery.started_at.is_not(None))
    row = session.execute(select(_count(due), _count(calling)).where(or_(due, calling), gate.keeps())).one()
    return Effect(row[0], row[1])


def _count(which: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count().filter(which)
