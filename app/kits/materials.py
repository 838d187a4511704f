"""Make the posts and the print pieces of a kit, as drafts of its campaign."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.base.media import service as media
from app.base.media.check import Checked
from app.base.media.storage import Storage
from app.kernel.errors import Invalid
from app.kernel.roles import Actor
from app.kernel.text import T
from app.kits.kit import Kit
from app.kits.reading import Document
from app.outreach.campaigns.models import Campaign
from app.outreach.outlets.models import Outlet
from app.outreach.posts import service as posts
from app.outreach.posts.models import Post
from app.outreach.printing import service as printing
from app.outreach.printing.models import PrintPiece

USEFUL_DAYS = 3
USEFUL_DAYS_OF_PRINT = 7


@dataclass(frozen=True)
class PreparedKit:
    """A kit without errors, its images read and re-encoded: the slow part, done before the transaction."""

    kit: Kit
    images: Mapping[str, Checked]
    hashes: Mapping[str, str]  # file → SHA-256 of its content as it lies in the kit


@dataclass
class ImportRun:
    """One import on its way."""

    session: Session
    actor: Actor
    prepared: PreparedKit
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


def file_id(run: ImportRun, name: str, alt_text: str | None = None) -> int:
    """Keep an image once, however many posts show it."""
    if name not in run.files:
        stored = media.keep(
            run.session, run.storage, run.actor, run.prepared.images[name], now=run.now, alt_text=alt_text
        )
        run.files[name] = stored.id
    return run.files[name]


def _link(run: ImportRun, data: dict[str, Any]) -> str | None:
    return data["link"] if "link" in data else run.meta.get("link")


def _at(run: ImportRun, day: int, hour: str) -> datetime:
    """A day of the campaign (0 is the first) at a local hour, as an aware datetime."""
    return datetime.combine(run.start + timedelta(days=day), time.fromisoformat(hour), run.zone)


def make_piece(run: ImportRun, campaign: Campaign, document: Document) -> PrintPiece:
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
        image_id=file_id(run, data["image"]) if data.get("image") else None,
        link_url=_link(run, data),
        kit_key=Path(document.file).stem,
        now=run.now,
    )


def make_post(run: ImportRun, campaign: Campaign, document: Document) -> Post:
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
        media=[(file_id(run, item["file"], item["alt"]), item["alt"]) for item in data.get("media", [])],
        link_url=_link(run, data),
        scheduled_at=at,
        useful_until=at + timedelta(days=data.get("useful_days", USEFUL_DAYS)),
        audience=data.get("audience", run.meta["audience"]),
        service_id=_service_id(run, data),
        village_codes=data.get("villages", []),
        kit_key=f"posts/{Path(document.file).stem}",
        now=run.now,
    )


def _service_id(run: ImportRun, data: dict[str, Any]) -> int | None:
    key = data.get("service")
    if key and key not in run.services:
        raise Invalid(T("Layanan %(keys)s belum ada di sini. Tambahkan layanannya lebih dulu.", keys=key))
    return run.services[key] if key else None


def make_order(run: ImportRun, campaign: Campaign, document: Document, piece: PrintPiece) -> Post:
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
