"""X by its API v2 (OAuth 1.0a user context).

Requests, refusals and their sources stand in app/channels/x_wire.py. `POST /2/tweets` cannot be repeated safely: an
answer that may have been lost is `OutcomeUnknown`, looked up in the account's own timeline.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import twitter_text

from app.channels.checks import empty_problems, image_problems, text_problems
from app.channels.wire import ONE_CALL, ONE_UPLOAD, Links
from app.channels.wire_tables import Outcome
from app.channels.x_account import account_report
from app.channels.x_doctor import examine
from app.channels.x_line import Answer, XLine
from app.channels.x_media import Uploader
from app.channels.x_posts import count_of, doubt_of, is_ours, not_shown, posts_of, sighting_of
from app.channels.x_refusals import DuplicateContent, MediaGone, listed_as, read_said
from app.channels.x_wire import COUNTED, FIELDS, OLD_FIELDS, SHOWN
from app.kernel.clock import Clock
from app.kernel.numbers import are_digits
from app.kernel.text import T
from app.outreach.outlets.ports import (
    LOOK_BACK,
    AccountPaused,
    AccountReport,
    CredentialField,
    Finding,
    Identity,
    Limits,
    Metrics,
    NeedsSignIn,
    NotSent,
    OutcomeUnknown,
    Outgoing,
    Problem,
    Receipt,
    Rejected,
    Remember,
    Sighting,
    Undecided,
)

PUBLIC_HOSTS = frozenset({"api.x.com", "api.twitter.com"})
UPLOAD_SECONDS = 90.0
"""How long pictures may take in one `publish`; what is left waits for the next call, with its ids remembered."""
LONGEST_COUNTED = 10_000
PAGES_LOOKED_AT = 5
PAGES_SEARCHED = 20
"""Of 100 posts, for one that is in doubt: a burst puts hundreds above it. X shows 3,200."""
MAX_ALT_TEXT = 1000
ANOTHERS = T("Kunci yang tersimpan milik akun X lain, bukan akun saluran ini. Hubungkan ulang akun yang benar.")
REFUSED = (Rejected, Undecided, AccountPaused)


class XChannel:
    limits = Limits(
        max_text=280,
        max_images=4,
        max_image_bytes=5 * 1024 * 1024,
        image_mimes=("image/jpeg", "image/png", "image/webp"),
    )
    # an upload that was under way, the post, and a look after "duplicate"
    seconds = UPLOAD_SECONDS + ONE_UPLOAD + 3 * ONE_CALL
    can_look = True
    tells_begin = True
    can_measure = True
    can_remove = True
    credential_fields: Sequence[CredentialField] = (
        CredentialField("consumer_key", T("Consumer Key (API Key)"), T("Dari developer.x.com, menu Keys and tokens.")),
        CredentialField("consumer_secret", T("Consumer Secret (API Key Secret)")),
        CredentialField("access_token", T("Access Token"), T("Buat setelah izin aplikasi diatur ke “Read and write”.")),
        CredentialField("access_token_secret", T("Access Token Secret")),
    )
    setting_fields: Sequence[CredentialField] = ()

    def __init__(self, api_url: str, links: Links, *, can_resend: bool = False) -> None:
        self.can_resend = can_resend
        self.api_url = api_url.rstrip("/")
        self.links = links
        self._fields = FIELDS

    def count(self, text: str) -> int:
        """Return the weighted length after twitter-text v3: a link counts 23, "€" and "…" 2.

        A text far beyond the limit is counted plainly, since the exact way takes 5 µs a character.
        """
        if not text:
            return 0
        if len(text) > LONGEST_COUNTED:
            return len(text)
        return int(twitter_text.parse_tweet(text).weightedLength)

    def check(self, out: Outgoing) -> list[Problem]:
        return list(self._problems(out))

    def _problems(self, out: Outgoing) -> Iterator[Problem]:
        yield from empty_problems(out)
        yield from text_problems("X", self.limits, self.count(out.text))
        yield from image_problems("X", self.limits, list(out.files))
        for file in out.files:
            if len(file.alt_text) > MAX_ALT_TEXT:
                yield Problem(
                    T("Teks alternatif %(file)s lebih dari 1.000 karakter. Pendekkan.", file=file.name), "media"
                )

    def publish(self, out: Outgoing, remember: Remember) -> Receipt:
        line = XLine(self.api_url, out.credentials, out.now)
        media_ids = Uploader(line.ask, out, remember, until=time.monotonic() + UPLOAD_SECONDS).upload()
        body: dict[str, Any] = {"text": out.text}
        if media_ids:
            body["media"] = {"media_ids": media_ids}
        out.begin()
        try:
            answer = line.ask("POST", "/2/tweets", json=body, lasting=True)
        except DuplicateContent as duplicate:
            return self._already_there(out, duplicate)
        except MediaGone:
            remember({"media": {}})
            raise
        return self._receipt(out, answer)

    def _receipt(self, out: Outgoing, answer: Answer) -> Receipt:
        try:
            document = answer.document()
        except NotSent as error:
            raise OutcomeUnknown(error.detail, request_id=error.request_id) from error
        post_id = str(answer.data().get("id", ""))
        if are_digits(post_id):
            return Receipt(post_id, self.links.to(post_id), answer.request_id)
        said = read_said(document)
        unknown = OutcomeUnknown(f"X menjawab tanpa nomor unggahan: {said.words}", request_id=answer.request_id)
        row = listed_as(answer.reply.status, said)
        if row and row.outcome is Outcome.DUPLICATE:
            return self._already_there(out, unknown)
        raise unknown

    def _already_there(self, out: Outgoing, otherwise: Exception) -> Receipt:
        """X says "duplicate": after a lost answer that is a hint that ours is live, so look before giving up."""
        try:
            found = self._find(out, pages=1)
        except NotSent as blind:
            raise OutcomeUnknown(f"X menyebutnya duplikat, dan belum dapat diperiksa: {blind.detail}") from blind
        if found:
            return found
        if out.first_tried_at is not None:  # X may show what an earlier try has posted later than it refuses it
            raise OutcomeUnknown("X menyebutnya duplikat, tetapi belum memperlihatkannya") from otherwise
        raise otherwise

    def find(self, out: Outgoing) -> Receipt | None:
        """Look for our link, or our words, among the account's posts since the first try."""
        return self._find(out, pages=PAGES_SEARCHED)

    def _find(self, out: Outgoing, *, pages: int) -> Receipt | None:
        line, doubt = XLine(self.api_url, out.credentials, out.now), ""
        since = out.look_from or Clock().now() - LOOK_BACK
        for page, request_id in self._timeline(line, out.settings, out.credentials, since, pages):
            doubt = doubt or doubt_of(page)
            for post in posts_of(page):
                ours = str(post["id"]) not in out.taken and is_ours(post, out)
                if ours:
                    return Receipt(str(post["id"]), self.links.to(str(post["id"])), request_id)
                if ours is None:
                    doubt = doubt or "X tidak menyebut tujuan tautan di sebuah unggahan"
        if doubt:
            raise NotSent(doubt)
        return None

    def recent(
        self, credentials: Mapping[str, Any], settings: Mapping[str, Any], *, since: datetime, now: datetime
    ) -> Sequence[Sighting]:
        line = XLine(self.api_url, credentials, now)
        found: list[Sighting] = []
        for page, request_id in self._timeline(line, settings, credentials, since, PAGES_LOOKED_AT):
            if doubt_of(page):
                raise NotSent(doubt_of(page), request_id=request_id)
            found += [sighting_of(post, self.links) for post in posts_of(page)]
        return found

    def _timeline(
        self, line: XLine, settings: Mapping[str, Any], credentials: Mapping[str, Any], since: datetime, pages: int
    ) -> Iterator[tuple[dict[str, Any], str | None]]:
        """The account's posts since then, page by page, newest first. Raises NotSent where they cannot all be seen."""
        account = str(settings.get("user_id") or str(credentials["access_token"]).split("-")[0])
        if not are_digits(account):
            raise NotSent("Nomor akun X belum diketahui; uji sambungannya")
        query = {"max_results": 100, "start_time": since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
        for _ in range(pages):
            answer = self._read(line, f"/2/users/{account}/tweets", query, SHOWN)
            page = answer.document()
            yield page, answer.request_id
            meta = page.get("meta")
            following = meta.get("next_token") if isinstance(meta, dict) else None
            if not following:
                return
            query["pagination_token"] = str(following)
        raise NotSent("Terlalu banyak unggahan sejak percobaan pertama untuk diperiksa semuanya")

    def _read(self, line: XLine, route: str, query: Mapping[str, Any], fields: str) -> Answer:
        """Read posts with these fields, by the name that this server knows for the parameter."""
        try:
            return _asked(line, route, {self._fields: fields, **query})
        except NotSent as error:
            if self._fields not in error.detail:
                raise
        self._fields = OLD_FIELDS if self._fields == FIELDS else FIELDS
        return _asked(line, route, {self._fields: fields, **query})

    def identify(self, credentials: Mapping[str, Any], settings: Mapping[str, Any]) -> Identity:
        me = self._me(credentials, None).data()
        if not are_digits(str(me.get("id"))):
            raise NotSent("X tidak menyebut akunnya")
        learnt = {"user_id": str(me["id"]), "username": str(me.get("username", ""))}
        return Identity(str(me["id"]), f"@{me.get('username', '')}", learnt)

    fetches_media = False

    def inspect(self, credentials: Mapping[str, Any], settings: Mapping[str, Any], *, now: datetime) -> AccountReport:
        answer = self._me(credentials, now)
        me, known = answer.data(), str(settings.get("user_id") or "")
        if known and are_digits(str(me.get("id"))) and str(me["id"]) != known:
            raise NeedsSignIn("Kunci ini milik akun lain", sentence=ANOTHERS)
        return replace(account_report(answer.reply.headers), name=f"@{me.get('username') or ''}")

    def doctor(
        self, credentials: Mapping[str, Any], settings: Mapping[str, Any], *, now: datetime
    ) -> Sequence[Finding]:
        """Return what the account answers differently from the tables."""
        try:
            return examine(XLine(self.api_url, credentials, now), settings)
        except NeedsSignIn as error:
            return [Finding(T("Akun perlu dihubungkan ulang: %(detail)s", detail=error.detail))]

    def _me(self, credentials: Mapping[str, Any], now: datetime | None) -> Answer:
        try:
            return XLine(self.api_url, credentials, now).ask("GET", "/2/users/me")
        except (Rejected, Undecided) as error:
            raise NeedsSignIn(error.detail, request_id=error.request_id) from error
        except AccountPaused as error:
            raise NotSent(error.detail, request_id=error.request_id) from error

    def measure(
        self,
        remote_id: str,
        credentials: Mapping[str, Any],
        *,
        now: datetime,
        settings: Mapping[str, Any] | None = None,
    ) -> Metrics:
        answer = self._read(XLine(self.api_url, credentials, now), f"/2/tweets/{remote_id}", {}, COUNTED)
        post = answer.data()
        if not post:
            raise not_shown(answer.document())
        public, own = (post.get(name) or {} for name in ("public_metrics", "non_public_metrics"))
        reposts = count_of(public.get("repost_count", public.get("retweet_count")))
        quotes = count_of(public.get("quote_count"))
        return Metrics(
            views=count_of(public.get("impression_count")),
            reactions=count_of(public.get("like_count")),
            comments=count_of(public.get("reply_count")),
            shares=reposts + quotes if reposts is not None and quotes is not None else None,
            saves=count_of(public.get("bookmark_count")),
            clicks=count_of(own.get("url_link_clicks")),
        )

    def remove(
        self, remote_id: str, credentials: Mapping[str, Any], settings: Mapping[str, Any], *, now: datetime
    ) -> None:
        """Delete a post; only `deleted: true` says that it is gone."""
        answer = XLine(self.api_url, credentials, now).ask("DELETE", f"/2/tweets/{remote_id}", lasting=True)
        try:
            deleted = answer.data().get("deleted")
        except NotSent as error:
            raise OutcomeUnknown(error.detail, request_id=error.request_id) from error
        if deleted is not True:
            raise OutcomeUnknown("X menjawab tanpa mengatakan terhapus", request_id=answer.request_id)


def _asked(line: XLine, route: str, query: Mapping[str, Any]) -> Answer:
    """Read something; whatever refuses that, the answer is not known for now."""
    try:
        return line.ask("GET", route, params=query)
    except REFUSED as error:
        retry_at = getattr(error, "retry_at", None)
        raise NotSent(error.detail, retry_at=retry_at, request_id=error.request_id) from error


def make(settings: Any) -> XChannel:
    if urlsplit(settings.x_api_url).hostname in PUBLIC_HOSTS:
        return XChannel(settings.x_api_url, Links("https://x.com/i/web/status/{id}"), can_resend=settings.x_resend)
    wall = settings.practice_wall_url or settings.x_api_url
    return XChannel(settings.x_api_url, Links(wall.rstrip("/") + "/#x-{id}"), can_resend=settings.x_resend)
