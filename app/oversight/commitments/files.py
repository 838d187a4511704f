"""Readers of the files of agreements and of evidence: who sees the agreement, or the clause."""

from typing import Any

from sqlalchemy import Select, select

from app.base.media.holders import Holder
from app.kernel.roles import Actor, Can
from app.oversight.commitments.access import clauses_for, commitments_for
from app.oversight.commitments.models import Clause, Commitment, Evidence


def _agreements(actor: Actor) -> Select[Any]:
    return select(Commitment.file_id).where(commitments_for(actor))


def _evidence(actor: Actor) -> Select[Any]:
    return (
        select(Evidence.file_id)
        .join(Clause, Clause.id == Evidence.clause_id)
        .where(Evidence.removed_at.is_(None), clauses_for(actor))
    )


HOLDERS = (
    Holder(Commitment.file_id, Can.READ_COMMITMENTS, _agreements),
    Holder(Evidence.file_id, Can.READ_COMMITMENTS, _evidence),
)
