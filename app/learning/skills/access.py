"""Access to the names and records of people. Figures without names are for everybody who reads about training.

Names of people with a skill: the office finds everybody, since finding them is what the list is for; others find the
people of their own organisation (an OPD's contact those of the OPD) and those whom they teach. What somebody did,
scored and can be reached by: only who supervises or plans training in the office, and who teaches that person.
"""

from sqlalchemy import ColumnElement, and_, exists, or_, select, true
from sqlalchemy.orm import Session, aliased

from app.kernel.errors import Forbidden, NotFound
from app.kernel.roles import SYSTEM, Actor, Can
from app.kernel.text import T
from app.learning.training.access import manageable_by
from app.learning.training.models import Batch, Enrolment, Trainee

__all__ = ["may_note", "name_visible_to", "page_visible_to", "person_of"]

MISSING = T("Peserta ini tidak ada, atau bukan peserta Anda.")


def _taught_by(actor: Actor) -> ColumnElement[bool]:
    """In a batch that this person keeps."""
    batch = aliased(Batch)
    return exists(
        select(Enrolment.id)
        .join(batch, batch.id == Enrolment.batch_id)
        .where(Enrolment.trainee_id == Trainee.id, manageable_by(actor, batch))
    )


def page_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on Trainee of those whose page, scores and contact this person may see."""
    if actor == SYSTEM or (actor.of_office and actor.can(Can.READ_ALL_SKILLS)):
        return true()
    if not actor.can(Can.PLAN_TRAINING):
        return Trainee.id.in_(())
    return _taught_by(actor)


def name_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on Trainee of those whose name, OPD and skills this person may read."""
    if actor == SYSTEM or actor.of_office:
        return true()
    # said in full, so that "not these" holds for who is in no organisation too
    theirs = and_(Trainee.organisation_id.is_not(None), Trainee.organisation_id.in_(actor.organisation_ids))
    return or_(theirs, _taught_by(actor)) if actor.can(Can.PLAN_TRAINING) else theirs


def person_of(session: Session, actor: Actor, trainee_id: int) -> Trainee:
    """Return the trainee of a page. Raises NotFound where there is no such person or not for this one."""
    found = session.scalar(select(Trainee).where(Trainee.id == trainee_id, page_visible_to(actor)))
    if found is None:
        raise NotFound(MISSING)
    return found


def may_note(actor: Actor) -> bool:
    """Note what somebody was seen to do, for the persons whose page opens."""
    return actor == SYSTEM or actor.can(Can.PLAN_TRAINING)


def check_may_note(actor: Actor) -> None:
    if not may_note(actor):
        raise Forbidden(T("Keterampilan dicatat oleh pelatih atau penyelenggara pelatihan."))
