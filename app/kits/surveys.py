"""The surveys of a kit: its instruments made once, drafts planned for the campaign, and results recorded."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.media.models import StoredFile
from app.evidence.instruments import service as instruments
from app.evidence.instruments.access import may_plan_for
from app.evidence.instruments.default_texts import with_default_texts
from app.evidence.instruments.definition import canonical, read, say, texts_of
from app.evidence.instruments.models import Instrument, InstrumentVersion
from app.evidence.instruments.states import AUDIENCES
from app.evidence.surveys.models import RecordedResult, Stage, Wave
from app.evidence.surveys.recorded.service import Answer, ResultValues, record_result
from app.evidence.surveys.states import STAGES
from app.evidence.surveys.waves import service as waves
from app.kernel.roles import Actor
from app.kernel.text import T
from app.kits.check_surveys import definition_of, read_done
from app.kits.kit import Kit
from app.kits.reading import Document
from app.outreach.campaigns.models import Campaign

Definition = dict[str, Any]


@dataclass(frozen=True)
class Pictures:
    """The pictures of a kit. `hashes`: file of the kit → the SHA-256 it is, or will be, kept under. `keep` keeps it and
    gives its id."""

    hashes: Mapping[str, str]
    keep: Callable[[str], int]


@dataclass
class ImportedSurveys:
    """The surveys and results that a kit gave. `skipped` tells what was left as it was."""

    waves: list[Wave] = field(default_factory=list)
    results: list[RecordedResult] = field(default_factory=list)
    skipped: list[T] = field(default_factory=list)


def import_surveys(
    session: Session,
    actor: Actor,
    campaign: Campaign,
    kit: Kit,
    *,
    pictures: Pictures,
    start: date,
    today: date,
    now: datetime,
) -> ImportedSurveys:
    """Make instruments by their key, drafts of their waves for the campaign, and recorded results by their file."""
    made = ImportedSurveys()
    for document in kit.surveys:
        version = _version(session, actor, campaign, document, pictures, made, now)
        if version is not None:
            several = len(kit.surveys) > 1
            made.waves += _plan(session, actor, campaign, version, document, start=start, today=today, now=now,
                                several=several)  # fmt: skip
    for document in kit.results:
        made.results.append(
            _record(session, actor, campaign, document, pictures, kit_key=f"{kit.key}/{Path(document.file).stem}",
                    today=today, now=now)
        )  # fmt: skip
    return made


def _version(
    session: Session, actor: Actor, campaign: Campaign, document: Document, pictures: Pictures, made: ImportedSurveys,
    now: datetime,
) -> InstrumentVersion | None:  # fmt: skip
    """The version that asks exactly this: the one that is there, a new one, or None where nothing can be planned."""
    data = document.data
    wanted = canonical(read(definition_of(data, pictures.hashes)))
    title = say(texts_of(data["title"]))
    instrument = session.scalar(select(Instrument).where(Instrument.key == data["key"]))
    if instrument is None:
        instrument = instruments.create(
            session, actor, key=data["key"], title=title, audience=data["audience"],
            definition=_with_ids(session, document, pictures), organisation_id=campaign.organisation_id, now=now,
        )  # fmt: skip
        return instrument.versions[0]
    if instrument.archived_at is not None or instrument.audience != data["audience"]:
        made.skipped.append(T("Survei “%(title)s” tidak disiapkan karena instrumennya diarsipkan atau untuk kelompok "
                              "lain.", title=title))  # fmt: skip
        return None
    newest_first = sorted(instrument.versions, key=lambda version: -version.number)
    whole = with_default_texts(wanted, instrument.audience)
    same = next(
        (version for version in newest_first if with_hashes(session, version.definition) in (wanted, whole)), None
    )
    if same is not None:
        return same
    return _changed(session, actor, newest_first[0], document, pictures, made, now)


def _changed(
    session: Session, actor: Actor, latest: InstrumentVersion, document: Document, pictures: Pictures,
    made: ImportedSurveys, now: datetime,
) -> InstrumentVersion:  # fmt: skip
    """A new version after a frozen one. A draft is replaced only if nobody has worked on it."""
    worked_on = latest.frozen_at is None and latest.version > 1
    if worked_on or not may_plan_for(actor, latest.instrument.organisation_id):
        made.skipped.append(
            T(
                "Isi paket untuk “%(title)s” berbeda dari versi %(n)s di sini. Versi %(n)s itu yang dipakai dan tidak "
                "diubah.",
                title=latest.instrument.title, n=latest.number,
            )
        )  # fmt: skip
        return latest
    if latest.frozen_at is not None:
        latest = instruments.new_version(session, actor, latest.instrument_id, now=now)
    asked = _with_ids(session, document, pictures)
    return instruments.save(session, actor, latest.id, asked, seen=latest.version, now=now)


def _with_ids(session: Session, document: Document, pictures: Pictures) -> Definition:
    """What the file asks, its pictures kept."""
    return definition_of(document.data, _Ids(session, pictures))


class _Ids(dict[str, int]):
    """File of the kit → id of the stored picture; one that is there already is not kept twice."""

    def __init__(self, session: Session, pictures: Pictures) -> None:
        super().__init__()
        self.session, self.pictures = session, pictures

    def __missing__(self, name: str) -> int:
        same = select(StoredFile.id).where(StoredFile.sha256 == self.pictures.hashes[name]).order_by(StoredFile.id)
        self[name] = self.session.scalar(same.limit(1)) or self.pictures.keep(name)
        return self[name]


def with_hashes(session: Session, definition: Definition) -> Definition:
    """Return a stored definition with the hashes of its pictures in the place of their ids."""
    kept = read(definition)
    ids = {question.picture for question in kept.questions if question.picture is not None}
    files = dict(session.execute(select(StoredFile.id, StoredFile.sha256).where(StoredFile.id.in_(ids))).tuples().all())
    plain = canonical(kept)
    for section in plain["sections"]:
        for question in section["questions"]:
            question.pop("picture_hash", None)
            if "picture" in question:
                question["picture"] = files.get(question["picture"], "")
    return plain


def _plan(
    session: Session, actor: Actor, campaign: Campaign, version: InstrumentVersion, document: Document, *, start: date,
    today: date, now: datetime, several: bool,
) -> list[Wave]:  # fmt: skip
    """Drafts; an after survey is compared with the baseline of the same file. What would be over begins today."""
    planned: list[Wave] = []
    before: Wave | None = None
    for row in sorted(document.data.get("waves", []), key=lambda row: row["day"]):
        starts_on = max(today, start + timedelta(days=row["day"]))
        ends_on = max(today, start + timedelta(days=row["day"] + row["days"] - 1))
        follows = row["stage"] in {Stage.AFTER, Stage.FOLLOWUP}
        audience = document.data["audience"]
        values = waves.Plan(
            name=row.get("name") or _name(campaign, row["stage"], audience if several else None),
            organisation_id=campaign.organisation_id, instrument_version_id=version.id, starts_on=starts_on,
            ends_on=ends_on, stage=row["stage"], audience=audience, purpose=row.get("purpose", ""),
            campaign_id=campaign.id, before_id=before.id if follows and before else None,
            modes=row.get("modes", []), target=row.get("target"), method=row.get("method", "open"),
        )  # fmt: skip
        wave = waves.plan(session, actor, values, now=now)
        before = wave if row["stage"] == Stage.BASELINE else before
        planned.append(wave)
    return planned


def _name(campaign: Campaign, stage: str, audience: str | None) -> str:
    name = f"{STAGES[stage]} {campaign.name}"
    return (f"{name} ({AUDIENCES[audience]})" if audience else name)[:200]


def _record(
    session: Session, actor: Actor, campaign: Campaign, document: Document, pictures: Pictures, *, kit_key: str,
    today: date, now: datetime,
) -> RecordedResult:  # fmt: skip
    data = document.data
    known = session.scalar(select(RecordedResult).where(RecordedResult.kit_key == kit_key))
    if known is not None:
        return known
    done_on, precision = read_done(data["done"])
    values = ResultValues(
        title=data["title"], done_on=done_on, precision=precision, audience=data.get("audience", "residents"),
        campaign_id=campaign.id, organisation_id=campaign.organisation_id, method=data.get("method", ""),
        asked=data.get("asked"), question=data.get("question", ""), several=data.get("several", False),
        answers=[Answer(one["text"], one.get("count"), one.get("counts", False)) for one in data.get("answers", [])],
        finding=data.get("finding", ""), measure_key=data.get("measure"), dimension_key=data.get("dimension"),
        source=data["source"], file_id=pictures.keep(data["file"]) if data.get("file") else None,
    )  # fmt: skip
    return record_result(session, actor, values, today=today, now=now, kit_key=kit_key)
