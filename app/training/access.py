"""Whose batch it is. Routes ask for the role; here the record is asked too."""

from sqlalchemy import ColumnElement, and_, exists, or_, select, true
from sqlalchemy.orm import Session

from app.kernel.errors import Forbidden, NotFound
from app.kernel.roles import SYSTEM, Actor, Role
from app.kernel.text import T
from app.programmes.access import PLANNERS, READERS, may_plan_for
from app.training.models import Admission, Batch, BatchStatus, BatchTrainer

__all__ = ["NOMINATORS", "PLANNERS", "READERS", "get", "may_manage", "may_plan_for", "to_manage", "visible_to"]

NOMINATORS = (Role.OPD_CONTACT, Role.EDITOR, Role.ADMIN)
"""Who sends people of an OPD: its contact, or the office that got the letter on paper."""
MISSING = T("Angkatan pelatihan ini tidak ada, atau bukan untuk Anda.")


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The batches that a person may see with their records: the office all; others those of their organisation, those
    that they teach, and an OPD's contact those to which the OPD may send people."""
    if actor == SYSTEM or actor.of_office:
        return true()
    teaches = exists().where(BatchTrainer.batch_id == Batch.id, BatchTrainer.user_id == actor.id)
    seen = [Batch.organisation_id.in_(actor.organisation_ids), teaches]
    if actor.has(Role.OPD_CONTACT):
        nominates = Batch.admission.in_((Admission.NOMINATION, Admission.BOTH))
        seen.append(and_(nominates, Batch.status.not_in((BatchStatus.DRAFT, BatchStatus.CANCELLED))))
    return or_(*seen)


def get(session: Session, actor: Actor, batch_id: int) -> Batch:
    """The batch, or NotFound where it is not there or not for this person."""
    batch = session.scalar(select(Batch).where(Batch.id == batch_id, visible_to(actor)))
    if batch is None:
        raise NotFound(MISSING)
    return batch


def may_manage(actor: Actor, batch: Batch) -> bool:
    """Change it, choose participants, keep sessions and marks: planners of the office and of the organisation that
    holds it, and those who teach it."""
    if actor == SYSTEM:
        return True
    if not actor.has(*PLANNERS):
        return False
    of_theirs = actor.of_office or batch.organisation_id in actor.organisation_ids
    return of_theirs or any(trainer.user_id == actor.id for trainer in batch.trainers)


def may_see_people(actor: Actor, batch: Batch) -> bool:
    """Names and contacts of participants: those who manage it, and who supervises in the office."""
    return may_manage(actor, batch) or (actor.of_office and actor.has(Role.EDITOR, Role.APPROVER, Role.ADMIN))


def check_sees_people(actor: Actor, batch: Batch) -> None:
    if not may_see_people(actor, batch):
        raise Forbidden(T("Nama peserta hanya untuk pelatihnya, penyelenggaranya, dan pengawas di kantor."))


def to_manage(session: Session, actor: Actor, batch_id: int, *, lock: bool = False) -> Batch:
    """The batch to be changed by this person. `lock`: nobody else changes its lists until the end of the transaction.

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
