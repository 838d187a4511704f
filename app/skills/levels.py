"""Which level somebody has: the highest of which there is evidence that was not withdrawn."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Subquery, and_, func, or_, select
from sqlalchemy.orm import Session

from app.certificates.models import Certificate
from app.skills.models import SkillEvidence
from app.training.models import Batch
from app.training.participants import SKILLS_HELD


@dataclass(frozen=True)
class Held:
    """`level` (SkillLevel) and the day of the latest evidence of that level. What is old is not taken away: the day
    stands beside the level, so that whoever reads it can judge."""

    level: int
    on: date


def levels_of(session: Session, trainee_ids: Collection[int]) -> Mapping[int, Mapping[int, Held]]:
    """Trainee → skill id → what that person has, in one query. Who has nothing is left out; what comes from practice
    batches is in."""
    if not trainee_ids:
        return {}
    rows = session.execute(
        select(SkillEvidence.trainee_id, SkillEvidence.skill_id, SkillEvidence.level, func.max(SkillEvidence.on))
        .where(SkillEvidence.trainee_id.in_(trainee_ids), SkillEvidence.withdrawn_at.is_(None))
        .group_by(SkillEvidence.trainee_id, SkillEvidence.skill_id, SkillEvidence.level)
        .order_by(SkillEvidence.level)
    )
    held: dict[int, dict[int, Held]] = {}
    for trainee_id, skill_id, level, on in rows:
        held.setdefault(trainee_id, {})[skill_id] = Held(level, on)
    return held


def stands(practice: bool) -> ColumnElement[bool]:
    """Evidence that counts: not withdrawn and, unless `practice`, not of a certificate of a practice batch (which a
    real person may have taken part in as well)."""
    kept = SkillEvidence.withdrawn_at.is_(None)
    if practice:
        return kept
    pretended = select(Certificate.id).join(Batch, Batch.id == Certificate.batch_id).where(Batch.simulated)
    return and_(kept, or_(SkillEvidence.certificate_id.is_(None), SkillEvidence.certificate_id.not_in(pretended)))


def held_levels(practice: bool, skill_id: int | None = None) -> Subquery:
    """Rows (trainee_id, skill_id, level): the level that each person has, of one skill or of all."""
    query = select(
        SkillEvidence.trainee_id, SkillEvidence.skill_id, func.max(SkillEvidence.level).label("level")
    ).where(stands(practice))
    if skill_id is not None:
        query = query.where(SkillEvidence.skill_id == skill_id)
    return query.group_by(SkillEvidence.trainee_id, SkillEvidence.skill_id).subquery("held")


def _numbers(session: Session, trainee_ids: Collection[int]) -> Mapping[int, Mapping[int, int]]:
    """For training/, which asks whether somebody brings along what a programme asks for."""
    found = levels_of(session, trainee_ids)
    return {person: {skill: held.level for skill, held in skills.items()} for person, skills in found.items()}


SKILLS_HELD.append(_numbers)
