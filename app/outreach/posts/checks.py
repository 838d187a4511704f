"""What stands in the way of submitting a post, each as a sentence with the field that mends it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.base.people.models import Organisation
from app.kernel.errors import Invalid
from app.kernel.text import T
from app.outreach.outlets.kinds import KINDS, PRINT
from app.outreach.outlets.ports import Channel, Limits, Outgoing, OutgoingFile
from app.outreach.posts.content import LINK_MARK, gaps, sample_link, text_for, with_link
from app.outreach.posts.etiquette import off_hours
from app.outreach.posts.models import Post, PostMedia, Variant
from app.outreach.printing.content import unprintable

MAX_MEDIA = 4


@dataclass(frozen=True)
class Finding:
    """Something to mend before submission.

    `field`: title, text, media, link_url, outlets, piece, scheduled_at, useful_until, off_hours_reason or gaps.

    `outlet_id` is set where only one outlet is concerned, `piece_id` where the print piece's page mends it.
    """

    sentence: T
    field: str
    outlet_id: int | None = None
    outlet_name: str | None = None
    piece_id: int | None = None


class NotReady(Invalid):
    """The post cannot be submitted yet. `findings` lists everything at once."""

    def __init__(self, findings: list[Finding]) -> None:
        listing = " ".join(
            f"{finding.outlet_name}: {finding.sentence}" if finding.outlet_name else str(finding.sentence)
            for finding in findings
        )
        super().__init__(T("Belum bisa diajukan. %(listing)s", listing=listing))
        self.findings = findings


def problems(
    session: Session, post: Post, *, channels: Mapping[str, Channel], settings: Any, now: datetime
) -> list[Finding]:
    """Return everything that has to be mended before approval, in the order of the composer. Empty: ready.

    `channels` maps an outlet kind to its channel: a social account that is not connected yet keeps its platform's
    limits, since the same text goes there by hand.
    """
    found = [*_gaps(post), *_media(post), *_link(post)]
    if not post.variants:
        found.append(Finding(T("Pilih paling sedikit satu saluran."), "outlets"))
    for variant in post.variants:
        found += _variant(session, post, variant, channels.get(variant.outlet.kind), settings)
    return found + _times(post, settings, now)


def _gaps(post: Post) -> list[Finding]:
    return [
        Finding(
            T("Lengkapi dulu “%(token)s” di %(place)s.", token=gap.token, place=", ".join(map(str, gap.places))),
            "gaps",
            piece_id=gap.piece_id,
        )
        for gap in gaps(post)
    ]


def _media(post: Post) -> list[Finding]:
    return [
        Finding(
            T(
                "Tulis teks alternatif gambar %(n)s: apa yang terlihat, untuk orang yang tidak bisa melihatnya.",
                n=item.position + 1,
            ),
            "media",
        )
        for item in post.media
        if not item.alt_text.strip()
    ]


def _link(post: Post) -> list[Finding]:
    marked = any(LINK_MARK in text_for(post, v) for v in post.variants if v.outlet.kind not in PRINT)
    if marked and not post.link_url:
        return [Finding(T("Teks memuat {tautan}, tetapi tautannya belum diisi."), "link_url")]
    return []


def _variant(session: Session, post: Post, variant: Variant, channel: Channel | None, settings: Any) -> list[Finding]:
    outlet = variant.outlet

    def finding(sentence: T, field: str) -> Finding:
        return Finding(sentence, field, outlet_id=outlet.id, outlet_name=outlet.name)

    if not outlet.active:
        return [finding(T("Saluran ini tidak dipakai lagi. Hapus dari pilihan."), "outlets")]
    if outlet.kind in PRINT:
        found = [finding(sentence, "piece") for sentence in _print_problems(variant)]
    elif not text_for(post, variant).strip() and not (post.media and (channel is None or channel.limits.takes_images)):
        return [finding(T("Tulis teksnya."), "text")]
    else:
        found = []
    if channel is not None:
        vendor = session.get(Organisation, outlet.vendor_id) if outlet.vendor_id else None
        outgoing = outgoing_for_check(
            post, variant, channel.limits, settings.public_url, recipient=vendor.email if vendor else None
        )
        found += [finding(problem.sentence, problem.field) for problem in channel.check(outgoing)]
    return found


def _print_problems(variant: Variant) -> list[T]:
    found = []
    if variant.piece is None:
        found.append(T("Pilih cetakan yang akan dipesan."))
    elif signs := unprintable(variant.piece):
        found.append(T("Cetakan memuat tanda yang tidak bisa dicetak: %(signs)s. Hapus dulu.", signs=" ".join(signs)))
    if not variant.copies and KINDS[variant.outlet.kind].sheets:
        found.append(T("Isi jumlah lembar yang dicetak."))
    return found


def outgoing_for_check(
    post: Post, variant: Variant, limits: Limits, public_url: str, *, recipient: str | None
) -> Outgoing:
    """Make the delivery as far as its limits are concerned: no file contents, and a link of the right length."""
    link = sample_link(public_url) if post.link_url else None
    return Outgoing(
        key=f"post:{post.id}:{variant.outlet_id}",
        text=with_link(text_for(post, variant), link),
        files=[_file_for_check(item, limits) for item in post.media]
        if limits.takes_images and not limits.takes_piece
        else [],
        link=link,
        settings=variant.outlet.settings,
        recipient=recipient,
    )


def _file_for_check(item: PostMedia, limits: Limits) -> OutgoingFile:
    # images are re-encoded to what the channel takes before they leave; a missing alt text is told once, not per outlet
    taken = item.file.mime in limits.image_mimes or not limits.image_mimes
    mime = item.file.mime if taken else limits.image_mimes[0]
    return OutgoingFile(
        name=item.file.name,
        mime=mime,
        data=b"",
        alt_text=item.alt_text.strip() or "–",
        width=item.file.width,
        height=item.file.height,
    )


def _times(post: Post, settings: Any, now: datetime) -> list[Finding]:
    if post.scheduled_at is None:
        return [Finding(T("Isi tanggal dan jam tayang."), "scheduled_at")]
    found = []
    if post.scheduled_at <= now:
        found.append(Finding(T("Waktu tayang sudah lewat. Pilih waktu yang akan datang."), "scheduled_at"))
    if post.useful_until is not None and post.useful_until < post.scheduled_at:
        found.append(Finding(T("“Masih berguna sampai” harus sesudah waktu tayang."), "useful_until"))
    reason = off_hours(post.scheduled_at, settings)
    if reason is not None and not (post.off_hours_reason or "").strip():
        found.append(
            Finding(
                T("Waktu tayang %(reason)s. Pilih waktu lain, atau tulis alasannya.", reason=reason),
                "off_hours_reason",
            )
        )
    return found
