"""The Graph by httpx, for the Page and for Instagram: one call, lists, figures. Refusals: graph_errors.py.

Source: developers.facebook.com, Graph API v26.0; the rows are in graph_wire.py. The token goes into a header, never
into an address.
"""

from __future__ import annotations

import json
import logging
import re
import ssl
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import httpx

from app.channels.graph_errors import port_error
from app.channels.wire import (
    CONNECT_SECONDS,
    MOST_ANSWER_BYTES,
    ONE_CALL,
    READ_SECONDS,
    Deadline,
    note_date,
    on_loopback,
    without,
)
from app.kernel.clock import Clock
from app.outreach.outlets.ports import (
    ChannelError,
    NeedsSignIn,
    NotReady,
    NotSent,
    OutcomeUnknown,
    Rejected,
    Undecided,
)

logging.getLogger("httpx").setLevel(logging.WARNING)
"""At INFO it writes every address with all its fields: ids do not belong in a log."""

TOO_FEW = "not enough viewers"
"""In the words of code 10, which otherwise means a missing permission (Instagram media insights, 2026-06)."""
PAGES_LOOKED_AT = 5
PAGES_SEARCHED = 20
"""Of 100 posts, for one that is in doubt: a burst puts hundreds above it."""


@lru_cache(maxsize=1)
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()  # takes 20 ms: once is enough


@dataclass(frozen=True)
class Answer:
    """What came back; `body` is None where it is no JSON."""

    status: int
    headers: httpx.Headers
    body: Any


class Graph:
    """Address and version of the Graph; `call` is one request with a connection of its own.

    A kept-alive connection that the other side has closed would look like a lost answer, so none is kept.
    """

    def __init__(self, graph_url: str, version: str) -> None:
        self.base = f"{graph_url.rstrip('/')}/{version}"
        self.version = version
        self._environment = not on_loopback(graph_url)

    def call(
        self, method: str, path: str, token: str, *, now: datetime | None, lasting: bool = False,
        seconds: float = ONE_CALL, **options: Any,
    ) -> dict[str, Any]:  # fmt: skip
        """Return the JSON answer. `lasting`: it makes a public post, so an answer that got lost is `OutcomeUnknown`."""
        answer = self.ask(method, path, token, lasting=lasting, seconds=seconds, **options)
        return _understood(answer, now or Clock().now(), lasting=lasting)

    def ask(
        self, method: str, path: str, token: str, *, lasting: bool = False, seconds: float = ONE_CALL, **options: Any
    ) -> Answer:
        """Return the answer as it came, within `seconds` in all. Raises NotSent, OutcomeUnknown where it is lost."""
        if not token.isascii() or not token.isprintable() or " " in token:
            raise NeedsSignIn("Token ini tidak lengkap atau salah salin")
        lost: type[ChannelError] = OutcomeUnknown if lasting else NotSent
        try:
            return self._exchange(method, path, token, seconds, options)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError, httpx.UnsupportedProtocol) as error:
            raise NotSent(f"Sambungan ke Graph tidak terbuka ({type(error).__name__})") from None
        except httpx.HTTPError as error:
            raise lost(f"Jawaban Graph tidak sampai ({type(error).__name__})") from None

    def _exchange(self, method: str, path: str, token: str, seconds: float, options: Mapping[str, Any]) -> Answer:
        with (
            Deadline(seconds) as deadline,
            httpx.Client(
                timeout=httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
                trust_env=self._environment,
                verify=_trust(),
                headers={"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"},
            ) as client,
        ):

            def follow(event: str, details: Mapping[str, Any]) -> None:
                if event.endswith((".connect_tcp.complete", ".start_tls.complete")):
                    deadline.watch(details["return_value"].get_extra_info("socket"))

            request = client.build_request(method, self.base + path, extensions={"trace": follow}, **options)
            answer = client.send(request, stream=True)
            note_date(self.base, answer.headers)
            try:
                return Answer(answer.status_code, answer.headers, _document(answer, token))
            finally:
                answer.close()

    def read(self, path: str, token: str, *, now: datetime | None, **query: Any) -> dict[str, Any]:
        """Ask for something: whatever the refusal, nothing was sent. Raises NotSent, NeedsSignIn, AccountPaused."""
        try:
            return self.call("GET", path, token, now=now, params=query)
        except (Rejected, Undecided, NotReady) as error:
            raise NotSent(error.detail, request_id=error.request_id) from error

    def pages(
        self, path: str, token: str, *, now: datetime | None, most: int = PAGES_LOOKED_AT, **query: Any
    ) -> Iterator[list[Mapping[str, Any]]]:
        """Yield a list page by page. Raises NotSent where it cannot be read, or goes on after `most` pages: what was
        not seen is then no proof."""
        for _ in range(most):
            answer = self.read(path, token, now=now, **query)
            if not isinstance(answer.get("data"), list):
                raise NotSent("Daftar unggahan tidak terbaca")
            yield mappings_of(answer["data"])
            paging = mapping_of(answer.get("paging"))
            if not paging.get("next"):
                return
            query["after"] = str(mapping_of(paging.get("cursors")).get("after") or "")
            if not query["after"]:
                break
        raise NotSent("Terlalu banyak unggahan sejak percobaan pertama untuk diperiksa semuanya")

    def figures(self, path: str, token: str, names: Sequence[str], *, now: datetime) -> dict[str, int]:
        """Return those insights of an object that the Graph gives, of `names`. Raises NotSent, NeedsSignIn.

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
        asked = {"metric": ",".join(names), "period": "lifetime"}
        try:
            answer = self.call("GET", f"{path}/insights", token, now=now, params=asked)
        except (Undecided, NotReady) as error:
            raise NotSent(error.detail, request_id=error.request_id) from error
        except NeedsSignIn as error:
            if TOO_FEW in error.detail.lower():
                return {}
            raise
        found = {}
        for entry in mappings_of(answer.get("data")):
            first = next(iter(mappings_of(entry.get("values"))), mapping_of(entry.get("total_value")))
            value = count_of(first.get("value"))
            if value is not None and entry.get("period", "lifetime") == "lifetime":
                found[str(entry.get("name"))] = value
        return found


def _document(answer: httpx.Response, token: str) -> Any:
    content = bytearray()
    for part in answer.iter_bytes():
        content += part
        if len(content) > MOST_ANSWER_BYTES:
            return None
    try:
        return json.loads(without([token], bytes(content)))
    except ValueError:
        return None


def _understood(answer: Answer, now: datetime, *, lasting: bool) -> dict[str, Any]:
    body = answer.body
    error = body.get("error") if isinstance(body, dict) else None
    if isinstance(error, dict):
        raise port_error(error, answer.status, answer.headers, now, lasting=lasting)
    if isinstance(body, dict) and error is None and 200 <= answer.status < 300:
        return body
    refused = 400 <= answer.status < 500
    if answer.status == 429:
        raise port_error({}, answer.status, answer.headers, now, lasting=lasting)
    lost: type[ChannelError] = OutcomeUnknown if lasting and not refused else NotSent
    raise lost(f"{answer.status} tanpa keterangan", request_id=answer.headers.get("x-fb-trace-id"))


# what an answer may hold: anything but what was promised


def mapping_of(value: Any) -> Mapping[str, Any]:
    """Return a JSON object; an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def mappings_of(value: Any) -> list[Mapping[str, Any]]:
    """Return the objects of a JSON list; none for anything else."""
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def text_of(value: Any) -> str:
    return value if isinstance(value, str) else ""


def id_of(value: Any) -> str | None:
    """Return an id as the Graph writes it: digits, in a post of a Page two groups; None for anything else."""
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return text if re.fullmatch(r"[0-9]{1,40}(_[0-9]{1,40})?", text) else None


def count_of(value: Any) -> int | None:
    """Read a count as the Graph writes it; None for what is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def read_time(text: Any) -> datetime | None:
    """Read a Graph time (`2026-11-24T00:00:00+0000`) as an aware one; None for what is none."""
    try:
        return datetime.fromisoformat(str(text)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
