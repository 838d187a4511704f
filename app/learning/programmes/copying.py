"""Copying a programme as the beginning of another one."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel import audit
from app.kernel.roles import Actor
from app.kernel.text import T
from app.learning.programmes.models import (
    Criterion,
    Module,
    ModuleMaterial,
    ModuleSkill,
    Prerequisite,
    Programme,
    ProgrammeTrainer,
)
from app.learning.programmes.queries import all_modules
from app.learning.programmes.service import facts, get, may_copy_to
from app.learning.programmes.wording import free_key

MAX_TITLE = 200
SAME = ("summary", "for_whom", "min_attendance", "min_score", "score_from", "work_share")
OF_TESTS = ("test_instrument_id", "post_instrument_id")
OF_MODULES = ("position", "title", "objectives", "outline", "minutes")
OF_MATERIALS = ("position", "title", "file_id", "url", "for_trainers")
OF_CRITERIA = ("position", "title", "guide", "most")
OF_TRAINERS = ("position", "user_id", "name", "title")


def duplicate(session: Session, actor: Actor, programme_id: int, *, now: datetime) -> Programme:
    """Copy a programme without what was put away; of somebody else's programme the copy belongs to the own
    organisation, and has not its tests, which belong to others. Raises Forbidden, NotFound."""
    source = get(session, programme_id)
    owner = may_copy_to(actor, source)
    title = str(T("Salinan %(title)s", title=source.title))[:MAX_TITLE]
    same = SAME + (OF_TESTS if owner == source.organisation_id else ())
    copy = Programme(
        key=free_key(title, set(session.scalars(select(Programme.key))), 80), title=title, organisation_id=owner,
        created_by_id=actor.id, created_at=now, updated_at=now, **{name: getattr(source, name) for name in same},
    )  # fmt: skip
    copy.modules = [_module(one) for one in all_modules(session, source.id) if one.archived_at is None]
    copy.criteria = [
        Criterion(**{name: getattr(one, name) for name in OF_CRITERIA})
        for one in source.criteria
        if one.archived_at is None
    ]
    copy.trainers = [ProgrammeTrainer(**{name: getattr(one, name) for name in OF_TRAINERS}) for one in source.trainers]
    copy.prerequisites = [
        Prerequisite(requires_id=one.requires_id, skill_id=one.skill_id, level=one.level)
        for one in source.prerequisites
    ]
    session.add(copy)
    session.flush()
    after = {**facts(copy), "copied_from": source.id}
    audit.record(session, actor, "programme.copied", copy, now=now, after=after)
    return copy


def _module(source: Module) -> Module:
    return Module(
        **{name: getattr(source, name) for name in OF_MODULES},
        skills=[ModuleSkill(skill_id=one.skill_id, level=one.level) for one in source.skills],
        materials=[ModuleMaterial(**{name: getattr(one, name) for name in OF_MATERIALS}) for one in source.materials],
    )
