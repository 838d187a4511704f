"""A person who is accepted elsewhere at the same time."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, aliased

from app.events.models import Event
from app.events.states import TOOK_PLACE, UPCOMING
from app.training.models import Batch, BatchSession, Enrolment, EnrolmentStatus
from app.training.states import ALIVE

LIVE_EVENTS = (*UPCOMING, *TOOK_PLACE)


@dataclass(frozen=True)
class Clash:
    """The other batch, and the first of its sessions that meets together with one of this batch."""

    batch_id: int
    batch: str
    starts_at: datetime
    ends_at: datetime


def clashes(session: Session, batch_id: int, trainee_ids: Collection[int]) -> Mapping[int, list[Clash]]:
    """Trainee id → the other live batches that accepted this person and meet while this batch meets; one query."""
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


def clash(session: Session, batch_id: int, trainee_id: int) -> Clash | None:
    return next(iter(clashes(session, batch_id, [trainee_id]).get(trainee_id, [])), None)
