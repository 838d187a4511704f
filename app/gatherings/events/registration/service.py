"""Register for an event, cancel, and correct what was entered.

Everything that changes the list of an event first locks the event's row, so that two people never get one place.
"""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.gatherings.events.access import is_public
from app.gatherings.events.models import Event, EventStatus, Registration, RegistrationStatus
from app.gatherings.events.registration.details import (
    NOTICE,
    CheckedPerson,
    Person,
    check_name,
    check_person,
    has_contact,
    read_contact,
    registration_by_contact,
)
from app.gatherings.events.registration.news import (
    confirm_registration,
    confirm_withdrawal,
    send_registration_link,
    tell_organiser_on_hold,
)
from app.gatherings.events.registration.waiting_list import (
    count_places,
    lock_event,
    next_queue_number,
    promote_waiting,
    seat_for,
)
from app.gatherings.events.states import UPCOMING
from app.kernel.errors import Invalid, NotFound, Refused
from app.kernel.text import T

MISSING = T("Pendaftaran ini tidak ada lagi.")


class Entry(NamedTuple):
    """A registration as `enter` answers it. `known`: this contact had registered before; nothing was changed and the
    own link was sent again. `shown`: the status that whoever registered is shown."""

    registration: Registration
    known: bool
    shown: str = RegistrationStatus.REGISTERED


class Registrable(Protocol):
    """An event, or a row with these of its columns."""

    @property
    def status(self) -> str: ...
    @property
    def ends_at(self) -> datetime: ...
    @property
    def starts_at(self) -> datetime: ...
    @property
    def registration(self) -> bool: ...
    @property
    def registration_until(self) -> datetime | None: ...


def closed_because(event: Registrable, now: datetime) -> T | None:
    """Return why nobody can register now, whatever the places; None while it is open."""
    if event.status == EventStatus.CANCELLED:
        return T("Kegiatan ini dibatalkan, jadi pendaftarannya ditutup.")
    if event.status != EventStatus.ANNOUNCED or event.ends_at <= now:
        return T("Kegiatan ini sudah selesai, jadi pendaftarannya ditutup.")
    if not event.registration:
        return T("Kegiatan ini tidak memakai pendaftaran. Silakan datang langsung.")
    if (event.registration_until or event.starts_at) <= now:
        return T("Pendaftaran untuk kegiatan ini sudah ditutup.")
    return None


def register(session: Session, event_id: int, values: Person, *, now: datetime) -> Registration:
    """Register and return the registration; as `enter`, for callers that do not ask whether the contact was known."""
    return enter(session, event_id, values, now=now).registration


def enter(
    session: Session,
    event_id: int,
    values: Person,
    *,
    doubtful: Callable[[], bool] = lambda: False,
    own: Collection[int] | None = None,
    now: datetime,
) -> Entry:
    """Register for a public event: a place where one is free, else the end of the waiting list.

    `doubtful`, asked once all is well, says whether it is one of a burst, which takes no place and gets no mail until
    the organiser looked at it (holding.py).

    The same contact twice is one registration, which stays as it is; one that was cancelled begins anew. `own`: ids of
    registrations that whoever asks may see; of any other nobody learns that it is there: they are answered as the first
    was, by a registration that takes no place and waits for the organiser.
    Raises NotFound (not public), Refused (closed, full), Invalid with its field.
    """
    event = lock_event(session, event_id)
    if event is None or session.scalar(select(Event.id).where(Event.id == event_id, is_public())) is None:
        raise NotFound(T("Kegiatan ini tidak ada di agenda."))
    closed = closed_because(event, now)
    if closed is not None:
        raise Refused(closed)
    clean = check_person(session, values, needs_contact=True)
    known = registration_by_contact(session, event.id, clean)
    living = known is not None and known.status != RegistrationStatus.CANCELLED
    if known is not None and living and own is not None and known.id not in own:
        return _enter_unseen(session, event, clean, known, own, doubtful=doubtful(), now=now)
    return _enter(session, event, clean, known, doubtful=doubtful(), now=now)


def _enter_unseen(
    session: Session,
    event: Event,
    clean: CheckedPerson,
    known: Registration,
    own: Collection[int],
    *,
    doubtful: bool,
    now: datetime,
) -> Entry:
    """As `_enter` for a contact that nobody has: whoever sees only the answer cannot tell which it was."""
    if not doubtful and known.status != RegistrationStatus.HELD:
        send_registration_link(session, event, known, now=now)
    before = session.scalars(
        select(Registration).where(
            Registration.event_id == event.id,
            Registration.id.in_(own),
            Registration.contact_key.is_(None),
            has_contact(clean.phone, clean.email),
        )
    ).first()
    entry = _enter(session, event, replace(clean, unseen=True), before, doubtful=True, now=now)
    if not (doubtful or entry.known):
        entry.registration.shown_as = str(seat_for(event, count_places(session, event)))
        session.flush()
    return entry._replace(shown=entry.registration.shown_as or RegistrationStatus.HELD)


def enter_by_hand(session: Session, event: Event, values: Person, *, now: datetime) -> Entry:
    """Register somebody as the organiser: also before the announcement, after the closing date and without contact.

    The right to manage the event is the caller's to ask.
    """
    lock_event(session, event.id)
    if event.status not in UPCOMING or event.ends_at <= now:
        raise Refused(T("Kegiatan ini sudah selesai atau dibatalkan, jadi tidak bisa didaftari lagi."))
    clean = check_person(session, values, needs_contact=False)
    return _enter(session, event, clean, registration_by_contact(session, event.id, clean), now=now)


def _enter(
    session: Session,
    event: Event,
    clean: CheckedPerson,
    known: Registration | None,
    *,
    doubtful: bool = False,
    now: datetime,
) -> Entry:
    if known is not None and known.status != RegistrationStatus.CANCELLED:
        if not doubtful and known.status != RegistrationStatus.HELD:
            send_registration_link(session, event, known, now=now)
        return Entry(known, known=True)
    promote_waiting(session, event, now)
    count = count_places(session, event)
    if count.left == 0 and not event.waiting_list:
        raise Refused(T("Kegiatan ini sudah penuh, dan tidak ada daftar tunggu."))
    registration = known or Registration(event_id=event.id)
    registration.name, registration.guardian = clean.name, clean.guardian
    registration.phone, registration.email, registration.contact_key = clean.phone, clean.email, clean.key
    registration.village_code, registration.sex, registration.age_band = clean.village_code, clean.sex, clean.age_band
    registration.status = RegistrationStatus.HELD if doubtful else seat_for(event, count)
    registration.queue_no = next_queue_number(session, event.id)
    registration.notice, registration.consent_at = NOTICE, now
    registration.registered_at, registration.told_sequence = now, event.sequence
    registration.promoted_at = registration.cancelled_at = registration.reminded_at = registration.shown_as = None
    session.add(registration)
    session.flush()
    tell = tell_organiser_on_hold if doubtful else confirm_registration
    tell(session, event, registration, now=now)
    return Entry(registration, known=False, shown=registration.status)


def cancel_registration(session: Session, registration: Registration, *, now: datetime) -> list[Registration]:
    """Cancel a registration and return who gets the place, in this same transaction. A second time changes nothing.

    Raises Refused once the event is over, NotFound where the data were erased.
    """
    event = _event_of(session, registration)
    if registration.status == RegistrationStatus.CANCELLED:
        return []
    if event.ends_at <= now:
        raise Refused(T("Kegiatan ini sudah selesai, jadi pendaftarannya tidak perlu dibatalkan lagi."))
    registration.status = RegistrationStatus.CANCELLED
    registration.cancelled_at = now
    session.flush()
    return promote_waiting(session, event, now)


def withdraw(session: Session, registration: Registration, *, now: datetime) -> list[Registration]:
    """Cancel a registration as the person itself, who gets a mail; as `cancel_registration`."""
    was = registration.status
    promoted = cancel_registration(session, registration, now=now)
    if was not in {RegistrationStatus.CANCELLED, RegistrationStatus.HELD}:
        confirm_withdrawal(session, session.get_one(Event, registration.event_id), registration, now=now)
    return promoted


def change_registration(session: Session, registration: Registration, values: Person, *, now: datetime) -> None:
    """Correct name and contact. Raises Invalid with its field, Refused for one that is cancelled."""
    _event_of(session, registration)
    if registration.status == RegistrationStatus.CANCELLED:
        raise Refused(T("Pendaftaran ini sudah dibatalkan. Daftar lagi bila ingin ikut."))
    name = check_name(values.name, "name", T("Isi nama Anda."))
    phone, email = read_contact(values)
    if phone is None and email is None:
        raise Invalid(T("Isi nomor telepon atau alamat surel, supaya kami bisa mengabari Anda."), field="phone")
    if registration.contact_key is not None or registration.status != RegistrationStatus.HELD:
        _check_free(session, registration, phone, email)
        registration.contact_key = phone or email
    registration.name, registration.phone, registration.email = name, phone, email
    session.flush()


def _check_free(session: Session, registration: Registration, phone: str | None, email: str | None) -> None:
    """Raises Invalid at the one of both that another registration of the event has."""
    others = select(Registration.id).where(
        Registration.event_id == registration.event_id,
        Registration.id != registration.id,
        Registration.contact_key.is_not(None),
    )
    for field, contact in (("phone", (phone, None)), ("email", (None, email))):
        if any(contact) and session.scalar(others.where(has_contact(*contact)).limit(1)) is not None:
            raise Invalid(T("Kontak ini sudah dipakai pada pendaftaran lain untuk kegiatan ini."), field=field)


def status_shown(registration: Registration) -> str:
    """Return the status that the person is shown: for one on hold unseen what anybody else would have got."""
    held = registration.status == RegistrationStatus.HELD
    return registration.shown_as or registration.status if held else registration.status


def _event_of(session: Session, registration: Registration) -> Event:
    """The locked event, and the registration as it stands behind that lock."""
    event = lock_event(session, registration.event_id)
    session.refresh(registration)
    if event is None or registration.erased_at is not None:
        raise NotFound(MISSING)
    return event
