"""Access to batches and their people. Routes ask for the role; here the record is asked too.

Who plans training for an organisation keeps all its batches. A trainer keeps those that he or she teaches, or made for
the own organisation: belonging to who holds a batch is not enough to read its participants.
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true
from sqlalchemy.orm import Session, object_session

from app.gatherings.events import access as events
from app.gatherings.events.models import Event, EventKind
from app.kernel.errors import Forbidden, NotFound
from app.kernel.roles import SYSTEM, Actor, Can, Role
from app.kernel.text import T
from app.learning.programmes.access import may_plan_for
from app.learning.training.models import Admission, Batch, BatchSession, BatchStatus, BatchTrainer

__all__ = [
    "get",
    "manageable_by",
    "may_manage",
    "may_plan_for",
    "people_visible_to",
    "to_manage",
    "visible_to",
]

TAUGHT = (EventKind.TRAINING, EventKind.BIMTEK)
"""The kinds of the events that are sessions."""
MISSING = T("Angkatan pelatihan ini tidak ada, atau bukan untuk Anda.")


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return the condition on Batch of those that a person may see with their records: the office all; others those of
    their organisation, those that they teach, and an OPD's contact those to which the OPD may send people. A trainer
    only those kept."""
    if actor.has(Role.TRAINER) and not actor.can(Can.READ_ALL_TRAINING):
        return manageable_by(actor)
    if actor == SYSTEM or actor.of_office:
        return true()
    seen = [Batch.organisation_id.in_(actor.organisation_ids), _taught_by(actor, Batch)]
    if actor.has(Role.OPD_CONTACT):
        nominates = Batch.admission.in_((Admission.NOMINATION, Admission.BOTH))
        seen.append(and_(nominates, Batch.status.not_in((BatchStatus.DRAFT, BatchStatus.CANCELLED))))
    return or_(*seen)


def get(session: Session, actor: Actor, batch_id: int) -> Batch:
    """Return the batch, or NotFound where it is not there or not for this person."""
    batch = session.scalar(select(Batch).where(Batch.id == batch_id, visible_to(actor)))
    if batch is None:
        raise NotFound(MISSING)
    return batch


def may_manage(actor: Actor, batch: Batch) -> bool:
    """Change it, choose participants, keep sessions and marks: planners of the office and of the organisation that
    holds it, and those who teach it; a trainer of that organisation only where the batch is of the own making."""
    if actor == SYSTEM:
        return True
    if not actor.can(Can.PLAN_TRAINING):
        return False
    if any(trainer.user_id == actor.id for trainer in batch.trainers):
        return True
    of_theirs = actor.of_office or batch.organisation_id in actor.organisation_ids
    return of_theirs and (actor.can(Can.PLAN_ALL_TRAINING) or batch.created_by_id == actor.id)


def manageable_by(actor: Actor, batch: Any = Batch) -> ColumnElement[bool]:
    """Return the condition of `may_manage`, for a query. `batch`: an alias, where the query has one."""
    if actor == SYSTEM:
        return true()
    if not actor.can(Can.PLAN_TRAINING):
        return false()
    of_theirs = true() if actor.of_office else batch.organisation_id.in_(actor.organisation_ids)
    if not actor.can(Can.PLAN_ALL_TRAINING):
        of_theirs = and_(of_theirs, batch.created_by_id == actor.id)
    return or_(of_theirs, _taught_by(actor, batch))


def _taught_by(actor: Actor, batch: Any) -> ColumnElement[bool]:
    return exists().where(BatchTrainer.batch_id == batch.id, BatchTrainer.user_id == actor.id)


def may_see_people(actor: Actor, batch: Batch) -> bool:
    """Return whether this person sees names and contacts of participants: those who manage it, and who supervises in
    the office."""
    return may_manage(actor, batch) or _oversees(actor)


def people_visible_to(actor: Actor, batch: Any = Batch) -> ColumnElement[bool]:
    """Return the condition of `may_see_people`, for a query."""
    return true() if _oversees(actor) else manageable_by(actor, batch)


def _oversees(actor: Actor) -> bool:
    return actor.of_office and actor.can(Can.READ_ALL_TRAINEES)


def check_sees_people(actor: Actor, batch: Batch) -> None:
    if not may_see_people(actor, batch):
        raise Forbidden(T("Nama peserta hanya untuk pelatihnya, penyelenggaranya, dan pengawas di kantor."))


def to_manage(session: Session, actor: Actor, batch_id: int, *, lock: bool = False) -> Batch:
    """Return the batch to be changed by this person. `lock`: nobody else changes its lists until the end of the
    transaction.

    Raises NotFound, Forbidden.
    """
    query = select(Batch).where(Batch.id == batch_id, visible_to(actor))
    batch = session.scalar(
        query.with_for_update(of=Batch) if lock else query, execution_options={"populate_existing": lock}
    )
    if batch is None:
        raise NotFound(MISSING)
    if not may_manage(actor, batch):
        raise Forbidden(T("Angkatan ini hanya bisa diubah oleh penyelenggara atau pelatihnya."))
    return batch


def _keeps_session(actor: Actor, event: Event) -> bool | None:
    """For events/: whoever keeps the batch keeps its sessions, and nobody else of the organisation that holds it."""
    session = object_session(event) if event.kind in TAUGHT else None
    if session is None:
        return None
    batch = session.scalar(
        select(Batch).join(BatchSession, BatchSession.batch_id == Batch.id).where(BatchSession.event_id == event.id)
    )
    return may_manage(actor, batch) if batch is not None else None


def _sessions_kept_by(actor: Actor) -> ColumnElement[bool]:
    return Event.id.in_(
        select(BatchSession.event_id).join(Batch, Batch.id == BatchSession.batch_id).where(manageable_by(actor))
    )


SESSIONS = events.EventKeeper(keeps=_keeps_session, kept_by=_sessions_kept_by)
"""Events that are sessions of a batch; given to events.access.KEEPERS by app/joints.py."""
