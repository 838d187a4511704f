"""What a person typed, checked and looked up; set on a post, or compared with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Required, TypedDict

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.areas.models import Village
from app.base.media.models import StoredFile
from app.base.media.service import MAX_ALT_TEXT, files_of
from app.kernel.errors import Invalid
from app.kernel.roles import Actor
from app.kernel.text import T
from app.kernel.typed import at_most
from app.outreach.campaigns.links import check_target
from app.outreach.campaigns.models import Audience, Campaign, Service
from app.outreach.outlets.kinds import PRINT
from app.outreach.outlets.models import Outlet
from app.outreach.posts import access
from app.outreach.posts.checks import MAX_MEDIA
from app.outreach.posts.content import content_hash
from app.outreach.posts.models import Post, PostMedia, Variant
from app.outreach.printing.models import PrintPiece

MAX_TEXT = 65_000
"""Characters; above Facebook's 63,206, the longest that any platform takes."""
MAX_TITLE = 200
MAX_REASON = 300
MAX_COPIES = 1_000_000


class Fields(TypedDict, total=False):
    """What a person writes. `outlet_texts`: outlet id → own text, or None for the base text. `pieces`: outlet id →
    (print piece id, copies). `media`: (file id, alt text) in order. Times are aware."""

    campaign_id: Required[int]
    title: Required[str]
    text: Required[str]
    outlet_texts: Required[Mapping[int, str | None]]
    pieces: Mapping[int, tuple[int, int | None]]
    media: Sequence[tuple[int, str]]
    link_url: str | None
    scheduled_at: datetime | None
    useful_until: datetime | None
    off_hours_reason: str | None
    audience: str
    service_id: int | None
    village_codes: Sequence[str]


@dataclass(frozen=True)
class Values:
    """`Fields` checked and looked up, ready to be set on a post."""

    title: str
    text: str
    campaign: Campaign
    service: Service | None
    link_url: str | None
    audience: str
    scheduled_at: datetime | None
    useful_until: datetime | None
    off_hours_reason: str | None
    villages: list[Village]
    variants: dict[int, tuple[Outlet, str | None, PrintPiece | None, int | None]]
    media: list[tuple[StoredFile, str]]


@dataclass(frozen=True)
class Difference:
    """One thing that is not as the person's form has it."""

    label: T
    current: object  # a string, an aware time, None, or a list of names
    mine: object


@dataclass
class _Found:
    differences: list[Difference] = field(default_factory=list)

    def compare(self, label: T, current: object, mine: object) -> None:
        if current != mine:
            self.differences.append(Difference(label, current, mine))


def clean(text: str) -> str:
    """Return the text with Unix line ends and without control characters, which no database and no platform takes."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(character for character in text if character >= " " or character in "\n\t")


def resolve(session: Session, actor: Actor, fields: Fields, *, post: Post | None, useful_days: int) -> Values:
    """Check and look up everything before the post is touched."""
    title, text = clean(fields["title"]).strip(), clean(fields["text"]).strip()
    texts = {id_: clean(own).strip() if own is not None else None for id_, own in fields["outlet_texts"].items()}
    if not title:
        raise Invalid(T("Tulis judul materi."), field="title")
    check_lengths(title, text, list(texts.values()))
    audience = fields.get("audience") or Audience.RESIDENTS
    if audience not in {str(kind) for kind in Audience}:
        raise Invalid(T("Pilih sasaran: warga, ASN, atau keduanya."), field="audience")
    with session.no_autoflush:
        campaign = _campaign(session, actor, fields["campaign_id"], post)
        scheduled_at, useful_until = _times(fields, useful_days)
        link = (fields.get("link_url") or "").strip()
        return Values(
            title=title,
            text=text,
            campaign=campaign,
            service=_service(session, fields.get("service_id")),
            link_url=check_target(link) if link else None,
            audience=str(audience),
            scheduled_at=scheduled_at,
            useful_until=useful_until,
            off_hours_reason=_reason(fields),
            villages=_villages(session, fields.get("village_codes") or ()),
            variants=_variants(session, post, campaign, texts, fields.get("pieces") or {}),
            media=_media(session, actor, post, fields.get("media") or ()),
        )


def check_lengths(title: str, text: str, variants: Sequence[str | None]) -> None:
    at_most(title, MAX_TITLE, "title", T("Judul terlalu panjang. Paling banyak %(n)s karakter."))
    for candidate in (text, *variants):
        too_long = T(
            "Teks terlalu panjang: %(n)s karakter. Paling banyak %(max)s. Pindahkan sebagian ke halaman "
            "situs, lalu pasang tautannya.",
            n=len(candidate or ""),
            max=MAX_TEXT,
        )
        at_most(candidate or "", MAX_TEXT, "text", too_long)


def _campaign(session: Session, actor: Actor, campaign_id: int, post: Post | None) -> Campaign:
    if post is not None and post.campaign_id == campaign_id:
        return post.campaign
    campaign = session.scalar(access.campaigns_for(actor).where(Campaign.id == campaign_id))
    if campaign is None:
        raise Invalid(T("Pilih program sosialisasi dari daftar."), field="campaign_id")
    return campaign


def _service(session: Session, service_id: int | None) -> Service | None:
    if service_id is None:
        return None
    service = session.get(Service, service_id)
    if service is None:
        raise Invalid(T("Layanan ini tidak dikenal. Pilih dari daftar."), field="service_id")
    return service


def _times(fields: Fields, useful_days: int) -> tuple[datetime | None, datetime | None]:
    scheduled_at, useful_until = fields.get("scheduled_at"), fields.get("useful_until")
    if scheduled_at is not None and useful_until is None:
        useful_until = scheduled_at + timedelta(days=useful_days)
    if scheduled_at and useful_until and useful_until < scheduled_at:
        raise Invalid(T("“Masih berguna sampai” harus sesudah waktu tayang."), field="useful_until")
    return scheduled_at, useful_until


def _reason(fields: Fields) -> str | None:
    reason = clean(fields.get("off_hours_reason") or "").strip()
    at_most(reason, MAX_REASON, "off_hours_reason", T("Alasan terlalu panjang. Paling banyak %(n)s karakter."))
    return reason or None


def _villages(session: Session, codes: Sequence[str]) -> list[Village]:
    wanted = list(dict.fromkeys(codes))
    villages = list(session.scalars(select(Village).where(Village.code.in_(wanted)).order_by(Village.name)))
    unknown = sorted(set(wanted) - {village.code for village in villages})
    if unknown:
        raise Invalid(
            T("Kode desa/kelurahan %(codes)s tidak dikenal di wilayah ini.", codes=", ".join(unknown[:5])),
            field="village_codes",
        )
    return villages


def _variants(
    session: Session,
    post: Post | None,
    campaign: Campaign,
    texts: Mapping[int, str | None],
    pieces: Mapping[int, tuple[int, int | None]],
) -> dict[int, tuple[Outlet, str | None, PrintPiece | None, int | None]]:
    kept = {variant.outlet_id for variant in post.variants} if post else set()
    outlets = {outlet.id: outlet for outlet in session.scalars(select(Outlet).where(Outlet.id.in_(list(texts))))}
    found = {}
    for outlet_id, text in texts.items():
        outlet = outlets.get(outlet_id)
        if outlet is None or not (outlet.active or outlet_id in kept):
            raise Invalid(T("Saluran yang dipilih tidak ada. Pilih dari daftar."), field="outlets")
        piece_id, copies = pieces.get(outlet_id, (None, None)) if outlet.kind in PRINT else (None, None)
        found[outlet_id] = (outlet, text, _piece(session, campaign, piece_id), _copies(copies))
    return found


def _piece(session: Session, campaign: Campaign, piece_id: int | None) -> PrintPiece | None:
    if piece_id is None:
        return None
    piece = session.get(PrintPiece, piece_id)
    if piece is None or piece.campaign_id != campaign.id:
        raise Invalid(T("Pilih cetakan dari program yang sama."), field="pieces")
    return piece


def _copies(copies: int | None) -> int | None:
    if copies is not None and not 1 <= copies <= MAX_COPIES:
        raise Invalid(T("Jumlah lembar harus antara 1 dan %(max)s.", max=MAX_COPIES), field="pieces")
    return copies


def _media(
    session: Session, actor: Actor, post: Post | None, media: Sequence[tuple[int, str]]
) -> list[tuple[StoredFile, str]]:
    if len({file_id for file_id, _alt in media}) != len(media):
        raise Invalid(T("Gambar yang sama dipasang dua kali. Hapus salah satunya."), field="media")
    if len(media) > MAX_MEDIA:
        raise Invalid(T("Paling banyak %(n)s gambar untuk satu materi.", n=MAX_MEDIA), field="media")
    kept = {item.file_id: item.file for item in post.media} if post else {}
    files = kept | files_of(session, actor, {file_id for file_id, _alt in media} - kept.keys())
    found = []
    for file_id, alt_text in media:
        file = files.get(file_id)
        if file is None or not file.mime.startswith("image/"):
            raise Invalid(T("Gambar ini tidak ditemukan. Unggah lagi gambarnya."), field="media")
        words = " ".join(clean(alt_text).split())
        at_most(words, MAX_ALT_TEXT, "media", T("Teks alternatif terlalu panjang. Paling banyak %(n)s karakter."))
        found.append((file, words))
    return found


def apply(post: Post, values: Values) -> None:
    """Set everything and renew the fingerprint; no query."""
    post.title, post.text, post.link_url, post.audience = values.title, values.text, values.link_url, values.audience
    if post.campaign is not None and post.campaign is not values.campaign:
        post.kit_key = None  # names its place in the kit of the campaign that it leaves
    post.campaign, post.service = values.campaign, values.service
    post.scheduled_at, post.useful_until = values.scheduled_at, values.useful_until
    post.off_hours_reason, post.villages = values.off_hours_reason, values.villages
    kept = {variant.outlet_id: variant for variant in post.variants}
    post.variants = [_variant(kept.get(id_), *wanted) for id_, wanted in values.variants.items()]
    shown = {item.file_id: item for item in post.media}
    post.media = [
        _picture(shown.get(file.id), file, alt_text, place) for place, (file, alt_text) in enumerate(values.media)
    ]
    post.content_hash = content_hash(post)


def _variant(
    kept: Variant | None, outlet: Outlet, text: str | None, piece: PrintPiece | None, copies: int | None
) -> Variant:
    variant = kept or Variant(outlet=outlet, outlet_id=outlet.id)
    variant.text, variant.piece, variant.copies = text, piece, copies
    variant.piece_id = piece.id if piece else None
    return variant


def _picture(kept: PostMedia | None, file: StoredFile, alt_text: str, position: int) -> PostMedia:
    item = kept or PostMedia(file=file, file_id=file.id)
    item.alt_text, item.position = alt_text, position
    return item


def compare(post: Post, values: Values) -> list[Difference]:
    """Return where the post differs from what is about to be saved."""
    found = _Found()
    found.compare(T("judul"), post.title, values.title)
    found.compare(T("program"), post.campaign.name, values.campaign.name)
    found.compare(T("teks dasar"), post.text, values.text)
    found.compare(T("tautan"), post.link_url, values.link_url)
    found.compare(T("waktu tayang"), post.scheduled_at, values.scheduled_at)
    found.compare(T("masih berguna sampai"), post.useful_until, values.useful_until)
    found.compare(T("alasan di luar jam"), post.off_hours_reason, values.off_hours_reason)
    found.compare(T("sasaran"), post.audience, values.audience)
    found.compare(T("layanan"), _name(post.service), _name(values.service))
    found.compare(T("desa/kelurahan"), *(sorted(v.name for v in side) for side in (post.villages, values.villages)))
    found.compare(
        T("gambar dan teks alternatif"),
        [f"{item.file.name}: {item.alt_text}" for item in post.media],
        [f"{file.name}: {alt_text}" for file, alt_text in values.media],
    )
    current = {variant.outlet_id: variant for variant in post.variants}
    found.compare(
        T("saluran"),
        sorted(variant.outlet.name for variant in post.variants),
        sorted(outlet.name for outlet, *_rest in values.variants.values()),
    )
    for outlet_id, (outlet, text, piece, copies) in values.variants.items():
        if (variant := current.get(outlet_id)) is None:
            continue
        found.compare(T("teks %(outlet)s", outlet=outlet.name), variant.text, text)
        found.compare(
            T("cetakan %(outlet)s", outlet=outlet.name), _order(variant.piece, variant.copies), _order(piece, copies)
        )
    return found.differences


def _name(service: Service | None) -> str | None:
    return service.name if service else None


def _order(piece: PrintPiece | None, copies: int | None) -> str | None:
    return f"{piece.title} × {copies or 1}" if piece else None
