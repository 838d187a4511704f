"""X, a Facebook Page, Instagram and a mailbox on loopback that lose replies and say what is not true.

They speak as the practice platforms do (app/practice), which take the call; what becomes of the answer is decided here.
"""

import asyncio
import contextlib
import os
import random
import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

from aiosmtpd.smtp import SMTP, Envelope, Session
from werkzeug.serving import make_server
from werkzeug.test import run_wsgi_app

from app.kernel.clock import Clock
from app.practice import accounts, instagram, x
from app.practice.faults import Faults
from app.practice.mailbox import HOST, MailSink, _Handler
from app.practice.oauth import OAuth
from app.practice.server import POLL_SECONDS, _QuietHandler, create_practice_app
from app.practice.store import Store, StoredPost
from app.practice.wire import Practice
from tests.faults.truth import Truth
from tests.media.images import flat

PUBLISH = re.compile(r"^/2/tweets$|/feed$|/media_publish$")
BEFORE = ("refused", "throttled", "cut")
"""Lies told before the call reaches the platform: nothing is accepted."""
AFTER = ("dropped", "reset", "truncated", "late", "slow", "broken", "html", "drip")
"""What becomes of the answer to a call that was accepted."""
MAIL = ("cut", "refused", "dropped", "late")
LATE_SECONDS = 4.0  # longer than the workers wait at the pace of tests/faults/workers.py


@dataclass
class Lies:
    """How often an answer is none or a wrong one, by scope ("publish", "upload", "read", "mail")."""

    chance: Mapping[str, float] = field(default_factory=dict)
    before: tuple[str, ...] = BEFORE
    after: tuple[str, ...] = AFTER
    shown_late: float = 0.0  # seconds, at most, until the account's own list shows a new post
    duplicates: bool = True  # whether the same words are refused
    containers_gone: bool = False  # Instagram answers 100/33 for containers that live (seen from 2026-05-23 on)


HONEST = Lies()
USUAL = Lies({"publish": 0.15, "upload": 0.05, "read": 0.08, "mail": 0.03}, shown_late=2.0)


@dataclass(frozen=True)
class Call:
    """One request: at X, the Page or Instagram, or a letter. `mark`: of a letter, its Message-ID."""

    platform: str
    scope: str  # publish, upload, read, mail
    path: str


Watch = Callable[[str, Call], None]
"""Told of each moment of each call: "received", "accepted" (before the answer), "answered"."""


class Wall(Store):
    """What the platforms hold, in memory; the account's own list may show it late."""

    def __init__(self, truth: Truth, rng: random.Random) -> None:
        super().__init__(":memory:", Clock())
        self.truth, self.lies, self._rng = truth, HONEST, rng
        self.call = threading.local()
        self._posts: list[tuple[StoredPost, datetime]] = []

    def add_post(self, platform: str, account: str, text: str, *, post_id: str, data: Mapping[str, Any]) -> StoredPost:
        post = StoredPost(post_id, platform, account, text, self.now(), data)
        self.truth.accept_post(platform, text, post.at, post_id)
        with self._lock:
            shown = post.at + timedelta(seconds=self._rng.random() * self.lies.shown_late)
            self._posts.append((post, shown))
        return post

    def posts(self, platform: str | None = None) -> list[StoredPost]:
        reading = getattr(self.call, "scope", "read") == "read"
        if not reading and not self.lies.duplicates:
            return []
        now = self.now()
        with self._lock:
            return [
                post
                for post, shown in reversed(self._posts)
                if (platform is None or post.platform == platform) and (not reading or shown <= now)
            ]

    def post(self, post_id: str) -> StoredPost | None:
        with self._lock:
            return next((post for post, _shown in self._posts if post.id == post_id), None)

    def add_mail(self, sender: str, recipients: list[str], raw: bytes) -> str:
        identity = super().add_mail(sender, recipients, raw)
        self.truth.accept_mail(raw, self.now(), identity)
        return identity


class Platform:
    """All platforms of one scenario. `watch` may kill whoever asked; `lies` may be changed at any time."""

    def __init__(self, seed: int) -> None:
        x.POSTS_PER_WINDOW = instagram.QUOTA = 10**9  # what is tried here is not how much an account may post
        self.truth = Truth()
        self._rng = random.Random(seed)
        self.wall = Wall(self.truth, self._rng)
        self.watch: Watch | None = None
        parts = Practice(self.wall, Faults(self.wall), OAuth(self.wall))
        self._app = create_practice_app(parts)
        self._http = make_server(HOST, 0, self, threaded=True, request_handler=_QuietHandler)
        self.http_url = f"http://{HOST}:{self._http.server_port}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(POLL_SECONDS,), daemon=True)
        self._mail = MailSink(self.wall, parts.faults)
        self._mail._handler = _Mailbox(self, parts.faults)

    @property
    def lies(self) -> Lies:
        return self.wall.lies

    @lies.setter
    def lies(self, lies: Lies) -> None:
        self.wall.lies = lies

    @property
    def smtp_port(self) -> int:
        return self._mail.port

    def start(self) -> None:
        self._mail.start()
        self._thread.start()

    def stop(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._mail.stop()
        self.wall.close()

    def tell(self, moment: str, call: Call) -> None:
        if self.watch:
            self.watch(moment, call)

    def lie_about(self, call: Call, lies: tuple[str, ...]) -> str:
        """Return the lie that is told about this call, or ""."""
        chance = self.lies.chance.get(call.scope, 0.0)
        return self._rng.choice(lies) if lies and self._rng.random() < chance else ""

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        call = _call_of(environ)
        if call is None:  # the office's own public address, where Instagram fetches pictures
            start_response("200 OK", [("Content-Type", "image/jpeg")])
            return [PICTURE]
        self.wall.call.scope = call.scope
        self.tell("received", call)
        lie = self.lie_about(call, self.lies.before + self.lies.after)
        if lie in BEFORE:
            return _refused(lie, environ, start_response)
        if self.lies.containers_gone and _reads_container(call, self.wall):
            return _json(start_response, "400 Bad Request", GONE)
        if call.platform == "x" and not _is_timely(environ):
            return _json(
                start_response,
                "401 Unauthorized",
                b'{"errors": [{"code": 135, "message": "Timestamp out of bounds."}]}',
            )
        body, status, headers = run_wsgi_app(self._app, environ, buffered=True)
        self.tell("accepted", call)
        return _answer(lie, environ, start_response, status, list(headers), b"".join(body), self, call)


def _call_of(environ: Mapping[str, Any]) -> Call | None:
    path, method = str(environ["PATH_INFO"]), environ["REQUEST_METHOD"]
    if path.startswith("/2/"):
        platform = "x"
    elif re.match(r"/v\d", path):
        asked = f"{environ.get('HTTP_AUTHORIZATION', '')} {environ.get('QUERY_STRING', '')}"
        platform = "instagram" if accounts.IG_TOKEN in asked else "facebook"
    else:
        return None
    if method == "GET":
        return Call(platform, "read", path)
    return Call(platform, "publish" if PUBLISH.search(path) else "upload", path)


PICTURE = flat()
GONE = b'{"error": {"message": "Unsupported get request.", "type": "OAuthException", "code": 100, "error_subcode": 33}}'


OUT_OF_BOUNDS = b'{"errors": [{"code": 135, "message": "Timestamp out of bounds."}]}'


def _reads_container(call: Call, wall: Wall) -> bool:
    node = call.path.rpartition("/")[2]
    return call.platform == "instagram" and call.scope == "read" and wall.container(node) is not None


def _is_timely(environ: Mapping[str, Any]) -> bool:
    """X refuses a signature whose time is more than five minutes from its own."""
    found = re.search(r'oauth_timestamp="(\d+)"', str(environ.get("HTTP_AUTHORIZATION", "")))
    return found is None or abs(int(found[1]) - time.time()) <= 300


def _json(start_response: Any, status: str, body: bytes, *headers: tuple[str, str]) -> list[bytes]:
    start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body))), *headers])
    return [body]


def _refused(lie: str, environ: Mapping[str, Any], start_response: Any) -> Iterable[bytes]:
    if lie == "cut":
        _close(environ, reset=False)
    if lie == "throttled":
        reset = str(int(time.time()) + 2)
        graph = b'{"error": {"message": "(#4) Application request limit reached", "code": 4, "is_transient": true}}'
        body = b'{"title": "Too Many Requests", "status": 429}' if environ["PATH_INFO"].startswith("/2/") else graph
        status = "429 Too Many Requests" if environ["PATH_INFO"].startswith("/2/") else "403 Forbidden"
        return _json(start_response, status, body, ("x-rate-limit-reset", reset), ("Retry-After", "2"))
    return _json(start_response, "503 Service Unavailable", b'{"title": "Over capacity", "status": 503}')


def _answer(
    lie: str,
    environ: Mapping[str, Any],
    start_response: Any,
    status: str,
    headers: list[tuple[str, str]],
    body: bytes,
    platform: Platform,
    call: Call,
) -> Iterator[bytes]:
    if lie in {"dropped", "reset"}:
        _close(environ, reset=lie == "reset")
    if lie in {"late", "slow"}:
        time.sleep(LATE_SECONDS if lie == "late" else LATE_SECONDS / 10)
    if lie == "broken":
        status, body = "500 Internal Server Error", b'{"title": "Internal Server Error", "status": 500}'
    if lie == "html":
        body, headers = b"<html><body>Sedang dalam pemeliharaan</body></html>", [("Content-Type", "text/html")]
    headers = [pair for pair in headers if pair[0].lower() != "content-length"]
    start_response(status, [*headers, ("Content-Length", str(len(body)))])
    if lie == "truncated":
        yield body[: len(body) // 2]
        _close(environ, reset=False)
    if lie == "drip":
        for place in range(len(body)):
            time.sleep(LATE_SECONDS / 20)
            yield body[place : place + 1]
    else:
        yield body
    platform.tell("answered", call)


def _close(environ: Mapping[str, Any], *, reset: bool) -> None:
    """End the connection without an answer, by a reset where wanted; what is written to it afterwards goes nowhere."""
    line: socket.socket = environ["werkzeug.socket"]
    with contextlib.suppress(OSError):
        if reset:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            nowhere = os.open(os.devnull, os.O_RDWR)
            os.dup2(nowhere, line.fileno(), inheritable=False)  # closes it: with this linger that is a reset
            os.close(nowhere)
        else:
            line.shutdown(socket.SHUT_RDWR)
    raise ConnectionAbortedError("a lie")


class _Mailbox(_Handler):
    """Takes letters as the practice mailbox does, and loses its answer to some."""

    def __init__(self, platform: Platform, faults: Faults) -> None:
        super().__init__(platform.wall, faults)
        self.platform = platform

    def on(self, kind: Any) -> Any:
        return None  # the switches of the practice wall are not used

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content).encode()
        call = Call("mail", "mail", "")
        self.platform.tell("received", call)
        lie = self.platform.lie_about(call, MAIL)
        line = cast("asyncio.WriteTransport", server.transport)
        if lie == "refused":
            return "451 4.3.0 Try again later"
        if lie == "cut":
            line.abort()
            return "421 4.3.0 Gone"
        identity = self.store.add_mail(envelope.mail_from or "", list(envelope.rcpt_tos), content)
        self.platform.tell("accepted", call)
        if lie == "dropped":
            line.abort()
        if lie == "late":
            await asyncio.sleep(LATE_SECONDS)
        return f"250 2.0.0 Ok: queued as {identity}"
