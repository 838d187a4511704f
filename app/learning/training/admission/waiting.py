"""Who gets a place: the queue of a batch. Everything here expects the batch's row to be locked."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.gatherings.events.models import Event, EventStatus
from app.learning.training.admission.overlaps import clashes
from app.learning.training.admission.quotas import count_taken, groups_of, lacks_required_field, refusal_of
from app.learning.training.models import Batch, BatchSession, BatchStatus, Enrolment, EnrolmentStatus, Trainee
from app.learning.training.participants.news import tell
from app.learning.training.sessions.seats import seat_one
from app.learning.training.states import ALIVE


def fill_places(
    session: Session, batch: Batch, *, now: datetime, but: Enrolment | None = None, newcomer: bool = False
) -> list[Enrolment]:
    """Give free places to those who wait, in their order, and tell them: after somebody left, or more places came.

    Whose quota is full is passed over and keeps the place in the queue; so does one who sits elsewhere at that time,
    about whom somebody has to decide, and `but`. Before a `newcomer`, who is `but`, comes only who waits for a turn,
    and not whom somebody has put on the waiting list though there was a place. Nobody is called any more once the
    batch has begun. The batch's row is locked.
    """
    lock_people(session, batch)
    joined = _line_up(session, batch, but)
    called = _call(session, batch, but, turns_only=newcomer) if moves_up_by_itself(session, batch, now) else []
    for one in called:
        accept(session, batch, one, now=now)
    for one in joined:
        if one.status == EnrolmentStatus.WAITING:
            tell(session, batch, one, now=now)
    session.flush()
    return called


def lock_people(session: Session, batch: Batch, trainee_ids: Collection[int] = ()) -> None:
    """Lock these people, and those of the batch who may be given a place, until the end of the transaction.

    All at once in one order, the same for everybody, and after the batch: two batches that share people then never
    wait for each other.
    """
    may_be_called = select(Enrolment.trainee_id).where(
        Enrolment.batch_id == batch.id, Enrolment.status.in_((EnrolmentStatus.WAITING, EnrolmentStatus.APPLIED))
    )
    ids = {*trainee_ids, *session.scalars(may_be_called)}
    session.execute(select(Trainee.id).where(Trainee.id.in_(ids)).order_by(Trainee.id).with_for_update(of=Trainee))


def _line_up(session: Session, batch: Batch, but: Enrolment | None) -> list[Enrolment]:
    """Where nobody chooses any more, who asked while somebody did joins the queue; one about whom somebody has to
    decide all the same (an overlap, an earlier decision, a quota that cannot be asked) does not."""
    if batch.selection or batch.status not in ALIVE:
        return []
    asked = session.scalars(
        select(Enrolment)
        .where(
            Enrolment.batch_id == batch.id,
            Enrolment.status == EnrolmentStatus.APPLIED,
            Enrolment.overlaps.is_(False),
            Enrolment.held.is_(False),
            Enrolment.decided_by_id.is_(None),
        )
        .order_by(Enrolment.queue_no, Enrolment.id)
    ).all()
    busy = clashes(session, batch.id, [one.trainee_id for one in asked])
    joined = [
        one
        for one in asked
        if one is not but and one.trainee_id not in busy and not lacks_required_field(batch, one.trainee)
    ]
    for one in joined:
        one.status = EnrolmentStatus.WAITING
    session.flush()
    return joined


def _call(session: Session, batch: Batch, but: Enrolment | None, *, turns_only: bool) -> list[Enrolment]:
    waiting = [one for one in queue(session, batch) if one is not but and not (turns_only and one.decided_by_id)]
    if not waiting:
        return []
    busy = clashes(session, batch.id, [one.trainee_id for one in waiting])
    count, called = count_taken(session, batch), []
    for one in waiting:
        groups = groups_of(session, one.trainee)
        if refusal_of(batch, count, groups) is not None:
            continue
        one.overlaps = one.trainee_id in busy
        if not one.overlaps:
            count.add(groups)
            called.append(one)
    return called


def accept(session: Session, batch: Batch, enrolment: Enrolment, *, now: datetime, hourly: bool = False) -> None:
    """Accept a person and tell them; whether there is a place was asked before. `hourly` as in `tell`."""
    enrolment.status, enrolment.decided_at, enrolment.withdrawn_at = EnrolmentStatus.ACCEPTED, now, None
    session.flush()
    seat_one(session, enrolment, now=now)
    tell(session, batch, enrolment, now=now, hourly=hourly)


def moves_up_by_itself(session: Session, batch: Batch, now: datetime) -> bool:
    """Return whether the waiting list moves up by itself: until the first session begins."""
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
    """List those who wait, in their order."""
    return session.scalars(
        select(Enrolment)
        .where(Enrolment.batch_id == batch.id, Enrolment.status == EnrolmentStatus.WAITING)
        .order_by(Enrolment.queue_no, Enrolment.id)
    ).all()


def next_number(session: Session, batch: Batch) -> int:
    last = session.scalar(select(func.max(Enrolment.queue_no)).where(Enrolment.batch_id == batch.id))
    return (last or 0) + 1


def queue_places(session: Session, batch: Batch) -> dict[int, int]:
    """Map enrolment id of everybody who waits → the place; 1 is next. One query."""
    ids = session.scalars(
        select(Enrolment.id)
        .where(Enrolment.batch_id == batch.id, Enrolment.status == EnrolmentStatus.WAITING)
        .order_by(Enrolment.queue_no, Enrolment.id)
    )
    return {number: place for place, number in enumerate(ids, 1)}


def queue_place(session: Session, enrolment: Enrolment) -> int:
    """Return the place of somebody who waits: 1 is next."""
    before = select(func.count()).where(
        Enrolment.batch_id == enrolment.batch_id,
        Enrolment.status == EnrolmentStatus.WAITING,
        Enrolment.queue_no <= enrolment.queue_no,
    )
    return session.scalar(before) or 1
