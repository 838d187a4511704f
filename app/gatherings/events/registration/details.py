"""What somebody enters to take part in an event, checked before it is stored."""

import re
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from app.base.areas.models import Village
from app.base.people.identity import read_email, read_phone
from app.gatherings.events.models import AgeBand, Registration, RegistrationStatus, Sex
from app.kernel.errors import Invalid
from app.kernel.text import T
from app.kernel.typed import NAME_TOO_LONG, required_line

NOTICE = "2026-11"
"""The version of the privacy notice (events/privacy.html): raise it with every change of its content."""
MAX_NAME = 100
NO_NAME = re.compile(r"://|www\.|[@<>{}\\/|]|[\x00-\x1f\x7f]", re.IGNORECASE)


@dataclass(frozen=True)
class Person:
    """What a person enters to take part. `guardian` is the parent or guardian who agrees for a child."""

    name: str
    phone: str = ""
    email: str = ""
    village_code: str = ""
    sex: str = Sex.UNKNOWN
    age_band: str = AgeBand.UNKNOWN
    guardian: str = ""
    guardian_consent: bool = False
    consent: bool = False


@dataclass(frozen=True)
class CheckedPerson:
    """A person with checked values: phone in E.164, e-mail in small letters. `unseen`: the contact is another's."""

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


def check_person(session: Session, values: Person, *, needs_contact: bool) -> CheckedPerson:
    """Check what a person entered and return it tidied. Raises Invalid with its field."""
    name = check_name(values.name, "name", T("Isi nama Anda."))
    phone, email = read_contact(values)
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
    return CheckedPerson(
        name, phone, email, guardian, values.village_code or None, str(values.sex), str(values.age_band)
    )


def _guardian(values: Person) -> str:
    guardian = check_name(values.guardian, "guardian", T("Isi nama orang tua atau wali yang menyetujui."))
    if not values.guardian_consent:
        raise Invalid(T("Orang tua atau wali perlu menyetujui keikutsertaan anak."), field="guardian_consent")
    return guardian


def check_name(text: str, field: str, missing: T) -> str:
    """Return a name as it may stand in a mail to somebody else. Raises Invalid for addresses and line breaks."""
    name = required_line(text, MAX_NAME, field, missing, NAME_TOO_LONG)
    if NO_NAME.search(name):
        raise Invalid(T("Tulis nama saja, tanpa alamat situs atau tanda khusus."), field=field)
    return name


def read_contact(values: Person) -> tuple[str | None, str | None]:
    """Return (phone in E.164, e-mail in small letters). Raises Invalid with its field."""
    phone, email = read_phone(values.phone), read_email(values.email)
    if email is not None:
        try:
            Address(addr_spec=email)
        except (MessageError, ValueError, IndexError) as error:
            raise Invalid(T("Alamat surel ini tidak bisa dipakai. Contoh: nama@contoh.id"), field="email") from error
    return phone, email


def has_contact(phone: str | None, email: str | None) -> ColumnElement[bool]:
    """Return the condition of registrations with this phone or this address; at least one is there."""
    pairs = ((Registration.phone, phone), (Registration.email, email))
    return or_(*(column == value for column, value in pairs if value))


def registration_by_contact(session: Session, event_id: int, clean: CheckedPerson) -> Registration | None:
    """Return the registration with this phone or this address: one that is not cancelled before one that is."""
    if clean.key is None:
        return None
    same = has_contact(clean.phone, clean.email)
    first = Registration.contact_key.is_not(None)  # not one that came with the contact of another
    found = session.scalars(select(Registration).where(Registration.event_id == event_id, same, first)).all()
    best = sorted(found, key=lambda one: (one.status == RegistrationStatus.CANCELLED, one.contact_key != clean.key))
    return best[0] if best else None
