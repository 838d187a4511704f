"""Walk-ins: who was at a session of a batch and has no place there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.gatherings.events.models import Attendance, Event, Registration
from app.gatherings.events.registration.names import name_key
from app.kernel import audit
from app.kernel.errors import NotFound, Refused
from app.kernel.roles import Actor
from app.kernel.text import T
from app.learning.training.access import to_manage
from app.learning.training.models import Batch, BatchSession, Enrolment, Seat
from app.learning.training.participants.service import accepted
from app.learning.training.states import ALIVE


@dataclass(frozen=True)
class WalkIn:
    """Somebody who was at a session and has no seat there. `free`: who has one and was not noted, by name; `same`:
    those of them who bear this name."""

    attendance: Attendance
    event: Event
    same: Sequence[Enrolment]
    free: Sequence[Enrolment]


def list_walk_ins(session: Session, batch: Batch) -> list[WalkIn]:
    """List “Hadir, tetapi bukan peserta”: who was noted at a session without a seat in the batch."""
    seated = select(Seat.registration_id).join(BatchSession, BatchSession.id == Seat.session_id)
    rows = session.execute(
        select(Attendance, Event)
        .join(Event, Event.id == Attendance.event_id)
        .join(BatchSession, BatchSession.event_id == Event.id)
        .where(
            BatchSession.batch_id == batch.id,
            Attendance.role == "participant",
            Attendance.erased_at.is_(None),
            or_(
                Attendance.registration_id.is_(None),
                Attendance.registration_id.not_in(seated.where(BatchSession.batch_id == batch.id)),
            ),
        )
        .order_by(Event.starts_at, Attendance.name, Attendance.id)
    ).all()
    if not rows:
        return []
    people, unseen = accepted(session, batch), _unseen(session, batch)
    keys = {one.id: name_key(one.trainee.name) for one in people}
    found = []
    for attendance, event in rows:
        free = [one for one in people if (event.id, one.id) in unseen]
        same = [one for one in free if keys[one.id] == name_key(attendance.name)]
        found.append(WalkIn(attendance, event, same, free))
    return found


def _unseen(session: Session, batch: Batch) -> set[tuple[int, int]]:
    """(event, enrolment) of seats at which nobody was noted."""
    query = (
        select(BatchSession.event_id, Seat.enrolment_id)
        .join(Seat, Seat.session_id == BatchSession.id)
        .outerjoin(Attendance, Attendance.registration_id == Seat.registration_id)
        .where(BatchSession.batch_id == batch.id, Attendance.id.is_(None))
    )
    return set(session.execute(query).tuples())


def match_walk_in(
    session: Session, actor: Actor, batch_id: int, attendance_id: int, enrolment_id: int, *, now: datetime
) -> str:
    """Move the attendance of a walk-in, who is this participant, to the seat, and return the name. Returns the name.

    One who is noted at the seat already keeps that row, and the other goes. Raises NotFound, Refused, Forbidden.
    """
    batch = to_manage(session, actor, batch_id, lock=True)
    if batch.status not in ALIVE:
        raise Refused(T("Angkatan ini tidak berjalan lagi. Buka kembali dulu, baru cocokkan kehadirannya."))
    row = session.scalar(
        select(Attendance)
        .join(BatchSession, BatchSession.event_id == Attendance.event_id)
        .where(Attendance.id == attendance_id, BatchSession.batch_id == batch.id)
    )
    if row is None:
        raise NotFound(T("Catatan kehadiran ini tidak ada lagi."))
    registration = session.scalar(
        select(Registration)
        .join(Seat, Seat.registration_id == Registration.id)
        .join(Enrolment, Enrolment.id == Seat.enrolment_id)
        .where(Enrolment.id == enrolment_id, Enrolment.batch_id == batch.id, Registration.event_id == row.event_id)
    )
    if registration is None:
        raise Refused(T("Orang ini belum punya tempat di pertemuan itu. Terima dulu sebagai peserta."))
    there = session.scalar(select(Attendance.id).where(Attendance.registration_id == registration.id))
    if there is not None:
        raise Refused(
            T("%(name)s sudah tercatat hadir di pertemuan itu. Bila ini orang yang sama, hapus salah satu catatannya "
              "di daftar hadir.", name=registration.name)
        )  # fmt: skip
    row.registration_id, row.name, row.village_code = registration.id, registration.name, registration.village_code
    row.sex, row.age_band = registration.sex, registration.age_band
    session.flush()
    after = {"enrolment_id": enrolment_id, "attendance_id": row.id}
    audit.record(session, actor, "training.attendance_matched", batch, now=now, after=after)
    return registration.name
