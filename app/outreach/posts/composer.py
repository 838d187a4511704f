"""What the composer and the previews show of each outlet: how long its text is, and how it will leave."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.outreach.outlets.kinds import PRINT
from app.outreach.outlets.models import Outlet
from app.outreach.outlets.ports import Channel
from app.outreach.posts.content import sample_link, text_for, with_link
from app.outreach.posts.diff import text_when_approved
from app.outreach.posts.models import Post, Variant
from app.outreach.printing.models import PrintPiece

NEAR_LIMIT = 0.9
"""From this share of the limit on a counter warns."""


@dataclass(frozen=True)
class Counter:
    """The length of a text against an outlet's limit.

    `used` as the platform counts, with room for the link; `limit` None: any length.
    """

    used: int
    limit: int | None

    @property
    def over(self) -> int:
        return max(0, self.used - self.limit) if self.limit is not None else 0

    @property
    def near(self) -> bool:
        return self.limit is not None and not self.over and self.used >= self.limit * NEAR_LIMIT


@dataclass(frozen=True)
class Preview:
    """One card: a text (or a print piece) and every outlet that gets just that, each with its counter.

    The text is as it leaves, with the short link hinted at. `piece` is set for print, `pictures` where they are shown.
    """

    text: str
    outlets: list[tuple[Variant, Counter | None]]
    prints: bool
    piece: PrintPiece | None = None
    pictures: bool = True

    @property
    def outlet_ids(self) -> list[int]:
        return [variant.outlet_id for variant, _counter in self.outlets]


def counter(channel: Channel | None, text: str) -> Counter | None:
    """Count the text for an outlet's counter; None where the outlet takes no text."""
    if channel is None or not channel.limits.takes_text:
        return None
    return Counter(channel.count(text), channel.limits.max_text)


def counters(
    outlets: Iterable[Outlet],
    texts: Mapping[int, str],
    *,
    has_link: bool,
    channels: Mapping[str, Channel],
    public_url: str,
) -> dict[int, Counter]:
    """Return outlet id → counter, for the outlets that take text."""
    link = sample_link(public_url) if has_link else None
    found = {
        outlet.id: counter(channels.get(outlet.kind), with_link(texts.get(outlet.id, ""), link)) for outlet in outlets
    }
    return {id_: each for id_, each in found.items() if each is not None}


def previews(post: Post, *, channels: Mapping[str, Channel], public_url: str, by_change: bool = False) -> list[Preview]:
    """Return a card of what each outlet of the post will get, one for outlets that get the same; print last.

    `by_change`: outlets share a card only if their text changed alike since the last approval.
    """
    link = sample_link(public_url) if post.link_url else None
    hint = f"{public_url.rstrip('/')}/t/…" if post.link_url else None
    cards: dict[tuple[object, ...], Preview] = {}
    for variant in post.variants:
        prints = variant.outlet.kind in PRINT
        words = text_for(post, variant)
        text = "" if prints else with_link(words, hint)
        channel = channels.get(variant.outlet.kind)
        count = None if prints else counter(channel, with_link(words, link))
        pictures = not prints and (channel is None or channel.limits.takes_images)
        old = text_when_approved(post, variant.outlet_id) if by_change else None
        key = (prints, text, variant.piece_id, old, pictures)
        card = cards.setdefault(key, Preview(text, [], prints, variant.piece if prints else None, pictures))
        card.outlets.append((variant, count))
    return sorted(cards.values(), key=lambda card: card.prints)
