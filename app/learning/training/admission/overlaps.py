"""Overlaps: people who are accepted elsewhere at the same time."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.base.people.models import Organisation
from app.gatherings.events.access import visible_to
from app.gatherings.events.models import Event
from app.gatherings.events.planning import clashes as event_clashes
from app.gatherings.events.planning.clashes import ClashReason, Span
from app.gatherings.events.states import TOOK_PLACE, UPCOMING
from app.kernel.roles import Actor
from app.learning.training.models import Batch, BatchSession, Enrolment, EnrolmentStatus
from app.learning.training.states import ALIVE, OPEN_ENROLMENTS

LIVE_EVENTS = (*UPCOMING, *TOOK_PLACE)


@dataclass(frozen=True)
class Clash:
    """The other batch, and the first of its sessions that meets together with one of this batch."""

    batch_id: int
    batch: str
    starts_at: datetime
    ends_at: datetime


def clashes(session: Session, batch_id: int, trainee_ids: Collection[int]) -> Mapping[int, list[Clash]]:
    """Map the id of a trainee to the other live batches that accepted this person and meet while this batch meets; one
    query."""
    if not trainee_ids:
        return {}
    mine, theirs, here, there = aliased(BatchSession), aliased(BatchSession), aliased(Event), aliased(Event)
    at_once = and_(here.starts_at < there.ends_at, there.starts_at < here.ends_at)
    rows = session.execute(
        select(Enrolment.trainee_id, Batch.id, Batch.name, there.starts_at, there.ends_at)
        .join(Batch, Batch.id == Enrolment.batch_id)
        .join(theirs, theirs.batch_id == Batch.id)
        .join(there, there.id == theirs.event_id)
        .join(mine, mine.batch_id == batch_id)
        .join(here, and_(here.id == mine.event_id, at_once))
        .where(
            Enrolment.trainee_id.in_(trainee_ids),
            Enrolment.status == EnrolmentStatus.ACCEPTED,
            Batch.id != batch_id,
            Batch.status.in_(ALIVE),
            here.status.in_(LIVE_EVENTS),
            there.status.in_(LIVE_EVENTS),
        )
        .order_by(there.starts_at, there.id)
    )
    found: dict[int, list[Clash]] = {}
    for trainee_id, other, name, starts_at, ends_at in rows:
        of_person = found.setdefault(trainee_id, [])
        if all(one.batch_id != other for one in of_person):
            of_person.append(Clash(other, name, starts_at, ends_at))
    return found


def first_clash(session: Session, batch_id: int, trainee_id: int) -> Clash | None:
    return next(iter(clashes(session, batch_id, [trainee_id]).get(trainee_id, [])), None)


def is_overlapping() -> ColumnElement[bool]:
    """Return the condition on an Enrolment that was not ended: another live batch accepted this person and meets while
    this one meets.

    Asked anew each time: sessions are moved and added after somebody was accepted.
    """
    other, batch = aliased(Enrolment), aliased(Batch)
    mine, theirs, here, there = aliased(BatchSession), aliased(BatchSession), aliased(Event), aliased(Event)
    at_once = and_(here.starts_at < there.ends_at, there.starts_at < here.ends_at)
    return and_(
        Enrolment.status.in_(OPEN_ENROLMENTS),
        exists(
            select(other.id)
            .join(batch, batch.id == other.batch_id)
            .join(theirs, theirs.batch_id == batch.id)
            .join(there, there.id == theirs.event_id)
            .join(mine, mine.batch_id == Enrolment.batch_id)
            .join(here, and_(here.id == mine.event_id, at_once))
            .where(
                other.trainee_id == Enrolment.trainee_id,
                other.status == EnrolmentStatus.ACCEPTED,
                other.batch_id != Enrolment.batch_id,
                batch.status.in_(ALIVE),
                here.status.in_(LIVE_EVENTS),
                there.status.in_(LIVE_EVENTS),
            )
            .correlate(Enrolment)
        ),
    )


def people_elsewhere(session: Session, actor: Actor, batch_id: int, spans: Sequence[Span]) -> list[event_clashes.Clash]:
    """List the sessions of other live batches at these times, with how many people both batches accepted; at most two
    queries."""
    if not spans:
        return []
    mine, other = aliased(Enrolment), aliased(Enrolment)
    rows = session.execute(
        select(Event.id, func.count(other.trainee_id.distinct()))
        .select_from(mine)
        .join(other, and_(other.trainee_id == mine.trainee_id, other.batch_id != mine.batch_id))
        .join(Batch, Batch.id == other.batch_id)
        .join(BatchSession, BatchSession.batch_id == Batch.id)
        .join(Event, Event.id == BatchSession.event_id)
        .where(
            mine.batch_id == batch_id,
            mine.status == EnrolmentStatus.ACCEPTED,
            other.status == EnrolmentStatus.ACCEPTED,
            Batch.status.in_(ALIVE),
            Event.status.in_(LIVE_EVENTS),
            or_(*(and_(Event.starts_at < end, Event.ends_at > start) for start, end in spans)),
        )
        .group_by(Event.id)
    )
    many: dict[int, int] = dict(rows.tuples().all())
    return [_shown(row, many[row.id]) for row in _events(session, actor, many)] if many else []


def _events(session: Session, actor: Actor, ids: Collection[int]) -> Sequence[Any]:
    return session.execute(
        select(Event.id, Event.title, Event.starts_at, Event.ends_at, Event.announced_at,
               Organisation.name.label("organisation"), visible_to(actor).label("seen"))
        .join(Organisation, Organisation.id == Event.organisation_id)
        .where(Event.id.in_(ids))
        .order_by(Event.starts_at, Event.id)
    ).all()  # fmt: skip


def _shown(row: Any, people: int) -> event_clashes.Clash:
    title = row.title if row.seen or row.announced_at is not None else None
    return event_clashes.Clash(
        row.id, title, row.organisation, row.starts_at, row.ends_at, [ClashReason.PEOPLE], (), people
    )  # fmt: skip


def of_session(session: Session, actor: Actor, event: Event, spans: Sequence[Span]) -> Sequence[event_clashes.Clash]:
    """List the clashes of people where a session of a batch is moved, for events.clashes.SEATED."""
    batch_id = session.scalar(select(BatchSession.batch_id).where(BatchSession.event_id == event.id))
    return people_elsewhere(session, actor, batch_id, spans) if batch_id is not None else []
