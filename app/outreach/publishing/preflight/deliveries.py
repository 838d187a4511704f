"""What would keep one post from going out at one outlet: its text, its pictures, its order, who approved it."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.kernel.errors import GaungError
from app.kernel.text import T
from app.outreach.outlets.kinds import BY_HAND, ORDERED_PRINT
from app.outreach.outlets.ports import Channel, Inspectable, Outgoing, OutgoingFile
from app.outreach.publishing.outgoing import Packer, Parcel
from app.outreach.publishing.preflight.findings import Finding
from app.outreach.publishing.preflight.models import Level

log = logging.getLogger(__name__)

LOST_FILE = T("Gambar “%(file)s” tidak ditemukan di server. Unggah lagi, lalu ajukan persetujuan lagi.")
NOT_READ = T("Materi ini belum dapat diperiksa. Diperiksa lagi dengan sendirinya.")
LEFT_OFFICE = T(
    "%(name)s, yang menyetujui materi ini, sudah tidak aktif atau tidak lagi berhak menyetujui. Materi tetap tayang "
    "pada waktunya; tahan bila perlu diperiksa ulang."
)

Fetch = Callable[[str, str, int], Finding | None]


@dataclass(frozen=True)
class Approver:
    """Who approved, as of today."""

    user_id: int
    name: str
    in_office: bool


@dataclass(frozen=True)
class DeliveryQuestion:
    parcel: Parcel
    approvers: Sequence[Approver]


def check_delivery(
    question: DeliveryQuestion, channel: Channel, packer: Packer, fetch: Fetch, *, now: datetime
) -> list[Finding]:
    """Return what stands in the way of a delivery; outside any transaction. Never raises."""
    try:
        return [*_of_content(question.parcel, channel, packer, fetch, now), *_of_approvers(question.approvers)]
    except Exception:
        log.exception("delivery %s could not be checked", question.parcel.delivery_id)
        return [Finding("unread", Level.UNKNOWN, NOT_READ, "unread")]


def _of_approvers(approvers: Sequence[Approver]) -> list[Finding]:
    return [
        Finding("approver", Level.WARN, T(LEFT_OFFICE.msgid, name=one.name), f"approver:{one.user_id}")
        for one in approvers
        if not one.in_office
    ]


def _of_content(parcel: Parcel, channel: Channel, packer: Packer, fetch: Fetch, now: datetime) -> list[Finding]:
    if parcel.channel in BY_HAND:
        return []
    out = packer.bare(parcel, now)
    if parcel.kind not in ORDERED_PRINT and channel.limits.takes_images and parcel.files:
        try:
            out = replace(out, files=packer.images(parcel, channel))
        except GaungError as error:
            return [Finding("media", Level.BAD, error.sentence, "media")]
        except OSError:
            return [Finding("media", Level.BAD, T(LOST_FILE.msgid, file=parcel.files[0].name), "media")]
    found = [Finding(one.field, Level.BAD, one.sentence, one.field) for one in channel.check(out)]
    if isinstance(channel, Inspectable) and channel.fetches_media:
        found += _fetched(out, channel, fetch)
    return found


def _fetched(out: Outgoing, channel: Channel, fetch: Fetch) -> list[Finding]:
    """The first picture that cannot be fetched: one cause is said once."""
    for file in out.files:
        finding = _fetch(file, channel, fetch)
        if finding is not None:
            return [finding]
    return []


def _fetch(file: OutgoingFile, channel: Channel, fetch: Fetch) -> Finding | None:
    if file.public_url is None:
        return None
    return fetch(file.public_url, file.name, channel.limits.max_image_bytes)


def remembering(fetch: Fetch) -> Fetch:
    """Return `fetch` that asks for each address once."""
    known: dict[str, Finding | None] = {}

    def once(url: str, name: str, most: int) -> Finding | None:
        if url not in known:
            known[url] = fetch(url, name, most)
        return known[url]

    return once


Checked = Mapping[int, list[Finding]]
