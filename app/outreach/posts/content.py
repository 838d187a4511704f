"""What a post says: its text per outlet, its link, its fingerprint, and the places that still have to be filled in."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.kernel.text import T
from app.outreach.outlets.kinds import PRINT
from app.outreach.posts.models import Post, Variant
from app.outreach.printing.content import placeholders
from app.outreach.printing.models import PrintPiece

LINK_MARK = "{tautan}"
LINK_CODE_LENGTH = 7  # campaigns.links.CODE_LENGTH
GAP = re.compile(r"\[LENGKAPI:?([^\]\[]*)\]", re.IGNORECASE)


def text_for(post: Post, variant: Variant) -> str:
    """Return the variant's own text, or the base text."""
    return post.text if variant.text is None else variant.text


def with_link(text: str, link: str | None) -> str:
    """Return the text as it leaves: `{tautan}` becomes the link; without the mark it gets a line of its own."""
    if not link:
        return text.replace(LINK_MARK, "").rstrip() if LINK_MARK in text else text
    if LINK_MARK in text:
        return text.replace(LINK_MARK, link)
    if link in text:
        return text
    return f"{text.rstrip()}\n{link}" if text.strip() else link


def sample_link(public_url: str) -> str:
    """Return a link as long as the real short one, so that counters reserve room for it before a code exists."""
    return f"{public_url.rstrip('/')}/t/" + "x" * LINK_CODE_LENGTH


def content_of(post: Post) -> dict[str, Any]:
    """Return all that approval covers, as JSON values: texts per outlet, images with alt texts, link, print pieces.

    The time is not in it: that is approved as a window.
    """
    return {
        "link": post.link_url or None,
        "media": [[item.file_id, item.file.sha256, item.alt_text] for item in post.media],
        "outlets": [_outlet_content(post, variant) for variant in sorted(post.variants, key=lambda v: v.outlet_id)],
        # without an outlet the base text is still what a submission would be about
        "text": post.text if not post.variants else None,
    }


def _outlet_content(post: Post, variant: Variant) -> dict[str, Any]:
    return {
        "outlet": variant.outlet_id,
        "text": text_for(post, variant),
        "piece": variant.piece_id,
        "piece_hash": variant.piece.content_hash if variant.piece else None,
        "copies": variant.copies,
    }


def content_hash(post: Post) -> str:
    """Return the SHA-256 (hex) of `content_of` as canonical JSON."""
    canonical = json.dumps(content_of(post), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def kind_of(post: Post) -> str:
    """Return the kind of approval: "print" where paper or the press is among the outlets, else "social"."""
    printed = any(v.outlet.kind in PRINT or v.piece_id is not None for v in post.variants)
    return "print" if printed else "social"


@dataclass(frozen=True)
class Gap:
    """One `[LENGKAPI: hint]` and where it stands. `piece_id` is set where only the print piece's page can fill it."""

    token: str
    hint: str
    places: tuple[T, ...]
    piece_id: int | None = None


def gaps(post: Post) -> list[Gap]:
    """Return the marked places that are still to be filled, each once with all its places, in reading order."""
    found: dict[tuple[str, int | None], list[T]] = {}
    for place, text, piece_id in _texts(post):
        for match in GAP.finditer(text):
            found.setdefault((match.group(0), piece_id), []).append(place)
    return [
        Gap(token=token, hint=_hint(token), places=tuple(dict.fromkeys(places)), piece_id=piece_id)
        for (token, piece_id), places in found.items()
    ]


def _hint(token: str) -> str:
    match = GAP.fullmatch(token)
    return match.group(1).strip() if match else ""


def _texts(post: Post) -> Iterator[tuple[T, str, int | None]]:
    """Every text that will be read: (place, text, print piece). A base text that nobody uses does not count."""
    yield T("judul"), post.title, None
    if not post.variants or any(v.text is None and v.outlet.kind not in PRINT for v in post.variants):
        yield T("teks dasar"), post.text, None
    for variant in post.variants:
        if variant.text is not None:
            yield T("teks %(outlet)s", outlet=variant.outlet.name), variant.text, None
    for item in post.media:
        yield T("teks alternatif gambar %(n)s", n=item.position + 1), item.alt_text, None
    for piece in _pieces(post):
        yield T("cetakan “%(title)s”", title=piece.title), " ".join(placeholders(piece)), piece.id


def _pieces(post: Post) -> list[PrintPiece]:
    return list({v.piece.id: v.piece for v in post.variants if v.piece is not None}.values())
