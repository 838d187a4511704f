"""A programme: made, changed, copied, put away. Its modules: modules.py; its rubric: rubric.py.

Every change of a part raises the programme's `version`, so that a form that was opened before is told so (`seen`).
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from app.base.people.models import User
from app.kernel import audit, ordered
from app.kernel.errors import Forbidden, NotFound, Stale
from app.kernel.roles import Actor
from app.kernel.text import T
from app.kernel.typed import line, paragraph
from app.learning.programmes.access import may_manage, may_plan_for
from app.learning.programmes.models import Prerequisite, Programme, ProgrammeTrainer, ScoreFrom
from app.learning.programmes.rules import ProgrammeValues, Required, TrainerPlan, check_values
from app.learning.programmes.wording import free_key

__all__ = ["ProgrammeValues", "Required", "TrainerPlan", "create", "edit", "get", "put_away", "take_out", "to_change"]

MISSING = T("Program pelatihan ini tidak ada.")
CHANGED = T("Program ini baru saja diubah orang lain. Periksa lagi isian Anda, lalu simpan sekali lagi.")
NOT_YOURS = T("Program ini hanya bisa diubah oleh kantor atau organisasi yang menyelenggarakannya.")


PLAIN = ("organisation_id", "min_attendance", "min_score", "score_from", "test_instrument_id", "post_instrument_id")


def create(
    session: Session, actor: Actor, values: ProgrammeValues, *, key: str = "", kit_key: str | None = None, now: datetime
) -> Programme:
    """Create a new programme without modules. `key` and `kit_key`: of the kit it comes from.

    Raises Invalid with its field, Forbidden for another organisation's.
    """
    check_values(session, actor, values, None)
    programme = Programme(
        key=_free(session, key or values.title), kit_key=kit_key, created_by_id=actor.id, created_at=now, updated_at=now
    )
    _fill(session, programme, values)
    session.add(programme)
    session.flush()
    audit.record(session, actor, "programme.created", programme, now=now, after=facts(programme))
    return programme


def edit(
    session: Session,
    actor: Actor,
    programme_id: int,
    values: ProgrammeValues,
    *,
    seen: int | None = None,
    now: datetime,
) -> Programme:
    """Change everything but modules and rubric. Raises Invalid with its field, Stale, Forbidden, NotFound."""
    programme = to_change(session, actor, programme_id, seen=seen)
    check_values(session, actor, values, programme)
    before = facts(programme)
    _fill(session, programme, values)
    touch(session, programme, now)
    after = facts(programme)
    if before != after:
        audit.record(session, actor, "programme.edited", programme, now=now, before=before, after=after)
    return programme


def put_away(session: Session, actor: Actor, programme_id: int, *, now: datetime) -> Programme:
    """Archive a programme: no new batch is planned with it, and those there are go on. Raises Forbidden, NotFound."""
    programme = to_change(session, actor, programme_id)
    if ordered.put_away(programme, now):
        touch(session, programme, now)
        audit.record(session, actor, "programme.archived", programme, now=now)
    return programme


def take_out(session: Session, actor: Actor, programme_id: int, *, now: datetime) -> Programme:
    """Undo `put_away`."""
    programme = to_change(session, actor, programme_id)
    if ordered.take_out(programme):
        touch(session, programme, now)
        audit.record(session, actor, "programme.restored", programme, now=now)
    return programme


def get(session: Session, programme_id: int) -> Programme:
    """Return a programme, which everybody reads whose role opens the pages: it names no participants. Raises
    NotFound."""
    programme = session.get(Programme, programme_id)
    if programme is None:
        raise NotFound(MISSING)
    return programme


def to_change(session: Session, actor: Actor, programme_id: int, *, seen: int | None = None) -> Programme:
    """Lock and return the programme, which nobody else changes until the end of the transaction.

    `seen`: the `version` that the person had before them. Raises NotFound, Forbidden, Stale.
    """
    programme = session.scalar(
        select(Programme).where(Programme.id == programme_id).with_for_update(),
        execution_options={"populate_existing": True},
    )
    if programme is None:
        raise NotFound(MISSING)
    if not may_manage(actor, programme):
        raise Forbidden(NOT_YOURS)
    if seen is not None and programme.version != seen:
        raise Stale(CHANGED)
    return programme


def touch(session: Session, programme: Programme, now: datetime) -> None:
    """Mark a programme as changed in one of its parts: older forms are stale."""
    programme.updated_at = now
    flag_modified(programme, "updated_at")
    session.flush()


def facts(programme: Programme) -> dict[str, Any]:
    """Return what the trail keeps of a programme."""
    return {
        "title": programme.title, "summary": programme.summary, "for_whom": programme.for_whom,
        **{name: getattr(programme, name) for name in PLAIN}, "work_share": programme.work_share,
        "prerequisites": [[one.requires_id, one.skill_id, one.level] for one in programme.prerequisites],
        "trainers": [one.name for one in programme.trainers],
    }  # fmt: skip


def may_copy_to(actor: Actor, programme: Programme) -> int:
    """Return the organisation that gets a copy: the same where the person plans for it, else their own. Raises
    Forbidden."""
    if may_manage(actor, programme):
        return programme.organisation_id
    if actor.organisation_id is not None and may_plan_for(actor, actor.organisation_id):
        return actor.organisation_id
    raise Forbidden(T("Program baru dibuat oleh kantor atau pelatih organisasi Anda."))


def _fill(session: Session, programme: Programme, values: ProgrammeValues) -> None:
    programme.title, programme.for_whom = line(values.title), line(values.for_whom)
    programme.summary = paragraph(values.summary)
    for name in PLAIN:
        setattr(programme, name, getattr(values, name))
    programme.work_share = values.work_share or 0
    if values.score_from != ScoreFrom.BOTH and values.work_share is None:
        programme.work_share = 50
    programme.prerequisites = [
        Prerequisite(requires_id=one.programme_id, skill_id=one.skill_id, level=one.level)
        for one in values.prerequisites
    ]
    programme.trainers = [
        ProgrammeTrainer(position=place, **_person(session, one)) for place, one in enumerate(values.trainers)
    ]


def _person(session: Session, plan: TrainerPlan) -> dict[str, Any]:
    """An account is called as it calls itself."""
    user = session.get(User, plan.user_id) if plan.user_id else None
    if user is None:
        return {"user_id": None, "name": line(plan.name), "title": line(plan.title)}
    return {"user_id": user.id, "name": user.name, "title": line(plan.title) or (user.title or "")}


def _free(session: Session, wanted: str) -> str:
    taken = set(session.scalars(select(Programme.key)))
    return free_key(wanted, taken, 80)
