"""The list of people of a batch, as those who keep it see and change it."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from app.areas.models import District, Village
from app.events.models import Attendance, Event, Registration
from app.events.names import name_key
from app.kernel import audit
from app.kernel.errors import NotFound, Refused
from app.kernel.roles import Actor
from app.kernel.text import T
from app.people.models import Organisation
from app.programmes.models import Prerequisite
from app.programmes.states import LEVELS
from app.training.access import to_manage
from app.training.deciding import to_decide
from app.training.models import Batch, BatchSession, Enrolment, EnrolmentStatus, Outcome, Seat, Trainee
from app.training.news import send_own_link
from app.training.overlaps import is_overlapping
from app.training.own import set_contact
from app.training.people import Applicant, check
from app.training.quotas import check_said
from app.training.seats import follow
from app.training.states import ALIVE

ORDER = case(
    (Enrolment.status == EnrolmentStatus.APPLIED, 0),
    (Enrolment.status == EnrolmentStatus.ACCEPTED, 1),
    (Enrolment.status == EnrolmentStatus.WAITING, 2),
    else_=3,
)
COMPLETED = and_(Enrolment.outcome == Outcome.COMPLETED, Enrolment.status == EnrolmentStatus.ACCEPTED)


@dataclass(frozen=True)
class Wanted:
    """Which people; "" or None: all. `state`: an EnrolmentStatus, "untold" or "overlaps"."""

    q: str = ""
    state: str = ""
    organisation_id: int | None = None
    sex: str = ""
    source: str = ""


def people(batch_id: int, wanted: Wanted | None = None) -> Select[Any]:
    """Rows (Enrolment, opd, village, district): who waits for a decision first, then accepted, waiting, the others."""
    wanted = wanted or Wanted()
    query: Any = (
        select(
            Enrolment,
            func.coalesce(Organisation.short_name, Organisation.name).label("opd"),
            Village.name.label("village"),
            District.name.label("district"),
        )
        .join(Trainee, Trainee.id == Enrolment.trainee_id)
        .outerjoin(Organisation, Organisation.id == Trainee.organisation_id)
        .outerjoin(Village, Village.code == Trainee.village_code)
        .outerjoin(District, District.code == Village.district_code)
        .where(Enrolment.batch_id == batch_id)
        .order_by(ORDER, Enrolment.queue_no, Enrolment.id)
    )
    words = wanted.q.strip()
    if words:
        like = (Trainee.name, Organisation.name, Village.name)
        query = query.where(or_(*(column.icontains(words, autoescape=True) for column in like)))
    if wanted.state == "untold":
        query = query.where(Enrolment.told.is_(False))
    elif wanted.state == "overlaps":
        query = query.where(is_overlapping())
    elif wanted.state in set(EnrolmentStatus):
        query = query.where(Enrolment.status == wanted.state)
    if wanted.organisation_id is not None:
        query = query.where(Trainee.organisation_id == wanted.organisation_id)
    if wanted.sex:
        query = query.where(Trainee.sex == wanted.sex)
    if wanted.source:
        query = query.where(Enrolment.source == wanted.source)
    found: Select[Any] = query
    return found


def counts(session: Session, batch: Batch) -> Counter[str]:
    """Status → people; "untold" and "overlaps" beside them."""
    query = (
        select(
            Enrolment.status,
            func.count(),
            func.sum(case((Enrolment.told.is_(False), 1), else_=0)),
            func.sum(case((is_overlapping(), 1), else_=0)),
        )
        .where(Enrolment.batch_id == batch.id)
        .group_by(Enrolment.status)
    )
    found: Counter[str] = Counter()
    for status, number, untold, overlaps in session.execute(query):
        found[status] += number
        found["untold"] += untold or 0
        found["overlaps"] += overlaps or 0
    return found


def untold(session: Session, batch: Batch, ids: Sequence[int]) -> list[Enrolment]:
    query = select(Enrolment).where(Enrolment.batch_id == batch.id, Enrolment.id.in_(ids), Enrolment.told.is_(False))
    return list(session.scalars(query))


def correct(session: Session, actor: Actor, enrolment_id: int, values: Applicant, *, now: datetime) -> Enrolment:
    """Change what is known of this person; the seats in all sessions follow. Raises Invalid, NotFound, Forbidden."""
    batch, enrolment = to_decide(session, actor, enrolment_id)
    trainee = enrolment.trainee
    if trainee.erased_at is not None:
        raise Refused(T("Data orang ini sudah dihapus."))
    clean = check(session, values, needs_contact=False, asks_consent=False)
    check_said(batch, clean.sex, clean.village_code)
    names = ("name", "sex", "age_band", "village_code", "organisation_id", "occupation")
    changed = [name for name in names if getattr(trainee, name) != getattr(clean, name)]
    changed += [name for name in ("phone", "email") if getattr(trainee, name) != getattr(clean, name)]
    for name in names:
        setattr(trainee, name, getattr(clean, name))
    moved = (trainee.phone, trainee.email) != (clean.phone, clean.email)
    set_contact(session, trainee, clean.phone, clean.email, now=now)
    if moved:
        _renew_link(session, enrolment, now)
    follow(session, trainee)
    enrolment.motivation = clean.motivation
    if changed:  # which fields, not what stood there: the trail is kept longer than the data
        audit.record(session, actor, "training.participant_edited", batch, now=now,
                     after={"enrolment_id": enrolment.id, "fields": changed})  # fmt: skip
    return enrolment


def _renew_link(session: Session, enrolment: Enrolment, now: datetime) -> None:
    """Whoever got the link by the contact that stood there before may be somebody else: it opens nothing any more."""
    enrolment.trainee.link_no += 1
    if not send_own_link(session, enrolment.trainee, now=now):
        enrolment.told = False


def mark_told(session: Session, actor: Actor, enrolment_id: int) -> Enrolment:
    """Somebody was told by hand."""
    _batch, enrolment = to_decide(session, actor, enrolment_id)
    enrolment.told = True
    session.flush()
    return enrolment


def note_export(session: Session, actor: Actor, batch: Batch, *, personal: bool, now: datetime) -> None:
    """Taking names and contacts away is written down."""
    if personal:
        audit.record(session, actor, "training.participants_exported", batch, now=now)


def earlier(session: Session, batch: Batch, trainee_ids: Sequence[int]) -> dict[int, list[str]]:
    """Trainee id → names of other batches that this person completed, the latest first; one query."""
    rows = session.execute(
        select(Enrolment.trainee_id, Batch.name)
        .join(Batch, Batch.id == Enrolment.batch_id)
        .where(Enrolment.trainee_id.in_(trainee_ids), Batch.id != batch.id, COMPLETED)
        .order_by(Batch.ends_on.desc(), Batch.id.desc())
    )
    found: dict[int, list[str]] = {}
    for trainee_id, name in rows:
        found.setdefault(trainee_id, []).append(name)
    return found


SKILLS_HELD: list[Callable[[Session, Collection[int]], Mapping[int, Mapping[int, int]]]] = []
"""Of a higher room: (session, ids of trainees) → trainee → skill → the level there is evidence of; one query."""


def lacks(session: Session, batch: Batch, trainee_ids: Sequence[int]) -> dict[int, list[str]]:
    """Trainee id → what this programme asks for and the person does not bring: titles of programmes that were not
    completed, and skills of which there is no evidence at that level."""
    asked = [
        one for one in session.scalars(
            select(Prerequisite).where(Prerequisite.programme_id == batch.programme_id).order_by(Prerequisite.id)
        )
        if one.requires is not None or SKILLS_HELD
    ]  # fmt: skip
    if not asked:
        return {}
    held = _skills_held(session, trainee_ids) if any(one.skill_id for one in asked) else {}
    done = set(
        session.execute(
            select(Enrolment.trainee_id, Batch.programme_id)
            .join(Batch, Batch.id == Enrolment.batch_id)
            .where(Enrolment.trainee_id.in_(trainee_ids), COMPLETED)
        ).tuples()
    )
    missing = {
        one: [_asked(each) for each in asked if not _brings(one, each, done, held.get(one, {}))] for one in trainee_ids
    }
    return {one: titles for one, titles in missing.items() if titles}


def _skills_held(session: Session, trainee_ids: Sequence[int]) -> dict[int, Mapping[int, int]]:
    found: dict[int, Mapping[int, int]] = {}
    for source in SKILLS_HELD:
        found |= source(session, trainee_ids)
    return found


def _brings(trainee_id: int, one: Prerequisite, done: Collection[tuple[int, int]], held: Mapping[int, int]) -> bool:
    if one.requires_id is not None:
        return (trainee_id, one.requires_id) in done
    return held.get(one.skill_id or 0, 0) >= (one.level or 1)


def _asked(one: Prerequisite) -> str:
    if one.skill is not None:
        return str(T("%(skill)s (%(level)s)", skill=one.skill.name, level=LEVELS[one.level or 1]))
    return one.requires.title if one.requires is not None else ""


def accepted(session: Session, batch: Batch) -> Sequence[Enrolment]:
    """By name."""
    query = (
        select(Enrolment)
        .join(Trainee, Trainee.id == Enrolment.trainee_id)
        .where(Enrolment.batch_id == batch.id, Enrolment.status == EnrolmentStatus.ACCEPTED)
    )
    return session.scalars(query.order_by(Trainee.name, Enrolment.id)).all()


@dataclass(frozen=True)
class Stranger:
    """Somebody who was at a session and has no seat there. `free`: who has one and was not noted, by name; `same`:
    those of them who bear this name."""

    attendance: Attendance
    event: Event
    same: Sequence[Enrolment]
    free: Sequence[Enrolment]


def strangers(session: Session, batch: Batch) -> list[Stranger]:
    """ "Hadir, tetapi bukan peserta": participants of sessions without a seat in the batch."""
    seated = select(Seat.registration_id).join(BatchSession, BatchSession.id == Seat.session_id)
    rows = session.execute(
        select(Attendance, Event)
        .join(Event, Event.id == Attendance.event_id)
        .join(BatchSession, BatchSession.event_id == Event.id)
        .where(
            BatchSession.batch_id == batch.id,
            Attendance.role == "participant",
            Attendance.erased_at.is_(None),
            or_(
                Attendance.registration_id.is_(None),
                Attendance.registration_id.not_in(seated.where(BatchSession.batch_id == batch.id)),
            ),
        )
        .order_by(Event.starts_at, Attendance.name, Attendance.id)
    ).all()
    if not rows:
        return []
    people, unseen = accepted(session, batch), _unseen(session, batch)
    keys = {one.id: name_key(one.trainee.name) for one in people}
    found = []
    for attendance, event in rows:
        free = [one for one in people if (event.id, one.id) in unseen]
        same = [one for one in free if keys[one.id] == name_key(attendance.name)]
        found.append(Stranger(attendance, event, same, free))
    return found


def _unseen(session: Session, batch: Batch) -> set[tuple[int, int]]:
    """(event, enrolment) of seats at which nobody was noted."""
    query = (
        select(BatchSession.event_id, Seat.enrolment_id)
        .join(Seat, Seat.session_id == BatchSession.id)
        .outerjoin(Attendance, Attendance.registration_id == Seat.registration_id)
        .where(BatchSession.batch_id == batch.id, Attendance.id.is_(None))
    )
    return set(session.execute(query).tuples())


def match(
    session: Session, actor: Actor, batch_id: int, attendance_id: int, enrolment_id: int, *, now: datetime
) -> str:
    """Whoever was noted at the door is this participant: the attendance moves to the seat. Returns the name.

    One who is noted at the seat already keeps that row, and the other goes. Raises NotFound, Refused, Forbidden.
    """
    batch = to_manage(session, actor, batch_id, lock=True)
    if batch.status not in ALIVE:
        raise Refused(T("Angkatan ini tidak berjalan lagi. Buka kembali dulu, baru cocokkan kehadirannya."))
    row = session.scalar(
        select(Attendance)
        .join(BatchSession, BatchSession.event_id == Attendance.event_id)
        .where(Attendance.id == attendance_id, BatchSession.batch_id == batch.id)
    )
    if row is None:
        raise NotFound(T("Catatan kehadiran ini tidak ada lagi."))
    registration = session.scalar(
        select(Registration)
        .join(Seat, Seat.registration_id == Registration.id)
        .join(Enrolment, Enrolment.id == Seat.enrolment_id)
        .where(Enrolment.id == enrolment_id, Enrolment.batch_id == batch.id, Registration.event_id == row.event_id)
    )
    if registration is None:
        raise Refused(T("Orang ini belum punya tempat di pertemuan itu. Terima dulu sebagai peserta."))
    there = session.scalar(select(Attendance.id).where(Attendance.registration_id == registration.id))
    if there is not None:
        raise Refused(
            T("%(name)s sudah tercatat hadir di pertemuan itu. Bila ini orang yang sama, hapus salah satu catatannya "
              "di daftar hadir.", name=registration.name)
        )  # fmt: skip
    row.registration_id, row.name, row.village_code = registration.id, registration.name, registration.village_code
    row.sex, row.age_band = registration.sex, registration.age_band
    session.flush()
    after = {"enrolment_id": enrolment_id, "attendance_id": row.id}
    audit.record(session, actor, "training.attendance_matched", batch, now=now, after=after)
    return registration.name


def district_name(session: Session, code: str) -> str:
    district = session.get(District, code)
    return district.name if district else code
