"""The criteria by which the work of a batch counts: asked here by marks, works, scores and, through them, certificates.

While a batch goes on, those of its programme that are in use. Once it is finished, those that were in use then: what
somebody adds to the programme, archives or takes up again afterwards changes no result. They are written down when the
batch is finished, and forgotten when it goes on.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select
from sqlalchemy.orm import Session

from app.kernel.roles import Actor
from app.learning.assessments.models import FinishedCriterion
from app.learning.programmes.models import Criterion
from app.learning.training.models import Batch


def counts_for_batch() -> ColumnElement[bool]:
    """Return the condition that `Criterion` counts in `Batch`; for a query, or a part of one, that has both."""
    known = exists().where(FinishedCriterion.batch_id == Batch.id).correlate(Batch)
    mine = exists().where(FinishedCriterion.batch_id == Batch.id, FinishedCriterion.criterion_id == Criterion.id)
    in_use = and_(Criterion.programme_id == Batch.programme_id, Criterion.archived_at.is_(None))
    return or_(mine.correlate(Batch, Criterion), and_(~known, in_use))


def criteria_of(session: Session, batch: Batch) -> Sequence[Criterion]:
    """List the criteria by which the work of a batch counts, in their order."""
    query = select(Criterion).join(Batch, Batch.id == batch.id).where(counts_for_batch())
    return session.scalars(query.order_by(Criterion.position, Criterion.id)).all()


def keep(session: Session, actor: Actor, batch: Batch, now: datetime) -> None:
    """Keep the criteria of a batch as it is finished, for training/finishing.FINISHED."""
    forget(session, actor, batch, now)
    session.add_all(FinishedCriterion(batch_id=batch.id, criterion_id=one.id) for one in criteria_of(session, batch))
    session.flush()


def forget(session: Session, _actor: Actor, batch: Batch, _now: datetime) -> None:
    """Forget the kept criteria of a batch that goes on, for training/finishing.RESUMED."""
    session.execute(delete(FinishedCriterion).where(FinishedCriterion.batch_id == batch.id))
