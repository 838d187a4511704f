"""The new times at the end of a pause: one after the other, within the etiquette, not where an account is taken."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, union_all
from sqlalchemy.orm import Session

from app.outreach.posts.etiquette import next_slot, off_hours
from app.outreach.posts.models import Post, PostStatus, Variant
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.models import DeliveryStatus as S

APART = timedelta(minutes=10)
"""Nearer than this two posts at one account disturb, as after an outage (decision 054); a smaller gap that somebody
chose is enough."""
AHEAD = timedelta(days=14)
AT_MOST = 5000
"""So far ahead, and so many times, what is planned is looked at."""


class Taken:
    """The times at which accounts have something to send."""

    def __init__(self, times: Collection[tuple[int, datetime]], *, gap: timedelta) -> None:
        self._near = min(gap, APART)
        self._times: dict[int, list[datetime]] = {}
        for outlet_id, at in times:
            self._times.setdefault(outlet_id, []).append(at)

    def at(self, at: datetime, outlets: Collection[int]) -> bool:
        """Decide whether one of these outlets has something near this time."""
        return any(abs(at - time) < self._near for outlet in outlets for time in self._times.get(outlet, ()))


def planned_at(
    session: Session, outlets: Collection[int], *, besides: Collection[int], since: datetime
) -> list[tuple[int, datetime]]:
    """Return (outlet, time) of what leaves there from shortly before `since` on, but for the posts `besides`: the time
    of a post that is approved or asked for, planned already or not, and that of a delivery after an outage."""
    begin, end = since - APART, since + AHEAD
    posts = select(Variant.outlet_id, Post.scheduled_at.label("at")).join(Post, Post.id == Variant.post_id)
    posts = posts.where(
        Post.status.in_((PostStatus.APPROVED, PostStatus.IN_REVIEW)),
        Post.scheduled_at.between(begin, end),
        Variant.outlet_id.in_(outlets),
        Post.id.not_in(besides),
    )
    spaced = select(Delivery.outlet_id, Delivery.wake_at.label("at")).where(
        Delivery.spaced_at.is_not(None),
        Delivery.status.in_((S.QUEUED, S.RETRYING)),
        Delivery.wake_at.between(begin, end),
        Delivery.outlet_id.in_(outlets),
        Delivery.post_id.not_in(besides),
    )
    both = union_all(posts, spaced).subquery()
    return list(session.execute(select(both).order_by(both.c.at).limit(AT_MOST)).tuples())


def new_times(first: datetime, gap: timedelta, settings: Any) -> Iterator[datetime]:
    """Yield times `gap` apart from `first` on, none of them outside the sending etiquette."""
    at = first
    while True:
        yield at
        at = next_time(at + gap, settings)


def next_time(at: datetime, settings: Any) -> datetime:
    """Return this time, or the next quarter of an hour within the etiquette."""
    return at if off_hours(at, settings) is None else next_slot(at, settings)
