"""The Graph by httpx, for the Page and for Instagram: one call, and what its error codes mean for a delivery.

Source: developers.facebook.com, Graph API v26.0, error handling and rate limits. The token goes into a header, never
into an address.
"""

from __future__ import annotations

import json
import logging
import ssl
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import httpx

from app.channels.wire import CONNECT_SECONDS, READ_SECONDS, on_loopback
from app.kernel.clock import Clock
from app.kernel.numbers import read_int
from app.kernel.text import T
from app.outreach.outlets.ports import ChannelError, Gone, NeedsSignIn, NotReady, NotSent, OutcomeUnknown, Rejected

logging.getLogger("httpx").setLevel(logging.WARNING)
"""At INFO it writes every address with all its fields: ids do not belong in a log."""

THROTTLED = frozenset({4, 17, 32, 341, 613})
TOKEN = frozenset({102, 190, 463, 467})
UNKNOWN = frozenset({-2, -1, 1, 2})  # the negative ones are Instagram's own
TOO_FEW = "not enough viewers"
"""In the words of code 10, which otherwise means a missing permission (Instagram media insights, 2026-06)."""
DEFAULT_PAUSE = timedelta(minutes=15)
"""When the Graph does not say how long a throttle lasts."""


class Duplicate(Rejected):
    """The Graph says that this was posted already (506, or 368 in those words)."""


class NoSuchObject(NeedsSignIn):
    """100/33: the object does not exist, or this token may not see it."""


class ContainerGone(NotSent):
    """Instagram no longer has the container: make a new one."""


ERROR_BY_SUBCODE: Mapping[int, type[NeedsSignIn | ContainerGone]] = {
    33: NoSuchObject,
    2207006: ContainerGone,
    2207008: ContainerGone,  # also "temporary, try again": whoever publishes asks for its status first
    2207020: ContainerGone,
    2207050: NeedsSignIn,
}
"""Subcodes that mean one thing, whatever was asked."""


@lru_cache(maxsize=1)
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()  # takes 20 ms: once is enough


class Graph:
    """Address and version of the Graph; `call` is one request with a connection of its own.

    A kept-alive connection that the other side has closed would look like a lost answer, so none is kept.
    """

    def __init__(self, graph_url: str, version: str) -> None:
        self.base = f"{graph_url.rstrip('/')}/{version}"
        self._environment = not on_loopback(graph_url)

    def call(
        self,
        method: str,
        path: str,
        token: str,
        *,
        now: datetime | None,
        lasting: bool = False,
        **options: Any,
    ) -> dict[str, Any]:
        """Return the JSON answer. `lasting`: it makes a public post, so an answer that got lost is `OutcomeUnknown`."""
        if not token.isascii() or not token.isprintable() or " " in token:
            raise NeedsSignIn("Token ini tidak lengkap atau salah salin")
        lost: type[ChannelError] = OutcomeUnknown if lasting else NotSent
        try:
            with httpx.Client(
                timeout=httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
                trust_env=self._environment,
                verify=_trust(),
                headers={"Authorization": f"Bearer {token}"},
            ) as client:
                answer = client.request(method, self.base + path, **options)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError, httpx.UnsupportedProtocol) as error:
            raise NotSent(f"Sambungan ke Graph tidak terbuka ({type(error).__name__})") from None
        except httpx.HTTPError as error:
            raise lost(f"Jawaban Graph tidak sampai ({type(error).__name__})") from None
        return _understood(answer, now or Clock().now(), lasting=lasting)

    def figures(self, path: str, token: str, names: Sequence[str], *, now: datetime) -> dict[str, int]:
        """Return those insights of an object that the Graph gives, of `names`. Raises Gone, NeedsSignIn, NotSent.

        One name that a version does not know makes it refuse the whole question, so they are then asked one by one.
        What it does not have it leaves out ("an empty data set instead of 0").
        """
        try:
            return self._figures(path, token, names, now)
        except Rejected:
            found: dict[str, int] = {}
            for name in names:
                try:
                    found |= self._figures(path, token, [name], now)
                except Rejected:
                    continue
            return found

    def _figures(self, path: str, token: str, names: Sequence[str], now: datetime) -> dict[str, int]:
        try:
            answer = self.call("GET", f"{path}/insights", token, now=now, params={"metric": ",".join(names)})
        except NoSuchObject as error:
            raise Gone(error.detail, request_id=error.request_id) from error
        except NeedsSignIn as error:
            if TOO_FEW in error.detail.lower():
                return {}
            raise
        found = {}
        for entry in answer.get("data", ()):
            first: Mapping[str, Any] = next(iter(entry.get("values", ())), {})
            value = count_of(first.get("value"))
            if value is not None:
                found[str(entry.get("name"))] = value
        return found


def count_of(value: Any) -> int | None:
    """Read a count as the Graph writes it; None for what is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _understood(answer: httpx.Response, now: datetime, *, lasting: bool) -> dict[str, Any]:
    request_id = answer.headers.get("x-fb-trace-id")
    try:
        body = answer.json()
    except ValueError:
        body = None
    if isinstance(body, dict) and "error" not in body and answer.is_success:
        return body
    error = body.get("error") if isinstance(body, dict) else None
    if isinstance(error, dict):
        raise port_error(error, answer, now, lasting=lasting)
    lost: type[ChannelError] = OutcomeUnknown if lasting and not 400 <= answer.status_code < 500 else NotSent
    raise lost(f"{answer.status_code} tanpa keterangan", request_id=request_id)


def port_error(error: Mapping[str, Any], answer: httpx.Response, now: datetime, *, lasting: bool) -> ChannelError:
    """Return the error of the port that a Graph error is."""
    code, subcode = int(error.get("code") or 0), int(error.get("error_subcode") or 0)
    said = str(error.get("error_user_msg") or error.get("message") or "")[:300]
    request_id = str(error.get("fbtrace_id") or answer.headers.get("x-fb-trace-id") or "") or None
    detail = f"{code}/{subcode} {said}" if subcode else f"{code} {said}"
    special = _by_subcode(code, subcode, detail, request_id, now, lasting=lasting)
    if special:
        return special
    if code in UNKNOWN or (answer.status_code >= 500 and code not in THROTTLED):
        return (OutcomeUnknown if lasting else NotSent)(detail, request_id=request_id)
    if code in THROTTLED or answer.status_code == 429:
        return NotSent(detail, retry_at=_regained(answer, now), request_id=request_id)
    if code in TOKEN or code == 10 or 200 <= code <= 299:
        return NeedsSignIn(detail, request_id=request_id)
    if code == 506 or (code == 368 and "already" in said.lower()):
        sentence = T("Isi yang sama baru saja tayang di halaman ini. Ubah kalimatnya, lalu ajukan lagi.")
        return Duplicate(sentence, detail=detail, request_id=request_id)
    if code == 368:
        sentence = T("Akun ini sedang dibatasi. Buka aplikasinya, selesaikan pemberitahuan di sana, lalu kirim ulang.")
        return Rejected(sentence, detail=detail, request_id=request_id)
    sentence = T("Ditolak dengan alasan “%(said)s”. Perbaiki isinya, lalu ajukan lagi.", said=said or code)
    return Rejected(sentence, detail=detail, request_id=request_id)


def _by_subcode(
    code: int, subcode: int, detail: str, request_id: str | None, now: datetime, *, lasting: bool
) -> ChannelError | None:
    """Missing objects, and Instagram's publishing subcodes."""
    if subcode == 2207027:
        return NotReady(detail, after=5, request_id=request_id)
    if subcode == 2207042:
        return NotSent(detail, retry_at=now + timedelta(hours=1), request_id=request_id)
    if subcode == 2207051:  # "restricted", yet such posts were seen live
        if lasting:
            return OutcomeUnknown(detail, request_id=request_id)
        return NotSent(detail, retry_at=now + timedelta(hours=1), request_id=request_id)
    if subcode in ERROR_BY_SUBCODE:
        return ERROR_BY_SUBCODE[subcode](detail, request_id=request_id)
    if subcode in {2207003, 2207052} or code == 9004:
        return NotSent(f"Gambar tidak dapat diambil dari alamat publik kita: {detail}", request_id=request_id)
    if subcode in {2207004, 2207009}:
        sentence = T("Instagram menolak ukuran gambarnya. Pakai JPG di bawah 8 MB, antara 4:5 dan 1,91:1.")
        return Rejected(sentence, detail=detail, request_id=request_id)
    return None


def _regained(answer: httpx.Response, now: datetime) -> datetime:
    """When calls are taken again: `estimated_time_to_regain_access` is in minutes."""
    minutes = 0
    try:
        usage = json.loads(answer.headers.get("x-business-use-case-usage", "{}"))
        for entries in usage.values():
            minutes = max([minutes, *(int(entry.get("estimated_time_to_regain_access", 0)) for entry in entries)])
    except (ValueError, AttributeError, TypeError):
        minutes = 0
    after = read_int(answer.headers.get("Retry-After", ""))
    if after is not None:
        return now + timedelta(seconds=after)
    return now + (timedelta(minutes=minutes) if minutes else DEFAULT_PAUSE)


def read_time(text: Any) -> datetime | None:
    """Read a Graph time (`2026-11-24T00:00:00+0000`) as an aware one; None for what is none."""
    try:
        return datetime.fromisoformat(str(text)).astimezone(UTC)
    except ValueError:
        return None
