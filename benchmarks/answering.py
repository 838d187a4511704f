"""People who answer a survey on one loopback server: `python -m benchmarks.answering PORT CODE MODE COUNT < plan.json`.

MODE "once": the page with the whole form, then one request with the answers: a respondent. MODE "screens": one screen
after the other without a script, the plan's fields in turn; only the screens are timed, a respondent hands in at the
end. Every respondent is a browser of its own, with its own cookies and address; CONNECTIONS stay open.
Prints one JSON object.
"""

import gzip
import json
import re
import sys
import threading
import time
import uuid
import zlib
from collections.abc import Mapping
from ipaddress import IPv4Address
from itertools import count
from random import randrange
from typing import Any
from urllib.parse import urlencode

from benchmarks.load import Connection

CONNECTIONS = 4
ADDRESSES = count(int(IPv4Address("10.0.0.0")) + randrange(1 << 23))
"""Of respondents, as the proxy before the application tells them."""
CSRF = re.compile(rb'name="csrf_token"[^>]* value="([^"]+)"')
STATE = re.compile(rb'name="isian" value="([^"]+)"')


class Browser:
    """One person's browser on a connection that others used before."""

    def __init__(self, line: Connection, code: str) -> None:
        self._line, self._code = line, code
        self._cookies: dict[str, str] = {}
        # people answer from their own lines: a hundred a second from one address would be a script, and held
        self._address = str(IPv4Address(next(ADDRESSES)))
        self.bytes = 0

    def get(self) -> bytes:
        return self._ask(f"GET /s/{self._code}", b"", (200,))

    def post(self, path: str, fields: Mapping[str, Any], statuses: tuple[int, ...]) -> bytes:
        return self._ask(f"POST /s/{self._code}/{path}", urlencode(fields, doseq=True).encode(), statuses)

    def _ask(self, what: str, body: bytes, statuses: tuple[int, ...]) -> bytes:
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        wanted = "application/json" if what.endswith("/kirim") else "text/html"
        head = (
            f"{what} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-For: {self._address}\r\nAccept: {wanted}\r\n"
            f"Accept-Encoding: gzip\r\nCookie: {cookies}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        answer, content = self._line.exchange(head.encode() + body)
        status = int(answer[9:12])
        if status not in statuses:
            raise RuntimeError(f"{what}: {status} {content[:300]!r}")
        for row in answer.split(b"\r\n"):
            if row.lower().startswith(b"set-cookie:"):
                name, _equals, value = row[11:].split(b";")[0].strip().decode().partition("=")
                self._cookies[name] = value
        self.bytes = max(self.bytes, len(content))
        zipped = b"content-encoding: gzip" in answer.lower()
        return gzip.decompress(content) if zipped else content


def answer_once(browser: Browser, plan: Mapping[str, Any]) -> list[float]:
    """Milliseconds of one respondent: the form and the one submit."""
    began = time.perf_counter()
    token = _found(CSRF, browser.get())
    sheet = {**plan["sheet"], "uuid": str(uuid.uuid4())}
    browser.post("kirim", {"csrf_token": token, "jawaban": json.dumps(sheet)}, (200,))
    return [1000 * (time.perf_counter() - began)]


def answer_screens(browser: Browser, plan: Mapping[str, Any]) -> list[float]:
    """Milliseconds of each screen."""
    token, times = _found(CSRF, browser.get()), []
    page = browser.post("isi", {"csrf_token": token}, (200,))
    for fields in plan["screens"]:
        began = time.perf_counter()
        page = browser.post("isi", {"csrf_token": token, "isian": _found(STATE, page), **fields}, (200,))
        times.append(1000 * (time.perf_counter() - began))
    browser.post("kirim", {"csrf_token": token, "isian": _found(STATE, page)}, (200, 303))
    return times


def _found(pattern: re.Pattern[bytes], page: bytes) -> str:
    match = pattern.search(page)
    if match is None:
        raise RuntimeError(f"no {pattern.pattern!r} in {zlib.crc32(page)}: {page[:300]!r}")
    return match[1].decode()


def run(port: int, code: str, mode: str, number: int, plan: Mapping[str, Any]) -> dict[str, object]:
    times: list[float] = []
    sizes: list[int] = []
    faults: list[str] = []
    answer = answer_once if mode == "once" else answer_screens

    def ask() -> None:
        try:
            line = Connection(port)
            for _ in range(number // CONNECTIONS):
                browser = Browser(line, code)
                times.extend(answer(browser, plan))
                sizes.append(browser.bytes)
        except Exception as error:
            faults.append(repr(error))

    threads = [threading.Thread(target=ask) for _ in range(CONNECTIONS)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {"seconds": time.perf_counter() - began, "times": times, "bytes": max(sizes, default=0), "faults": faults}


if __name__ == "__main__":
    port, code, mode, number = sys.argv[1:5]
    print(json.dumps(run(int(port), code, mode, int(number), json.load(sys.stdin))))
