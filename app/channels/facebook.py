"""A Facebook Page by the Graph: photos kept off the Page first, then one feed post that attaches them.

`POST /{page}/feed` cannot be repeated safely; a lost answer is looked up in `published_posts`. That it is going to be
asked is remembered before, where photos come first: whoever was stopped earlier has certainly posted nothing.
Source: developers.facebook.com/docs/pages-api/posts (v26.0), and graph_wire.py.
"""

import hashlib
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from app.channels.checks import empty_problems, image_problems, text_problems
from app.channels.graph import PAGES_LOOKED_AT, PAGES_SEARCHED, Graph, count_of, id_of, mapping_of, read_time, text_of
from app.channels.graph_account import PAGE_RIGHTS, token_report
from app.channels.graph_doctor import examine_page
from app.channels.graph_errors import Duplicate, NoSuchObject, Restricted
from app.channels.graph_figures import gone_or_hidden, may_be_measured
from app.channels.graph_recent import PAGE_FIELDS, recent_of_page
from app.channels.graph_wire import PAGE_FIGURES, WRONG_ACCOUNT
from app.channels.wire import ONE_CALL, ONE_UPLOAD, Links
from app.kernel.clock import Clock
from app.kernel.numbers import are_digits
from app.kernel.text import T, same_words
from app.outreach.outlets.ports import (
    AccountReport,
    ChannelError,
    CredentialField,
    Finding,
    Identity,
    Limits,
    Metrics,
    NeedsSignIn,
    NotReady,
    NotSent,
    NotThere,
    OutcomeUnknown,
    Outgoing,
    OutgoingFile,
    Problem,
    Receipt,
    Rejected,
    Remember,
    Sighting,
)

PHOTO_LIFE = timedelta(hours=20)
"""A photo that no post attaches is deleted after about a day."""
UPLOAD_SECONDS = 90.0
"""How long photos may take in one `publish`; what is left waits for the next call, with its ids remembered."""
MAX_IMAGES = 10
COUNTED = "reactions.limit(0).summary(total_count),comments.limit(0).summary(total_count),shares"


class FacebookChannel:
    limits = Limits(
        max_text=63_206,
        max_images=MAX_IMAGES,
        max_image_bytes=4 * 1024 * 1024,
        image_mimes=("image/jpeg", "image/png"),
    )
    # photos, one more that was under way, the post, a look after "duplicate"
    seconds = UPLOAD_SECONDS + ONE_UPLOAD + (1 + PAGES_LOOKED_AT) * ONE_CALL
    can_look = True
    tells_begin = True
    can_measure = True
    can_remove = True
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

    def __init__(self, graph: Graph, links: Links, figures: Sequence[tuple[str, str]] = PAGE_FIGURES) -> None:
        self.graph = graph
        self.links = links
        self.figures = dict(figures)

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
        now = out.now or Clock().now()
        if out.files and "asked" not in out.remembered:
            remember({"asked": None})
        try:
            body = self._body(out, self._photos(out, page, token, remember, now))
            if out.files:
                remember({"asked": now.isoformat()})
            out.begin()
            answer = self.graph.call("POST", f"/{page}/feed", token, now=now, lasting=True, data=body)
        except NoSuchObject as error:
            raise NeedsSignIn(error.detail, sentence=WRONG_ACCOUNT, request_id=error.request_id) from error
        except (Duplicate, Restricted) as refusal:
            return self._already_there(out, refusal)
        post = id_of(answer.get("id"))
        if post is None:
            raise OutcomeUnknown("Facebook menjawab tanpa nomor unggahan")
        return Receipt(post, self.links.to(post))

    def _body(self, out: Outgoing, photos: Sequence[str]) -> dict[str, str]:
        body = {"message": out.text} if out.text else {}
        if photos:
            attached = {f"attached_media[{n}]": json.dumps({"media_fbid": name}) for n, name in enumerate(photos)}
            body.update(attached)
        elif out.link:
            body["link"] = out.link
        return body

    def _already_there(self, out: Outgoing, refusal: ChannelError) -> Receipt:
        """ "Duplicate" after a lost answer is a hint that ours is live, so look before giving up; 368 says either."""
        try:
            found = self._look(out)
        except (NotSent, NeedsSignIn) as blind:
            raise OutcomeUnknown(f"{refusal.detail}; belum dapat diperiksa: {blind.detail}") from blind
        if found:
            return found
        raise refusal

    def _photos(self, out: Outgoing, page: str, token: str, remember: Remember, now: datetime) -> list[str]:
        """Ids of the photos, uploaded unpublished; one upload each over all tries."""
        known: dict[str, dict[str, str]] = dict(out.remembered.get("photos", {}))
        until = time.monotonic() + UPLOAD_SECONDS
        ids = []
        for file in out.files:
            name = hashlib.sha256(file.data + file.alt_text.encode()).hexdigest()[:32]
            if name not in known or datetime.fromisoformat(known[name]["at"]) + PHOTO_LIFE < now:
                if time.monotonic() > until:
                    raise NotReady("Gambar masih diunggah", after=1.0)
                known[name] = {"id": self._photo(file, page, token, now), "at": now.isoformat()}
                remember({"photos": dict(known)})
            ids.append(known[name]["id"])
        return ids

    def _photo(self, file: OutgoingFile, page: str, token: str, now: datetime) -> str:
        fields = {"published": "false", "alt_text_custom": file.alt_text}
        parts = {"source": (file.name, file.data, file.mime)}
        answer = self.graph.call(
            "POST", f"/{page}/photos", token, now=now, seconds=ONE_UPLOAD, data=fields, files=parts
        )
        photo = id_of(answer.get("id"))
        if photo is None:
            raise NotSent("Facebook menjawab unggahan gambar tanpa nomor")
        return photo

    def find(self, out: Outgoing) -> Receipt | NotThere | None:
        """Look for our link, or our words, among the Page's posts since the last try."""
        if out.remembered.get("asked", "") is None:
            return NotThere("Baru gambarnya yang diunggah; unggahannya sendiri belum pernah diminta")
        return self._look(out, most=PAGES_SEARCHED)

    def _look(self, out: Outgoing, *, most: int = PAGES_LOOKED_AT) -> Receipt | None:
        """`since` is not sent: the times of the posts are compared here."""
        page, token = _account(out)
        edge = f"/{page}/published_posts"
        for posts in self.graph.pages(edge, token, now=out.now, most=most, fields=PAGE_FIELDS, limit=100):
            times = [read_time(post.get("created_time")) for post in posts]
            for post, at in zip(posts, times, strict=True):
                if id_of(post.get("id")) not in out.taken and _is_ours(post, at, out):
                    return self._receipt(post)
            if posts and out.look_from and all(at is not None and at < out.look_from for at in times):
                return None
        return None

    def _receipt(self, post: Mapping[str, Any]) -> Receipt:
        found = id_of(post.get("id"))
        if found is None:
            raise NotSent("Nomor unggahan di Facebook tidak terbaca")
        return Receipt(found, text_of(post.get("permalink_url")) or self.links.to(found))

    def identify(self, credentials: Mapping[str, Any], settings: Mapping[str, Any]) -> Identity:
        """Return the Page of this token. Only Pages have a category: asking for it tells a person's own token apart."""
        token = _token(credentials)
        try:
            me = self.graph.call("GET", "/me", token, now=None, params={"fields": "id,name,category"})
        except (Rejected, NoSuchObject) as error:
            raise NeedsSignIn(f"Ini bukan token Halaman ({error.detail})", request_id=error.request_id) from error
        page, name = id_of(me.get("id")), text_of(me.get("name"))
        wanted = str(settings.get("page_id") or "")
        if page is None:
            raise NotSent("Facebook tidak menyebut Halamannya")
        if wanted and page != wanted:
            raise NeedsSignIn(f"Token ini milik “{name}”, bukan Halaman {wanted}", sentence=WRONG_ACCOUNT)
        return Identity(page, name, {"page_id": page})

    def recent(
        self, credentials: Mapping[str, Any], settings: Mapping[str, Any], *, since: datetime, now: datetime
    ) -> Sequence[Sighting]:
        page, token = _account(Outgoing("", "", credentials=credentials, settings=settings))
        return recent_of_page(self.graph, page, token, since=since, now=now)

    fetches_media = False

    def inspect(self, credentials: Mapping[str, Any], settings: Mapping[str, Any], *, now: datetime) -> AccountReport:
        page = self.identify(credentials, settings)
        return replace(token_report(self.graph, _token(credentials), PAGE_RIGHTS, now=now), name=page.name)

    def measure(
        self,
        remote_id: str,
        credentials: Mapping[str, Any],
        *,
        now: datetime,
        settings: Mapping[str, Any] | None = None,
    ) -> Metrics:
        """Read the counts that stand on the post itself, and its insights where the Page has them."""
        token = _token(credentials)
        may_be_measured(remote_id)
        try:
            post = self.graph.read(f"/{remote_id}", token, now=now, fields=COUNTED)
            figures = self.graph.figures(f"/{remote_id}", token, list(self.figures.values()), now=now)
        except NoSuchObject as error:
            edge = f"/{remote_id.partition('_')[0]}/published_posts"
            raise gone_or_hidden(self.graph, edge, remote_id, token, "created_time", now, error) from error
        named = {name: figures.get(insight) for name, insight in self.figures.items()}
        standing = {
            "reactions": count_of(_summary(post, "reactions").get("total_count")),
            "comments": count_of(_summary(post, "comments").get("total_count")),
            "shares": count_of(mapping_of(post.get("shares")).get("count")),
        }
        return Metrics(**{**named, **{name: count for name, count in standing.items() if count is not None}})

    def remove(
        self, remote_id: str, credentials: Mapping[str, Any], settings: Mapping[str, Any], *, now: datetime
    ) -> None:
        """Delete a post of the Page. 100/33 proves nothing: whether it is gone is then looked up."""
        token = _token(credentials)
        may_be_measured(remote_id)
        try:
            answer = self.graph.call("DELETE", f"/{remote_id}", token, now=now, lasting=True)
        except NoSuchObject as error:
            raise OutcomeUnknown(error.detail, request_id=error.request_id) from error
        if answer.get("success") is not True:
            raise OutcomeUnknown("Facebook menjawab tanpa mengatakan terhapus")

    def doctor(
        self, credentials: Mapping[str, Any], settings: Mapping[str, Any], *, now: datetime
    ) -> Sequence[Finding]:
        """Return what the account answers differently from the tables."""
        return examine_page(self.graph, str(credentials.get("access_token") or ""), settings, self.figures, now=now)


def _summary(post: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    return mapping_of(mapping_of(post.get(name)).get("summary"))


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


def _is_ours(post: Mapping[str, Any], at: datetime | None, out: Outgoing) -> bool:
    """A short link is one delivery's own, whenever it went out; words count only from the time of the last try on."""
    message = text_of(post.get("message"))
    if out.link and out.link in message:
        return True
    if not out.text or (out.link and out.link in out.text) or at is None or (out.look_from and at < out.look_from):
        return False
    return same_words(message, out.text)


def make(settings: Any) -> FacebookChannel:
    graph, figures = Graph(settings.graph_url, settings.graph_version), settings.graph_page_insights or PAGE_FIGURES
    if urlsplit(settings.graph_url).hostname == "graph.facebook.com":
        return FacebookChannel(graph, Links("https://www.facebook.com/{id}"), figures)
    wall = settings.practice_wall_url or settings.graph_url
    return FacebookChannel(graph, Links(wall.rstrip("/") + "/#facebook-{id}"), figures)
