"""Make a campaign of a kit: its goals and messages, its print pieces, its posts as drafts, and its planned events."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.campaigns import details
from app.campaigns import service as campaigns
from app.campaigns.models import Campaign, Service
from app.events.models import Event
from app.kernel import audit
from app.kernel.errors import Invalid
from app.kernel.roles import Actor
from app.kernel.text import T
from app.kits.check import check_kit, errors, image_names
from app.kits.events import plan_events
from app.kits.kit import Kit, read_kit
from app.kits.reading import Document
from app.media import service as media
from app.media.check import Checked, check_image
from app.media.storage import Storage
from app.outlets.models import Outlet, OutletKind
from app.people.models import Organisation
from app.posts import service as posts
from app.posts.models import Post
from app.posts.states import OUTLET_KINDS
from app.printing import service as printing
from app.printing.models import PrintPiece

USEFUL_DAYS = 3
USEFUL_DAYS_OF_PRINT = 7


@dataclass(frozen=True)
class Prepared:
    """A kit without errors, its images read and re-encoded: the slow part, done before the transaction."""

    kit: Kit
    images: Mapping[str, Checked]


@dataclass(frozen=True)
class ImportResult:
    """`created` False: this kit with this start was imported before, and nothing was touched.

    `skipped` tells which texts found no outlet, and which events no village.
    """

    campaign: Campaign
    created: bool
    posts: list[Post] = field(default_factory=list)
    pieces: list[PrintPiece] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    skipped: list[T] = field(default_factory=list)


@dataclass
class _Run:
    """One import on its way."""

    session: Session
    actor: Actor
    prepared: Prepared
    start: date
    storage: Storage
    now: datetime
    zone: ZoneInfo
    files: dict[str, int] = field(default_factory=dict)
    outlets: dict[str, list[Outlet]] = field(default_factory=dict)
    services: dict[str, int] = field(default_factory=dict)
    missing: dict[str, int] = field(default_factory=dict)  # outlet kind → texts without an outlet

    @property
    def meta(self) -> dict[str, Any]:
        return self.prepared.kit.meta


def prepare(
    path: Path,
    *,
    channels: Mapping[str, Any] | None = None,
    services: list[str] | None = None,
    regency_code: str | None = None,
) -> Prepared:
    """Read and check a kit and its images. Raises Invalid with the first finding and how many there are."""
    kit = read_kit(path)
    wrong = errors(check_kit(kit, channels=channels, services=services, regency_code=regency_code))
    if wrong:
        raise Invalid(
            T(
                "Paket ini belum bisa dipakai; ada %(count)s hal yang perlu diperbaiki. Yang pertama: %(first)s",
                count=len(wrong),
                first=str(wrong[0]),
            )
        )
    names = {name for document in (*kit.posts, *kit.prints) for _path, name in image_names(document)}
    return Prepared(kit, {name: check_image((path / name).read_bytes(), name) for name in sorted(names)})


def import_kit(
    session: Session,
    actor: Actor,
    path: Path | Prepared,
    *,
    start: date,
    storage: Storage,
    channels: Mapping[str, Any] | None = None,
    now: datetime,
    tz: str,
    regency_code: str | None = None,
) -> ImportResult:
    """A campaign that starts on this local day, with all posts as drafts and all events planned; the caller commits.

    The same kit and start again gives the owner's campaign of the first time and writes nothing, whatever was edited
    since; another start, or another owner, makes another campaign. Each text goes to every active outlet of its kind
    that the owner has.
    Raises Invalid for a kit with errors or a start that has passed, Forbidden for somebody who may not plan.
    """
    prepared = path if isinstance(path, Prepared) else prepare(path, channels=channels, regency_code=regency_code)
    owner_id = _owner_id(session, actor)
    existing = find_import(session, owner_id, prepared.kit.key, start)
    if existing:
        return ImportResult(existing, created=False)
    zone = ZoneInfo(tz)
    if start < now.astimezone(zone).date():
        raise Invalid(T("Tanggal mulai sudah lewat. Pilih hari ini atau sesudahnya."), field="start")
    run = _Run(session, actor, prepared, start, storage, now, zone)
    run.outlets = _outlets(session, actor)
    run.services = {row.key: row.id for row in session.execute(select(Service.key, Service.id))}
    try:
        with session.begin_nested():
            campaign = _plan(run, owner_id)
    except IntegrityError:
        existing = find_import(
            session, owner_id, prepared.kit.key, start
        )  # somebody else pressed the button at this moment
        if existing is None:
            raise
        return ImportResult(existing, created=False)
    pieces = {document.file: _piece(run, campaign, document) for document in prepared.kit.prints}
    made = [_post(run, campaign, document) for document in prepared.kit.posts]
    made += [_order(run, campaign, document, pieces[document.file]) for document in prepared.kit.orders]
    planned = plan_events(
        session, actor, campaign, prepared.kit.events, pieces=pieces, start=start, zone=zone, now=now
    )  # fmt: skip
    facts = {"kit": prepared.kit.key, "posts": len(made), "events": len(planned.events)}
    audit.record(session, actor, "kit.import", campaign, now=now, after=facts)
    return ImportResult(
        campaign,
        created=True,
        posts=made,
        pieces=list(pieces.values()),
        events=planned.events,
        skipped=[*_skipped(run), *planned.skipped],
    )


def find_import(session: Session, organisation_id: int, key: str, start: date) -> Campaign | None:
    """The campaign that this organisation made of this kit with this start."""
    return session.scalar(
        select(Campaign).where(
            Campaign.organisation_id == organisation_id, Campaign.kit_key == key, Campaign.kit_start == start
        )
    )


def _owner_id(session: Session, actor: Actor) -> int:
    """The office for its staff and the command line; otherwise the person's own organisation."""
    if not actor.of_office and actor.organisation_id is not None:
        return actor.organisation_id
    office = session.scalar(select(Organisation.id).where(Organisation.is_office).order_by(Organisation.id))
    if office is None:
        raise Invalid(T("Belum ada kantor pemilik program. Buat organisasi kantor di halaman Organisasi lebih dulu."))
    return office


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


def _plan(run: _Run, owner_id: int) -> Campaign:
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


def _goal(run: _Run, goal: dict[str, Any]) -> details.GoalValues:
    return details.GoalValues(
        measure=goal["measure"],
        unit=goal.get("unit", "%"),
        baseline=goal.get("baseline"),
        baseline_note=goal.get("baseline_note", ""),
        target=goal.get("target"),
        due_on=run.start + timedelta(days=goal["day"]) if "day" in goal else None,
        responsible_text=goal.get("responsible", ""),
    )


def _file_id(run: _Run, name: str, alt_text: str | None = None) -> int:
    """Keep an image once, however many posts show it."""
    if name not in run.files:
        stored = media.keep(
            run.session, run.storage, run.actor, run.prepared.images[name], now=run.now, alt_text=alt_text
        )
        run.files[name] = stored.id
    return run.files[name]


def _link(run: _Run, data: dict[str, Any]) -> str | None:
    return data["link"] if "link" in data else run.meta.get("link")


def _at(run: _Run, day: int, hour: str) -> datetime:
    """A day of the campaign (0 is the first) at a local hour, as an aware datetime."""
    return datetime.combine(run.start + timedelta(days=day), time.fromisoformat(hour), run.zone)


def _piece(run: _Run, campaign: Campaign, document: Document) -> PrintPiece:
    data = document.data
    return printing.draft_piece(
        run.session,
        run.actor,
        campaign.id,
        data["kind"],
        data["title"],
        data["content"],
        columns=data.get("columns"),
        height_mm=data.get("height_mm"),
        image_id=_file_id(run, data["image"]) if data.get("image") else None,
        link_url=_link(run, data),
        kit_key=Path(document.file).stem,
        now=run.now,
    )


def _post(run: _Run, campaign: Campaign, document: Document) -> Post:
    data = document.data
    texts: dict[int, str | None] = {}
    for kind in data["outlets"]:
        if not run.outlets.get(kind):
            run.missing[kind] = run.missing.get(kind, 0) + 1
        for outlet in run.outlets.get(kind, []):
            texts[outlet.id] = data.get("texts", {}).get(kind)
    at = _at(run, data["day"], data["hour"])
    return posts.draft(
        run.session,
        run.actor,
        campaign_id=campaign.id,
        title=data["title"],
        text=document.body,
        outlet_texts=texts,
        media=[(_file_id(run, item["file"], item["alt"]), item["alt"]) for item in data.get("media", [])],
        link_url=_link(run, data),
        scheduled_at=at,
        useful_until=at + timedelta(days=data.get("useful_days", USEFUL_DAYS)),
        audience=data.get("audience", run.meta["audience"]),
        service_id=_service_id(run, data),
        village_codes=data.get("villages", []),
        kit_key=f"posts/{Path(document.file).stem}",
        now=run.now,
    )


def _service_id(run: _Run, data: dict[str, Any]) -> int | None:
    key = data.get("service")
    if key and key not in run.services:
        raise Invalid(T("Layanan %(keys)s belum ada di sini. Tambahkan layanannya lebih dulu.", keys=key))
    return run.services[key] if key else None


def _order(run: _Run, campaign: Campaign, document: Document, piece: PrintPiece) -> Post:
    """Print is a post like the others: its variants name the piece, its time is when the order is mailed."""
    order = document.data["order"]
    ordered: dict[int, tuple[int, int | None]] = {}
    for kind in order["outlet_kinds"]:
        if not run.outlets.get(kind):
            run.missing[kind] = run.missing.get(kind, 0) + 1
        for outlet in run.outlets.get(kind, []):
            ordered[outlet.id] = (piece.id, order.get("copies", 1))
    at = _at(run, order["day"], order["hour"])
    return posts.draft(
        run.session,
        run.actor,
        campaign_id=campaign.id,
        title=str(T("Pesan cetak: %(title)s", title=piece.title))[:200],
        text="",
        outlet_texts=dict.fromkeys(ordered),
        pieces=ordered,
        scheduled_at=at,
        useful_until=at + timedelta(days=order.get("useful_days", USEFUL_DAYS_OF_PRINT)),
        audience=run.meta["audience"],
        kit_key=f"print/{Path(document.file).stem}",
        now=run.now,
    )


def _skipped(run: _Run) -> list[T]:
    return [
        T(
            "%(count)s materi untuk “%(kind)s” dilewati karena saluran aktif jenis itu belum ada.",
            count=count,
            kind=OUTLET_KINDS[OutletKind(kind)],
        )
        for kind, count in sorted(run.missing.items())
    ]
