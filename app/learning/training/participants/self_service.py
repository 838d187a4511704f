"""Self-service of participants: their own batches, and the contact that they correct."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, selectinload

from app.base.media.models import StoredFile
from app.gatherings.events.models import Attendance, Event, EventStatus, Registration, RegistrationStatus
from app.kernel.errors import Invalid, NotFound
from app.kernel.text import T
from app.learning.programmes.models import Module, ModuleMaterial
from app.learning.training.admission.waiting import queue_place
from app.learning.training.models import Batch, BatchSession, BatchStatus, Enrolment, EnrolmentStatus, Seat, Trainee
from app.learning.training.participants.people import NO_CONTACT, check_free, read_contact
from app.learning.training.participants.presence import AttendanceCount, attendance_by_enrolment
from app.learning.training.sessions.seats import update_seats
from app.learning.training.states import OPEN_ENROLMENTS


@dataclass(frozen=True)
class Meeting:
    """A session as one participant sees it. `came`: noted as present there; `place` of the event."""

    event: Event
    module: Module | None
    registration: Registration | None
    came: bool


@dataclass
class OwnBatch:
    """One batch of a person. `next_one`: the session for which the ticket is shown. `sizes`: id of a material → bytes
    of its file."""

    enrolment: Enrolment
    batch: Batch
    meetings: list[Meeting] = field(default_factory=list)
    materials: list[ModuleMaterial] = field(default_factory=list)
    sizes: dict[int, int] = field(default_factory=dict)
    attended: AttendanceCount | None = None
    queue_place: int | None = None
    next_one: Meeting | None = None

    @property
    def accepted(self) -> bool:
        return self.enrolment.status == EnrolmentStatus.ACCEPTED

    @property
    def may_leave(self) -> bool:
        over = self.batch.status in {BatchStatus.FINISHED, BatchStatus.CANCELLED}
        return self.enrolment.status in OPEN_ENROLMENTS and not over


def own_batches(session: Session, trainee: Trainee, *, now: datetime) -> list[OwnBatch]:
    """List every batch of this person, the latest first."""
    rows = session.execute(
        select(Enrolment, Batch)
        .join(Batch, Batch.id == Enrolment.batch_id)
        .where(Enrolment.trainee_id == trainee.id)
        .order_by(Batch.starts_on.desc(), Batch.id.desc())
    ).all()
    ids = [batch.id for _enrolment, batch in rows]
    came = attendance_by_enrolment(session, ids, now=now)
    found = [
        OwnBatch(
            enrolment,
            batch,
            attended=came.get(enrolment.id),
            queue_place=queue_place(session, enrolment) if enrolment.status == EnrolmentStatus.WAITING else None,
        )
        for enrolment, batch in rows
    ]
    _add_meetings(session, found, now)
    _add_materials(session, [one for one in found if one.accepted])
    return found


def next_of(found: Sequence[OwnBatch]) -> OwnBatch | None:
    """Return the batch that meets next."""
    ahead = [(one.next_one.event.starts_at, one) for one in found if one.next_one is not None]
    return min(ahead, key=lambda each: each[0])[1] if ahead else None


def _add_meetings(session: Session, found: Sequence[OwnBatch], now: datetime) -> None:
    by_batch = {one.batch.id: one for one in found}
    seats = {
        (enrolment_id, session_id): (registration, attendance_id is not None)
        for enrolment_id, session_id, registration, attendance_id in session.execute(
            select(Seat.enrolment_id, Seat.session_id, Registration, Attendance.id)
            .join(Registration, Registration.id == Seat.registration_id)
            .outerjoin(Attendance, Attendance.registration_id == Registration.id)
            .where(Seat.enrolment_id.in_([one.enrolment.id for one in found]))
        )
    }
    rows = session.execute(
        select(BatchSession, Event, Module)
        .join(Event, Event.id == BatchSession.event_id)
        .outerjoin(Module, Module.id == BatchSession.module_id)
        .where(BatchSession.batch_id.in_(by_batch), Event.status != EventStatus.MERGED)
        .order_by(Event.starts_at, BatchSession.position)
    )
    for meeting, event, module in rows:
        mine = by_batch[meeting.batch_id]
        registration, came = seats.get((mine.enrolment.id, meeting.id), (None, False))
        mine.meetings.append(Meeting(event, module, registration, came))
    for mine in found:
        mine.next_one = next((one for one in mine.meetings if mine.accepted and _ahead(one, now)), None)


def _ahead(meeting: Meeting, now: datetime) -> bool:
    seated = meeting.registration is not None and meeting.registration.status == RegistrationStatus.REGISTERED
    return seated and meeting.event.status != EventStatus.CANCELLED and meeting.event.ends_at > now


def _add_materials(session: Session, found: Sequence[OwnBatch]) -> None:
    for material, programme_id, size in session.execute(_materials([one.batch.programme_id for one in found])):
        for mine in found:
            if mine.batch.programme_id == programme_id:
                mine.materials.append(material)
                if size is not None:
                    mine.sizes[material.id] = size


def _materials(programme_ids: Sequence[int]):  # type: ignore[no-untyped-def]
    return (
        select(ModuleMaterial, Module.programme_id, StoredFile.size)
        .join(Module, Module.id == ModuleMaterial.module_id)
        .outerjoin(StoredFile, StoredFile.id == ModuleMaterial.file_id)
        .where(
            Module.programme_id.in_(programme_ids), Module.archived_at.is_(None), ModuleMaterial.for_trainers.is_(False)
        )
        .order_by(Module.position, Module.id, ModuleMaterial.position, ModuleMaterial.id)
    )


def material_of(session: Session, trainee: Trainee, material_id: int) -> ModuleMaterial:
    """Return a file of a programme in which this person has a place. Raises NotFound."""
    programmes = (
        select(Batch.programme_id)
        .join(Enrolment, Enrolment.batch_id == Batch.id)
        .where(Enrolment.trainee_id == trainee.id, Enrolment.status == EnrolmentStatus.ACCEPTED)
    )
    found = session.scalar(
        select(ModuleMaterial)
        .join(Module, Module.id == ModuleMaterial.module_id)
        .where(
            ModuleMaterial.id == material_id,
            ModuleMaterial.for_trainers.is_(False),
            ModuleMaterial.file_id.is_not(None),
            Module.archived_at.is_(None),
            Module.programme_id.in_(programmes),
        )
    )
    if found is None:
        raise NotFound(T("Materi ini tidak ada, atau bukan untuk Anda."))
    return found


def enrolment_of(session: Session, trainee: Trainee, enrolment_id: int) -> Enrolment:
    found = session.scalar(
        select(Enrolment)
        .options(selectinload(Enrolment.batch))
        .where(Enrolment.id == enrolment_id, Enrolment.trainee_id == trainee.id)
    )
    if found is None:
        raise NotFound(T("Pendaftaran ini tidak ada lagi."))
    return found


def in_calendar(trainee: Trainee) -> ColumnElement[bool]:
    """Return the condition on Event of the sessions in which this person has a place."""
    return Event.id.in_(
        select(BatchSession.event_id)
        .join(Enrolment, Enrolment.batch_id == BatchSession.batch_id)
        .where(Enrolment.trainee_id == trainee.id, Enrolment.status == EnrolmentStatus.ACCEPTED)
    )


def change_contact(session: Session, trainee: Trainee, *, phone: str, email: str, now: datetime) -> None:
    """Change the own contact. Raises Invalid with its field. Raises Invalid with its field."""
    number, address = read_contact(phone, email)
    if number is None and address is None:
        raise Invalid(NO_CONTACT, field="phone")
    set_contact(session, trainee, number, address, now=now)


def set_contact(session: Session, trainee: Trainee, phone: str | None, email: str | None, *, now: datetime) -> None:
    """Store checked values, which nobody else may have. The seats in sessions follow."""
    check_free(session, trainee, phone, email)
    trainee.phone, trainee.email, trainee.contact_key, trainee.updated_at = phone, email, phone or email, now
    session.flush()
    update_seats(session, trainee)


def by_enrolment(found: Sequence[OwnBatch]) -> Mapping[int, OwnBatch]:
    return {one.enrolment.id: one for one in found}
