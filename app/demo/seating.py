"""Make practice participants at once, with a place in every session, as the verbs of `training.admission` leave them:
those ask the database for each person and each session."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, select

from app.demo.bulk import insert_rows
from app.demo.people import Learner, applicant
from app.demo.room import Room
from app.gatherings.events.models import Registration, RegistrationStatus
from app.learning.training.admission.service import OFFICE
from app.learning.training.models import Batch, BatchSession, Enrolment, EnrolmentStatus, Seat, Trainee
from app.learning.training.participants.people import NOTICE


def seat_people(room: Room, batch: Batch, learners: Sequence[Learner], day: date) -> list[tuple[Learner, Enrolment]]:
    """Make participants who were accepted on that day by the office. They have no contact, so that nobody is told."""
    enrolments = [_enrolment(room, batch, learner, number, day) for number, learner in enumerate(learners)]
    room.session.add_all(enrolments)
    room.session.flush()
    places = [(enrolment, meeting) for meeting in batch.sessions for enrolment in enrolments]
    insert_rows(room.session, Registration, [_registration(enrolment, meeting) for enrolment, meeting in places])
    numbers = {(row.event_id, row.queue_no): row.id for row in room.session.execute(_numbers(batch))}
    seats = [
        {
            "enrolment_id": enrolment.id, "session_id": meeting.id,
            "registration_id": numbers[meeting.event_id, enrolment.queue_no],
        }
        for enrolment, meeting in places
    ]  # fmt: skip
    insert_rows(room.session, Seat, seats)
    return list(zip(learners, enrolments, strict=True))


def _enrolment(room: Room, batch: Batch, learner: Learner, number: int, day: date) -> Enrolment:
    values, now = applicant(learner, number, room.organisations, room.villages), room.at(day, 9)
    trainee = Trainee(
        name=values.name, sex=values.sex, age_band=values.age_band, village_code=values.village_code or None,
        organisation_id=values.organisation_id, occupation=values.occupation, created_at=now, updated_at=now,
    )  # fmt: skip
    return Enrolment(
        batch_id=batch.id, trainee=trainee, status=EnrolmentStatus.ACCEPTED, source=OFFICE, queue_no=number + 1,
        motivation=values.motivation, points={}, notice=NOTICE, consent_at=now, applied_at=now, decided_at=now,
        told=False,
    )  # fmt: skip


def _registration(enrolment: Enrolment, meeting: BatchSession) -> dict[str, Any]:
    trainee = enrolment.trainee
    return {
        "event_id": meeting.event_id, "name": trainee.name, "village_code": trainee.village_code, "sex": trainee.sex,
        "age_band": trainee.age_band, "status": RegistrationStatus.REGISTERED, "queue_no": enrolment.queue_no,
        "notice": NOTICE, "consent_at": enrolment.consent_at, "registered_at": enrolment.applied_at,
        "told_sequence": meeting.event.sequence,
    }  # fmt: skip


def _numbers(batch: Batch) -> Select[int, int, int]:
    events = [meeting.event_id for meeting in batch.sessions]
    query = select(Registration.id, Registration.event_id, Registration.queue_no)
    return query.where(Registration.event_id.in_(events))
