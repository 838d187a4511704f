"""How many sessions of the batch each participant was at, as the attendance of its events says."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from app.gatherings.events.models import Attendance, Event
from app.gatherings.events.states import TOOK_PLACE, UPCOMING
from app.learning.training.models import BatchSession, Enrolment, EnrolmentStatus, Seat


@dataclass(frozen=True)
class AttendanceCount:
    """Attendance of one participant. `held`: sessions of the batch that took place; `came`: those of them at which this
    person was."""

    came: int
    held: int

    @property
    def percent(self) -> float | None:
        """None while no session was held."""
        return 100 * self.came / self.held if self.held else None


def took_place(now: datetime | None) -> ColumnElement[bool]:
    """Return the condition on the event of a session that it took place: marked as held, or somebody was noted as
    present, or over without being cancelled.

    Without `now` nobody asks whether it is over.
    """
    somebody = exists().where(Attendance.event_id == Event.id).correlate(Event)
    proved = [somebody] if now is None else [somebody, Event.ends_at <= now]
    return or_(Event.status.in_(TOOK_PLACE), and_(Event.status.in_(UPCOMING), or_(*proved)))


def count_dropouts(session: Session, batch_ids: Collection[int], *, now: datetime | None = None) -> Mapping[int, int]:
    """Count by batch how many were at one of its sessions and gave their place back, or lost it, later; one query."""
    query = (
        select(Enrolment.batch_id, func.count(Enrolment.id.distinct()))
        .join(Seat, Seat.enrolment_id == Enrolment.id)
        .join(BatchSession, BatchSession.id == Seat.session_id)
        .join(Event, Event.id == BatchSession.event_id)
        .join(Attendance, Attendance.registration_id == Seat.registration_id)
        .where(Enrolment.batch_id.in_(batch_ids), Enrolment.status != EnrolmentStatus.ACCEPTED, took_place(now))
        .group_by(Enrolment.batch_id)
    )
    return dict(session.execute(query).tuples().all())


def attendance_by_enrolment(
    session: Session, batch_ids: Collection[int], *, now: datetime | None = None
) -> Mapping[int, AttendanceCount]:
    """Return the attendance of everybody accepted, by the id of the enrolment; two queries for any number of
    batches."""
    if not batch_ids:
        return {}
    meetings = (
        select(BatchSession.batch_id, func.count())
        .join(Event, Event.id == BatchSession.event_id)
        .where(BatchSession.batch_id.in_(batch_ids), took_place(now))
        .group_by(BatchSession.batch_id)
    )
    held = {row[0]: row[1] for row in session.execute(meetings)}
    came = (
        select(Seat.enrolment_id, func.count(Attendance.id.distinct()).label("times"))
        .join(BatchSession, BatchSession.id == Seat.session_id)
        .join(Event, Event.id == BatchSession.event_id)
        .join(Attendance, Attendance.registration_id == Seat.registration_id)
        .where(BatchSession.batch_id.in_(batch_ids), took_place(now))
        .group_by(Seat.enrolment_id)
        .subquery()
    )
    rows = session.execute(
        select(Enrolment.id, Enrolment.batch_id, func.coalesce(came.c.times, 0))
        .outerjoin(came, came.c.enrolment_id == Enrolment.id)
        .where(Enrolment.batch_id.in_(batch_ids), Enrolment.status == EnrolmentStatus.ACCEPTED)
    )
    return {enrolment_id: AttendanceCount(times, held.get(batch_id, 0)) for enrolment_id, batch_id, times in rows}
