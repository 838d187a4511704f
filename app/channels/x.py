"""X by tweepy (API v2, OAuth 1.0a user context).

Sources: docs.x.com, tweepy 4.17. tweepy hard-codes its host and passes no timeout, so an adapter on its session does
both; the signature stays the one for the public address. `POST /2/tweets` cannot be repeated safely: an answer that
may have been lost is `OutcomeUnknown`, looked up in the account's own timeline.
"""

import html
import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import requests
import tweepy
import twitter_text
from requests.adapters import HTTPAdapter
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError

from app.channels.checks import empty_problems, image_problems, text_problems
from app.channels.wire import CONNECT_SECONDS, ONE_CALL, READ_SECONDS, Links, on_loopback
from app.channels.x_account import account_report
from app.channels.x_media import Uploader
from app.kernel.clock import Clock
from app.kernel.numbers import read_int
from app.kernel.text import T, same_words
from app.outreach.outlets.ports import (
    AccountReport,
    CredentialField,
    Gone,
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
)

for _chatty in ("tweepy", "requests_oauthlib", "oauthlib"):
    # At DEBUG these write signed headers and whole bodies: tokens do not belong in a log.
    logging.getLogger(_chatty).setLevel(logging.INFO)

PUBLIC_HOSTS = frozenset({"api.x.com", "api.twitter.com"})
UPLOAD_SECONDS = 90.0
"""How long pictures may take in one `publish`; what is left waits for the next call, with its ids remembered."""
LONGEST_COUNTED = 10_000
PAGES_LOOKED_AT = 5
MAX_ALT_TEXT = 1000
BEFORE_ANY_BYTE = (
    requests.exceptions.ConnectTimeout,
    requests.exceptions.ProxyError,
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
)
COUNTED = "public_metrics,non_public_metrics"
"""The second are only the author's, and only for 30 days after the post (docs.x.com, post metrics)."""
KEYS = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")


class XChannel:
    limits = Limits(
        max_text=280,
        max_images=4,
        max_image_bytes=5 * 1024 * 1024,
        image_mimes=("image/jpeg", "image/png", "image/webp"),
    )
    seconds = UPLOAD_SECONDS + 3 * ONE_CALL  # the upload that was under way, the post, a look after "duplicate"
    can_look = True
    can_measure = True
    can_remove = True
    credential_fields: Sequence[CredentialField] = (
        CredentialField("consumer_key", T("Consumer Key (API Key)"), T("Dari developer.x.com, menu Keys and tokens.")),
        CredentialField("consumer_secret", T("Consumer Secret (API Key Secret)")),
        CredentialField("access_token", T("Access Token"), T("Buat setelah izin aplikasi diatur ke “Read and write”.")),
        CredentialField("access_token_secret", T("Access Token Secret")),
    )
    setting_fields: Sequence[CredentialField] = ()

    def __init__(self, api_url: str, links: Links) -> None:
        self.api_url = api_url.rstrip("/")
        self.links = links

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
        call = _Call(self.api_url, out.credentials, out.now)
        media_ids = Uploader(call.ask, out, remember, until=time.monotonic() + UPLOAD_SECONDS).upload()
        body: dict[str, Any] = {"text": out.text} if out.text else {}
        if media_ids:
            body["media"] = {"media_ids": media_ids}
        try:
            answer = call.ask("POST", "/2/tweets", json=body, lasting=True)
        except DuplicateContent as duplicate:
            return self._already_there(out, duplicate)
        except MediaGone:
            remember({"media": {}})
            raise
        try:
            post_id = str(answer.json()["data"]["id"])
        except (ValueError, KeyError, TypeError) as error:
            raise OutcomeUnknown("X menjawab tanpa nomor unggahan", request_id=_request_id(answer)) from error
        return Receipt(post_id, self.links.to(post_id), _request_id(answer))

    def _already_there(self, out: Outgoing, duplicate: "DuplicateContent") -> Receipt:
        """X says "duplicate": after a lost answer that is a hint that ours is live, so look before giving up."""
        try:
            found = self.find(out)
        except NotSent as blind:
            raise OutcomeUnknown(f"X menyebutnya duplikat, dan belum dapat diperiksa: {blind.detail}") from blind
        if found:
            return found
        raise duplicate

    def find(self, out: Outgoing) -> Receipt | None:
        """Look for our link, or our words, among the account's posts since the first try."""
        call = _Call(self.api_url, out.credentials, out.now)
        user_id = out.settings.get("user_id") or str(out.credentials.get("access_token", "")).split("-")[0]
        query: dict[str, Any] = {"max_results": 100, "tweet.fields": "created_at,entities"}
        if out.look_from:
            query["start_time"] = out.look_from.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        for _ in range(PAGES_LOOKED_AT):
            try:
                answer = call.ask("GET", f"/2/users/{user_id}/tweets", params=query)
            except Rejected as error:
                raise NotSent(error.detail, request_id=error.request_id) from error
            page = _document(answer)
            for post in page.get("data", ()):
                if str(post.get("id")) not in out.taken and _is_ours(post, out):
                    return Receipt(str(post["id"]), self.links.to(str(post["id"])), _request_id(answer))
            following = page.get("meta", {}).get("next_token")
            if not following:
                return None
            query["pagination_token"] = following
        raise NotSent("Terlalu banyak unggahan sejak percobaan pertama untuk diperiksa semuanya")

    def identify(self, credentials: Mapping[str, Any], settings: Mapping[str, Any]) -> Identity:
        try:
            me = _document(_Call(self.api_url, credentials, None).ask("GET", "/2/users/me")).get("data", {})
        except Rejected as error:
            raise NeedsSignIn(error.detail, request_id=error.request_id) from error
        if not me.get("id"):
            raise NotSent("X tidak menyebut akunnya")
        learnt = {"user_id": str(me["id"]), "username": str(me.get("username", ""))}
        return Identity(str(me["id"]), f"@{me.get('username', '')}", learnt)

    fetches_media = False

    def inspect(self, credentials: Mapping[str, Any], settings: Mapping[str, Any], *, now: datetime) -> AccountReport:
        try:
            answer = _Call(self.api_url, credentials, now).ask("GET", "/2/users/me")
        except Rejected as error:
            raise NeedsSignIn(error.detail, request_id=error.request_id) from error
        return account_report(answer.headers)

    def measure(
        self,
        remote_id: str,
        credentials: Mapping[str, Any],
        *,
        now: datetime,
        settings: Mapping[str, Any] | None = None,
    ) -> Metrics:
        call = _Call(self.api_url, credentials, now)
        try:
            answer = _document(call.ask("GET", f"/2/tweets/{remote_id}", params={"tweet.fields": COUNTED}))
        except Rejected as error:
            raise NotSent(error.detail, request_id=error.request_id) from error
        post = answer.get("data")
        if not isinstance(post, Mapping):
            raise _not_shown(answer)
        public, own = post.get("public_metrics", {}), post.get("non_public_metrics", {})
        passed_on = [public.get(name) for name in ("retweet_count", "quote_count")]
        return Metrics(
            views=public.get("impression_count"),
            reactions=public.get("like_count"),
            comments=public.get("reply_count"),
            shares=sum(passed_on) if None not in passed_on else None,
            saves=public.get("bookmark_count"),
            clicks=own.get("url_link_clicks"),
        )

    def remove(
        self, remote_id: str, credentials: Mapping[str, Any], settings: Mapping[str, Any], *, now: datetime
    ) -> None:
        """Delete a post (docs.x.com, DELETE /2/tweets/:id, read 2026-12); only `deleted: true` says that it is gone."""
        answer = _Call(self.api_url, credentials, now).ask("DELETE", f"/2/tweets/{remote_id}", lasting=True)
        try:
            data = answer.json()["data"]
        except (ValueError, KeyError, TypeError):
            data = None
        if not isinstance(data, Mapping) or data.get("deleted") is not True:
            raise OutcomeUnknown("X menjawab tanpa mengatakan terhapus", request_id=_request_id(answer))


def _not_shown(answer: Mapping[str, Any]) -> Exception:
    """A post that is not there is answered with 200 and a problem."""
    problems = [problem for problem in answer.get("errors", ()) if isinstance(problem, Mapping)]
    said = "; ".join(str(problem.get("detail") or problem.get("title")) for problem in problems)[:300]
    kinds = {str(problem.get("type", "")).rpartition("/")[2] for problem in problems}
    if "resource-not-found" in kinds:
        return Gone(said)
    if "not-authorized-for-resource" in kinds:
        return NeedsSignIn(said)
    return NotSent(said or "X tidak menyebut unggahannya")


def _document(answer: requests.Response) -> dict[str, Any]:
    try:
        document = answer.json()
    except ValueError as error:
        raise NotSent("X menjawab bukan dengan JSON", request_id=_request_id(answer)) from error
    return document if isinstance(document, dict) else {}


def _is_ours(post: Mapping[str, Any], out: Outgoing) -> bool:
    urls = post.get("entities", {}).get("urls", ())
    text = html.unescape(str(post.get("text", "")))
    if out.link:
        wanted = out.link.rstrip("/")
        return out.link in text or any(str(url.get("expanded_url", "")).rstrip("/") == wanted for url in urls)
    for url in urls:
        pictures = "media_key" in url or "/photo/" in url.get("expanded_url", "")
        text = text.replace(url["url"], "" if pictures else url["expanded_url"])
    return same_words(text, out.text)


# the line


class DuplicateContent(Rejected):
    """X refuses words that it already has."""

    def __init__(self, detail: str, *, request_id: str | None = None) -> None:
        sentence = T(
            "X menolak karena isi yang sama sudah pernah tayang di akun ini. Ubah kalimatnya, lalu ajukan lagi."
        )
        super().__init__(sentence, detail=detail, request_id=request_id)


class _Line(HTTPAdapter):
    """Sends tweepy's requests to the address of the settings and never waits without end."""

    def __init__(self, api_url: str) -> None:
        super().__init__(max_retries=0)
        self.api_url = api_url

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        options["timeout"] = (CONNECT_SECONDS, READ_SECONDS)
        if urlsplit(self.api_url).hostname not in PUBLIC_HOSTS:  # a signature holds for the host it was made for
            parts = urlsplit(str(request.url))
            request.url = f"{self.api_url}{parts.path}" + (f"?{parts.query}" if parts.query else "")
            if on_loopback(self.api_url):
                options["proxies"] = {}
        return super().send(request, *args, **options)


class _Call:
    """One account's client for one delivery."""

    def __init__(self, api_url: str, credentials: Mapping[str, Any], now: datetime | None) -> None:
        missing = [name for name in KEYS if not credentials.get(name)]
        if missing:
            raise NeedsSignIn("Kunci akun X belum lengkap")
        self._now = now
        self._client = tweepy.Client(
            **{name: str(credentials[name]) for name in KEYS}, return_type=requests.Response, wait_on_rate_limit=False
        )
        self._client.session.mount("https://", _Line(api_url))

    def ask(self, method: str, route: str, *, lasting: bool = False, **options: Any) -> requests.Response:
        """One signed request. `lasting`: it makes a public post, so an answer that got lost is unknown."""
        lost: Callable[..., Exception] = OutcomeUnknown if lasting else NotSent
        try:
            answer: requests.Response = self._client.request(method, route, user_auth=True, **options)
        except tweepy.TwitterServerError as error:
            raise lost(_said(error), request_id=_request_id(error.response)) from None
        except tweepy.HTTPException as error:
            raise self._refusal(error) from None
        except requests.RequestException as error:
            if _never_left(error):
                raise NotSent("Sambungan ke X tidak terbuka") from None
            raise lost(f"Jawaban X tidak sampai ({type(error).__name__})") from None
        return answer

    def _refusal(self, error: "tweepy.HTTPException") -> Exception:
        """What a 4xx means for a delivery; certainly nothing was posted."""
        status, said, request_id = error.response.status_code, _said(error), _request_id(error.response)
        lowered = said.lower()
        if status == 429:
            return NotSent(said, retry_at=self._reset(error.response), request_id=request_id)
        if status == 401 or (status == 403 and any(word in lowered for word in ("oauth1", "suspended", "locked"))):
            return NeedsSignIn(said, request_id=request_id)
        if status == 403 and "duplicate content" in lowered:
            return DuplicateContent(said, request_id=request_id)
        if status == 402:
            sentence = T("Saldo X API akun ini habis. Isi saldonya di developer.x.com, lalu kirim ulang.")
            return Rejected(sentence, detail=said, request_id=request_id)
        if status in {404, 408, 409, 425}:
            return NotSent(said, request_id=request_id)
        if "media id" in lowered:
            return MediaGone(said, request_id=request_id)
        sentence = T("X menolak materi ini: “%(said)s”. Perbaiki isinya, lalu ajukan lagi.", said=_reason(error))
        return Rejected(sentence, detail=said, request_id=request_id)

    def _reset(self, response: requests.Response) -> datetime:
        now = self._now or Clock().now()
        reset, after = response.headers.get("x-rate-limit-reset", ""), response.headers.get("Retry-After", "")
        until, pause = read_int(reset), read_int(after)
        if until is not None:
            return datetime.fromtimestamp(until, tz=UTC)
        return now + timedelta(seconds=900 if pause is None else pause)


class MediaGone(NotSent):
    """X no longer knows a picture that was uploaded: upload it again."""


def _never_left(error: requests.RequestException) -> bool:
    """Whether no byte of the request can have reached X: refused, no route, no such name, no connection in time."""
    if isinstance(error, BEFORE_ANY_BYTE) or "CERTIFICATE_VERIFY_FAILED" in str(error):
        return True
    cause = error.args[0] if error.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError | ConnectTimeoutError)


def _said(error: "tweepy.HTTPException") -> str:
    return f"{error.response.status_code} {_reason(error)}"[:500]


def _reason(error: "tweepy.HTTPException") -> str:
    return "; ".join(str(message) for message in error.api_messages)[:300] or str(error.response.reason)


def _request_id(response: requests.Response) -> str | None:
    return response.headers.get("x-transaction-id") or response.headers.get("x-request-id")


def make(settings: Any) -> XChannel:
    if urlsplit(settings.x_api_url).hostname in PUBLIC_HOSTS:
        return XChannel(settings.x_api_url, Links("https://x.com/i/web/status/{id}"))
    wall = settings.practice_wall_url or settings.x_api_url
    return XChannel(settings.x_api_url, Links(wall.rstrip("/") + "/#x-{id}"))
