"""An OPD sends people to a batch, with a letter."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, case, func, select, true
from sqlalchemy.orm import Session, aliased

from app.base.media.check import Checked as CheckedFile
from app.base.media.models import StoredFile
from app.base.media.service import keep
from app.base.media.storage import Storage
from app.base.people.models import Organisation, RoleRow, User, roles_users
from app.base.people.organisations import OrganisationKind
from app.kernel import audit
from app.kernel.errors import Forbidden, Invalid, NotFound, Refused
from app.kernel.roles import Actor, Role
from app.kernel.text import T
from app.kernel.typed import at_most
from app.learning.training.access import get, may_manage, may_see_people
from app.learning.training.admission.nominees import RowInvalid, check_rows
from app.learning.training.admission.service import NOMINATION, begin_enrolment, enrolment_of, lock_batch, place
from app.learning.training.models import Admission, Batch, BatchStatus, Enrolment, EnrolmentStatus, Nomination
from app.learning.training.participants.people import Applicant, Checked, find_or_add, opd_of
from app.learning.training.states import ALIVE

MOST = 30  # people in one letter
MAX_NUMBER = 120


@dataclass(frozen=True)
class Letter:
    """An OPD's letter: what the form says of it, and the file, which was checked by its content before.

    `again`: the OPD sent another letter of this number.
    """

    organisation_id: int
    file: CheckedFile
    number: str = ""
    on: date | None = None
    note: str = ""
    again: bool = False


class SameLetter(Invalid):
    """Refused at first since a letter of this OPD and number is there; whoever writes has to say that it is another
    one."""

    def __init__(self, number: str) -> None:
        super().__init__(
            T("Surat %(number)s dari OPD ini sudah dicatat di angkatan ini. Bila memang surat lain dengan nomor yang "
              "sama, centang, lalu simpan lagi.", number=number),
            field="again",
        )  # fmt: skip


class NominationResult(NamedTuple):
    """What came of a letter. `entered`: the people in the order of the letter; of these `new`, `there` before, and
    `turned_down` before."""

    nomination: Nomination
    entered: list[Enrolment]
    new: int
    there: int
    turned_down: int


def closed_because(batch: Batch, now: datetime, *, by_office: bool) -> T | None:
    """Return why no people can be sent now; the office may enter a letter that came late."""
    if batch.admission == Admission.OPEN and not by_office:
        return T("Angkatan ini tidak memakai usulan OPD. Orangnya bisa mendaftar sendiri.")
    if batch.status not in ALIVE:
        return T("Angkatan ini tidak menerima usulan.")
    if by_office:
        return None
    if batch.status != BatchStatus.OPEN or (batch.register_until is not None and batch.register_until <= now):
        return T("Waktu mengusulkan peserta untuk angkatan ini sudah lewat. Hubungi penyelenggara.")
    return None


def nominate(
    session: Session, storage: Storage, actor: Actor, batch_id: int, letter: Letter, people: Sequence[Applicant], *,
    others: Collection[int] = (), now: datetime,
) -> NominationResult:  # fmt: skip
    """Keep the letter and enter its people: all of them, or nothing.

    One who stands in the batch already, and is not taken off, is only tied to the letter. `others` as in `check_rows`.
    Raises RowInvalid, SameLetter, Invalid with its field, Refused, Forbidden, NotFound.
    """
    batch = to_nominate(session, actor, batch_id, letter.organisation_id)
    by_office = may_manage(actor, batch)
    closed = closed_because(batch, now, by_office=by_office)
    if closed is not None:
        raise Refused(closed)
    _check_letter(session, batch, letter, people)
    rows = check_rows(session, batch, letter.organisation_id, people, by_office=by_office, others=others)
    file = keep(session, storage, actor, letter.file, now=now, organisation_id=batch.organisation_id)
    nomination = Nomination(
        batch_id=batch.id, organisation_id=letter.organisation_id, letter_number=letter.number.strip(),
        letter_on=letter.on, letter_file_id=file.id, note=letter.note.strip(), by_id=actor.id, created_at=now,
    )  # fmt: skip
    session.add(nomination)
    session.flush()
    for clean in sorted((one for one in rows if one.key), key=lambda one: one.key or ""):
        find_or_add(session, clean, now=now)  # in one order: another letter may name the same new people
    was = [_enter(session, batch, nomination, clean, now=now) for clean in rows]
    entered = [enrolment for enrolment, _known in was]
    there = [enrolment for enrolment, known in was if known]
    turned_down = sum(one.status == EnrolmentStatus.REJECTED for one in there)
    after = {"nomination_id": nomination.id, "organisation_id": letter.organisation_id, "people": len(entered)}
    audit.record(session, actor, "training.nominated", batch, now=now, after=after)
    return NominationResult(nomination, entered, len(entered) - len(there), len(there) - turned_down, turned_down)


def _enter(
    session: Session, batch: Batch, nomination: Nomination, clean: Checked, *, now: datetime
) -> tuple[Enrolment, bool]:
    """The enrolment, and whether it stood there already."""
    trainee, _new = find_or_add(session, clean, now=now)
    if trainee.organisation_id is None:
        trainee.organisation_id = nomination.organisation_id
    known = enrolment_of(session, batch, trainee)
    if known is not None and known.status != EnrolmentStatus.WITHDRAWN:
        known.nomination_id = known.nomination_id or nomination.id
        return known, True
    enrolment = known or Enrolment(batch_id=batch.id, trainee_id=trainee.id)
    consent_at, enrolment.trainee = enrolment.consent_at, trainee
    begin_enrolment(session, batch, enrolment, NOMINATION, clean.motivation, now=now)
    enrolment.nomination_id, enrolment.consent_at = nomination.id, consent_at  # the OPD cannot agree for its people
    place(session, batch, enrolment, now=now)
    return enrolment, False


def to_nominate(session: Session, actor: Actor, batch_id: int, organisation_id: int) -> Batch:
    """Return the locked batch, where this person may send people of that OPD."""
    batch = get(session, actor, batch_id)
    if organisation_id not in {one.id for one in may_send(session, actor, batch)}:
        raise Forbidden(T("Anda hanya bisa mengusulkan orang dari OPD Anda sendiri."))
    found = lock_batch(session, batch.id)
    if found is None:
        raise NotFound(T("Angkatan pelatihan ini tidak ada."))
    return found


def may_send(session: Session, actor: Actor, batch: Batch) -> list[Organisation]:
    """List the OPDs whose people this person may send: all for who keeps the batch, the own one for its contact."""
    query = select(Organisation).where(Organisation.active, Organisation.kind == OrganisationKind.OPD)
    if not may_manage(actor, batch):
        if not actor.has(Role.OPD_CONTACT):
            return []
        query = query.where(Organisation.id.in_(opd_of(session, actor.organisation_ids)))
    return list(session.scalars(query.order_by(Organisation.name)))


def nominations(session: Session, actor: Actor, batch: Batch) -> list[tuple[Nomination, Organisation, int]]:
    """List letters with the OPD and how many people they name: all for those who see people, else of the own OPD."""
    people = (
        select(func.count()).where(Enrolment.nomination_id == Nomination.id).correlate(Nomination).scalar_subquery()
    )
    query = (
        select(Nomination, Organisation, people)
        .join(Organisation, Organisation.id == Nomination.organisation_id)
        .where(Nomination.batch_id == batch.id, _of_theirs(actor, batch))
        .order_by(Nomination.created_at.desc(), Nomination.id.desc())
    )
    return [(row[0], row[1], row[2]) for row in session.execute(query)]


def people_by_nomination(session: Session, nomination_ids: Sequence[int]) -> dict[int, list[Enrolment]]:
    """Map the id of each nomination to its people, in their order."""
    found: dict[int, list[Enrolment]] = {}
    query = select(Enrolment).where(Enrolment.nomination_id.in_(nomination_ids)).order_by(Enrolment.queue_no)
    for one in session.scalars(query):
        found.setdefault(one.nomination_id or 0, []).append(one)
    return found


def letter_of(session: Session, actor: Actor, batch_id: int, nomination_id: int) -> StoredFile:
    """Return the file of a letter. Raises NotFound where it is not for this person."""
    batch = get(session, actor, batch_id)
    nomination = session.scalar(
        select(Nomination).where(
            Nomination.id == nomination_id, Nomination.batch_id == batch.id, _of_theirs(actor, batch)
        )
    )
    if nomination is None:
        raise NotFound(T("Surat ini tidak ada, atau bukan untuk Anda."))
    if nomination.letter_file_id is None:
        raise NotFound(T("Surat ini sudah dihapus sesuai masa simpan."))
    return session.get_one(StoredFile, nomination.letter_file_id)


def opds_without_contact(session: Session) -> list[Organisation]:
    """List OPDs where nobody has an account as contact, so that nobody there can be asked through the application."""
    home = aliased(Organisation)  # of a contact: an OPD, or one of its bidang
    contacts = (
        select(func.coalesce(case((home.kind == OrganisationKind.BIDANG, home.parent_id)), home.id))
        .join(User, User.organisation_id == home.id)
        .join(roles_users, roles_users.c.user_id == User.id)
        .join(RoleRow, RoleRow.id == roles_users.c.role_id)
        .where(User.active, RoleRow.name == Role.OPD_CONTACT)
    )
    query = select(Organisation).where(
        Organisation.active,
        Organisation.kind == OrganisationKind.OPD,
        Organisation.is_office.is_(False),
        Organisation.id.not_in(contacts),
    )
    return list(session.scalars(query.order_by(Organisation.name)))


def _of_theirs(actor: Actor, batch: Batch) -> ColumnElement[bool]:
    if may_see_people(actor, batch):
        return true()
    return Nomination.organisation_id.in_(actor.organisation_ids)


def _check_letter(session: Session, batch: Batch, letter: Letter, people: Sequence[Applicant]) -> None:
    if not people:
        raise Invalid(T("Tulis paling sedikit satu orang yang diusulkan."), field="people")
    if len(people) > MOST:
        raise Invalid(T("Paling banyak %(n)s orang dalam satu surat.", n=MOST), field="people")
    at_most(letter.number.strip(), MAX_NUMBER, "number")
    at_most(letter.note.strip(), 500, "note")
    there = select(Nomination.letter_number).where(
        Nomination.batch_id == batch.id, Nomination.organisation_id == letter.organisation_id
    )
    number = _plain(letter.number)
    if number and not letter.again and number in map(_plain, session.scalars(there)):
        raise SameLetter(letter.number.strip())


def _plain(number: str) -> str:
    return "".join(number.split()).casefold()


__all__ = [
    "Letter",
    "NominationResult",
    "RowInvalid",
    "SameLetter",
    "letter_of",
    "may_send",
    "nominate",
    "nominations",
    "people_by_nomination",
]
