"""Counts of people of a batch and of its sessions."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.gatherings.events.models import Attendance, Registration, RegistrationStatus, Sex
from app.learning.training.models import Batch, Enrolment, EnrolmentStatus, Seat, Trainee
from app.learning.training.participants.presence import attendance_by_enrolment


@dataclass(frozen=True)
class Numbers:
    """People of a batch. `women` and `men` of those accepted, where the sex was noted; `percent`: the mean attendance
    of those accepted, None while no session was held."""

    asked: int
    accepted: int
    applied: int
    waiting: int
    women: int
    men: int
    percent: float | None

    @property
    def women_percent(self) -> float | None:
        known = self.women + self.men
        return 100 * self.women / known if known else None


def numbers(session: Session, batch: Batch, *, now: datetime) -> Numbers:
    """Count the people of a batch; three queries."""
    count: dict[tuple[str, str], int] = {
        (status, sex): many
        for status, sex, many in session.execute(
            select(Enrolment.status, Trainee.sex, func.count())
            .join(Trainee, Trainee.id == Enrolment.trainee_id)
            .where(Enrolment.batch_id == batch.id)
            .group_by(Enrolment.status, Trainee.sex)
        )
    }

    def of(status: EnrolmentStatus) -> int:
        return sum(many for (each, _sex), many in count.items() if each == status)

    shares = [
        one.percent for one in attendance_by_enrolment(session, [batch.id], now=now).values() if one.percent is not None
    ]
    return Numbers(
        asked=sum(count.values()),
        accepted=of(EnrolmentStatus.ACCEPTED),
        applied=of(EnrolmentStatus.APPLIED),
        waiting=of(EnrolmentStatus.WAITING),
        women=count.get((EnrolmentStatus.ACCEPTED, Sex.FEMALE), 0),
        men=count.get((EnrolmentStatus.ACCEPTED, Sex.MALE), 0),
        percent=sum(shares) / len(shares) if shares else None,
    )


@dataclass(frozen=True)
class SessionAttendance:
    """Attendance of one session: how many participants have a place there, how many of them came, and how many others
    were noted beside them: who has no place in the batch, or gave it back."""

    expected: int
    came: int
    others: int = 0


def attendance_by_event(session: Session, event_ids: Collection[int]) -> Mapping[int, SessionAttendance]:
    """Count attendance by event; two queries. Who gave a single session back and came all the same is counted there."""
    seats = session.execute(
        select(Registration.event_id, func.count(), func.count(Attendance.id))
        .join(Seat, Seat.registration_id == Registration.id)
        .join(Enrolment, Enrolment.id == Seat.enrolment_id)
        .outerjoin(Attendance, Attendance.registration_id == Registration.id)
        .where(
            Registration.event_id.in_(event_ids),
            Enrolment.status == EnrolmentStatus.ACCEPTED,
            or_(Registration.status == RegistrationStatus.REGISTERED, Attendance.id.is_not(None)),
        )
        .group_by(Registration.event_id)
    )
    expected = {event_id: (places, there) for event_id, places, there in seats}
    noted: dict[int, int] = dict(
        session.execute(
            select(Attendance.event_id, func.count())
            .where(Attendance.event_id.in_(event_ids), Attendance.role == "participant")
            .group_by(Attendance.event_id)
        )
        .tuples()
        .all()
    )
    found = {}
    for each in event_ids:
        places, there = expected.get(each, (0, 0))
        found[each] = SessionAttendance(places, there, max(0, noted.get(each, 0) - there))
    return found
