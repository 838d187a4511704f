"""Programmes of training as files of a kit, each with its test."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from app.base.media.models import StoredFile
from app.evidence.instruments.models import Instrument
from app.kernel.ordered import in_use
from app.kits.export_surveys import Image, questions_of
from app.kits.programmes import LEVELS
from app.learning.programmes.models import Module, ModuleMaterial, Prerequisite, Programme
from app.learning.training.models import Batch, BatchStatus
from app.outreach.campaigns.models import Campaign

NAMES = {int(level): name for name, level in LEVELS.items()}
File = tuple[str, str, dict[str, Any]]
"""(folder, stem, values) of one file."""


def programmes_of(session: Session, campaign: Campaign) -> Sequence[Programme]:
    """Return the programmes that came with the campaign's kit, and those that its batches teach."""
    wanted: list[ColumnElement[bool]] = [
        Programme.id.in_(
            select(Batch.programme_id).where(Batch.campaign_id == campaign.id, Batch.status != BatchStatus.CANCELLED)
        )
    ]
    if campaign.kit_key:
        wanted.append(Programme.kit_key.startswith(f"{campaign.kit_key}/", autoescape=True))
    return session.scalars(
        select(Programme).where(or_(*wanted), Programme.archived_at.is_(None)).order_by(Programme.id)
    ).all()


def programme_files(session: Session, programme: Programme, image: Image) -> Iterator[File]:
    """Yield the files of a programme's tests, then its own. Trainers' accounts, batches and participants stay out."""
    stem = programme.kit_key.rpartition("/")[2] if programme.kit_key else programme.key[:50]
    values = _programme(session, programme, image)
    for name, number in (("test", programme.test_instrument_id), ("post_test", programme.post_instrument_id)):
        instrument = session.get(Instrument, number) if number else None
        if instrument is None:
            continue
        version = max(instrument.versions, key=lambda one: one.number)
        asked = {"title": instrument.title, **questions_of(session, version, image)}
        asked.pop("measures", None)
        yield "tests", instrument.key, {"key": instrument.key, **asked}
        values[name] = f"tests/{instrument.key}.yaml"
    yield "programmes", stem, values


def _programme(session: Session, programme: Programme, image: Image) -> dict[str, Any]:
    optional: dict[str, Any] = {"summary": programme.summary, "for_whom": programme.for_whom}
    rule = {
        "attendance": programme.min_attendance, "score": programme.min_score, "from": str(programme.score_from),
        "work_share": programme.work_share,
    }  # fmt: skip
    modules = in_use(programme.modules)
    lists: dict[str, Any] = {
        "prerequisites": [_prerequisite(one) for one in programme.prerequisites],
        "trainers": [_kept({"name": one.name, "title": one.title}) for one in programme.trainers],
        "modules": [_module(session, one, image) for one in modules],
        "criteria": [
            _kept({"title": one.title, "most": one.most, "guide": one.guide})
            for one in programme.criteria
            if one.archived_at is None
        ],
    }
    return {"title": programme.title, **_kept(optional), "rule": rule, **_kept(lists)}


def _prerequisite(one: Prerequisite) -> dict[str, Any]:
    if one.skill is not None:
        return {"skill": one.skill.key, "level": NAMES[one.level or 1]}
    return {"programme": one.requires.key if one.requires else ""}


def _module(session: Session, module: Module, image: Image) -> dict[str, Any]:
    skills = {one.skill.key: NAMES[one.level] for one in module.skills if one.skill.archived_at is None}
    optional = {
        "objectives": [line for line in module.objectives.split("\n") if len(line.strip()) > 2],
        "outline": module.outline,
        "skills": skills,
        "materials": [_material(session, one, image) for one in module.materials],
    }
    return {"title": module.title, "minutes": module.minutes, **_kept(optional)}


def _material(session: Session, one: ModuleMaterial, image: Image) -> dict[str, Any]:
    where = {"url": one.url} if one.url else {"file": image(session.get_one(StoredFile, one.file_id))}
    return {"title": one.title, **where, **({"for_trainers": True} if one.for_trainers else {})}


def _kept(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}
