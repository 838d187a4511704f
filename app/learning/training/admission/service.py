"""Asking for a place in a batch, and giving it back. Deciding about it: deciding.py.

Everything that changes who has a place first locks the batch's row, so that two people never get one place.
"""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.gatherings.events.registration.names import name_key
from app.kernel import audit
from app.kernel.errors import Invalid, NotFound, Refused
from app.kernel.roles import SYSTEM, Actor
from app.kernel.text import T
from app.learning.training.access import to_manage
from app.learning.training.admission.deciding import set_status_without_place
from app.learning.training.admission.overlaps import first_clash
from app.learning.training.admission.quotas import check_required_fields, lacks_required_field, refusal, required_fields
from app.learning.training.admission.waiting import (
    accept,
    fill_places,
    lock_people,
    moves_up_by_itself,
    next_number,
    queue,
)
from app.learning.training.models import Admission, Batch, BatchStatus, Enrolment, EnrolmentStatus, Trainee
from app.learning.training.participants.news import send_own_link, tell
from app.learning.training.participants.people import (
    NOTICE,
    Applicant,
    Checked,
    check,
    find_by_contact,
    find_or_add,
    ids_by_contact,
)
from app.learning.training.states import ALIVE

OPEN, NOMINATION, OFFICE = "open", "nomination", "office"
"""Where somebody came from (Enrolment.source)."""
GAPS = ("sex", "age_band", "village", "organisation_id", "occupation")
"""What the office may add to a person who is known."""


class Entry(NamedTuple):
    """What came of asking for a place. `known`: this contact stood in the batch already; nothing was changed. `met`:
    known from another batch, so that the person who typed is not shown the own page."""

    enrolment: Enrolment
    known: bool
    met: bool = False


class SamePerson(Invalid):
    """Refused at first since somebody who may be the same stands there already."""


def closed_because(batch: Batch, now: datetime) -> T | None:
    """Return why nobody can ask for a place on the public page now, whatever the places; None while it is open."""
    if batch.status == BatchStatus.CANCELLED:
        return T("Angkatan ini dibatalkan, jadi pendaftarannya ditutup.")
    if batch.status != BatchStatus.OPEN:
        return T("Pendaftaran untuk angkatan ini sudah ditutup.")
    if batch.admission == Admission.NOMINATION:
        return T("Peserta angkatan ini diusulkan oleh OPD. Hubungi bagian kepegawaian instansi Anda.")
    if batch.register_until is not None and batch.register_until <= now:
        return T("Pendaftaran untuk angkatan ini sudah ditutup.")
    return None


def apply(
    session: Session,
    batch_id: int,
    values: Applicant,
    *,
    practice: bool = False,
    doubtful: Callable[[], bool] = lambda: False,
    now: datetime,
) -> Entry:
    """Ask for a place on the public page: one where it is free, else the end of the waiting list; where somebody
    chooses, or the person sits elsewhere at that time, it waits for a decision.

    The same contact twice is one enrolment, which stays as it is; one that was withdrawn begins anew, and waits for a
    decision where the organiser took the person off. Data of a person who is known are never changed; what is not
    known and a quota asks for comes in. `practice`: simulated batches take people too, as any other.
    `doubtful`, asked once all is well: one of a burst, which waits for somebody to look and mails nobody.
    Raises NotFound, Refused (closed), Invalid with its field.
    """
    batch = lock_batch(session, batch_id)
    if batch is None or batch.status == BatchStatus.DRAFT or (batch.simulated and not practice):
        raise NotFound(T("Angkatan pelatihan ini tidak ada."))
    closed = closed_because(batch, now)
    if closed is not None:
        raise Refused(closed)
    clean = check(session, values, needs_contact=True)
    check_required_fields(batch, clean.sex, clean.village_code)
    lock_people(session, batch, ids_by_contact(session, [clean]))
    trainee, new = find_or_add(session, clean, now=now)
    known = enrolment_of(session, batch, trainee)
    held = doubtful()
    if known is not None and known.status != EnrolmentStatus.WITHDRAWN:
        if not held:
            send_own_link(session, trainee, now=now)
        return Entry(known, known=True, met=True)
    _fill_gaps(trainee, clean, now, required_fields(batch))
    enrolment = known or Enrolment(batch_id=batch.id, trainee_id=trainee.id)
    enrolment.trainee = trainee
    begin_enrolment(session, batch, enrolment, OPEN, clean.motivation, now=now)
    enrolment.held = held
    if held:
        enrolment.told = True  # told once somebody decided
    else:
        place(session, batch, enrolment, now=now, hourly=True)
    session.flush()
    return Entry(enrolment, known=False, met=not new)


def enrol(
    session: Session, actor: Actor, batch_id: int, values: Applicant, *, certain: bool = False, now: datetime
) -> Entry:
    """Enter a person as `apply` does, by the organiser, who may do it after the closing date and for people without a
    contact.

    `certain`: a person of the same name is another one, or a name that differs from the one known by this contact is
    the same person. Raises SamePerson, Invalid with its field, Refused, NotFound, Forbidden.
    """
    batch = to_manage(session, actor, batch_id, lock=True)
    if batch.status not in ALIVE:
        raise Refused(T("Peserta bisa ditambahkan selama angkatan menerima peserta atau berjalan."))
    clean = check(session, values, needs_contact=False)
    check_required_fields(batch, clean.sex, clean.village_code)
    lock_people(session, batch, ids_by_contact(session, [clean]))
    if not certain:
        check_same(session, batch, clean)
    trainee, _new = find_or_add(session, clean, now=now)
    known = enrolment_of(session, batch, trainee)
    if known is not None and known.status != EnrolmentStatus.WITHDRAWN:
        return Entry(known, known=True, met=True)
    _fill_gaps(trainee, clean, now)
    enrolment = known or Enrolment(batch_id=batch.id, trainee_id=trainee.id)
    enrolment.trainee, enrolment.decided_by_id = trainee, None  # whoever took this person off brings the person back
    begin_enrolment(session, batch, enrolment, OFFICE, clean.motivation, now=now)
    place(session, batch, enrolment, now=now)
    after = {"enrolment_id": enrolment.id, "status": str(enrolment.status)}
    audit.record(session, actor, "training.enrolled", batch, now=now, after=after)
    return Entry(enrolment, known=False)


def place(session: Session, batch: Batch, enrolment: Enrolment, *, now: datetime, hourly: bool = False) -> None:
    """Give a place, or a place in the queue, to one who has just asked, and say so. The batch's row is locked.

    `hourly`: asked alone, see `tell`.
    """
    found = first_clash(session, batch.id, enrolment.trainee_id)
    enrolment.overlaps, enrolment.status = found is not None, EnrolmentStatus.APPLIED
    session.flush()
    decides = batch.selection or enrolment.decided_by_id is not None or lacks_required_field(batch, enrolment.trainee)
    if not decides and found is None:
        # nobody overtakes those who wait and could have the place
        fill_places(session, batch, now=now, but=enrolment, newcomer=True)
        called = moves_up_by_itself(session, batch, now) or not queue(session, batch)
        if called and refusal(session, batch, enrolment.trainee) is None:
            accept(session, batch, enrolment, now=now, hourly=hourly)
            return
        enrolment.status = EnrolmentStatus.WAITING
    tell(session, batch, enrolment, now=now, hourly=hourly)


def withdraw(session: Session, enrolment: Enrolment, *, now: datetime) -> list[Enrolment]:
    """Give the place back, by the person, who is told that it is done; return who gets it. Twice changes nothing.

    Raises Refused once the batch is over, and for one who was turned down: that would make a new start possible.
    """
    batch = lock_batch(session, enrolment.batch_id)
    session.refresh(enrolment)
    if batch is None or enrolment.status == EnrolmentStatus.WITHDRAWN:
        return []
    if batch.status == BatchStatus.FINISHED:
        raise Refused(T("Pelatihan ini sudah selesai, jadi tidak perlu dibatalkan lagi."))
    if batch.status == BatchStatus.CANCELLED:
        raise Refused(T("Pelatihan ini dibatalkan penyelenggara, jadi tidak perlu dibatalkan lagi."))
    if enrolment.status == EnrolmentStatus.REJECTED:
        raise Refused(T("Pendaftaran ini belum terpilih, jadi tidak perlu dibatalkan."))
    if enrolment.status != EnrolmentStatus.APPLIED:
        enrolment.decided_by_id, enrolment.reason = None, ""  # else who was taken off could begin anew by this
    set_status_without_place(session, batch, enrolment, EnrolmentStatus.WITHDRAWN, now=now)
    audit.record(session, SYSTEM, "training.withdrawn", batch, now=now, after={"enrolment_id": enrolment.id})
    tell(session, batch, enrolment, now=now, hourly=True)
    enrolment.told = True  # did it alone
    return fill_places(session, batch, now=now)


def lock_batch(session: Session, batch_id: int) -> Batch | None:
    """Return the batch as it stands now; nobody else changes its lists until the end of the transaction."""
    return session.scalar(
        select(Batch).where(Batch.id == batch_id).with_for_update(of=Batch),
        execution_options={"populate_existing": True},
    )


def enrolment_of(session: Session, batch: Batch, trainee: Trainee) -> Enrolment | None:
    return session.scalar(
        select(Enrolment).where(Enrolment.batch_id == batch.id, Enrolment.trainee_id == trainee.id),
        execution_options={"populate_existing": True},
    )


def check_same(session: Session, batch: Batch, clean: Checked) -> None:
    """Check that a name or a contact means nobody who is known. Raises SamePerson (field certain) where it may."""
    known = find_by_contact(session, clean.phone, clean.email)
    if known is not None and name_key(known.name) != name_key(clean.name):
        raise SamePerson(
            T(
                "Kontak ini milik %(known)s. Bila memang orang yang sama, centang “Saya yakin”, lalu simpan lagi; bila "
                "orang lain, pakai kontak lain atau kosongkan.",
                known=known.name,
            ),
            field="certain",
        )  # fmt: skip
    here = session.scalars(
        select(Trainee.name)
        .join(Enrolment, Enrolment.trainee_id == Trainee.id)
        .where(Enrolment.batch_id == batch.id, Enrolment.status != EnrolmentStatus.WITHDRAWN)
    )
    if known is None and any(name_key(name) == name_key(clean.name) for name in here):
        raise SamePerson(
            T(
                "“%(name)s” sudah ada di angkatan ini. Bila ini orang lain yang namanya sama, centang “Saya yakin”, "
                "lalu simpan lagi.",
                name=clean.name,
            ),
            field="certain",
        )  # fmt: skip


def begin_enrolment(
    session: Session, batch: Batch, enrolment: Enrolment, source: str, motivation: str, *, now: datetime
) -> None:
    """Begin an enrolment at the end of the queue: a new one, or one that was withdrawn.

    Where the organiser took the person off (`decided_by_id`), that stands with its reason: see `place`.
    """
    enrolment.source, enrolment.motivation, enrolment.queue_no = source, motivation, next_number(session, batch)
    enrolment.status, enrolment.points, enrolment.held = EnrolmentStatus.APPLIED, {}, False
    enrolment.applied_at, enrolment.decided_at, enrolment.withdrawn_at = now, None, None
    enrolment.nomination_id, enrolment.notice, enrolment.consent_at = None, NOTICE, now
    if enrolment.decided_by_id is None:
        enrolment.reason = ""
    session.add(enrolment)
    session.flush()


def _fill_gaps(trainee: Trainee, clean: Checked, now: datetime, fields: Collection[str] = GAPS) -> None:
    """What is known now and nobody had said yet."""
    blank = {"", "u", None}
    for field in fields:
        name = "village_code" if field == "village" else field
        if getattr(trainee, name) in blank and getattr(clean, name) not in blank:
            setattr(trainee, name, getattr(clean, name))
            trainee.updated_at = now
