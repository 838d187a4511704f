"""Queries of the list at the door, and of how many came, in a number that does not grow with the list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Integer, Select, cast, func, literal, null, or_, select, union_all
from sqlalchemy.orm import Session

from app.base.areas.models import Village
from app.gatherings.events.models import AgeBand, Attendance, Event, Headcount, Registration, RegistrationStatus, Sex
from app.gatherings.events.registration.news import COMING

STATES = ("here", "missing", "waiting")


@dataclass(frozen=True)
class AttendanceSummary:
    """How many came to an event, by name and by headcount, and how many had registered."""

    named: int = 0
    by_sex: Mapping[str, int] = field(default_factory=dict)  # of those named
    by_role: Mapping[str, int] = field(default_factory=dict)
    headcount: Mapping[tuple[str, str], int] = field(default_factory=dict)  # (sex, age band) → people
    registered: int = 0
    waiting: int = 0
    registered_here: int = 0  # of those with a place; who came from the waiting list is among those named

    @property
    def counted(self) -> int:
        return sum(self.headcount.values())

    @property
    def by_count(self) -> bool:
        """Whether the number of people is that of the headcount; else it is that of the names."""
        return self.counted > self.named

    @property
    def has_detail(self) -> bool:
        """Whether the headcount that counts tells sexes or ages apart."""
        return self.by_count and any(sex != Sex.UNKNOWN or band != AgeBand.UNKNOWN for sex, band in self.headcount)


def summary(session: Session, event_id: int) -> AttendanceSummary:
    """Count who came to an event, by name and by headcount, and who had registered; three queries."""
    named, by_sex, by_role, registered_here = 0, dict[str, int](), dict[str, int](), 0
    for sex, role, status, people in session.execute(
        select(Attendance.sex, Attendance.role, Registration.status, func.count())
        .outerjoin(Registration, Registration.id == Attendance.registration_id)
        .where(Attendance.event_id == event_id)
        .group_by(Attendance.sex, Attendance.role, Registration.status)
    ):
        named += people
        by_sex[sex] = by_sex.get(sex, 0) + people
        by_role[role] = by_role.get(role, 0) + people
        registered_here += people if status == RegistrationStatus.REGISTERED else 0
    heads = session.execute(
        select(Headcount.sex, Headcount.age_band, Headcount.people).where(Headcount.event_id == event_id)
    )
    registered = dict(
        session.execute(
            select(Registration.status, func.count())
            .where(Registration.event_id == event_id)
            .group_by(Registration.status)
        )
        .tuples()
        .all()
    )
    return AttendanceSummary(
        named, by_sex, by_role, {(sex, band): people for sex, band, people in heads},
        registered.get(RegistrationStatus.REGISTERED, 0), registered.get(RegistrationStatus.WAITING, 0),
        registered_here,
    )  # fmt: skip


def people_at_the_door(
    event_id: int, *, q: str = "", state: str = "", registration_id: int | None = None
) -> Select[Any]:
    """Select everybody who registered or came, by name, as rows: registration_id, attendance_id, name, organisation,
    village_code, village, sex, age_band, role, status (of the registration), method, at.

    `state`: "here", "missing" (not yet), "waiting" (on the waiting list), "" for all.
    """
    if registration_id is not None:
        everybody: Any = _registered(event_id).where(Registration.id == registration_id).subquery("people")
    else:
        everybody = union_all(_registered(event_id), _others(event_id)).subquery("people")
    query = select(everybody, Village.name.label("village")).outerjoin(
        Village, Village.code == everybody.c.village_code
    )
    words = " ".join(q.split())
    if words:
        columns = (everybody.c.name, everybody.c.organisation, Village.name)
        query = query.where(or_(*(column.icontains(words, autoescape=True) for column in columns)))
    if state == "here":
        query = query.where(everybody.c.attendance_id.is_not(None))
    elif state == "missing":
        query = query.where(everybody.c.attendance_id.is_(None))
    elif state == "waiting":
        query = query.where(everybody.c.status == RegistrationStatus.WAITING)
    listed: Select[Any] = query.order_by(
        func.lower(everybody.c.name), everybody.c.registration_id, everybody.c.attendance_id
    )
    return listed


def _registered(event_id: int) -> Any:
    """Who registered; what the person at the door wrote down goes before what the registration says."""
    return (
        select(
            Registration.id.label("registration_id"),
            Attendance.id.label("attendance_id"),
            func.coalesce(Attendance.name, Registration.name).label("name"),
            func.coalesce(Attendance.organisation, "").label("organisation"),
            Registration.village_code.label("village_code"),
            func.coalesce(Attendance.sex, Registration.sex).label("sex"),
            func.coalesce(Attendance.age_band, Registration.age_band).label("age_band"),
            func.coalesce(Attendance.role, "participant").label("role"),
            Registration.status.label("status"),
            Attendance.method.label("method"),
            Attendance.at.label("at"),
        )
        .outerjoin(Attendance, Attendance.registration_id == Registration.id)
        .where(
            Registration.event_id == event_id,
            or_(Registration.status.in_(COMING), Attendance.id.is_not(None)),
        )
    )


def _others(event_id: int) -> Any:
    """Who came without having registered, in the columns of `_registered`."""
    return select(
        cast(null(), Integer), Attendance.id, Attendance.name, Attendance.organisation, Attendance.village_code,
        Attendance.sex, Attendance.age_band, Attendance.role, literal(""), Attendance.method, Attendance.at,
    ).where(Attendance.event_id == event_id, Attendance.registration_id.is_(None))  # fmt: skip


def speakers_here(session: Session, event: Event) -> Sequence[Attendance]:
    return session.scalars(
        select(Attendance).where(Attendance.event_id == event.id, Attendance.role == "speaker")
    ).all()
