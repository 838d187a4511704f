"""Who wants to come: places, the waiting list, cancelling and changing.

Everything that changes the list of an event first locks the event's row, so that two people never get one place.
"""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from typing import NamedTuple, Protocol

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from app.base.areas.models import Village
from app.base.people.identity import read_email, read_phone
from app.gatherings.events.access import is_public
from app.gatherings.events.models import AgeBand, Event, EventStatus, Registration, RegistrationStatus, Sex
from app.gatherings.events.registration.news import send_own_link, tell_entered, tell_held, tell_left, tell_promoted
from app.gatherings.events.states import UPCOMING
from app.kernel.errors import Invalid, NotFound, Refused
from app.kernel.text import T
from app.kernel.typed import NAME_TOO_LONG, required_line

NOTICE = "2026-11"
"""The version of the privacy notice (events/privacy.html): raise it with every change of its content."""
MAX_NAME = 100
NO_NAME = re.compile(r"://|www\.|[@<>{}\\/|]|[\x00-\x1f\x7f]", re.IGNORECASE)
MISSING = T("Pendaftaran ini tidak ada lagi.")


@dataclass(frozen=True)
class Person:
    """What somebody enters to take part. `guardian` is the parent or guardian who agrees for a child."""

    name: str
    phone: str = ""
    email: str = ""
    village_code: str = ""
    sex: str = Sex.UNKNOWN
    age_band: str = AgeBand.UNKNOWN
    guardian: str = ""
    guardian_consent: bool = False
    consent: bool = False


class Places(NamedTuple):
    """`left` is None where there is no limit."""

    taken: int
    waiting: int
    left: int | None


class Entry(NamedTuple):
    """`known`: this contact had registered before; nothing was changed and the own link was sent again. `shown`: what
    whoever registered is told of their status."""

    registration: Registration
    known: bool
    shown: str = RegistrationStatus.REGISTERED


@dataclass(frozen=True)
class _Clean:
    """Checked values: phone in E.164, e-mail in small letters."""

    name: str
    phone: str | None
    email: str | None
    guardian: str | None
    village_code: str | None
    sex: str
    age_band: str
    unseen: bool = False

    @property
    def key(self) -> str | None:
        """None for somebody with the contact of another: it stands with the first."""
        return None if self.unseen else self.phone or self.email


def places(session: Session, event: Event) -> Places:
    """How many places are taken, how many people wait, and how many places are left."""
    counts = {
        row.status: row.people
        for row in session.execute(
            select(Registration.status, func.count().label("people"))
            .where(Registration.event_id == event.id)
            .group_by(Registration.status)
        )
    }
    taken = counts.get(RegistrationStatus.REGISTERED, 0)
    left = None if event.capacity is None else max(0, event.capacity - taken)
    return Places(taken, counts.get(RegistrationStatus.WAITING, 0), left)


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
    """Why nobody can register now, whatever the places; None while it is open."""
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
    """As `enter`, for whoever does not ask whether the contact was known."""
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
    event = _locked(session, event_id)
    if event is None or session.scalar(select(Event.id).where(Event.id == event_id, is_public())) is None:
        raise NotFound(T("Kegiatan ini tidak ada di agenda."))
    closed = closed_because(event, now)
    if closed is not None:
        raise Refused(closed)
    clean = _checked(session, values, needs_contact=True)
    known = _same_contact(session, event.id, clean)
    living = known is not None and known.status != RegistrationStatus.CANCELLED
    if known is not None and living and own is not None and known.id not in own:
        return _enter_unseen(session, event, clean, known, own, doubtful=doubtful(), now=now)
    return _enter(session, event, clean, known, doubtful=doubtful(), now=now)


def _enter_unseen(
    session: Session,
    event: Event,
    clean: _Clean,
    known: Registration,
    own: Collection[int],
    *,
    doubtful: bool,
    now: datetime,
) -> Entry:
    """As `_enter` for a contact that nobody has: whoever sees only the answer cannot tell which it was."""
    if not doubtful and known.status != RegistrationStatus.HELD:
        send_own_link(session, event, known, now=now)
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
        entry.registration.shown_as = str(seat_for(event, places(session, event)))
        session.flush()
    return entry._replace(shown=entry.registration.shown_as or RegistrationStatus.HELD)


def enter_by_hand(session: Session, event: Event, values: Person, *, now: datetime) -> Entry:
    """As `enter`, by the organiser, who may do it before the announcement, after the closing date and without contact.

    The right to manage the event is the caller's to ask.
    """
    _locked(session, event.id)
    if event.status not in UPCOMING or event.ends_at <= now:
        raise Refused(T("Kegiatan ini sudah selesai atau dibatalkan, jadi tidak bisa didaftari lagi."))
    clean = _checked(session, values, needs_contact=False)
    return _enter(session, event, clean, _same_contact(session, event.id, clean), now=now)


def _enter(
    session: Session,
    event: Event,
    clean: _Clean,
    known: Registration | None,
    *,
    doubtful: bool = False,
    now: datetime,
) -> Entry:
    if known is not None and known.status != RegistrationStatus.CANCELLED:
        if not doubtful and known.status != RegistrationStatus.HELD:
            send_own_link(session, event, known, now=now)
        return Entry(known, known=True)
    _promote(session, event, now)
    count = places(session, event)
    if count.left == 0 and not event.waiting_list:
        raise Refused(T("Kegiatan ini sudah penuh, dan tidak ada daftar tunggu."))
    registration = known or Registration(event_id=event.id)
    registration.name, registration.guardian = clean.name, clean.guardian
    registration.phone, registration.email, registration.contact_key = clean.phone, clean.email, clean.key
    registration.village_code, registration.sex, registration.age_band = clean.village_code, clean.sex, clean.age_band
    registration.status = RegistrationStatus.HELD if doubtful else seat_for(event, count)
    registration.queue_no = _next_number(session, event.id)
    registration.notice, registration.consent_at = NOTICE, now
    registration.registered_at, registration.told_sequence = now, event.sequence
    registration.promoted_at = registration.cancelled_at = registration.reminded_at = registration.shown_as = None
    session.add(registration)
    session.flush()
    tell = tell_held if doubtful else tell_entered
    tell(session, event, registration, now=now)
    return Entry(registration, known=False, shown=registration.status)


def seat_for(event: Event, count: Places) -> RegistrationStatus:
    """What a newcomer gets: nobody overtakes those who wait, also where they are not called any more."""
    free = count.left != 0 and not (event.waiting_list and count.waiting)
    return RegistrationStatus.REGISTERED if free else RegistrationStatus.WAITING


def cancel_registration(session: Session, registration: Registration, *, now: datetime) -> list[Registration]:
    """Give the place back and return who gets it, in this same transaction. A second time changes nothing.

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
    return _promote(session, event, now)


def leave(session: Session, registration: Registration, *, now: datetime) -> list[Registration]:
    """As `cancel_registration`, by the person, who gets a mail that it is done."""
    was = registration.status
    promoted = cancel_registration(session, registration, now=now)
    if was not in {RegistrationStatus.CANCELLED, RegistrationStatus.HELD}:
        tell_left(session, session.get_one(Event, registration.event_id), registration, now=now)
    return promoted


def change_registration(session: Session, registration: Registration, values: Person, *, now: datetime) -> None:
    """Correct name and contact. Raises Invalid with its field, Refused for one that is cancelled."""
    _event_of(session, registration)
    if registration.status == RegistrationStatus.CANCELLED:
        raise Refused(T("Pendaftaran ini sudah dibatalkan. Daftar lagi bila ingin ikut."))
    name = _name(values.name, "name", T("Isi nama Anda."))
    phone, email = _contact(values)
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


def fill_places(session: Session, event: Event, now: datetime) -> list[Registration]:
    """Give free places to those who wait, in their order, and tell them: after the capacity was raised."""
    _locked(session, event.id)
    return _promote(session, event, now)


def _promote(session: Session, event: Event, now: datetime) -> list[Registration]:
    """The event's row is locked. Nobody is called any more once it has begun and registration is closed."""
    until = max(event.starts_at, event.registration_until or event.starts_at)
    if event.status not in UPCOMING or until <= now:
        return []
    left = places(session, event).left
    if left == 0:
        return []
    waiting = (
        select(Registration)
        .where(Registration.event_id == event.id, Registration.status == RegistrationStatus.WAITING)
        .order_by(Registration.queue_no)
    )
    people: Sequence[Registration] = session.scalars(waiting.limit(left)).all()
    for person in people:
        person.status = RegistrationStatus.REGISTERED
        person.promoted_at = now
    session.flush()
    tell_promoted(session, event, people, now=now)
    return list(people)


def status_shown(registration: Registration) -> str:
    """What the person is told: of one that waits unseen what anybody else would have got."""
    held = registration.status == RegistrationStatus.HELD
    return registration.shown_as or registration.status if held else registration.status


def queue_place(session: Session, registration: Registration) -> int:
    """The place of somebody who waits: 1 is next."""
    before = select(func.count()).where(
        Registration.event_id == registration.event_id,
        Registration.status == RegistrationStatus.WAITING,
        Registration.queue_no <= registration.queue_no,
    )
    counted = session.scalar(before) or 0
    return counted if registration.status == RegistrationStatus.WAITING and counted else counted + 1


def _locked(session: Session, event_id: int) -> Event | None:
    """The event as it stands now; nobody else changes its lists until the end of the transaction."""
    return session.scalar(
        select(Event).where(Event.id == event_id).with_for_update(), execution_options={"populate_existing": True}
    )


def _event_of(session: Session, registration: Registration) -> Event:
    """The locked event, and the registration as it stands behind that lock."""
    event = _locked(session, registration.event_id)
    session.refresh(registration)
    if event is None or registration.erased_at is not None:
        raise NotFound(MISSING)
    return event


def _next_number(session: Session, event_id: int) -> int:
    last = session.scalar(select(func.max(Registration.queue_no)).where(Registration.event_id == event_id))
    return (last or 0) + 1


def _same_contact(session: Session, event_id: int, clean: _Clean) -> Registration | None:
    """The registration with this phone or this address: one that is not cancelled before one that is."""
    if clean.key is None:
        return None
    same = has_contact(clean.phone, clean.email)
    first = Registration.contact_key.is_not(None)  # not one that came with the contact of another
    found = session.scalars(select(Registration).where(Registration.event_id == event_id, same, first)).all()
    best = sorted(found, key=lambda one: (one.status == RegistrationStatus.CANCELLED, one.contact_key != clean.key))
    return best[0] if best else None


def has_contact(phone: str | None, email: str | None) -> ColumnElement[bool]:
    """Given this phone or this address; at least one is there."""
    pairs = ((Registration.phone, phone), (Registration.email, email))
    return or_(*(column == value for column, value in pairs if value))


def _checked(session: Session, values: Person, *, needs_contact: bool) -> _Clean:
    name = _name(values.name, "name", T("Isi nama Anda."))
    phone, email = _contact(values)
    if needs_contact and phone is None and email is None:
        raise Invalid(T("Isi nomor telepon atau alamat surel, supaya kami bisa mengabari Anda."), field="phone")
    if values.village_code and session.get(Village, values.village_code) is None:
        raise Invalid(T("Pilih desa atau kelurahan dari daftar, atau kosongkan."), field="village")
    if values.sex not in set(Sex):
        raise Invalid(T("Pilih jenis kelamin dari daftar."), field="sex")
    if values.age_band not in set(AgeBand):
        raise Invalid(T("Pilih kelompok umur dari daftar."), field="age_band")
    guardian = _guardian(values) if values.age_band == AgeBand.CHILD else None
    if not values.consent:
        raise Invalid(T("Centang persetujuan ini supaya kami boleh menyimpan data Anda."), field="consent")
    return _Clean(name, phone, email, guardian, values.village_code or None, str(values.sex), str(values.age_band))


def _guardian(values: Person) -> str:
    guardian = _name(values.guardian, "guardian", T("Isi nama orang tua atau wali yang menyetujui."))
    if not values.guardian_consent:
        raise Invalid(T("Orang tua atau wali perlu menyetujui keikutsertaan anak."), field="guardian_consent")
    return guardian


def _name(text: str, field: str, missing: T) -> str:
    """A name as it may stand in a mail to somebody else: no addresses, no line breaks."""
    name = required_line(text, MAX_NAME, field, missing, NAME_TOO_LONG)
    if NO_NAME.search(name):
        raise Invalid(T("Tulis nama saja, tanpa alamat situs atau tanda khusus."), field=field)
    return name


def _contact(values: Person) -> tuple[str | None, str | None]:
    """(phone in E.164, e-mail in small letters). Raises Invalid with its field."""
    phone, email = read_phone(values.phone), read_email(values.email)
    if email is not None:
        try:
            Address(addr_spec=email)
        except (MessageError, ValueError, IndexError) as error:
            raise Invalid(T("Alamat surel ini tidak bisa dipakai. Contoh: nama@contoh.id"), field="email") from error
    return phone, email
