"""Whether a picture can be fetched through our public address, as a platform would."""

import ipaddress
import socket
import time
from urllib.parse import urlsplit

import httpx

from app.kernel.text import T
from app.outreach.publishing.preflight.findings import Finding
from app.outreach.publishing.preflight.models import Level

SECONDS = 15.0  # for the whole picture
CHUNK_BYTES = 64 * 1024

NOT_FROM_HERE = T(
    "Gambar tidak dapat diperiksa dari sini: alamat publik aplikasi ini (%(host)s) tidak dapat dijangkau dari server "
    "ini sendiri."
)
REFUSED = T(
    "Gambar “%(file)s” tidak dapat diambil dari alamat publik aplikasi ini (%(said)s), jadi Instagram akan menolaknya. "
    "Minta pengelola server memeriksa alamat publiknya."
)


class _NotAnImage(Exception):
    """What came is no picture that the platform takes; the words say what it was."""


def fetch_finding(url: str, name: str, *, max_bytes: int) -> Finding | None:
    """Fetch a picture and return what is wrong with it, or None. Outside any transaction; within SECONDS in all.

    An address that is only known here, or that this machine cannot reach, is no error of the picture.
    """
    host = urlsplit(url).hostname or ""
    if not is_public(host):
        return Finding("public", Level.UNKNOWN, T(NOT_FROM_HERE.msgid, host=host), "public")
    return fetched(url, name, max_bytes=max_bytes)


def is_public(host: str) -> bool:
    """Decide whether a host name leads to an address that others can reach."""
    try:
        found = {ipaddress.ip_address(entry[4][0]) for entry in socket.getaddrinfo(host, None)}
    except (OSError, ValueError, UnicodeError):
        return False
    return bool(found) and all(address.is_global for address in found)


def fetched(url: str, name: str, *, max_bytes: int) -> Finding | None:
    """Fetch from an address that is known to be public."""
    try:
        _fetch(url, max_bytes)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError, httpx.UnsupportedProtocol):
        return Finding("public", Level.UNKNOWN, T(NOT_FROM_HERE.msgid, host=urlsplit(url).hostname or ""), "public")
    except _NotAnImage as error:
        return Finding("public", Level.BAD, T(REFUSED.msgid, file=name, said=str(error)), "public")
    except httpx.HTTPError as error:
        return Finding("public", Level.BAD, T(REFUSED.msgid, file=name, said=type(error).__name__), "public")
    return None


def _fetch(url: str, max_bytes: int) -> None:
    until, size = time.monotonic() + SECONDS, 0
    timeout = httpx.Timeout(SECONDS / 2)
    with httpx.Client(timeout=timeout, follow_redirects=True) as client, client.stream("GET", url) as answer:
        kind = answer.headers.get("content-type", "")
        if not answer.is_success:
            raise _NotAnImage(f"jawaban {answer.status_code}")
        if not kind.startswith("image/"):
            raise _NotAnImage(f"isinya {kind.partition(';')[0] or 'tanpa jenis'}")
        for part in answer.iter_raw(CHUNK_BYTES):
            size += len(part)
            if size > max_bytes:
                raise _NotAnImage("terlalu besar")
            if time.monotonic() > until:
                raise _NotAnImage("terlalu lambat")
