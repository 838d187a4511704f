"""The section of the home page about practical work: for who keeps a batch, how many works wait for points."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from app.desk.queries import SHOWN, Section
from app.kernel.roles import Actor, Can
from app.learning.assessments.works.service import list_unmarked


@dataclass(frozen=True)
class UnmarkedBatch:
    """A batch, its last day, and how many works wait there."""

    id: int
    name: str
    ends_on: date
    amount: int


def to_mark(session: Session, actor: Actor) -> Section:
    """Return batches with works to mark, of the own organisation or taught by this person; the whole office sees all of
    them on the batches themselves."""
    if not actor.can(Can.PLAN_TRAINING):
        return Section()
    mine = [
        UnmarkedBatch(batch.id, batch.name, batch.ends_on, n)
        for batch, n in list_unmarked(session, actor)
        if batch.organisation_id in actor.organisation_ids or any(one.user_id == actor.id for one in batch.trainers)
    ]
    return Section(mine[:SHOWN], len(mine))
