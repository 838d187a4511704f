"""People of a batch and of its sessions, counted."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.events.models import Attendance, Registration, RegistrationStatus, Sex
from app.training.models import Batch, Enrolment, EnrolmentStatus, Trainee
from app.training.presence import attended


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
    """Three queries."""
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

    shares = [one.percent for one in attended(session, [batch.id], now=now).values() if one.percent is not None]
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
class Came:
    """Of one session: how many have a place there, and how many were noted as participants who came."""

    expected: int
    came: int


def came(session: Session, event_ids: Collection[int]) -> Mapping[int, Came]:
    """Event → its numbers; two queries."""
    seats = _counted(
        session,
        select(Registration.event_id, func.count()).where(
            Registration.event_id.in_(event_ids), Registration.status == RegistrationStatus.REGISTERED
        ),
        Registration.event_id,
    )
    noted = _counted(
        session,
        select(Attendance.event_id, func.count()).where(
            Attendance.event_id.in_(event_ids), Attendance.role == "participant"
        ),
        Attendance.event_id,
    )
    return {each: Came(seats.get(each, 0), noted.get(each, 0)) for each in event_ids}


def _counted(session: Session, query: Any, by: Any) -> dict[int, int]:
    return {row[0]: row[1] for row in session.execute(query.group_by(by))}
