"""Write a campaign as a kit, so that another year or another regency can use it again."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.base.media.models import StoredFile
from app.base.media.storage import Storage
from app.gatherings.events.models import Event
from app.kernel.errors import Forbidden
from app.kernel.roles import Actor
from app.kernel.text import T
from app.kits.export_events import event_files, events_of
from app.kits.export_programmes import programmes_of
from app.kits.export_surveys import result_files, survey_files
from app.kits.files import SCHEMA, Files, dump
from app.learning.programmes.access import may_manage
from app.learning.programmes.service import get
from app.outreach.campaigns import queries, rules
from app.outreach.campaigns.models import Campaign
from app.outreach.outlets.kinds import PRINT
from app.outreach.posts import access
from app.outreach.posts.models import Post, PostStatus
from app.outreach.printing.models import PrintPiece

DEFAULT_TIME = "09:00"


def export_kit(
    session: Session,
    actor: Actor,
    campaign_id: int,
    folder: Path,
    *,
    storage: Storage,
    tz: str,
) -> Path:
    """Write the campaign into `folder/KEY` and give that folder, which passes `check`.

    Days are counted from the campaign's start, in local time. Texts of several outlets of one kind become one;
    cancelled posts and events are left out, and so is what this person does not see; a time before the start becomes
    the first day. A piece that was ordered several times keeps its first order.
    Raises NotFound for a campaign that is not this person's to see.
    """
    campaign = rules.find(session, actor, campaign_id)
    key = campaign.kit_key or queries.slug(campaign.name) or "program"
    target = folder / key
    _folders(target)
    writer = _Writer(session, storage, campaign, target, ZoneInfo(tz))
    posts = session.scalars(
        select(Post)
        .where(Post.campaign_id == campaign.id, Post.status != PostStatus.CANCELLED, access.visible_to(actor))
        .order_by(Post.scheduled_at, Post.id)
    ).all()
    pieces = session.scalars(_pieces(actor, campaign)).all()
    orders = _orders(posts)
    for number, piece in enumerate(pieces, start=1):
        writer.piece(number, piece, orders.get(piece.id))
    spoken = [post for post in posts if _is_spoken(post)]
    for number, post in enumerate(spoken, start=1):
        writer.post(number, post)
    writer.events(session.scalars(events_of(actor, campaign)).all())
    writer.surveys(actor)
    for programme in programmes_of(session, campaign):
        writer.programme(programme)
    writer.campaign_file(key)
    return target


def export_programme(session: Session, actor: Actor, programme_id: int, folder: Path, *, storage: Storage) -> Path:
    """Write a programme of training with its test as a kit without a campaign, and give its folder.

    Raises NotFound, Forbidden for a programme of another organisation: its questions come with their right answers.
    """
    programme = get(session, programme_id)
    if not may_manage(actor, programme):
        raise Forbidden(T("Karena memuat soalnya, program ini hanya diunduh oleh penyelenggaranya."))
    key = (programme.kit_key or programme.key).partition("/")[0]
    target = folder / key
    _folders(target)
    Files(session, storage, target).programme(programme)
    return target


def _folders(target: Path) -> None:
    for name in ("posts", "print", "events", "surveys", "recorded", "programmes", "tests", "media"):
        (target / name).mkdir(parents=True, exist_ok=True)


def _pieces(actor: Actor, campaign: Campaign) -> Select[Any]:
    query = select(PrintPiece).where(PrintPiece.campaign_id == campaign.id).order_by(PrintPiece.id)
    return query if actor.of_office else query.where(PrintPiece.organisation_id.in_(actor.organisation_ids))


def _is_spoken(post: Post) -> bool:
    """Whether it is more than an order of print; an order that found no outlet at its import has no variants."""
    if not post.variants:
        return bool(post.text.strip())
    return any(variant.outlet.kind not in PRINT for variant in post.variants)


def _orders(posts: Sequence[Post]) -> dict[int, tuple[Post, list[Any]]]:
    """Print piece → (the post that orders it, its print variants)."""
    found: dict[int, tuple[Post, list[Any]]] = {}
    for post in posts:
        for variant in post.variants:
            if variant.piece_id is not None:
                found.setdefault(variant.piece_id, (post, []))[1].append(variant)
    return found


class _Writer(Files):
    """Writes the files of a campaign and remembers how many days it spans."""

    def __init__(self, session: Session, storage: Storage, campaign: Campaign, target: Path, zone: ZoneInfo) -> None:
        super().__init__(session, storage, target)
        self.campaign, self.zone = campaign, zone
        self.days = min(366, (campaign.ends_on - campaign.starts_on).days + 1)
        self.pieces: dict[int, str] = {}  # print piece → its file

    def campaign_file(self, key: str) -> None:
        campaign = self.campaign
        self.yaml(
            self.target / "campaign.yaml",
            "campaign",
            "../../",
            {
                "key": key,
                "name": campaign.name,
                "summary": _padded(campaign.summary or campaign.name),
                "audience": campaign.audience,
                "days": self.days,
                "dimensions": [row.key for row in campaign.dimensions],
                "services": [row.key for row in campaign.services],
                "districts": [row.code for row in campaign.districts],
                "villages": [row.code for row in campaign.villages],
                "key_messages": [message.text for message in campaign.key_messages],
                "goals": [self._goal(goal) for goal in campaign.goals],
            },
        )

    def _goal(self, goal: Any) -> dict[str, Any]:
        values = {
            "measure": goal.measure,
            "unit": goal.unit,
            "baseline": goal.baseline,
            "baseline_note": goal.baseline_note or "",
            "target": goal.target,
            "responsible": goal.responsible_text or "",
        }
        if goal.due_on:
            values["day"] = min(730, max(0, (goal.due_on - self.campaign.starts_on).days))
        return values

    def post(self, number: int, post: Post) -> None:
        day, hour = self._when(post.scheduled_at)
        kinds: dict[str, str | None] = {}
        for variant in post.variants:
            if variant.outlet.kind not in PRINT:
                kinds.setdefault(variant.outlet.kind, variant.text)
        head: dict[str, Any] = {
            "title": post.title,
            "day": day,
            "hour": hour,
            "useful_days": _useful_days(post),
            "audience": post.audience,
            "link": post.link_url,
            "outlets": list(kinds) or ["facebook"],
        }
        if post.service is not None:
            head["service"] = post.service.key
        if post.villages:
            head["villages"] = [village.code for village in post.villages]
        if post.media:
            head["media"] = [
                {"file": self.image(item.file), "alt": _padded(item.alt_text or item.file.alt_text or "")}
                for item in post.media
            ]
        texts = {kind: text for kind, text in kinds.items() if text}
        if texts:
            head["texts"] = texts
        stem = _stem(post.kit_key, f"{number:02d}-{queries.slug(post.title)[:40].strip('-')}")
        dumped = SCHEMA.format(up="../../../", name="post") + dump(head)
        (self.target / "posts" / f"{stem}.md").write_text(f"---\n{dumped}---\n{post.text}\n", encoding="utf-8")

    def piece(self, number: int, piece: PrintPiece, order: tuple[Post, list[Any]] | None) -> None:
        values: dict[str, Any] = {"kind": piece.kind, "title": piece.title, "content": _content(piece.content)}
        for name in ("columns", "height_mm"):
            if getattr(piece, name) is not None:
                values[name] = getattr(piece, name)
        if piece.image_id is not None:
            values["image"] = self.image(self.session.get_one(StoredFile, piece.image_id))
        values["link"] = piece.link_url
        if order:
            post, variants = order
            day, hour = self._when(post.scheduled_at)
            values["order"] = {
                "day": day,
                "hour": hour,
                "useful_days": _useful_days(post),
                "outlet_kinds": list(dict.fromkeys(str(variant.outlet.kind) for variant in variants)),
                "copies": max(variant.copies or 1 for variant in variants),
            }
        stem = _stem(piece.kit_key, f"{number:02d}-{piece.kind.replace('_', '-')}")
        self.pieces[piece.id] = f"print/{stem}.yaml"
        self.yaml(self.target / "print" / f"{stem}.yaml", "print", "../../../", values)

    def events(self, events: Sequence[Event]) -> None:
        """After the pieces, whose files the materials name."""
        files = event_files(events, self.pieces, start=self.campaign.starts_on, zone=self.zone)
        taken: set[str] = set()
        for number, (kit_key, values) in enumerate(files, start=1):
            stem = _stem(kit_key, f"{number:02d}-{queries.slug(values['title'])[:40].strip('-')}")
            stem = f"{stem[:50]}-{number}" if stem in taken else stem
            taken.add(stem)
            self.days = max(self.days, values.get("last_day", values["day"]) + 1)
            self.yaml(self.target / "events" / f"{stem}.yaml", "event", "../../../", values)

    def surveys(self, actor: Actor) -> None:
        for stem, values in survey_files(self.session, actor, self.campaign, self.image):
            self.yaml(self.target / "surveys" / f"{stem}.yaml", "survey", "../../../", values)
        taken: set[str] = set()
        for number, (result, values) in enumerate(
            result_files(self.session, actor, self.campaign, self.image), start=1
        ):
            stem = _stem(result.kit_key, queries.slug(result.title)[:40] or "hasil")
            stem = f"{stem[:50]}-{number}" if stem in taken else stem
            taken.add(stem)
            self.yaml(self.target / "recorded" / f"{stem}.yaml", "recorded", "../../../", values)

    def _when(self, at: datetime | None) -> tuple[int, str]:
        """Day of the campaign and local hour; a post without a time goes out on the first day."""
        if at is None:
            return 0, DEFAULT_TIME
        local = at.astimezone(self.zone)
        day = min(365, max(0, (local.date() - self.campaign.starts_on).days))
        self.days = max(self.days, day + 1)
        return day, local.strftime("%H:%M")


def _content(content: dict[str, Any]) -> dict[str, Any]:
    kept = {name: content[name] for name in ("lead", "body", "points", "contact") if content.get(name)}
    return {"headline": _padded(str(content.get("headline", "")), 3), **kept}


def _useful_days(post: Post) -> int:
    if post.scheduled_at is None or post.useful_until is None:
        return 3
    return min(60, (post.useful_until - post.scheduled_at).days)


def _padded(text: str, least: int = 10) -> str:
    """A text that is too short for the schema is marked as to be filled in."""
    return text if len(text.strip()) >= least else f"{text} [LENGKAPI: tulis lebih lengkap]".strip()


def _stem(kit_key: str | None, otherwise: str) -> str:
    return kit_key.rpartition("/")[2] if kit_key else otherwise.strip("-")
