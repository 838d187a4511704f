"""The posts that a Page, or an Instagram account, shows of itself since some time."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.channels.graph import Graph, id_of, read_time, text_of
from app.outreach.outlets.ports import NotSent, Sighting

PAGE_FIELDS = "id,message,created_time,permalink_url"
MEDIA_FIELDS = "id,caption,permalink,timestamp"


def recent_of_page(graph: Graph, page: str, token: str, *, since: datetime, now: datetime) -> list[Sighting]:
    """Return the Page's posts since then. Raises NotSent where the list cannot be read to that time, NeedsSignIn."""
    return _recent(graph, f"/{page}/published_posts", token, PAGE_FIELDS, since, now)


def recent_of_account(graph: Graph, account: str, token: str, *, since: datetime, now: datetime) -> list[Sighting]:
    """Return the Instagram account's media since then. Raises NotSent, NeedsSignIn as for a Page."""
    return _recent(graph, f"/{account}/media", token, MEDIA_FIELDS, since, now)


def _recent(graph: Graph, path: str, token: str, fields: str, since: datetime, now: datetime) -> list[Sighting]:
    _id, words, *_rest = fields.split(",")
    when = "created_time" if "created_time" in fields else "timestamp"
    address = "permalink_url" if "permalink_url" in fields else "permalink"
    found: list[Sighting] = []
    for entries in graph.pages(path, token, now=now, fields=fields, limit=100):
        shown = [_sighting(entry, words, when, address) for entry in entries]
        found += [one for one in shown if one.at is None or one.at >= since]
        if shown and all(one.at is not None and one.at < since for one in shown):
            break
    return found


def _sighting(entry: Mapping[str, Any], words: str, when: str, address: str) -> Sighting:
    remote_id = id_of(entry.get("id"))
    if remote_id is None:
        raise NotSent("Nomor unggahan tidak terbaca")
    return Sighting(
        remote_id, read_time(entry.get(when)), text_of(entry.get(words)), text_of(entry.get(address)) or None
    )
