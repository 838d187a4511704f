"""A Facebook Page by the Graph: photos kept off the Page first, then one feed post that attaches them.

`POST /{page}/feed` cannot be repeated safely; a lost answer is looked up in `published_posts`.
Source: developers.facebook.com/docs/pages-api/posts (v26.0).
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from app.channels.checks import empty_problems, image_problems, same_words, text_problems
from app.channels.graph import Duplicate, Graph, NoSuchObject, count_of
from app.channels.wire import ONE_CALL, Links
from app.kernel.clock import Clock
from app.kernel.numbers import are_digits
from app.kernel.text import T
from app.outreach.outlets.ports import (
    CredentialField,
    Gone,
    Identity,
    Limits,
    Metrics,
    NeedsSignIn,
    NotSent,
    OutcomeUnknown,
    Outgoing,
    OutgoingFile,
    Problem,
    Receipt,
    Rejected,
    Remember,
)

PHOTO_LIFE = timedelta(hours=20)
"""A photo that no post attaches is deleted after about a day."""
MAX_IMAGES = 10
PAGES_LOOKED_AT = 5
VIEWS, REACH, CLICKS = "post_media_view", "post_total_media_view_unique", "post_clicks"
"""Of a Page's post; `post_impressions` and its kin ended in November 2025. Only Pages with 100 followers have them."""
COUNTED = "reactions.limit(0).summary(total_count),comments.limit(0).summary(total_count),shares"


class FacebookChannel:
    limits = Limits(
        max_text=63_206,
        max_images=MAX_IMAGES,
        max_image_bytes=4 * 1024 * 1024,
        image_mimes=("image/jpeg", "image/png"),
    )
    seconds = (MAX_IMAGES + 2) * ONE_CALL
    can_look = True
    can_measure = True
    credential_fields: Sequence[CredentialField] = (
        CredentialField(
            "access_token",
            T("Token Halaman (Page access token)"),
            T("Dari Meta for Developers: token Halaman yang berlaku lama, dengan izin pages_manage_posts."),
        ),
    )
    setting_fields: Sequence[CredentialField] = (
        CredentialField(
            "page_id",
            T("Nomor Halaman (Page ID)"),
            T("Boleh dikosongkan: diisi sendiri saat uji sambungan."),
            secret=False,
        ),
    )

    def __init__(self, graph: Graph, links: Links) -> None:
        self.graph = graph
        self.links = links

    def count(self, text: str) -> int:
        return len(text)

    def check(self, out: Outgoing) -> list[Problem]:
        return list(self._problems(out))

    def _problems(self, out: Outgoing) -> Iterator[Problem]:
        yield from empty_problems(out)
        yield from text_problems("Facebook", self.limits, self.count(out.text))
        yield from image_problems("Facebook", self.limits, list(out.files))

    def publish(self, out: Outgoing, remember: Remember) -> Receipt:
        page, token = _account(out)
        photos = self._photos(out, page, token, remember)
        body: dict[str, Any] = {"message": out.text} if out.text else {}
        if photos:
            attached = {f"attached_media[{n}]": json.dumps({"media_fbid": name}) for n, name in enumerate(photos)}
            body.update(attached)
        elif out.link:
            body["link"] = out.link
        try:
            answer = self.graph.call("POST", f"/{page}/feed", token, now=out.now, lasting=True, data=body)
        except Duplicate as duplicate:
            return self._already_there(out, duplicate)
        if "id" not in answer:
            raise OutcomeUnknown("Facebook menjawab tanpa nomor unggahan")
        return Receipt(str(answer["id"]), self.links.to(str(answer["id"])))

    def _already_there(self, out: Outgoing, duplicate: Duplicate) -> Receipt:
        """ "Duplicate" after a lost answer is a hint that ours is live, so look before giving up."""
        try:
            found = self.find(out)
        except NotSent as blind:
            raise OutcomeUnknown(f"Facebook menyebutnya duplikat, dan belum dapat diperiksa: {blind.detail}") from blind
        if found:
            return found
        raise duplicate

    def _photos(self, out: Outgoing, page: str, token: str, remember: Remember) -> list[str]:
        """Ids of the photos, uploaded unpublished; one upload each over all tries."""
        now = out.now or Clock().now()
        known: dict[str, dict[str, str]] = dict(out.remembered.get("photos", {}))
        ids = []
        for file in out.files:
            name = hashlib.sha256(file.data + file.alt_text.encode()).hexdigest()[:32]
            if name not in known or datetime.fromisoformat(known[name]["at"]) + PHOTO_LIFE < now:
                known[name] = {"id": self._photo(file, page, token, now), "at": now.isoformat()}
                remember({"photos": dict(known)})
            ids.append(known[name]["id"])
        return ids

    def _photo(self, file: OutgoingFile, page: str, token: str, now: datetime) -> str:
        fields = {"published": "false", "alt_text_custom": file.alt_text}
        parts = {"source": (file.name, file.data, file.mime)}
        answer = self.graph.call("POST", f"/{page}/photos", token, now=now, data=fields, files=parts)
        if "id" not in answer:
            raise NotSent("Facebook menjawab unggahan gambar tanpa nomor")
        return str(answer["id"])

    def find(self, out: Outgoing) -> Receipt | None:
        """Look for our link, or our words, among the Page's posts since the first try."""
        page, token = _account(out)
        query: dict[str, Any] = {"fields": "id,message,created_time,permalink_url", "limit": 100}
        if out.look_from:
            query["since"] = int(out.look_from.timestamp())
        for _ in range(PAGES_LOOKED_AT):
            answer = self._look(f"/{page}/published_posts", token, out, query)
            for post in answer.get("data", ()):
                if _is_ours(str(post.get("message", "")), out):
                    return Receipt(str(post["id"]), post.get("permalink_url") or self.links.to(str(post["id"])))
            paging = answer.get("paging", {})
            if "next" not in paging:
                return None
            query["after"] = paging.get("cursors", {}).get("after", "")
        raise NotSent("Terlalu banyak unggahan sejak percobaan pertama untuk diperiksa semuanya")

    def _look(self, path: str, token: str, out: Outgoing, query: Mapping[str, Any]) -> dict[str, Any]:
        try:
            return self.graph.call("GET", path, token, now=out.now, params=dict(query))
        except Rejected as error:
            raise NotSent(error.detail, request_id=error.request_id) from error

    def identify(self, credentials: Mapping[str, Any], settings: Mapping[str, Any]) -> Identity:
        """Return the Page of this token. Only Pages have a category: asking for it tells a person's own token apart."""
        token = _token(credentials)
        try:
            me = self.graph.call("GET", "/me", token, now=None, params={"fields": "id,name,category"})
        except Rejected as error:
            raise NeedsSignIn(f"Ini bukan token Halaman ({error.detail})", request_id=error.request_id) from error
        wanted = str(settings.get("page_id") or "")
        if wanted and str(me.get("id")) != wanted:
            raise NeedsSignIn(f"Token ini milik “{me.get('name')}”, bukan Halaman {wanted}")
        return Identity(str(me["id"]), str(me.get("name", "")), {"page_id": str(me["id"])})

    def measure(self, remote_id: str, credentials: Mapping[str, Any], *, now: datetime) -> Metrics:
        """Read the counts that stand on the post itself, and its insights where the Page has them."""
        token = _token(credentials)
        try:
            post = self.graph.call("GET", f"/{remote_id}", token, now=now, params={"fields": COUNTED})
        except NoSuchObject as error:
            raise Gone(error.detail, request_id=error.request_id) from error
        except Rejected as error:
            raise NotSent(error.detail, request_id=error.request_id) from error
        insights = self.graph.figures(f"/{remote_id}", token, (VIEWS, REACH, CLICKS), now=now)
        return Metrics(
            views=insights.get(VIEWS),
            reach=insights.get(REACH),
            clicks=insights.get(CLICKS),
            reactions=count_of(post.get("reactions", {}).get("summary", {}).get("total_count")),
            comments=count_of(post.get("comments", {}).get("summary", {}).get("total_count")),
            shares=count_of(post.get("shares", {}).get("count")),
        )


def _token(credentials: Mapping[str, Any]) -> str:
    token = str(credentials.get("access_token") or "")
    if not token:
        raise NeedsSignIn("Token Halaman belum diisi")
    return token


def _account(out: Outgoing) -> Sequence[str]:
    page = str(out.settings.get("page_id") or "")
    if not are_digits(page):
        raise NeedsSignIn("Nomor Halaman belum diketahui; uji sambungan dahulu")
    return page, _token(out.credentials)


def _is_ours(message: str, out: Outgoing) -> bool:
    if out.link and out.link in message:
        return True
    return same_words(message, out.text) if out.text and not (out.link and out.link in out.text) else False


def make(settings: Any) -> FacebookChannel:
    graph = Graph(settings.graph_url, settings.graph_version)
    if urlsplit(settings.graph_url).hostname == "graph.facebook.com":
        return FacebookChannel(graph, Links("https://www.facebook.com/{id}"))
    wall = settings.practice_wall_url or settings.graph_url
    return FacebookChannel(graph, Links(wall.rstrip("/") + "/#facebook-{id}"))
