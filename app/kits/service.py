"""Make a campaign from a kit: goals and messages, print pieces, posts as drafts, planned events, prepared surveys.

Its programmes of training come along; `programmes.import_for_organisation` makes them alone.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.base.media.check import check_file, check_image
from app.base.media.models import StoredFile
from app.base.media.storage import Storage
from app.base.people.models import Organisation
from app.evidence.surveys.models import RecordedResult, Wave
from app.gatherings.events.models import Event
from app.kernel import audit
from app.kernel.errors import Invalid
from app.kernel.roles import Actor
from app.kernel.text import T
from app.kits.check import check_kit, errors, image_names
from app.kits.check_programmes import material_files
from app.kits.events import plan_events
from app.kits.kit import read_kit
from app.kits.materials import ImportRun, PreparedKit, file_id, make_order, make_piece, make_post
from app.kits.owner import owner_id
from app.kits.programmes import import_programmes
from app.kits.surveys import Pictures, import_surveys
from app.learning.programmes.models import Programme
from app.outreach.campaigns import details
from app.outreach.campaigns import service as campaigns
from app.outreach.campaigns.models import Campaign, Service
from app.outreach.outlets.kinds import KINDS
from app.outreach.outlets.models import Outlet
from app.outreach.posts.models import Post
from app.outreach.printing.models import PrintPiece

__all__ = ["ImportResult", "PreparedKit", "find_import", "import_kit", "prepare"]


@dataclass(frozen=True)
class ImportResult:
    """The outcome of an import. `created` False: this kit with this start was imported before, and nothing was touched.

    `skipped` tells which texts found no outlet, which events no village, and which instrument was left as it is here.
    """

    campaign: Campaign
    created: bool
    posts: list[Post] = field(default_factory=list)
    pieces: list[PrintPiece] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    waves: list[Wave] = field(default_factory=list)
    results: list[RecordedResult] = field(default_factory=list)
    programmes: list[Programme] = field(default_factory=list)
    skipped: list[T] = field(default_factory=list)


def prepare(
    path: Path,
    *,
    channels: Mapping[str, Any] | None = None,
    services: list[str] | None = None,
    skills: list[str] | None = None,
    regency_code: str | None = None,
) -> PreparedKit:
    """Read and check a kit and its files. Raises Invalid with the first finding and how many there are."""
    kit = read_kit(path)
    wrong = errors(check_kit(kit, channels=channels, services=services, skills=skills, regency_code=regency_code))
    if wrong:
        raise Invalid(
            T(
                "Paket ini belum bisa dipakai; ada %(count)s hal yang perlu diperbaiki. Yang pertama: %(first)s",
                count=len(wrong),
                first=str(wrong[0]),
            )
        )
    documents = (*kit.posts, *kit.prints, *kit.surveys, *kit.results, *kit.programmes, *kit.tests)
    shown = {name for document in documents for _path, name in image_names(document)}
    handed = {name for document in kit.programmes for _path, name in material_files(document)}
    contents = {name: (path / name).read_bytes() for name in sorted(shown | handed)}
    return PreparedKit(
        kit,
        {name: (check_image if name in shown else check_file)(data, name) for name, data in contents.items()},
        {name: hashlib.sha256(data).hexdigest() for name, data in contents.items()},
    )


def import_kit(
    session: Session,
    actor: Actor,
    path: Path | PreparedKit,
    *,
    start: date,
    storage: Storage,
    channels: Mapping[str, Any] | None = None,
    now: datetime,
    tz: str,
    regency_code: str | None = None,
) -> ImportResult:
    """Make a campaign that starts on this local day, with all posts as drafts and all events planned; the caller
    commits.

    The same kit and start again gives the owner's campaign of the first time and writes nothing, whatever was edited
    since; another start, or another owner, makes another campaign. Each text goes to every active outlet of its kind
    that the owner has.
    Raises Invalid for a kit with errors or a start that has passed, Forbidden for somebody who may not plan.
    """
    prepared = path if isinstance(path, PreparedKit) else prepare(path, channels=channels, regency_code=regency_code)
    if prepared.kit.is_training:
        raise Invalid(T("Paket ini hanya berisi program pelatihan. Pakai tombol “Buat program pelatihan”."))
    owner = owner_id(session, actor)
    existing = find_import(session, owner, prepared.kit.key, start)
    if existing:
        return ImportResult(existing, created=False)
    zone = ZoneInfo(tz)
    if start < now.astimezone(zone).date():
        raise Invalid(T("Tanggal mulai sudah lewat. Pilih hari ini atau sesudahnya."), field="start")
    run = ImportRun(session, actor, prepared, start, storage, now, zone)
    run.outlets = _outlets(session, actor)
    run.services = {row.key: row.id for row in session.execute(select(Service.key, Service.id))}
    try:
        with session.begin_nested():
            campaign = _plan(run, owner)
    except IntegrityError:
        existing = find_import(
            session, owner, prepared.kit.key, start
        )  # somebody else pressed the button at this moment
        if existing is None:
            raise
        return ImportResult(existing, created=False)
    pieces = {document.file: make_piece(run, campaign, document) for document in prepared.kit.prints}
    made = [make_post(run, campaign, document) for document in prepared.kit.posts]
    made += [make_order(run, campaign, document, pieces[document.file]) for document in prepared.kit.orders]
    planned = plan_events(
        session, actor, campaign, prepared.kit.events, pieces=pieces, start=start, zone=zone, now=now
    )  # fmt: skip
    surveys = import_surveys(
        session, actor, campaign, prepared.kit, pictures=_pictures(run), start=start,
        today=now.astimezone(zone).date(), now=now,
    )  # fmt: skip
    taught = import_programmes(
        session, actor, prepared.kit, organisation_id=owner, keep=lambda name: file_id(run, name), now=now
    )  # fmt: skip
    facts = {
        "kit": prepared.kit.key, "posts": len(made), "events": len(planned.events), "surveys": len(surveys.waves),
        "programmes": len(taught.made),
    }  # fmt: skip
    audit.record(session, actor, "kit.import", campaign, now=now, after=facts)
    return ImportResult(
        campaign,
        created=True,
        posts=made,
        pieces=list(pieces.values()),
        events=planned.events,
        waves=surveys.waves,
        results=surveys.results,
        programmes=taught.made,
        skipped=[*_skipped(run), *planned.skipped, *surveys.skipped, *taught.skipped],
    )


def find_import(session: Session, organisation_id: int, key: str, start: date) -> Campaign | None:
    """Return the campaign that this organisation made from this kit with this start, or None."""
    return session.scalar(
        select(Campaign).where(
            Campaign.organisation_id == organisation_id, Campaign.kit_key == key, Campaign.kit_start == start
        )
    )


def _outlets(session: Session, actor: Actor) -> dict[str, list[Outlet]]:
    """Active outlets by kind: the office's and its bidang's, or those of the person's own organisation."""
    if actor.of_office:
        offices = select(Organisation.id).where(Organisation.is_office)
        owners = select(Organisation.id).where(Organisation.is_office | Organisation.parent_id.in_(offices))
        query = select(Outlet).where(Outlet.organisation_id.in_(owners))
    else:
        query = select(Outlet).where(Outlet.organisation_id.in_(actor.organisation_ids))
    found: dict[str, list[Outlet]] = {}
    for outlet in session.scalars(query.where(Outlet.active).order_by(Outlet.id)):
        found.setdefault(outlet.kind, []).append(outlet)
    return found


def _plan(run: ImportRun, owner_id: int) -> Campaign:
    meta = run.meta
    keys = meta.get("services", [])
    unknown = [key for key in keys if key not in run.services]
    if unknown:
        raise Invalid(
            T(
                "Layanan %(keys)s belum ada di sini. Tambahkan layanannya lebih dulu, atau hapus dari campaign.yaml.",
                keys=", ".join(unknown),
            )
        )
    values = campaigns.Plan(
        name=meta["name"],
        organisation_id=owner_id,
        starts_on=run.start,
        ends_on=run.start + timedelta(days=meta["days"] - 1),
        summary=meta["summary"],
        audience=meta["audience"],
        dimension_keys=meta.get("dimensions", []),
        service_ids=[run.services[key] for key in keys],
        district_codes=meta.get("districts", []),
        village_codes=meta.get("villages", []),
        budget=meta.get("budget"),
    )
    campaign = campaigns.plan(
        run.session, run.actor, values, kit_key=run.prepared.kit.key, kit_start=run.start, now=run.now
    )
    for goal in meta.get("goals", []):
        details.add_goal(run.session, run.actor, campaign.id, _goal(run, goal), now=run.now)
    if meta.get("key_messages"):
        details.set_key_messages(run.session, run.actor, campaign.id, meta["key_messages"], now=run.now)
    return campaign


def _goal(run: ImportRun, goal: dict[str, Any]) -> details.GoalValues:
    return details.GoalValues(
        measure=goal["measure"],
        unit=goal.get("unit", "%"),
        baseline=goal.get("baseline"),
        baseline_note=goal.get("baseline_note", ""),
        target=goal.get("target"),
        due_on=run.start + timedelta(days=goal["day"]) if "day" in goal else None,
        responsible_text=goal.get("responsible", ""),
    )


def _pictures(run: ImportRun) -> Pictures:
    """A picture that an export took out of here comes back as it is; any other is kept as it was re-encoded."""
    raw = run.prepared.hashes
    known = set(run.session.scalars(select(StoredFile.sha256).where(StoredFile.sha256.in_(set(raw.values())))))
    hashes = {
        name: raw[name] if raw[name] in known else hashlib.sha256(image.data).hexdigest()
        for name, image in run.prepared.images.items()
    }
    return Pictures(hashes, lambda name: file_id(run, name))


def _skipped(run: ImportRun) -> list[T]:
    return [
        T(
            "%(count)s materi untuk “%(kind)s” dilewati karena saluran aktif jenis itu belum ada.",
            count=count,
            kind=KINDS[kind].name,
        )
        for kind, count in sorted(run.missing.items())
    ]
