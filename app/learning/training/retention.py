"""Names and contacts of trainees go when they are no longer needed; what was achieved and every count stay."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ScalarSelect, and_, exists, func, or_, select
from sqlalchemy.orm import Session, sessionmaker

from app.base.media.storage import Storage
from app.base.notices.service import forget_occasions
from app.gatherings.events.models import Registration
from app.gatherings.events.photos import forget_file
from app.gatherings.events.retention import NOBODY, erase_registration
from app.kernel import audit
from app.kernel.db import unit_of_work
from app.kernel.roles import SYSTEM
from app.kernel.slots import Slot
from app.learning.training.admission.service import lock_batch
from app.learning.training.admission.waiting import fill_places
from app.learning.training.models import Batch, BatchStatus, Enrolment, EnrolmentStatus, Nomination, Seat, Trainee
from app.learning.training.participants.news import occasions_of
from app.learning.training.states import OPEN_ENROLMENTS

AT_ONCE = 200  # people in one run; the next run takes the others

ERASED = Slot[Callable[[Session, Trainee, datetime], None]]("training.erased")
"""What higher rooms forget of a person who is erased; each must bear being called twice."""


@dataclass(frozen=True)
class Erased:
    applicants: int = 0
    contacts: int = 0


def erase_trainees(session: Session, *, personal_days: int, trainee_days: int, now: datetime) -> Erased:
    """Erase who never had a place, `personal_days` after the last batch asked for; and the contacts of those who had,
    `trainee_days` after their last batch (the question after twelve months comes before)."""
    today = now.date()
    applicants = _without_place(session, today - timedelta(days=personal_days))
    for trainee in applicants:
        erase(session, trainee, now=now)
    done = _long_done(session, today - timedelta(days=trainee_days))
    for trainee in done:
        forget_contact(session, trainee, now=now)
    return Erased(len(applicants), len(done))


def erase_letters(sessions: "sessionmaker[Session]", storage: Storage, *, personal_days: int, now: datetime) -> int:
    """Erase the letters of OPDs, which name people: file, its name and the note go `personal_days` after the batch;
    that there was one, its number and day stay. Return how many."""
    border = now.date() - timedelta(days=personal_days)
    with unit_of_work(sessions) as session:
        letters = session.scalars(
            select(Nomination)
            .join(Batch, Batch.id == Nomination.batch_id)
            .where(Batch.ends_on < border, or_(Nomination.letter_file_id.is_not(None), Nomination.note != ""))
            .order_by(Nomination.id)
            .limit(AT_ONCE)
        ).all()
        files = [one.letter_file_id for one in letters if one.letter_file_id is not None]
        for one in letters:
            one.letter_file_id, one.note = None, ""
        session.flush()
        gone = [forget_file(session, file_id) for file_id in files]
    for sha256 in gone:
        if sha256 is not None:
            storage.forget(sha256)
    return len(letters)


def erase(session: Session, trainee: Trainee, *, now: datetime) -> None:
    """Erase name, contact and words of a person at once and for good; places in batches that go on are given back.

    Certificates that were issued keep the name they bear, since others rely on them.
    """
    enrolments = session.scalars(
        select(Enrolment).where(Enrolment.trainee_id == trainee.id).order_by(Enrolment.batch_id)
    ).all()
    forget_occasions(session, occasions_of(trainee, [one.id for one in enrolments]))
    freed = [batch for batch in (_give_back(session, one, now) for one in enrolments) if batch is not None]
    for registration in _registrations(session, trainee):
        erase_registration(session, registration, now=now)
    for one in enrolments:
        one.motivation, one.reason = "", ""
    _blank(trainee, now)
    trainee.name, trainee.erased_at = NOBODY, now
    session.flush()
    for forget in ERASED:
        forget(session, trainee, now)
    audit.record(session, SYSTEM, "training.trainee_erased", trainee, now=now)
    for batch in freed:
        fill_places(session, batch, now=now)


def forget_contact(session: Session, trainee: Trainee, *, now: datetime) -> None:
    """Erase phone, address and words of a person; name and what was achieved stay."""
    _blank(trainee, now)
    for one in session.scalars(select(Enrolment).where(Enrolment.trainee_id == trainee.id)):
        one.motivation = ""
    session.flush()
    audit.record(session, SYSTEM, "training.contact_erased", trainee, now=now)


def _blank(trainee: Trainee, now: datetime) -> None:
    trainee.phone = trainee.email = trainee.contact_key = trainee.user_id = None
    trainee.occupation, trainee.updated_at = "", now
    trainee.link_no += 1  # nobody opens the own page any more


def _give_back(session: Session, enrolment: Enrolment, now: datetime) -> Batch | None:
    """The batch where a place became free."""
    batch = lock_batch(session, enrolment.batch_id)
    over = batch is None or batch.status in {BatchStatus.FINISHED, BatchStatus.CANCELLED}
    if over or enrolment.status not in OPEN_ENROLMENTS:
        return None
    had_place = enrolment.status == EnrolmentStatus.ACCEPTED
    enrolment.status, enrolment.withdrawn_at, enrolment.told = EnrolmentStatus.WITHDRAWN, now, True
    session.flush()
    return batch if had_place else None


def _registrations(session: Session, trainee: Trainee) -> list[Registration]:
    query = (
        select(Registration)
        .join(Seat, Seat.registration_id == Registration.id)
        .join(Enrolment, Enrolment.id == Seat.enrolment_id)
        .where(Enrolment.trainee_id == trainee.id, Registration.erased_at.is_(None))
        .order_by(Registration.event_id)
    )
    return list(session.scalars(query))


def _last_day() -> ScalarSelect[date]:
    """The last day of all batches that somebody asked for."""
    return (
        select(func.max(Batch.ends_on))
        .join(Enrolment, Enrolment.batch_id == Batch.id)
        .where(Enrolment.trainee_id == Trainee.id)
        .scalar_subquery()
    )


def _without_place(session: Session, border: date) -> list[Trainee]:
    had_place = exists().where(
        Enrolment.trainee_id == Trainee.id,
        or_(Enrolment.status == EnrolmentStatus.ACCEPTED, Enrolment.outcome.is_not(None)),
    )
    last = _last_day()
    query = select(Trainee).where(Trainee.erased_at.is_(None), ~had_place, last < border)
    return list(session.scalars(query.order_by(Trainee.id).limit(AT_ONCE)))


def _long_done(session: Session, border: date) -> list[Trainee]:
    last = _last_day()
    reachable = or_(Trainee.phone.is_not(None), Trainee.email.is_not(None), Trainee.user_id.is_not(None))
    query = select(Trainee).where(and_(Trainee.erased_at.is_(None), reachable, last < border))
    return list(session.scalars(query.order_by(Trainee.id).limit(AT_ONCE)))
