"""The sessions of batches with their events, as they are read."""

from collections.abc import Collection, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from app.gatherings.events.models import Event, EventStatus
from app.kernel.site import site_of
from app.learning.programmes.models import Module
from app.learning.training.models import Batch, BatchSession

GONE = (EventStatus.CANCELLED, EventStatus.MERGED)


def meetings_query(batch_ids: Collection[int]) -> Select[BatchSession]:
    """Select the sessions in the order of their time, each with its event and module; also those that were
    cancelled."""
    return (
        select(BatchSession)
        .join(Event, Event.id == BatchSession.event_id)
        .where(BatchSession.batch_id.in_(batch_ids))
        .options(contains_eager(BatchSession.event), joinedload(BatchSession.module))
        .order_by(Event.starts_at, BatchSession.id)
    )


def meetings(session: Session, batch: Batch, *, whole: bool = False) -> Sequence[BatchSession]:
    """List the sessions of a batch in one query. `whole`: with the materials of their modules and the speakers, two
    more."""
    query = meetings_query([batch.id])
    if whole:
        query = query.options(
            selectinload(BatchSession.module, Module.materials), selectinload(BatchSession.event, Event.speakers)
        )
    return session.scalars(query).unique().all()


def events_of(session: Session, batch: Batch) -> Sequence[Event]:
    """List the events that were not called off, in the order of their time."""
    return [one.event for one in meetings(session, batch) if one.event.status not in GONE]


def begin_with_sessions(session: Session, batch: Batch) -> None:
    """Move the first day of a batch to that of its first session, so that nobody is told of a day on which nothing is
    held."""
    events = events_of(session, batch)
    if events:
        first = events[0].starts_at.astimezone(ZoneInfo(site_of(session).tz)).date()
        batch.starts_on = max(batch.starts_on, first)


def ahead(events: Sequence[Event], now: datetime) -> list[Event]:
    """List those of these events that are planned and not over."""
    waiting = (EventStatus.PLANNED, EventStatus.ANNOUNCED)
    return [one for one in events if one.status in waiting and one.ends_at > now]


def event_ids(batch_id: int) -> Select[int]:
    """Select the ids of a batch's events, as a subquery."""
    return select(BatchSession.event_id).where(BatchSession.batch_id == batch_id)
