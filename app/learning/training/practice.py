"""Decide whether the figures of training show practice data, once, and the same on every page and in every file.

Once there is a real batch that takes people, runs or is over, or once a real person can do something, only what is real
is counted. Until then only practice is, and every page and file says so. The two never stand in one number.
"""

from collections.abc import Callable
from typing import Any, cast

from sqlalchemy import ColumnElement, case, exists, func, or_, select
from sqlalchemy.orm import Session

from app.kernel.slots import Slot
from app.learning.training.models import Batch, BatchStatus, Enrolment, Trainee

OFFERED = (BatchStatus.OPEN, BatchStatus.RUNNING, BatchStatus.FINISHED)
Evidence = Callable[[bool], ColumnElement[bool]]
EVIDENCE = Slot[Evidence]("training.evidence")
"""What higher rooms know of people: given `practice`, whether there is any such record."""


def simulated(person: Any = Trainee.id) -> ColumnElement[bool]:
    """Return the condition that all batches of this person are practice. Who is in no batch is real; a condition on
    Trainee, or on another column that names a `person`."""
    practice = case((Batch.simulated, 1), else_=0)
    # one set for all people: asked for each row apart, it costs more than everything else of a matrix
    all_practice = (
        select(Enrolment.trainee_id)
        .join(Batch, Batch.id == Enrolment.batch_id)
        .group_by(Enrolment.trainee_id)
        .having(func.min(practice) == 1)
    )
    return cast("ColumnElement[bool]", person.in_(all_practice))


def shows_practice(session: Session) -> bool:
    """Return whether nothing real is there yet, but practice is; one query."""

    def some(practice: bool) -> ColumnElement[bool]:
        batches = exists(select(Batch.id).where(Batch.simulated.is_(practice), Batch.status.in_(OFFERED)))
        return or_(batches, *(known(practice) for known in EVIDENCE))

    real, practised = session.execute(select(some(False), some(True))).one()
    return bool(practised) and not real
