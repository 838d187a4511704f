"""Accepted participants sit in every session of their batch; attendance is taken there by the events' own code."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.gatherings.events.models import Event, EventStatus, Registration
from app.gatherings.events.registration import seats as event_seats
from app.gatherings.events.states import TOOK_PLACE, UPCOMING
from app.learning.training.models import Batch, BatchSession, Enrolment, EnrolmentStatus, Seat, Trainee
from app.learning.training.participants.people import NOTICE

OPEN_LISTS = tuple(status for status in (*UPCOMING, *TOOK_PLACE) if status != EventStatus.VERIFIED)
"""A verified report is not changed any more."""


def seat_all(session: Session, batch: Batch, *, now: datetime) -> int:
    """Give every accepted participant a place in every session where one is lacking, and return how many.

    For a new session, and for one who was accepted. Sessions that are over take part too, so that who came can still
    be ticked there.
    """
    return _seat(session, batch.id, now)


def seat_one(session: Session, enrolment: Enrolment, *, now: datetime) -> int:
    """Seat one who was accepted just now as `seat_all` does; places that were taken back are given again. Otherwise
    whoever said no to a single session would be put back there."""
    return _seat(session, enrolment.batch_id, now, enrolment.id)


def unseat(session: Session, enrolment: Enrolment, *, now: datetime) -> None:
    """Take this person's places back. Attendance that was noted stays."""
    registrations = session.scalars(
        select(Registration)
        .join(Seat, Seat.registration_id == Registration.id)
        .where(Seat.enrolment_id == enrolment.id)
        .order_by(Registration.id)
    )
    for registration in registrations:
        event_seats.unseat(session, registration, now=now)


def update_seats(session: Session, trainee: Trainee) -> None:
    """Copy name, phone, address and village of a trainee to the seats."""
    registrations = session.scalars(
        select(Registration)
        .join(Seat, Seat.registration_id == Registration.id)
        .join(Enrolment, Enrolment.id == Seat.enrolment_id)
        .where(Enrolment.trainee_id == trainee.id, Registration.erased_at.is_(None))
    )
    for registration in registrations:
        registration.name, registration.phone, registration.email = trainee.name, trainee.phone, trainee.email
        event_seats.set_contact_key(session, registration)
        registration.village_code, registration.sex = trainee.village_code, trainee.sex
        registration.age_band = trainee.age_band
    session.flush()


def _seat(session: Session, batch_id: int, now: datetime, enrolment_id: int | None = None) -> int:
    query = (
        select(Enrolment, BatchSession)
        .join(BatchSession, BatchSession.batch_id == Enrolment.batch_id)
        .join(Event, Event.id == BatchSession.event_id)
        .where(
            Enrolment.batch_id == batch_id,
            Enrolment.status == EnrolmentStatus.ACCEPTED,
            Event.status.in_(OPEN_LISTS),
        )
        .order_by(BatchSession.event_id, Enrolment.queue_no)
    )
    if enrolment_id is not None:
        query = query.where(Enrolment.id == enrolment_id)
    rows = session.execute(query).all()
    held = _held(session, batch_id)
    again = enrolment_id is not None
    return sum(_sit(session, enrolment, meeting, held, now, again=again) for enrolment, meeting in rows)


def _held(session: Session, batch_id: int) -> dict[tuple[int, int], Registration]:
    """(enrolment id, session id) → the registration of a seat that was given before."""
    rows = session.execute(
        select(Seat, Registration)
        .join(Registration, Registration.id == Seat.registration_id)
        .join(BatchSession, BatchSession.id == Seat.session_id)
        .where(BatchSession.batch_id == batch_id)
    ).all()
    return {(seat.enrolment_id, seat.session_id): registration for seat, registration in rows}


def _sit(
    session: Session,
    enrolment: Enrolment,
    meeting: BatchSession,
    held: dict[tuple[int, int], Registration],
    now: datetime,
    *,
    again: bool,
) -> bool:
    """Whether a place was given."""
    before = held.get((enrolment.id, meeting.id))
    if before is not None:
        return again and event_seats.seat_again(session, before, now=now)
    others = {registration.id for (_who, session_id), registration in held.items() if session_id == meeting.id}
    registration = event_seats.seat(session, meeting.event_id, sitter_of(enrolment), now=now, taken=others)
    held[enrolment.id, meeting.id] = registration
    session.add(Seat(enrolment_id=enrolment.id, session_id=meeting.id, registration_id=registration.id))
    session.flush()
    return True


def sitter_of(enrolment: Enrolment) -> event_seats.Sitter:
    trainee = enrolment.trainee
    return event_seats.Sitter(
        name=trainee.name,
        phone=trainee.phone,
        email=trainee.email,
        village_code=trainee.village_code,
        notice=enrolment.notice or NOTICE,
        consent_at=enrolment.consent_at or enrolment.applied_at,
        sex=trainee.sex,
        age_band=trainee.age_band,
    )
