"""Which level somebody has: the highest of which there is evidence that counts."""

from collections.abc import Collection, Mapping

from sqlalchemy import ColumnElement, Subquery, and_, func, or_, select
from sqlalchemy.orm import Session

from app.learning.certificates.models import Certificate
from app.learning.skills.models import SkillEvidence
from app.learning.training.models import Batch
from app.learning.training.practice import simulated


def evidence_counts() -> ColumnElement[bool]:
    """Return the condition that evidence counts, everywhere: not withdrawn, and of a certificate of a practice batch
    only for people who are practice themselves (a real person may have taken part in one as well)."""
    pretended = select(Certificate.id).join(Batch, Batch.id == Certificate.batch_id).where(Batch.simulated)
    return and_(
        SkillEvidence.withdrawn_at.is_(None),
        or_(
            SkillEvidence.certificate_id.is_(None),
            SkillEvidence.certificate_id.not_in(pretended),
            simulated(SkillEvidence.trainee_id),
        ),
    )


def held_levels(skill_id: int | None = None) -> Subquery:
    """Select rows (trainee_id, skill_id, level): the level that each person has, of one skill or of all."""
    query = select(
        SkillEvidence.trainee_id, SkillEvidence.skill_id, func.max(SkillEvidence.level).label("level")
    ).where(evidence_counts())
    if skill_id is not None:
        query = query.where(SkillEvidence.skill_id == skill_id)
    return query.group_by(SkillEvidence.trainee_id, SkillEvidence.skill_id).subquery("held")


def levels_of(session: Session, trainee_ids: Collection[int]) -> Mapping[int, Mapping[int, int]]:
    """Map trainee → skill id → level, in one query, for training/, which asks whether somebody brings along what a
    programme asks for. Who has nothing is left out."""
    if not trainee_ids:
        return {}
    held = held_levels()
    levels: dict[int, dict[int, int]] = {}
    for trainee_id, skill_id, level in session.execute(select(held).where(held.c.trainee_id.in_(trainee_ids))):
        levels.setdefault(trainee_id, {})[skill_id] = level
    return levels
