"""What the composer and the previews show of each outlet: how long its text is, and how it will leave."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.outlets.models import PRINT, Outlet
from app.outlets.ports import Channel
from app.posts.content import sample_link, text_for, with_link
from app.posts.models import Post, Variant

NEARLY = 0.9
"""From this share of the limit on a counter warns."""


@dataclass(frozen=True)
class Counter:
    """`used` as the platform counts, with room for the link; `limit` None: any length."""

    used: int
    limit: int | None

    @property
    def over(self) -> int:
        return max(0, self.used - self.limit) if self.limit is not None else 0

    @property
    def near(self) -> bool:
        return self.limit is not None and not self.over and self.used >= self.limit * NEARLY


@dataclass(frozen=True)
class Preview:
    """One outlet's card: the text with a link of the right length in it."""

    variant: Variant
    text: str
    counter: Counter | None
    prints: bool


def counter(channel: Channel | None, text: str) -> Counter | None:
    """None where the outlet takes no text."""
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
    """Outlet id → counter, for the outlets that take text."""
    link = sample_link(public_url) if has_link else None
    found = {
        outlet.id: counter(channels.get(outlet.kind), with_link(texts.get(outlet.id, ""), link)) for outlet in outlets
    }
    return {id_: each for id_, each in found.items() if each is not None}


def preview(post: Post, *, channels: Mapping[str, Channel], public_url: str) -> list[Preview]:
    """Every outlet of the post, social ones first as they were chosen."""
    link = sample_link(public_url) if post.link_url else None
    cards = []
    for variant in post.variants:
        prints = variant.outlet.kind in PRINT
        text = with_link(text_for(post, variant), link)
        count = None if prints else counter(channels.get(variant.outlet.kind), text)
        cards.append(Preview(variant, text, count, prints))
    return sorted(cards, key=lambda card: card.prints)
