"""From a claimed row to what a channel gets: plain values first (in a transaction), then files (outside of one)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from app.base.documents.render import Renderer
from app.base.media.derive import derive, public_path
from app.base.media.models import StoredFile
from app.base.media.service import store
from app.base.media.storage import Storage
from app.base.people.models import Organisation
from app.base.web.wiring import Wiring
from app.kernel.db import unit_of_work
from app.kernel.errors import GaungError
from app.kernel.roles import SYSTEM
from app.kernel.vault import Vault
from app.outreach.campaigns.models import Campaign
from app.outreach.outlets import kinds
from app.outreach.outlets.kinds import ASSISTED, ORDERED_PRINT, SOCIAL
from app.outreach.outlets.models import Outlet, OutletStatus
from app.outreach.outlets.ports import LOOK_BACK, Channel, Outgoing, OutgoingFile
from app.outreach.outlets.service import credentials_of
from app.outreach.printing.letters import Letter, order_letter
from app.outreach.printing.models import PrintPiece
from app.outreach.printing.press import press_pdf
from app.outreach.publishing.keys import PDF_ID, delivery_key
from app.outreach.publishing.models import Delivery, DeliveryStatus

COPIED = "copied"
"""In `Delivery.remembered`: it is what an older copy of the database remembers, and may have been overtaken."""
BY_HAND = kinds.BY_HAND
"""Channels that send nothing themselves: a call only hands the delivery to a person."""
IMAGE_BYTES = 8_000_000  # where a channel names no limit


def channel_key(kind: str, status: str) -> str:
    """Return the channel that serves an outlet; a person posts to a social account that is not connected yet."""
    if kind in SOCIAL and status == OutletStatus.UNCONNECTED:
        return ASSISTED
    return kind


@dataclass
class Parcel:
    """A claimed delivery as plain values, and what its sending needs to know."""

    delivery_id: int
    token: str
    post_id: int
    outlet_id: int
    channel: str
    kind: str
    payload: Mapping[str, Any]
    credentials: Mapping[str, Any]
    settings: Mapping[str, Any]
    remembered: Mapping[str, Any]
    first_tried_at: datetime | None
    started_at: datetime | None  # None in a claim to send: it has not begun yet
    due_at: datetime
    useful_until: datetime | None
    tries: int
    lookups: int
    taken: frozenset[str] = frozenset()
    resent_at: datetime | None = None
    recipient: str | None = None
    vendor_name: str | None = None
    files: Sequence[StoredFile] = field(default_factory=tuple)
    locked: bool = False  # its credentials cannot be opened


def load(session: Session, rows: Sequence[Any], vault: Vault, *, now: datetime) -> list[Parcel]:
    """Load parcels for claimed rows (columns of Delivery), in four queries whatever their number."""
    outlets = {
        outlet.id: outlet
        for outlet in session.scalars(select(Outlet).where(Outlet.id.in_({row.outlet_id for row in rows})))
    }
    vendors = {
        vendor.id: vendor
        for vendor in session.scalars(
            select(Organisation).where(Organisation.id.in_({o.vendor_id for o in outlets.values() if o.vendor_id}))
        )
    }
    file_ids = {entry["id"] for row in rows for entry in row.payload.get("files", ())}
    files = (
        {file.id: file for file in session.scalars(select(StoredFile).where(StoredFile.id.in_(file_ids)))}
        if file_ids
        else {}
    )
    opened = {outlet.id: open_keys(outlet, vault) for outlet in outlets.values()}
    taken = taken_posts(session, {outlet.kind for outlet in outlets.values()}, since=_look_from(rows, now))
    parcels = []
    for row in rows:
        outlet = outlets[row.outlet_id]
        vendor = vendors.get(outlet.vendor_id) if outlet.vendor_id else None
        parcels.append(
            Parcel(
                delivery_id=row.id,
                token=row.token,
                post_id=row.post_id,
                outlet_id=outlet.id,
                channel=channel_key(outlet.kind, outlet.status),
                kind=outlet.kind,
                payload=row.payload,
                credentials=opened[outlet.id] or {},
                locked=opened[outlet.id] is None,
                settings=outlet.settings,
                remembered=row.remembered or {},
                first_tried_at=row.first_tried_at,
                started_at=row.started_at,
                due_at=row.due_at,
                useful_until=row.useful_until,
                tries=row.tries,
                lookups=row.lookups,
                taken=taken.get(outlet.kind, frozenset()),
                resent_at=row.resent_at,
                recipient=vendor.email if vendor else None,
                vendor_name=vendor.name if vendor else None,
                files=[files[entry["id"]] for entry in row.payload.get("files", ()) if entry["id"] in files],
            )
        )
    return parcels


def _look_from(rows: Sequence[Any], now: datetime) -> datetime:
    """Return the earliest moment from which `find` looks for one of these rows."""
    return min(row.started_at or row.first_tried_at or now for row in rows) - LOOK_BACK


def taken_posts(session: Session, kinds_of: Collection[str], *, since: datetime) -> dict[str, frozenset[str]]:
    """Return the numbers and addresses of what was sent since then, by the kind of outlet.

    By kind and not by outlet: two outlets may be one account, and a number is given once on a platform.
    """
    found: dict[str, set[str]] = {}
    rows = session.execute(
        select(Outlet.kind, Delivery.remote_id, Delivery.remote_url)
        .join(Outlet, Outlet.id == Delivery.outlet_id)
        .where(Delivery.status == DeliveryStatus.SENT, Delivery.sent_at >= since, Outlet.kind.in_(kinds_of))
    )
    for kind, number, address in rows:
        found.setdefault(kind, set()).update(one for one in (number, address) if one)
    return {kind: frozenset(posts) for kind, posts in found.items()}


def open_keys(outlet: Outlet, vault: Vault) -> Mapping[str, Any] | None:
    """Open the outlet's keys; None where that fails, so that one outlet's trouble does not stop the others."""
    try:
        return credentials_of(outlet, vault)
    except GaungError:
        return None


def make_packer(sessions: "sessionmaker[Session]", parts: Wiring, secret_key: str) -> "Packer":
    """Make the packer of an installation."""
    settings = parts.settings
    return Packer(
        sessions=sessions,
        storage=parts.storage,
        renderer=Renderer(logo_path=settings.logo_path),
        secret_key=secret_key,
        public_url=settings.public_url,
        office={"name": settings.office_name, "address": settings.office_address, "email": settings.mail_from},
        tz=settings.tz,
    )


@dataclass
class Packer:
    """Makes the `Outgoing` of a parcel: derives images, renders the press-ready PDF. Slow; never in a transaction."""

    sessions: "sessionmaker[Session]"
    storage: Storage
    renderer: Renderer
    secret_key: str
    public_url: str
    office: Mapping[str, str]
    tz: str

    def pack(self, parcel: Parcel, channel: Channel, now: datetime) -> Outgoing:
        """Make everything that `publish` needs."""
        if parcel.kind in ORDERED_PRINT and parcel.payload.get("piece_id"):
            letter, pdf = self._order(parcel, now)
            file = OutgoingFile(letter.file_name, "application/pdf", pdf)
            return replace(self.bare(parcel, now), text=letter.body, subject=letter.subject, files=[file])
        return replace(self.bare(parcel, now), files=self.images(parcel, channel))

    @staticmethod
    def bare(parcel: Parcel, now: datetime) -> Outgoing:
        """Make the delivery without files: enough for `find`."""
        return Outgoing(
            key=delivery_key(parcel.post_id, parcel.outlet_id),
            text=str(parcel.payload["text"]),
            link=parcel.payload.get("link"),
            credentials=parcel.credentials,
            settings=parcel.settings,
            remembered=parcel.remembered,
            first_tried_at=parcel.first_tried_at,
            tried_at=parcel.started_at,
            taken=parcel.taken,
            copied=COPIED in parcel.remembered,
            now=now,
            recipient=parcel.recipient,
        )

    def images(self, parcel: Parcel, channel: Channel) -> list[OutgoingFile]:
        """Make the pictures as the channel takes them, each with its public address."""
        alts = {entry["id"]: entry["alt"] for entry in parcel.payload.get("files", ())}
        limits = channel.limits
        form: dict[str, Any] = {
            "mimes": tuple(limits.image_mimes),
            "max_bytes": limits.max_image_bytes or IMAGE_BYTES,
            "max_side": limits.max_image_side,
        }
        made = []
        for file in parcel.files if limits.takes_images else ():
            data, mime = derive(self.storage, file, **form)
            address = self.public_url + public_path(self.secret_key, file.id, **form)
            made.append(OutgoingFile(file.name, mime, data, alt_text=alts[file.id], public_url=address))
        return made

    def _order(self, parcel: Parcel, now: datetime) -> tuple[Letter, bytes]:
        with self.sessions() as session:
            piece = session.get_one(PrintPiece, parcel.payload["piece_id"])
            campaign = session.get_one(Campaign, piece.campaign_id)
            pdf = press_pdf(
                session,
                self.storage,
                self.renderer,
                piece,
                short_link=parcel.payload.get("link"),
                column_mm=parcel.settings.get("column_mm"),
            )
            letter = order_letter(
                piece,
                campaign_name=campaign.name,
                vendor_name=parcel.vendor_name or "",
                copies=parcel.payload.get("copies") or 1,
                when=f"{parcel.due_at.astimezone(ZoneInfo(self.tz)):%d-%m-%Y}",
                office=self.office,
            )
        with unit_of_work(self.sessions) as session:
            kept = store(session, self.storage, SYSTEM, pdf, f"{piece.title}.pdf", now=now).id
            # remembered, so that the order can be written whoever settles the delivery: the channel or a person
            parcel.remembered = {**parcel.remembered, PDF_ID: kept}
            session.execute(
                update(Delivery)
                .where(
                    Delivery.id == parcel.delivery_id,
                    Delivery.token == parcel.token,
                    Delivery.status == DeliveryStatus.SENDING,
                )
                .values(remembered=dict(parcel.remembered))
                .execution_options(synchronize_session=False)
            )
        return letter, pdf
