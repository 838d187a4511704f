"""Which level somebody has: the highest of which there is evidence that was not withdrawn."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Subquery, func, select
from sqlalchemy.orm import Session

from app.skills.models import SkillEvidence


@dataclass(frozen=True)
class Held:
    """`level` (SkillLevel) and the day of the latest evidence of that level. What is old is not taken away: the day
    stands beside the level, so that whoever reads it can judge."""

    level: int
    on: date


def levels_of(session: Session, trainee_ids: Collection[int]) -> Mapping[int, Mapping[int, Held]]:
    """Trainee → skill id → what that person has, in one query. Who has nothing is left out."""
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


def held_levels(skill_id: int | None = None) -> Subquery:
    """Rows (trainee_id, skill_id, level): the level that each person has, of one skill or of all."""
    query = select(
        SkillEvidence.trainee_id, SkillEvidence.skill_id, func.max(SkillEvidence.level).label("level")
    ).where(SkillEvidence.withdrawn_at.is_(None))
    if skill_id is not None:
        query = query.where(SkillEvidence.skill_id == skill_id)
    return query.group_by(SkillEvidence.trainee_id, SkillEvidence.skill_id).subquery("held")
