"""The line to X: tweepy's signed calls (OAuth 1.0a) that end in time, and what a refusal means for a delivery.

tweepy 4.17 has a host of its own, no timeout, and breaks on an error document of null. So its session (`_Session`)
swaps the host before the request is signed, ends the call, and takes every answer other than 2xx itself. What the
answers mean stands in app/channels/x_wire.py.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import requests
import tweepy
from requests.adapters import HTTPAdapter
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError

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
from app.channels.x_refusals import Reply, detail_of, read_json, refusal, request_id_of
from app.kernel.clock import Clock
from app.outreach.outlets.ports import ChannelError, NeedsSignIn, NotSent, OutcomeUnknown

for _chatty in ("tweepy", "requests_oauthlib", "oauthlib"):
    # At DEBUG these write signed headers and whole bodies: tokens do not belong in a log.
    logging.getLogger(_chatty).setLevel(logging.INFO)

KEYS = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
TWEEPYS_HOST = "https://api.twitter.com"
BEFORE_ANY_BYTE = (
    requests.exceptions.ConnectTimeout,
    requests.exceptions.ProxyError,
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
    requests.exceptions.InvalidHeader,
)


@dataclass(frozen=True)
class Answer:
    """An answer of 2xx."""

    reply: Reply

    @property
    def request_id(self) -> str | None:
        return request_id_of(self.reply)

    def document(self) -> dict[str, Any]:
        """Return the JSON object that was answered. Raises NotSent where it is none."""
        body = read_json(self.reply.content)
        if not isinstance(body, dict):
            raise NotSent("X menjawab bukan dengan JSON", request_id=self.request_id)
        return body

    def data(self) -> dict[str, Any]:
        """Return what stands under `data`; empty where that is nothing."""
        found = self.document().get("data")
        return found if isinstance(found, dict) else {}


class XLine:
    """One account's calls for one delivery. Raises NeedsSignIn where a key is missing."""

    def __init__(self, api_url: str, credentials: Mapping[str, Any], now: datetime | None) -> None:
        if not all(credentials.get(name) for name in KEYS):
            raise NeedsSignIn("Kunci akun X belum lengkap")
        self._url, self._now = api_url.rstrip("/"), now
        self._secrets = [str(credentials[name]) for name in KEYS]
        self._client = tweepy.Client(
            **{name: str(credentials[name]) for name in KEYS}, return_type=requests.Response, wait_on_rate_limit=False
        )

    def ask(
        self,
        method: str,
        route: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        lasting: bool = False,
        seconds: float | None = None,
    ) -> Answer:
        """Make one signed request. `lasting`: it makes a public post, so an answer that got lost is unknown."""
        lost: type[ChannelError] = OutcomeUnknown if lasting else NotSent
        try:
            with Deadline(seconds or ONE_CALL) as deadline, _Session(self._url, deadline, self._secrets) as session:
                self._client.session = session
                answer = self._client.request(method, route, params=params or None, json=json, user_auth=True)
            return Answer(_reply(answer))
        except _Refused as refused:
            reply = _reply(refused.answer)
        except requests.RequestException as error:
            if _never_left(error):
                raise NotSent(f"Sambungan ke X tidak terbuka ({type(error).__name__})") from None
            raise lost(f"Jawaban X tidak sampai ({type(error).__name__})") from None
        if reply.status >= 500:
            raise lost(detail_of(reply), request_id=request_id_of(reply))
        raise refusal(reply, self._now or Clock().now())


class _Refused(Exception):
    """An answer other than 2xx, before tweepy reads it."""

    def __init__(self, answer: requests.Response) -> None:
        super().__init__(answer.status_code)
        self.answer = answer


class _Session(requests.Session):
    """What tweepy sends by: to the address of the settings, within one deadline, and with a bounded answer."""

    def __init__(self, api_url: str, deadline: Deadline, secrets: Sequence[str]) -> None:
        super().__init__()
        self._url, self._secrets = api_url, secrets
        self.trust_env = not on_loopback(api_url)
        for scheme in ("https://", "http://"):
            self.mount(scheme, _Adapter(deadline))

    def request(self, method: str, url: str | bytes, *args: Any, **options: Any) -> requests.Response:
        """Send one request and read its answer. Raises _Refused where that is none of 2xx."""
        options |= {"timeout": (CONNECT_SECONDS, READ_SECONDS), "allow_redirects": False, "stream": True}
        called = self._url + str(url).removeprefix(TWEEPYS_HOST)
        with super().request(method, called, *args, **options) as answer:
            note_date(self._url, answer.headers)
            content = bytearray()
            for part in answer.iter_content(64 * 1024):
                content += part
                if len(content) > MOST_ANSWER_BYTES:
                    raise requests.exceptions.ContentDecodingError("the answer is too long")
        answer._content = without(self._secrets, bytes(content))
        if not 200 <= answer.status_code < 300:
            raise _Refused(answer)
        return answer


class _Adapter(HTTPAdapter):
    """Shows the deadline each connection that is opened."""

    def __init__(self, deadline: Deadline) -> None:
        super().__init__(max_retries=0)
        self._deadline = deadline

    def get_connection_with_tls_context(self, *args: Any, **options: Any) -> Any:
        pool = super().get_connection_with_tls_context(*args, **options)
        pool.ConnectionCls = _watched(pool.ConnectionCls, self._deadline)
        return pool


def _watched(kind: Any, deadline: Deadline) -> Any:
    class Watched(kind):  # type: ignore[misc]
        def connect(self) -> None:
            super().connect()
            deadline.watch(self.sock)
            if deadline.over:
                raise ConnectTimeoutError(self, "the time was up before the request could leave")

    return Watched


def _never_left(error: requests.RequestException) -> bool:
    """Whether no byte of the request can have reached X: refused, no route, no such name, a certificate of others."""
    if isinstance(error, BEFORE_ANY_BYTE) or "CERTIFICATE_VERIFY_FAILED" in str(error):
        return True
    cause = error.args[0] if error.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError | ConnectTimeoutError)


def _reply(answer: requests.Response) -> Reply:
    return Reply(answer.status_code, answer.headers, answer.content)
