"""Instagram by the Graph: a container per picture, then `media_publish`.

A container is remembered the moment it exists and asked for its `status_code`; while Instagram works on it `NotReady`
hands the thread back. A container that is PUBLISHED is never published again.
Source: developers.facebook.com/docs/instagram-platform/content-publishing (v26.0).
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from app.channels.checks import hashtag_problems, image_problems, image_ratio, same_words, text_problems
from app.channels.graph import ContainerGone, Graph, NoSuchObject, read_time
from app.channels.wire import ONE_CALL
from app.kernel.clock import Clock
from app.kernel.numbers import are_digits
from app.kernel.text import T
from app.outreach.outlets.ports import (
    ChannelError,
    CredentialField,
    Identity,
    Limits,
    Metrics,
    NeedsSignIn,
    NotReady,
    NotSent,
    OutcomeUnknown,
    Outgoing,
    OutgoingFile,
    Problem,
    Receipt,
    Rejected,
    Remember,
)

CONTAINER_LIFE = timedelta(hours=23)  # Instagram gives 24
LOOK_AGAIN = 3.0  # seconds
MAX_IMAGES = 10
MAX_MENTIONS = 20
INSIGHTS = ("views", "reach", "likes", "comments", "shares", "saved")
"""Of a picture or an album; `impressions` ended with v22 (Instagram media insights, 2026-06)."""
WIDEST, TALLEST = 1.91 * 1.01, 0.8 * 0.99  # width by height, with room for rounding


class InstagramChannel:
    limits = Limits(
        max_text=2200,
        min_images=1,
        max_images=MAX_IMAGES,
        max_image_bytes=8 * 1024 * 1024,
        max_hashtags=30,
        image_mimes=("image/jpeg",),
        max_image_side=1440,
    )
    seconds = (MAX_IMAGES + 4) * ONE_CALL
    can_look = True
    can_measure = True
    credential_fields: Sequence[CredentialField] = (
        CredentialField(
            "access_token",
            T("Token akses Instagram"),
            T("Dari Meta for Developers, dengan izin instagram_content_publish."),
        ),
    )
    setting_fields: Sequence[CredentialField] = (
        CredentialField(
            "ig_user_id",
            T("Nomor akun Instagram (IG User ID)"),
            T("Angka 17 digit dari Meta for Developers; bukan nama akun."),
            secret=False,
        ),
    )

    def __init__(self, graph: Graph) -> None:
        self.graph = graph

    def count(self, text: str) -> int:
        return len(text)

    def check(self, out: Outgoing) -> list[Problem]:
        return list(self._problems(out))

    def _problems(self, out: Outgoing) -> Iterator[Problem]:
        yield from text_problems("Instagram", self.limits, self.count(out.text))
        yield from hashtag_problems("Instagram", self.limits, out.text)
        yield from image_problems("Instagram", self.limits, list(out.files))
        mentions = sum(word.startswith("@") and len(word) > 1 for word in out.text.split())
        if mentions > MAX_MENTIONS:
            yield Problem(T("Ada %(number)s sebutan akun (@), paling banyak 20 di Instagram.", number=mentions))
        for file in out.files:
            ratio = image_ratio(file)
            if ratio and not TALLEST <= ratio <= WIDEST:
                yield Problem(
                    T(
                        "Gambar %(file)s terlalu tinggi atau terlalu lebar untuk Instagram. "
                        "Potong menjadi antara 4:5 (tegak) dan 1,91:1 (mendatar).",
                        file=file.name,
                    ),
                    "media",
                )

    def publish(self, out: Outgoing, remember: Remember) -> Receipt:
        account = _Account(self.graph, out)
        container = self._ready_container(account, out, remember)
        answer = account.post("media_publish", {"creation_id": container}, lasting=True)
        media_id = str(answer.get("id") or "")
        if not media_id:
            raise OutcomeUnknown("Instagram menjawab tanpa nomor unggahan")
        return Receipt(media_id, self._permalink(account, media_id))

    def _ready_container(self, account: "_Account", out: Outgoing, remember: Remember) -> str:
        """The id of a FINISHED container, made once over all tries; NotReady while Instagram works on it."""
        now = out.now or Clock().now()
        kept = out.remembered.get("container")
        if kept and datetime.fromisoformat(kept["at"]) + CONTAINER_LIFE > now:
            container = str(kept["id"])
        else:
            if kept:
                self._never_published(account, str(kept["id"]))
            container = self._make(account, out, remember, now)
            remember({"container": {"id": container, "at": now.isoformat()}})
        try:
            status = account.status(container)
        except ContainerGone:
            remember({"container": None})
            raise
        if status == "IN_PROGRESS":
            raise NotReady("Instagram masih mengolah gambar", after=LOOK_AGAIN)
        if status == "PUBLISHED":
            raise OutcomeUnknown(f"Wadah {container} sudah diterbitkan sebelumnya")
        if status != "FINISHED":
            remember({"container": None, "items": {}})
            if status == "EXPIRED":
                raise NotSent("Wadah unggahan Instagram kedaluwarsa; dibuat baru pada percobaan berikutnya")
            raise Rejected(T("Instagram tidak dapat memakai gambarnya. Ganti gambar itu, lalu ajukan lagi."))
        return container

    def _never_published(self, account: "_Account", container: str) -> None:
        """An old container may have gone live after a lost answer: then no new one may be made."""
        try:
            status = account.status(container)
        except ContainerGone:
            return
        except Rejected as error:
            raise NotSent(error.detail, request_id=error.request_id) from error
        if status == "PUBLISHED":
            raise OutcomeUnknown(f"Wadah {container} sudah diterbitkan sebelumnya")

    def _make(self, account: "_Account", out: Outgoing, remember: Remember, now: datetime) -> str:
        if not out.files:
            raise Rejected(T("Instagram memerlukan paling sedikit satu gambar. Tambahkan gambar, lalu ajukan lagi."))
        if len(out.files) == 1:
            return account.made("media", caption=out.text, **_picture(out.files[0]))
        items: dict[str, dict[str, str]] = dict(out.remembered.get("items") or {})
        ids = []
        for number, file in enumerate(out.files):
            known = items.get(str(number))
            if not known or datetime.fromisoformat(known["at"]) + CONTAINER_LIFE < now:
                item = account.made("media", is_carousel_item="true", **_picture(file))
                items[str(number)] = {"id": item, "at": now.isoformat()}
                remember({"items": dict(items)})
            ids.append(items[str(number)]["id"])
        return account.made("media", media_type="CAROUSEL", children=",".join(ids), caption=out.text)

    def _permalink(self, account: "_Account", media_id: str) -> str | None:
        """Where people see it; the post is live, so not knowing its address is no failure."""
        try:
            return str(account.get(media_id, fields="permalink").get("permalink") or "") or None
        except ChannelError:
            return None

    def find(self, out: Outgoing) -> Receipt | None:
        """Look by the container's own status, then by the caption among the account's media, never just the newest."""
        kept = out.remembered.get("container")
        if not kept:
            return None
        account = _Account(self.graph, out)
        try:
            status = account.status(str(kept["id"]))
            entries = account.get(f"{account.user_id}/media", fields="id,caption,permalink,timestamp", limit="100").get(
                "data", ()
            )
        except ContainerGone:
            status, entries = "EXPIRED", ()
        except Rejected as error:
            raise NotSent(error.detail, request_id=error.request_id) from error
        for entry in entries:
            at = read_time(entry.get("timestamp"))
            if out.look_from and at and at < out.look_from:
                continue
            if same_words(str(entry.get("caption", "")), out.text):
                return Receipt(str(entry["id"]), entry.get("permalink"))
        if status == "PUBLISHED":  # certainly live, though its media is not listed yet
            return Receipt(f"container:{kept['id']}")
        return None

    def identify(self, credentials: Mapping[str, Any], settings: Mapping[str, Any]) -> Identity:
        account = _Account(self.graph, Outgoing("", "", credentials=credentials, settings=settings))
        try:
            me = account.get(account.user_id, fields="id,username")
        except Rejected as error:
            raise NeedsSignIn(f"Nomor akun Instagram tidak cocok dengan token ini ({error.detail})") from error
        name = str(me.get("username", ""))
        return Identity(account.user_id, f"@{name}", {"ig_user_id": account.user_id, "username": name})

    def measure(self, remote_id: str, credentials: Mapping[str, Any], *, now: datetime) -> Metrics:
        token = str(credentials.get("access_token") or "")
        if not token:
            raise NeedsSignIn("Token Instagram belum diisi")
        found = self.graph.figures(f"/{remote_id}", token, INSIGHTS, now=now)
        return Metrics(
            views=found.get("views"),
            reach=found.get("reach"),
            reactions=found.get("likes"),
            comments=found.get("comments"),
            shares=found.get("shares"),
            saves=found.get("saved"),
        )


class _Account:
    """The calls of one Instagram account."""

    def __init__(self, graph: Graph, out: Outgoing) -> None:
        self.user_id = str(out.settings.get("ig_user_id") or "")
        self._token = str(out.credentials.get("access_token") or "")
        if not self._token or not are_digits(self.user_id):
            raise NeedsSignIn("Token atau nomor akun Instagram belum diisi")
        self._graph = graph
        self._now = out.now

    def get(self, path: str, **query: str) -> dict[str, Any]:
        return self._graph.call("GET", f"/{path}", self._token, now=self._now, params=query)

    def post(self, edge: str, fields: Mapping[str, str], *, lasting: bool = False) -> dict[str, Any]:
        path = f"/{self.user_id}/{edge}"
        return self._graph.call("POST", path, self._token, now=self._now, lasting=lasting, data=dict(fields))

    def made(self, edge: str, **fields: str) -> str:
        answer = self.post(edge, fields)
        if "id" not in answer:
            raise NotSent("Instagram menjawab tanpa nomor wadah")
        return str(answer["id"])

    def status(self, container: str) -> str:
        try:
            return str(self.get(container, fields="status_code,status").get("status_code", ""))
        except NoSuchObject as error:
            raise ContainerGone(error.detail, request_id=error.request_id) from error


def _picture(file: OutgoingFile) -> dict[str, str]:
    if not file.public_url:
        raise Rejected(T("Gambar %(file)s belum punya alamat publik. Unggah ulang gambarnya.", file=file.name))
    fields = {"image_url": file.public_url}
    return {**fields, "alt_text": file.alt_text} if file.alt_text else fields


def make(settings: Any) -> InstagramChannel:
    return InstagramChannel(Graph(settings.graph_url, settings.graph_version))
