"""The list of people of a batch, as those who keep it see and change it."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from app.base.areas.models import District, Village
from app.base.people.models import Organisation
from app.kernel import audit
from app.kernel.errors import Refused
from app.kernel.roles import Actor
from app.kernel.slots import Slot
from app.kernel.text import T
from app.learning.programmes.models import Prerequisite
from app.learning.programmes.states import LEVELS
from app.learning.training.admission.deciding import to_decide
from app.learning.training.admission.overlaps import is_overlapping
from app.learning.training.admission.quotas import check_required_fields
from app.learning.training.models import Batch, Enrolment, EnrolmentStatus, Outcome, Trainee
from app.learning.training.participants.news import send_own_link
from app.learning.training.participants.people import Applicant, check
from app.learning.training.participants.self_service import set_contact
from app.learning.training.sessions.seats import update_seats

ORDER = case(
    (Enrolment.status == EnrolmentStatus.APPLIED, 0),
    (Enrolment.status == EnrolmentStatus.ACCEPTED, 1),
    (Enrolment.status == EnrolmentStatus.WAITING, 2),
    else_=3,
)
COMPLETED = and_(Enrolment.outcome == Outcome.COMPLETED, Enrolment.status == EnrolmentStatus.ACCEPTED)


@dataclass(frozen=True)
class ParticipantFilters:
    """What narrows the list of people; "" or None: all. `state`: an EnrolmentStatus, "untold" or "overlaps"."""

    q: str = ""
    state: str = ""
    organisation_id: int | None = None
    sex: str = ""
    source: str = ""


def select_people(batch_id: int, wanted: ParticipantFilters | None = None) -> Select[Any]:
    """Select rows (Enrolment, opd, village, district): who waits for a decision first, then accepted, waiting, the
    others."""
    wanted = wanted or ParticipantFilters()
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


def count_by_status(session: Session, batch: Batch) -> Counter[str]:
    """Count people by status; "untold" and "overlaps" beside them."""
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


def list_untold(session: Session, batch: Batch, ids: Sequence[int]) -> list[Enrolment]:
    query = select(Enrolment).where(Enrolment.batch_id == batch.id, Enrolment.id.in_(ids), Enrolment.told.is_(False))
    return list(session.scalars(query))


def correct(session: Session, actor: Actor, enrolment_id: int, values: Applicant, *, now: datetime) -> Enrolment:
    """Change what is known of this person; the seats in all sessions follow. Raises Invalid, NotFound, Forbidden."""
    batch, enrolment = to_decide(session, actor, enrolment_id)
    trainee = enrolment.trainee
    if trainee.erased_at is not None:
        raise Refused(T("Data orang ini sudah dihapus."))
    clean = check(session, values, needs_contact=False, asks_consent=False)
    check_required_fields(batch, clean.sex, clean.village_code)
    names = ("name", "sex", "age_band", "village_code", "organisation_id", "occupation")
    changed = [name for name in names if getattr(trainee, name) != getattr(clean, name)]
    changed += [name for name in ("phone", "email") if getattr(trainee, name) != getattr(clean, name)]
    for name in names:
        setattr(trainee, name, getattr(clean, name))
    moved = (trainee.phone, trainee.email) != (clean.phone, clean.email)
    set_contact(session, trainee, clean.phone, clean.email, now=now)
    if moved:
        _renew_link(session, enrolment, now)
    update_seats(session, trainee)
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
    """Note that somebody was told by hand."""
    _batch, enrolment = to_decide(session, actor, enrolment_id)
    enrolment.told = True
    session.flush()
    return enrolment


def note_export(session: Session, actor: Actor, batch: Batch, *, personal: bool, now: datetime) -> None:
    """Write down that names and contacts were taken away."""
    if personal:
        audit.record(session, actor, "training.participants_exported", batch, now=now)


def completed_batches(session: Session, batch: Batch, trainee_ids: Sequence[int]) -> dict[int, list[str]]:
    """Map the id of a trainee to the names of other batches that this person completed, the latest first; one query."""
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


SKILLS_HELD = Slot[Callable[[Session, Collection[int]], Mapping[int, Mapping[int, int]]]]("training.skills_held")
"""Of a higher room: (session, ids of trainees) → trainee → skill → the level there is evidence of; one query."""


def missing_prerequisites(session: Session, batch: Batch, trainee_ids: Sequence[int]) -> dict[int, list[str]]:
    """Map the id of a trainee to what this programme asks for and the person does not bring: titles of programmes that
    were not completed, and skills of which there is no evidence at that level."""
    asked = session.scalars(
        select(Prerequisite).where(Prerequisite.programme_id == batch.programme_id).order_by(Prerequisite.id)
    ).all()
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
    """List the accepted participants by name."""
    query = (
        select(Enrolment)
        .join(Trainee, Trainee.id == Enrolment.trainee_id)
        .where(Enrolment.batch_id == batch.id, Enrolment.status == EnrolmentStatus.ACCEPTED)
    )
    return session.scalars(query.order_by(Trainee.name, Enrolment.id)).all()


def district_name(session: Session, code: str) -> str:
    district = session.get(District, code)
    return district.name if district else code
