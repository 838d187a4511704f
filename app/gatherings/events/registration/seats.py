"""Places at an event that a higher room gives away: who is admitted to a batch of a training sits in all its sessions.

Such a seat is a registration like any other: ticket, list, door, reminders and the news of a move are the same. Only
places, waiting list and the mail of confirmation are that room's, which said both already.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.gatherings.events.models import AgeBand, Event, Registration, RegistrationStatus, Sex
from app.gatherings.events.registration.details import has_contact
from app.kernel.errors import NotFound
from app.kernel.text import T


@dataclass(frozen=True)
class Sitter:
    """Somebody who gets a seat, with checked values: phone in E.164, e-mail in small letters. `notice`, `consent_at`:
    what this person agreed to."""

    name: str
    phone: str | None
    email: str | None
    village_code: str | None
    notice: str
    consent_at: datetime
    sex: str = Sex.UNKNOWN
    age_band: str = AgeBand.UNKNOWN


def seat(
    session: Session, event_id: int, sitter: Sitter, *, now: datetime, taken: Collection[int] = ()
) -> Registration:
    """Give this person a place; one who is registered already keeps that registration. Nobody is mailed.

    `taken`: ids of registrations that are somebody else's, whatever their contact.
    """
    event = session.scalar(
        select(Event).where(Event.id == event_id).with_for_update(), execution_options={"populate_existing": True}
    )
    if event is None:
        raise NotFound(T("Kegiatan ini tidak ada lagi."))
    matching = _matching(session, event, sitter)
    known = min(
        (one for one in matching if one.id not in taken),
        key=lambda one: one.status != RegistrationStatus.REGISTERED,
        default=None,
    )
    if known is not None and known.status == RegistrationStatus.REGISTERED:
        return known
    last = session.scalar(select(func.max(Registration.queue_no)).where(Registration.event_id == event.id))
    registration = known or Registration(event_id=event.id)
    registration.name, registration.phone, registration.email = sitter.name, sitter.phone, sitter.email
    set_contact_key(session, registration)
    registration.village_code, registration.sex, registration.age_band = (
        sitter.village_code,
        sitter.sex,
        sitter.age_band,
    )
    registration.status, registration.queue_no = RegistrationStatus.REGISTERED, (last or 0) + 1
    registration.notice, registration.consent_at = sitter.notice, sitter.consent_at
    registration.registered_at, registration.told_sequence = now, event.sequence
    registration.promoted_at = registration.cancelled_at = registration.reminded_at = None
    session.add(registration)
    session.flush()
    return registration


def set_contact_key(session: Session, registration: Registration) -> None:
    """Set the contact by which this person is known at the event: None where somebody else gave both there."""
    keys = [key for key in (registration.phone, registration.email) if key]
    with session.no_autoflush:
        others = session.scalars(
            select(Registration.contact_key).where(
                Registration.event_id == registration.event_id,
                Registration.contact_key.in_(keys),
                Registration.id != (registration.id or 0),
            )
        ).all()
    registration.contact_key = next((key for key in keys if key not in others), None)


def seat_again(session: Session, registration: Registration, *, now: datetime) -> bool:
    """Give back a place that was taken back, and return whether it was. One that was erased stays so."""
    if registration.status == RegistrationStatus.REGISTERED or registration.erased_at is not None:
        return False
    registration.status, registration.registered_at, registration.cancelled_at = (
        RegistrationStatus.REGISTERED,
        now,
        None,
    )
    session.flush()
    return True


def unseat(session: Session, registration: Registration, *, now: datetime) -> None:
    """Take the place back without a word to anybody. One who attended keeps the attendance."""
    if registration.status != RegistrationStatus.CANCELLED:
        registration.status, registration.cancelled_at = RegistrationStatus.CANCELLED, now
        session.flush()


def _matching(session: Session, event: Event, sitter: Sitter) -> Sequence[Registration]:
    """Registrations with a contact of this person: two, where two people gave one each."""
    if not (sitter.phone or sitter.email):
        return []
    same = has_contact(sitter.phone, sitter.email)
    return session.scalars(select(Registration).where(Registration.event_id == event.id, same)).all()
