"""What X shows of an account's posts, and whether one of them is ours."""

import html
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from app.channels.wire import Links
from app.channels.x_refusals import read_said
from app.kernel.numbers import are_digits
from app.kernel.text import same_words
from app.outreach.outlets.ports import Gone, NeedsSignIn, NotSent, Outgoing, Sighting

LINK = re.compile(r"https?://\S+")


def posts_of(page: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the posts of a page of the timeline that can be read."""
    listed_posts = page.get("data")
    for post in listed_posts if isinstance(listed_posts, list) else ():
        if isinstance(post, dict) and are_digits(str(post.get("id"))) and isinstance(post.get("text"), str):
            yield post


def doubt_of(page: Mapping[str, Any]) -> str:
    """Say why what is not on this page may be there all the same; empty where nothing speaks for it."""
    data, meta, errors = page.get("data"), page.get("meta"), page.get("errors")
    shown = len(data) if isinstance(data, list) else 0
    if errors:
        return f"X memperlihatkan sebagian saja: {read_said(page).words}"
    if not isinstance(meta, dict) or meta.get("result_count", shown) != shown or shown != len(list(posts_of(page))):
        return "X menjawab tanpa daftar unggahan yang dapat dibaca"
    return ""


def not_shown(answer: Mapping[str, Any]) -> Exception:
    """Return the error for a post that X does not show, which it answers with 200 and a problem."""
    said = read_said(answer)
    kinds = {kind.rpartition("/")[2] for kind in said.kinds}
    if "resource-not-found" in kinds:
        return Gone(said.words)
    if "not-authorized-for-resource" in kinds:
        return NeedsSignIn(said.words)
    return NotSent(said.words or "X tidak menyebut unggahannya")


def is_ours(post: Mapping[str, Any], out: Outgoing) -> bool | None:
    """Decide whether a post is what we sent. None: X does not say where its links lead, and the other words fit."""
    text, aims, unnamed = _written(post)
    if out.link:
        if out.link in text or any(_plain(to) == _plain(out.link) for to in aims):
            return True
    elif same_words(_plain(text), _plain(out.text)):
        return True
    return None if unnamed and same_words(LINK.sub("", text), LINK.sub("", out.text)) else False


def sighting_of(post: Mapping[str, Any], links: Links) -> Sighting:
    """Return a post as the account's list shows it, with its links as they were written."""
    text, aims, _unnamed = _written(post)
    try:
        at = datetime.fromisoformat(str(post.get("created_at")))
    except ValueError:
        at = None
    aware = at if at and at.tzinfo else None
    return Sighting(str(post["id"]), aware, text.strip(), links.to(str(post["id"])), aims)


def _written(post: Mapping[str, Any]) -> tuple[str, list[str], bool]:
    """The words of a post as they were sent, where its links lead, and whether X leaves that open for one of them."""
    text, aims, unnamed = html.unescape(str(post["text"])), [], False
    for url in _links(post):
        to = url.get("expanded_url") or url.get("unwound_url")
        picture = "media_key" in url or "/photo/" in str(to)
        unnamed = unnamed or not (to or picture)
        if to:
            aims.append(str(to))
        if to or picture:
            text = text.replace(str(url.get("url")), "" if picture else str(to))
    return text, aims, unnamed


def _links(post: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    entities = post.get("entities")
    urls = entities.get("urls") if isinstance(entities, dict) else None
    return [url for url in urls if isinstance(url, dict) and url.get("url")] if isinstance(urls, list) else []


def _plain(text: str) -> str:
    """A text whose links are written alike: X names the scheme where the author left it out, and ends with a slash."""
    return re.sub(r"/(?=\s|$)", "", re.sub(r"https?://", "", text))


def count_of(value: Any) -> int | None:
    """Read a count as X writes it; None for what is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
