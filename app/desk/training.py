"""Sections of the home page about training: one's own next sessions, batches that wait for somebody, and, for an OPD's
contact, batches to which the OPD may send people and what became of its letters."""

from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select, true
from sqlalchemy.orm import Session

from app.base.areas.models import Village
from app.desk.queries import Section, section_of
from app.gatherings.events.models import Event, Speaker
from app.gatherings.events.states import UPCOMING
from app.kernel.roles import Actor, Can, Role
from app.learning.skills.matrix import matrix
from app.learning.skills.numbers import Gaps, gaps
from app.learning.training.access import manageable_by
from app.learning.training.batches.listing import count_people
from app.learning.training.models import (
    Admission,
    Batch,
    BatchSession,
    BatchStatus,
    Enrolment,
    EnrolmentStatus,
    Nomination,
)
from app.learning.training.participants.people import opd_of
from app.learning.training.states import ALIVE

LATELY = timedelta(days=14)


def my_sessions(session: Session, actor: Actor, now: datetime) -> Section:
    """Return the sessions at which this person teaches and that are not over, the next first; with their batch."""
    speaks = exists().where(Speaker.event_id == Event.id, Speaker.user_id == actor.id)
    query = (
        select(
            Event.id,
            Event.title,
            Event.status,
            Event.starts_at,
            Event.place,
            Event.moved_from,
            Batch.id.label("batch_id"),
            Batch.name.label("batch"),
            Village.name.label("village"),
        )
        .join(BatchSession, BatchSession.event_id == Event.id)
        .join(Batch, Batch.id == BatchSession.batch_id)
        .outerjoin(Village, Village.code == Event.village_code)
        .where(Event.status.in_(UPCOMING), Event.ends_at > now, speaks)
    )
    return section_of(session, query.order_by(Event.starts_at, Event.id))


def waiting(session: Session, actor: Actor, day: date) -> Section:
    """Return batches that this person keeps and that wait: their last day is past ("over"), or people ask for a place
    ("applied"). `amount`: how many of them. What is over stands first."""
    applied, over = count_people(EnrolmentStatus.APPLIED), Batch.ends_on < day
    query = select(
        Batch.id,
        Batch.name,
        Batch.ends_on,
        applied.label("amount"),
        case((over, "over"), else_="applied").label("why"),
    ).where(Batch.status.in_(ALIVE), or_(over, applied > 0), _keeps(actor))
    return section_of(session, query.order_by(case((over, 0), else_=1), Batch.ends_on, Batch.id))


def skill_gaps(session: Session, actor: Actor) -> Gaps | None:
    """Return in which OPDs nobody masters any skill of the list alone, for whoever supervises in the office; None for
    others, and where nobody's skills are known yet."""
    if not (actor.of_office and actor.can(Can.READ_BRIEF)):
        return None
    found = matrix(session, "opd", practice=False)
    return gaps(found) if found.skills and found.cells else None


def to_nominate(session: Session, actor: Actor, now: datetime, *, practice: bool = False) -> Section:
    """Return batches to which the OPD of this contact may send people now, the one that closes first on top. `taken`:
    people who have a place. `practice`: simulated ones too."""
    if not actor.has(Role.OPD_CONTACT) or not opd_of(session, actor.organisation_ids):
        return Section()
    query = select(
        Batch.id,
        Batch.name,
        Batch.register_until,
        Batch.capacity,
        count_people(EnrolmentStatus.ACCEPTED).label("taken"),
    ).where(
        Batch.status == BatchStatus.OPEN,
        Batch.admission.in_((Admission.NOMINATION, Admission.BOTH)),
        or_(Batch.register_until.is_(None), Batch.register_until > now),
        true() if practice else Batch.simulated.is_(False),
    )
    last = case((Batch.register_until.is_(None), 1), else_=0)
    return section_of(session, query.order_by(last, Batch.register_until, Batch.starts_on, Batch.id))


def letters_answered(session: Session, actor: Actor, now: datetime) -> Section:
    """Return letters of the own OPD about whose people something was decided lately, with how many stand how."""
    if not actor.has(Role.OPD_CONTACT):
        return Section()
    counted = (EnrolmentStatus.ACCEPTED, EnrolmentStatus.WAITING, EnrolmentStatus.REJECTED, EnrolmentStatus.APPLIED)
    decided = func.max(Enrolment.decided_at)
    query = (
        select(
            Nomination.id,
            Nomination.letter_number,
            Batch.id.label("batch_id"),
            Batch.name,
            *(func.sum(case((Enrolment.status == one, 1), else_=0)).label(str(one)) for one in counted),
        )
        .join(Batch, Batch.id == Nomination.batch_id)
        .join(Enrolment, Enrolment.nomination_id == Nomination.id)
        .where(Nomination.organisation_id.in_(actor.organisation_ids), Batch.status != BatchStatus.CANCELLED)
        .group_by(Nomination.id, Nomination.letter_number, Batch.id, Batch.name)
        .having(decided >= now - LATELY)
    )
    return section_of(session, query.order_by(decided.desc(), Nomination.id.desc()))


def _keeps(actor: Actor) -> ColumnElement[bool]:
    """Practice waits for nobody."""
    return and_(Batch.simulated.is_(False), manageable_by(actor))
