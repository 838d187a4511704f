"""Addresses, waiting times and the end of a call, which the channels share."""

import contextlib
import ipaddress
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from threading import Lock, Timer
from types import TracebackType
from urllib.parse import urlsplit

from app.kernel.numbers import read_int
from app.kernel.witnesses import WITNESSES

CONNECT_SECONDS = 5.0
READ_SECONDS = 20.0
ONE_CALL = CONNECT_SECONDS + READ_SECONDS
"""How long a call may take in all, whatever trickles in."""
ONE_UPLOAD = 60.0
"""The same, of a call that carries a picture."""
MOST_ANSWER_BYTES = 4 * 1024 * 1024
SHORTEST_SECRET = 12
"""Signs; a shorter one might be a part of something else."""
LONGEST_WAIT = timedelta(days=1)
"""A platform that names a later time than this is asked again then."""


class Deadline:
    """The end of one HTTP call: its connection is shut down when the time is over.

    Timeouts of a library hold for each single read, and a reply of one byte a second never runs into them.
    """

    def __init__(self, seconds: float) -> None:
        self.over = False
        self._lock = Lock()
        self._connection: socket.socket | None = None
        self._timer = Timer(seconds, self._end)
        self._timer.daemon = True

    def watch(self, connection: socket.socket | None) -> None:
        """Take the connection that the call goes over; one that comes too late is shut down at once."""
        with self._lock:
            self._connection = connection
            if self.over:
                self._shut()

    def _end(self) -> None:
        with self._lock:
            self.over = True
            self._shut()

    def _shut(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(OSError):
                # not the method of an encrypted one, which would hand out the bytes that follow as they came
                socket.socket.shutdown(self._connection, socket.SHUT_RDWR)

    def __enter__(self) -> "Deadline":
        self._timer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._timer.cancel()
        with self._lock:
            self._connection = None


def retry_after(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """Return when the header `Retry-After` (RFC 9110, 10.2.3: seconds or a date) lets us call again; None without it.

    A date is measured by the answer's own `Date`, so that a clock that differs does not matter.
    """
    said = headers.get("Retry-After", "")
    seconds = read_int(said)
    if seconds is None:
        until, since = _http_date(said), _http_date(headers.get("Date", "")) or now
        if until is None:
            return None
        seconds = max(0, round((until - since).total_seconds()))
    return now + min(timedelta(seconds=seconds), LONGEST_WAIT)


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return moment if moment.tzinfo else None


def note_date(address: str, headers: Mapping[str, str]) -> None:
    """Keep the `Date` of an answer as a witness of what time it is; one from a cache is of an earlier time."""
    moment = _http_date(headers.get("Date", ""))
    if moment is not None and not headers.get("Age"):
        WITNESSES.note(urlsplit(address).hostname or address, moment)


@dataclass(frozen=True)
class Links:
    """How a person reaches a post: the platform's own address, or the practice wall's."""

    pattern: str  # with {id}

    def to(self, remote_id: str) -> str:
        return self.pattern.format(id=remote_id)


def without(secrets: Iterable[str], content: bytes) -> bytes:
    """Return an answer in which no secret stands: platforms quote a broken token in their refusal."""
    for secret in secrets:
        if len(secret) >= SHORTEST_SECRET:
            content = content.replace(secret.encode(), b"...")
    return content


def on_loopback(address: str) -> bool:
    """Decide whether this address never leaves the machine: proxies from the environment are then left out."""
    host = urlsplit(address).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
