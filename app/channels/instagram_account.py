"""The calls of one Instagram account."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from app.channels.graph import Graph, count_of, id_of, mapping_of, mappings_of, read_time, text_of
from app.channels.graph_errors import ContainerEnded, NoPermission, NoSuchObject
from app.channels.graph_recent import MEDIA_FIELDS
from app.channels.graph_wire import CAPPED
from app.channels.instagram_container import STATES
from app.kernel.numbers import are_digits
from app.kernel.text import same_words
from app.outreach.outlets.ports import (
    LOOK_BACK,
    AccountPaused,
    ChannelError,
    NeedsSignIn,
    NotSent,
    Outgoing,
    Receipt,
)

MEDIA_PAGES = 3
QUOTA_ASKED_AGAIN = timedelta(hours=1)


class Account:
    """One account, by the keys and settings of a delivery. Raises NeedsSignIn where these are not complete."""

    def __init__(self, graph: Graph, out: Outgoing) -> None:
        self.user_id = str(out.settings.get("ig_user_id") or "")
        self.token = str(out.credentials.get("access_token") or "")
        if not self.token or not are_digits(self.user_id):
            raise NeedsSignIn("Token atau nomor akun Instagram belum diisi")
        self._graph = graph
        self._now = out.now

    def get(self, path: str, **query: Any) -> dict[str, Any]:
        return self._graph.read(f"/{path}", self.token, now=self._now, **query)

    def post(self, edge: str, fields: Mapping[str, str], *, lasting: bool = False) -> dict[str, Any]:
        path = f"/{self.user_id}/{edge}"
        return self._graph.call("POST", path, self.token, now=self._now, lasting=lasting, data=dict(fields))

    def made(self, edge: str, **fields: str) -> str:
        container = id_of(self.post(edge, fields).get("id"))
        if container is None:
            raise NotSent("Instagram menjawab tanpa nomor wadah")
        return container

    def status(self, container: str) -> str | None:
        """Return a container's `status_code`; None where Instagram does not say, which proves nothing."""
        try:
            status = self.get(container, fields="status_code,status").get("status_code")
        except (NoSuchObject, ContainerEnded, NoPermission):
            return None
        return status if status in STATES else None

    def look(self, out: Outgoing, made_at: datetime) -> Receipt | None:
        """Look for the caption among the account's media, from when its container was made; never just the newest."""
        since = made_at - LOOK_BACK
        query = {"fields": MEDIA_FIELDS, "limit": 100}
        path = f"/{self.user_id}/media"
        for entries in self._graph.pages(path, self.token, now=self._now, most=MEDIA_PAGES, **query):
            times = [read_time(entry.get("timestamp")) for entry in entries]
            for entry, at in zip(entries, times, strict=True):
                if at is None or at < since or not same_words(text_of(entry.get("caption")), out.text):
                    continue
                media_id = id_of(entry.get("id"))
                if media_id is None:
                    raise NotSent("Nomor unggahan di Instagram tidak terbaca")
                if media_id in out.taken:
                    continue
                return Receipt(media_id, text_of(entry.get("permalink")) or None)
            if entries and all(at is not None and at < since for at in times):
                return None
        return None

    def permalink(self, media_id: str) -> str | None:
        """Return where people see it; the post is live, so not knowing its address is no failure."""
        try:
            return text_of(self.get(media_id, fields="permalink").get("permalink")) or None
        except ChannelError:
            return None

    def check_quota(self, now: datetime) -> None:
        """Raise AccountPaused where the posts of a day are used up; a question that fails is no obstacle."""
        used, total = self._quota()
        if used is not None and total and used >= total:
            raise AccountPaused(CAPPED, retry_at=now + QUOTA_ASKED_AGAIN, detail=f"{used} dari {total} dalam 24 jam")

    def quota_left(self) -> int | None:
        """Return how many posts the account still takes in its 24 hours; None where Instagram does not say."""
        used, total = self._quota()
        return None if used is None or total is None else max(0, total - used)

    def _quota(self) -> tuple[int | None, int | None]:
        """How many posts were used up, and of how many."""
        try:
            answer = self.get(f"{self.user_id}/content_publishing_limit", fields="config,quota_usage")
        except ChannelError:
            return None, None
        entry = next(iter(mappings_of(answer.get("data"))), {})
        return count_of(entry.get("quota_usage")), count_of(mapping_of(entry.get("config")).get("quota_total"))
