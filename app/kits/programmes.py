"""The programmes of training of a kit: each made once, with modules, rubric and tests; what is there is left alone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.base.media import service as media
from app.base.media.models import StoredFile
from app.base.media.storage import Storage
from app.evidence.instruments import service as instruments
from app.evidence.instruments.definition import say, texts_of
from app.evidence.instruments.models import Instrument, SurveyAudience
from app.kernel import audit
from app.kernel.errors import Invalid
from app.kernel.roles import Actor
from app.kernel.text import T
from app.kits.check_surveys import definition_of, pictures_of
from app.kits.kit import Kit
from app.kits.materials import PreparedKit
from app.kits.owner import owner_id
from app.kits.reading import Document
from app.learning.programmes import service as programmes
from app.learning.programmes.materials import MaterialValues, add_material
from app.learning.programmes.models import Programme, Skill, SkillLevel
from app.learning.programmes.modules import ModuleValues, add_module
from app.learning.programmes.rubric import CriterionValues, add_criterion
from app.learning.programmes.skill_list import load_start

KeepImage = Callable[[str], int]
"""Keeps a file of the kit and gives its id."""
LEVELS = {"dasar": SkillLevel.BASIC, "mandiri": SkillLevel.INDEPENDENT, "melatih": SkillLevel.COACHING}


@dataclass
class ImportedProgrammes:
    """The programmes that a kit gave. `made`: new ones; `known`: those of an earlier use, untouched; `skipped` tells
    what could not be brought."""

    made: list[Programme] = field(default_factory=list)
    known: list[Programme] = field(default_factory=list)
    skipped: list[T] = field(default_factory=list)


def import_for_organisation(
    session: Session, actor: Actor, prepared: PreparedKit, *, storage: Storage, now: datetime
) -> ImportedProgrammes:
    """Import the programmes of a kit without its campaign, for the person's organisation; the caller commits.

    Raises Invalid for a kit without any, or for a skill that is not in the list here; Forbidden.
    """
    if not prepared.kit.programmes:
        raise Invalid(T("Paket ini tidak berisi program pelatihan."))
    owner, kept = owner_id(session, actor), dict[str, int]()

    def keep(name: str) -> int:
        if name not in kept:
            image = prepared.images[name]
            kept[name] = media.keep(session, storage, actor, image, now=now, organisation_id=owner).id
        return kept[name]

    made = import_programmes(session, actor, prepared.kit, organisation_id=owner, keep=keep, now=now)
    if made.made:
        facts = {"kit": prepared.kit.key, "programmes": len(made.made)}
        audit.record(session, actor, "kit.import", made.made[0], now=now, after=facts)
    return made


def import_programmes(
    session: Session, actor: Actor, kit: Kit, *, organisation_id: int, keep: KeepImage, now: datetime
) -> ImportedProgrammes:
    """Import each programme by its file, once: `kit_key` is "KIT/FILE". Raises Invalid, Forbidden."""
    made = ImportedProgrammes()
    skills = _skills(session, kit, now)
    run = _Run(session, actor, kit, organisation_id, keep, now, skills, made)
    for document in kit.programmes:
        key = kit_key(kit, document)
        known = _known(session, key)
        if known is None:
            try:
                with session.begin_nested():
                    made.made.append(_make(run, document, key))
                continue
            except IntegrityError:
                known = _known(session, key)  # somebody else pressed the button at this moment
                if known is None:
                    raise
        made.known.append(known)
    return made


def kit_key(kit: Kit, document: Document) -> str:
    return f"{kit.key}/{Path(document.file).stem}"


@dataclass(frozen=True)
class _Run:
    session: Session
    actor: Actor
    kit: Kit
    organisation_id: int
    keep: KeepImage
    now: datetime
    skills: Mapping[str, int]
    made: ImportedProgrammes


def _known(session: Session, key: str) -> Programme | None:
    return session.scalar(select(Programme).where(Programme.kit_key == key))


def _skills(session: Session, kit: Kit, now: datetime) -> Mapping[str, int]:
    """Key → id of the skills that the kit names; those every installation starts with are added where they lack."""
    wanted = set()
    for document in kit.programmes:
        for module in document.data["modules"]:
            wanted |= set(module.get("skills", {}))
        wanted |= {one["skill"] for one in document.data.get("prerequisites", []) if "skill" in one}
    query = select(Skill.key, Skill.id).where(Skill.archived_at.is_(None))
    known = dict(session.execute(query).tuples().all())
    if wanted - set(known):
        load_start(session, now)
        known = dict(session.execute(query).tuples().all())
    missing = sorted(wanted - set(known))
    if missing:
        raise Invalid(
            T(
                "Keterampilan %(keys)s belum ada di daftar, atau diarsipkan. Tambahkan atau pakai lagi lebih dulu.",
                keys=", ".join(missing),
            )
        )
    return known


def _make(run: _Run, document: Document, key: str) -> Programme:
    data = document.data
    rule = data.get("rule", {})
    values = programmes.ProgrammeValues(
        title=data["title"], organisation_id=run.organisation_id, summary=data.get("summary", ""),
        for_whom=data.get("for_whom", ""), min_attendance=rule.get("attendance", 75),
        min_score=rule.get("score", 60), score_from=rule.get("from", "test"), work_share=rule.get("work_share", 50),
        test_instrument_id=_instrument(run, data.get("test")),
        post_instrument_id=_instrument(run, data.get("post_test")),
        prerequisites=_prerequisites(run, data),
        trainers=[programmes.TrainerPlan(one["name"], one.get("title", "")) for one in data.get("trainers", [])],
    )  # fmt: skip
    made = programmes.create(
        run.session, run.actor, values, key=Path(document.file).stem, kit_key=key, now=run.now
    )  # fmt: skip
    for one in data["modules"]:
        _module(run, made, one)
    for one in data.get("criteria", []):
        criterion = CriterionValues(one["title"], one.get("guide", ""), one.get("most", 4))
        add_criterion(run.session, run.actor, made.id, criterion, now=run.now)
    return made


def _module(run: _Run, programme: Programme, data: Mapping[str, Any]) -> None:
    values = ModuleValues(
        title=data["title"], minutes=data["minutes"], outline=data.get("outline", ""),
        objectives="\n".join(" ".join(line.split()) for line in data.get("objectives", [])),
        skills=[(run.skills[key], int(LEVELS[level])) for key, level in data.get("skills", {}).items()],
    )  # fmt: skip
    module = add_module(run.session, run.actor, programme.id, values, now=run.now)
    for one in data.get("materials", []):
        file = run.session.get_one(StoredFile, run.keep(one["file"])) if "file" in one else None
        material = MaterialValues(one["title"], one.get("url", ""), one.get("for_trainers", False))
        add_material(run.session, run.actor, module.id, material, file=file, now=run.now)


def _prerequisites(run: _Run, data: Mapping[str, Any]) -> list[programmes.Required]:
    found = []
    for one in data.get("prerequisites", []):
        if "skill" in one:
            found.append(programmes.Required(skill_id=run.skills[one["skill"]], level=int(LEVELS[one["level"]])))
            continue
        name = one["programme"]
        matches = or_(Programme.kit_key == f"{run.kit.key}/{name}", Programme.kit_key == name, Programme.key == name)
        number = run.session.scalar(select(Programme.id).where(matches).order_by(Programme.id).limit(1))
        if number is None:
            run.made.skipped.append(
                T("Prasyarat “%(name)s” dilewati karena program itu belum ada di sini.", name=name)
            )  # fmt: skip
        else:
            found.append(programmes.Required(programme_id=number))
    return found


def _instrument(run: _Run, asked: Any) -> int | None:
    """The questions of this key: those that are here, as the office left them, or new ones."""
    if asked is None:
        return None
    data = asked if isinstance(asked, dict) else next(one.data for one in run.kit.tests if one.file == asked)
    title = say(texts_of(data["title"]))
    there = run.session.scalar(select(Instrument).where(Instrument.key == data["key"]))
    if there is None:
        pictures = {name: run.keep(name) for _path, name in pictures_of(data)}
        return instruments.create(
            run.session, run.actor, key=data["key"], title=title, audience=SurveyAudience.TRAINEES,
            definition=definition_of(data, pictures), organisation_id=run.organisation_id, now=run.now,
        ).id  # fmt: skip
    mine = run.actor.of_office or there.organisation_id in run.actor.organisation_ids
    if there.archived_at is None and there.audience == SurveyAudience.TRAINEES and mine:
        return there.id
    run.made.skipped.append(
        T("Tes “%(title)s” tidak dipasang karena daftar soal dengan nama singkat itu diarsipkan atau untuk orang lain.",
          title=title)
    )  # fmt: skip
    return None
