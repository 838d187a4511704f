"""Who gets a place: the queue of a batch. Everything here expects the batch's row to be locked."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.events.models import Event, EventStatus
from app.training.models import Batch, BatchSession, BatchStatus, Enrolment, EnrolmentStatus, Trainee
from app.training.news import tell
from app.training.overlaps import clashes
from app.training.quotas import groups_of, refusal_of, taken
from app.training.seats import seat_one
from app.training.states import ALIVE


def fill_places(session: Session, batch: Batch, *, now: datetime) -> list[Enrolment]:
    """Give free places to those who wait, in their order, and tell them: after somebody left, or more places came.

    Whose quota is full is passed over and keeps the place in the queue; so does one who sits elsewhere at that time,
    about whom somebody has to decide. Nobody is called any more once the batch has begun. The batch's row is locked.
    """
    if not still_calls(session, batch, now):
        return []
    waiting = queue(session, batch)
    if not waiting:
        return []
    ids = [one.trainee_id for one in waiting]
    # one order for everybody, so that two batches that share people do not wait for each other
    session.execute(select(Trainee.id).where(Trainee.id.in_(ids)).order_by(Trainee.id).with_for_update(of=Trainee))
    busy, count, called = clashes(session, batch.id, ids), taken(session, batch), []
    for one in waiting:
        groups = groups_of(session, one.trainee)
        if refusal_of(batch, count, groups) is not None:
            continue
        one.overlaps = one.trainee_id in busy
        if not one.overlaps:
            count.add(groups)
            called.append(one)
    for one in called:
        accept(session, batch, one, now=now)
    session.flush()
    return called


def accept(session: Session, batch: Batch, enrolment: Enrolment, *, now: datetime) -> None:
    """Whether there is a place was asked before."""
    enrolment.status, enrolment.decided_at, enrolment.withdrawn_at = EnrolmentStatus.ACCEPTED, now, None
    session.flush()
    seat_one(session, enrolment, now=now)
    tell(session, batch, enrolment, now=now)


def still_calls(session: Session, batch: Batch, now: datetime) -> bool:
    """Whether the waiting list moves up by itself: until the first session begins."""
    if batch.status not in ALIVE:
        return False
    first = session.scalar(
        select(func.min(Event.starts_at))
        .join(BatchSession, BatchSession.event_id == Event.id)
        .where(BatchSession.batch_id == batch.id, Event.status.not_in((EventStatus.CANCELLED, EventStatus.MERGED)))
    )
    return first is None or now < first or (batch.status == BatchStatus.OPEN and _takes_late(batch, now))


def _takes_late(batch: Batch, now: datetime) -> bool:
    """Registration was left open beyond the first session."""
    return batch.register_until is not None and now < batch.register_until


def queue(session: Session, batch: Batch) -> Sequence[Enrolment]:
    """Those who wait, in their order."""
    return session.scalars(
        select(Enrolment)
        .where(Enrolment.batch_id == batch.id, Enrolment.status == EnrolmentStatus.WAITING)
        .order_by(Enrolment.queue_no, Enrolment.id)
    ).all()


def next_number(session: Session, batch: Batch) -> int:
    last = session.scalar(select(func.max(Enrolment.queue_no)).where(Enrolment.batch_id == batch.id))
    return (last or 0) + 1


def queue_place(session: Session, enrolment: Enrolment) -> int:
    """The place of somebody who waits: 1 is next."""
    before = select(func.count()).where(
        Enrolment.batch_id == enrolment.batch_id,
        Enrolment.status == EnrolmentStatus.WAITING,
        Enrolment.queue_no <= enrolment.queue_no,
    )
    return session.scalar(before) or 1
