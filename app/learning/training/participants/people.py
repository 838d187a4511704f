"""Who asks for a place: checked values, and the one trainee that a person is over all batches."""

import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from app.base.areas.models import Village
from app.base.people.identity import read_email, read_phone
from app.base.people.models import Organisation
from app.base.people.organisations import OrganisationKind
from app.gatherings.events.models import AgeBand, Sex
from app.gatherings.events.registration.details import NO_NAME
from app.kernel.db import insert_missing
from app.kernel.errors import Invalid
from app.kernel.text import T
from app.kernel.typed import NAME_TOO_LONG, at_most, required_line
from app.learning.training.models import Trainee

NOTICE = "2026-11"
"""The version of the privacy notice (training/public_privacy.html): raise it with every change of its content."""
MAX_NAME, MAX_OCCUPATION, MAX_MOTIVATION = 200, 120, 1000
NO_MARKUP = NO_NAME
UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs"})
"""Kinds of signs that show nothing, or turn the direction of the words around them."""
FILLERS = frozenset("\u115f\u1160\u3164\uffa0")  # letters that show nothing
CONTACT_TAKEN = T("Kontak ini sudah dipakai peserta lain.")


@dataclass(frozen=True)
class Applicant:
    """What is entered about somebody who wants to take part. Phone and e-mail as typed."""

    name: str
    phone: str = ""
    email: str = ""
    sex: str = Sex.UNKNOWN
    age_band: str = AgeBand.UNKNOWN
    village_code: str = ""
    organisation_id: int | None = None
    occupation: str = ""
    motivation: str = ""
    consent: bool = False


@dataclass(frozen=True)
class Checked:
    """Values of an applicant that may be stored: phone in E.164, e-mail in small letters."""

    name: str
    phone: str | None
    email: str | None
    sex: str
    age_band: str
    village_code: str | None
    organisation_id: int | None
    occupation: str
    motivation: str

    @property
    def key(self) -> str | None:
        return self.phone or self.email


NO_CONTACT = T("Isi nomor telepon atau alamat surel, supaya kami bisa mengabari Anda.")
NO_CONSENT = T("Centang persetujuan ini supaya kami boleh menyimpan data Anda.")
NO_CONSENT_BY_OFFICE = T("Centang bila orangnya setuju datanya dicatat; tanpa itu ia belum bisa ditambahkan.")


def faults(values: Applicant) -> list[Invalid]:
    """List what is wrong with name, contact and consent of one who asks for a place: all of it at once."""
    found: list[Invalid] = []
    for read in (
        lambda: read_name(values.name),
        lambda: read_contact(values.phone, ""),
        lambda: read_contact("", values.email),
    ):
        try:
            read()
        except Invalid as error:
            found.append(error)
    if not values.phone.strip() and not values.email.strip():
        found.append(Invalid(NO_CONTACT, field="phone"))
    if not values.consent:
        found.append(Invalid(NO_CONSENT, field="consent"))
    return found


def check(session: Session, values: Applicant, *, needs_contact: bool, asks_consent: bool = True) -> Checked:
    """Check what was entered about a person and return it tidied. Raises Invalid with its field."""
    name = read_name(values.name)
    phone, email = read_contact(values.phone, values.email)
    if needs_contact and phone is None and email is None:
        raise Invalid(NO_CONTACT, field="phone")
    village, organisation_id = read_origin(session, values.village_code, values.organisation_id)
    if values.sex not in set(Sex):
        raise Invalid(T("Pilih jenis kelamin dari daftar."), field="sex")
    if values.age_band not in set(AgeBand):
        raise Invalid(T("Pilih kelompok umur dari daftar."), field="age_band")
    if values.age_band == AgeBand.CHILD:
        raise Invalid(
            T("Pelatihan ini untuk usia 17 tahun ke atas. Untuk anak, hubungi penyelenggara."), field="age_band"
        )
    if asks_consent and not values.consent:
        raise Invalid(NO_CONSENT if needs_contact else NO_CONSENT_BY_OFFICE, field="consent")
    return Checked(
        name, phone, email, str(values.sex), str(values.age_band), village, organisation_id,
        _short(values.occupation, MAX_OCCUPATION, "occupation"),
        _short(values.motivation, MAX_MOTIVATION, "motivation"),
    )  # fmt: skip


def read_name(text: str, field: str = "name") -> str:
    """Read a name as it may stand on a certificate and in a mail to somebody else."""
    name = required_line(text, MAX_NAME, field, T("Isi nama lengkap."), NAME_TOO_LONG)
    if NO_MARKUP.search(name):
        raise Invalid(T("Tulis nama saja, tanpa alamat situs atau tanda khusus."), field=field)
    if any(unicodedata.category(sign) in UNSEEN or sign in FILLERS for sign in name):
        raise Invalid(T("Nama ini berisi tanda yang tidak terlihat. Ketik namanya, jangan ditempel."), field=field)
    if not any(sign.isalpha() for sign in name):
        raise Invalid(T("Tulis nama dengan huruf."), field=field)
    return name


def read_contact(phone: str, email: str) -> tuple[str | None, str | None]:
    """Read a contact as (phone in E.164, e-mail in small letters). Raises Invalid with its field."""
    number, address = read_phone(phone), read_email(email)
    if address is not None:
        try:
            Address(addr_spec=address)
        except (MessageError, ValueError, IndexError) as error:
            raise Invalid(T("Alamat surel ini tidak bisa dipakai. Contoh: nama@contoh.id"), field="email") from error
    return number, address


def read_origin(session: Session, village_code: str, organisation_id: int | None) -> tuple[str | None, int | None]:
    if village_code and session.get(Village, village_code) is None:
        raise Invalid(T("Pilih desa atau kelurahan dari daftar, atau kosongkan."), field="village")
    if organisation_id is not None and session.get(Organisation, organisation_id) is None:
        raise Invalid(T("Pilih instansi dari daftar, atau kosongkan."), field="organisation_id")
    return village_code or None, organisation_id


def has_contact(phone: str | None, email: str | None) -> ColumnElement[bool]:
    """Return the condition on Trainee of those with this phone or this address; at least one is given."""
    pairs = ((Trainee.phone, phone), (Trainee.email, email))
    return or_(*(column == value for column, value in pairs if value))


def find_by_contact(session: Session, phone: str | None, email: str | None) -> Trainee | None:
    """Return the trainee of this contact, locked; by the phone before the address, where they belong to two people."""
    if phone is None and email is None:
        return None
    found = session.scalars(
        select(Trainee).where(has_contact(phone, email)).order_by(Trainee.id).with_for_update(of=Trainee),
        execution_options={"populate_existing": True},
    ).all()
    return min(found, key=lambda one: (phone is None or one.phone != phone, one.id), default=None)


def ids_by_contact(session: Session, people: Iterable[Checked]) -> list[int]:
    """List the ids of trainees with one of these contacts, not locked yet."""
    pairs = [pair for one in people for pair in ((Trainee.phone, one.phone), (Trainee.email, one.email))]
    same = [column == value for column, value in pairs if value]
    return list(session.scalars(select(Trainee.id).where(or_(*same)))) if same else []


def find_or_add(session: Session, clean: Checked, *, now: datetime) -> tuple[Trainee, bool]:
    """Return (trainee, whether new). One who is known keeps every value: whoever typed may be somebody else."""
    known = find_by_contact(session, clean.phone, clean.email)
    if known is not None:
        return known, False
    values = {
        "name": clean.name, "phone": clean.phone, "email": clean.email, "contact_key": clean.key, "sex": clean.sex,
        "age_band": clean.age_band, "village_code": clean.village_code, "organisation_id": clean.organisation_id,
        "occupation": clean.occupation, "created_at": now, "updated_at": now,
    }  # fmt: skip
    if clean.key is None:
        trainee = Trainee(**values)
        session.add(trainee)
        session.flush()
        return trainee, True
    new = insert_missing(session, Trainee, [values]) == 1  # another batch may take the same person at this moment
    found = session.scalars(
        select(Trainee).where(Trainee.contact_key == clean.key).with_for_update(of=Trainee),
        execution_options={"populate_existing": True},
    ).one()
    return found, new


def check_free(session: Session, trainee: Trainee, phone: str | None, email: str | None) -> None:
    """Check that no other trainee has this contact. Raises Invalid at the one of both that is taken."""
    others = select(Trainee.id).where(Trainee.id != trainee.id)
    for field, contact in (("phone", (phone, None)), ("email", (None, email))):
        if any(contact) and session.scalar(others.where(has_contact(*contact)).limit(1)) is not None:
            raise Invalid(CONTACT_TAKEN, field=field)


def opds(session: Session) -> list[Organisation]:
    """List the organisations that somebody may say to belong to: OPDs, not their bidang."""
    query = select(Organisation).where(Organisation.active, Organisation.kind == OrganisationKind.OPD)
    return list(session.scalars(query.order_by(Organisation.name)))


def opd_of(session: Session, organisation_ids: Collection[int]) -> list[int]:
    """List the ids of the OPDs themselves, of an OPD and its bidang."""
    query = select(Organisation.id).where(
        Organisation.id.in_(organisation_ids), Organisation.kind == OrganisationKind.OPD, Organisation.active
    )
    return list(session.scalars(query.order_by(Organisation.id)))


def _short(text: str, most: int, field: str) -> str:
    return at_most(text.strip(), most, field)
