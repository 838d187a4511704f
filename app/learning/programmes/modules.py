"""The modules of a programme: added, changed, put in order, taken out. Their files and links: materials.py."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.kernel import audit
from app.kernel.audit import AuditEntry
from app.kernel.errors import Invalid, NotFound, Refused
from app.kernel.ordered import in_use, next_place, put_away, step, take_out
from app.kernel.roles import Actor
from app.kernel.text import T
from app.kernel.typed import at_most, line, paragraph
from app.learning.programmes.models import Module, ModuleMaterial, ModuleSkill, Programme, Skill, SkillLevel
from app.learning.programmes.queries import used_modules
from app.learning.programmes.service import to_change, touch

MOST_MODULES = 60
MOST_SKILLS = 12
MOST_MINUTES = 24 * 60
LIMITS = {"title": 200, "objectives": 4000, "outline": 8000}
REMOVED = "programme.module_removed"


@dataclass(frozen=True)
class ModuleValues:
    """What a person enters about a module. `objectives`: one a line; `skills`: (skill id, SkillLevel)."""

    title: str = ""
    objectives: str = ""
    outline: str = ""
    minutes: int | None = 120
    skills: Sequence[tuple[int, int]] = field(default_factory=tuple)


def add_module(
    session: Session, actor: Actor, programme_id: int, values: ModuleValues, *, seen: int | None = None, now: datetime
) -> Module:
    """Add a further module, last. Raises Invalid with its field, Stale, Forbidden, NotFound."""
    programme = to_change(session, actor, programme_id, seen=seen)
    _check(session, programme, values, None)
    module = Module(position=next_place(programme.modules))
    programme.modules.append(module)
    _fill(module, values)
    touch(session, programme, now)
    audit.record(session, actor, "programme.module_added", programme, now=now, after=facts(module))
    return module


def edit_module(
    session: Session, actor: Actor, module_id: int, values: ModuleValues, *, seen: int | None = None, now: datetime
) -> Module:
    """Change what it teaches. Raises as `add_module`."""
    programme, module = of_programme(session, actor, module_id, seen=seen)
    _check(session, programme, values, module)
    before = facts(module)
    _fill(module, values)
    touch(session, programme, now)
    if before != facts(module):
        audit.record(session, actor, "programme.module_edited", programme, now=now, before=before, after=facts(module))
    return module


def remove_module(session: Session, actor: Actor, module_id: int, *, now: datetime) -> bool:
    """Delete it, or put it away where a batch taught it. Gives True where it is only put away; `put_back` undoes it."""
    programme, module = of_programme(session, actor, module_id)
    used, kept = bool(used_modules(session, [module.id])), facts(module)
    if used:
        put_away(module, now)
        touch(session, programme, now)
        audit.record(session, actor, "programme.module_archived", programme, now=now, before=kept)
        return True
    kept |= {"position": module.position, "materials": [_material(one) for one in module.materials]}
    programme.modules.remove(module)
    try:
        touch(session, programme, now)
    except IntegrityError as error:
        raise Refused(
            T("Modul ini baru saja dipakai sebuah angkatan. Coba sekali lagi untuk mengarsipkannya.")
        ) from error
    audit.record(session, actor, REMOVED, programme, now=now, before=kept)
    return False


def restore_module(session: Session, actor: Actor, module_id: int, *, now: datetime) -> Module:
    """Teach it again."""
    programme, module = of_programme(session, actor, module_id)
    if take_out(module):
        touch(session, programme, now)
        audit.record(session, actor, "programme.module_restored", programme, now=now, after=facts(module))
    return module


def last_removal(session: Session, programme: Programme) -> AuditEntry | None:
    """Return the latest entry about the programme, where it says that a module was deleted."""
    entry = session.scalar(
        select(AuditEntry)
        .where(AuditEntry.subject_kind == Programme.__tablename__, AuditEntry.subject_id == str(programme.id))
        .order_by(AuditEntry.id.desc())
        .limit(1)
    )
    return entry if entry is not None and entry.action == REMOVED else None


def put_back(session: Session, actor: Actor, programme_id: int, *, now: datetime) -> Module:
    """Undo the latest change where it deleted a module: it stands where it was, with its materials."""
    programme = to_change(session, actor, programme_id)
    entry = last_removal(session, programme)
    if entry is None or entry.before is None:
        raise Refused(T("Sudah ada perubahan lain sesudahnya, jadi modul itu tidak bisa dikembalikan begitu saja."))
    kept = dict(entry.before)
    known = set(session.scalars(select(Skill.id).where(Skill.id.in_([pair[0] for pair in kept["skills"]]))))
    module = Module(position=kept["position"])
    module.skills = [ModuleSkill(skill_id=skill, level=level) for skill, level in kept["skills"] if skill in known]
    for name in ("title", "objectives", "outline", "minutes"):
        setattr(module, name, kept[name])
    module.materials = [ModuleMaterial(**one) for one in kept["materials"]]
    programme.modules.append(module)
    touch(session, programme, now)
    audit.record(session, actor, "programme.module_put_back", programme, now=now, after=facts(module))
    return module


def move_module(session: Session, actor: Actor, module_id: int, *, up: bool, now: datetime) -> Module:
    """Change places with its neighbour among those that are taught."""
    programme, module = of_programme(session, actor, module_id)
    if module.archived_at is not None:
        raise Refused(T("Modul ini diarsipkan. Pakai lagi dahulu, baru ubah urutannya."))
    if step(in_use(programme.modules), module, up=up):
        touch(session, programme, now)
        audit.record(session, actor, "programme.module_moved", programme, now=now, after={"title": module.title})
    return module


def of_programme(
    session: Session, actor: Actor, module_id: int, *, seen: int | None = None
) -> tuple[Programme, Module]:
    """Return the module with its programme, to be changed. Raises NotFound, Forbidden, Stale."""
    module = session.get(Module, module_id)
    if module is None:
        raise NotFound(T("Modul ini tidak ada lagi."))
    return to_change(session, actor, module.programme_id, seen=seen), module


def facts(module: Module) -> dict[str, Any]:
    """Return what a module consists of, for the trail and to put a deleted one back."""
    return {
        "title": module.title,
        "objectives": module.objectives,
        "outline": module.outline,
        "minutes": module.minutes,
        "skills": sorted([one.skill_id, one.level] for one in module.skills),
    }


def _material(one: ModuleMaterial) -> dict[str, Any]:
    return {name: getattr(one, name) for name in ("position", "title", "file_id", "url", "for_trainers")}


def _fill(module: Module, values: ModuleValues) -> None:
    module.title, module.minutes = line(values.title), values.minutes or 0
    module.objectives, module.outline = paragraph(values.objectives), paragraph(values.outline)
    known = {one.skill_id: one for one in module.skills}
    wanted = dict(values.skills)
    for skill_id, level in wanted.items():
        if skill_id in known:
            known[skill_id].level = level
        else:
            module.skills.append(ModuleSkill(skill_id=skill_id, level=level))
    for one in list(module.skills):
        if one.skill_id not in wanted:
            module.skills.remove(one)


def _check(session: Session, programme: Programme, values: ModuleValues, module: Module | None) -> None:
    if not line(values.title):
        raise Invalid(T("Isi judul modulnya."), field="title")
    for name, most in LIMITS.items():
        at_most(paragraph(getattr(values, name)), most, name)
    if values.minutes is None or not 1 <= values.minutes <= MOST_MINUTES:
        raise Invalid(T("Lama modul harus antara 1 dan %(n)s menit.", n=MOST_MINUTES), field="minutes")
    if module is None and len(in_use(programme.modules)) >= MOST_MODULES:
        raise Invalid(T("Paling banyak %(n)s modul dalam satu program.", n=MOST_MODULES), field="title")
    _check_skills(session, values, {one.skill_id for one in module.skills} if module else set())


def _check_skills(session: Session, values: ModuleValues, kept: set[int]) -> None:
    """`kept`: skills that the module has already may have been put away meanwhile."""
    ids = [skill_id for skill_id, _level in values.skills]
    if len(ids) > MOST_SKILLS:
        raise Invalid(T("Paling banyak %(n)s keterampilan dalam satu modul.", n=MOST_SKILLS), field="skills")
    if len(set(ids)) < len(ids):
        raise Invalid(T("Ada keterampilan yang dipilih dua kali."), field="skills")
    if any(level not in set(SkillLevel) for _skill_id, level in values.skills):
        raise Invalid(T("Pilih tingkat untuk setiap keterampilan."), field="skills")
    known = (
        set(session.scalars(select(Skill.id).where(Skill.id.in_(ids), Skill.archived_at.is_(None)))) if ids else set()
    )
    if not set(ids) <= known | kept:
        raise Invalid(T("Pilih keterampilan dari daftar."), field="skills")
