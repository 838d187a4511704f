"""Limits of requests: who asks (by account, device or link before address), and what happens when it is too often.

An address is known behind as many proxies as the installation trusts, and is kept as a keyed hash only.
"""

import hashlib
import hmac
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.middleware.proxy_fix import ProxyFix

from app.base.web.db import db, only_asks
from app.base.web.errors import error_page
from app.base.web.guard import signed_in
from app.base.web.wiring import now
from app.kernel.limits import Counters, DatabaseCounters, Hit, Verdict
from app.kernel.limits import hit_all as _hit_all

View = TypeVar("View", bound=Callable[..., Any])
HOME_PREFIX = 64
"""Bits of an IPv6 address that one household, phone or school has for itself (RFC 6177)."""


@dataclass(frozen=True)
class Limit:
    """`most` requests within `per`, of one account; where nobody signed in, of one own link or one address."""

    name: str
    most: int
    per: timedelta


DOWNLOADS = Limit("downloads", 120, timedelta(minutes=10))
UPLOADS = Limit("uploads", 240, timedelta(minutes=10))
A_FILE = re.compile(r"\.(?:pdf|xlsx|csv|zip|<[^<>]+>)$|/(?:berkas|unduh|ekspor)$|/unduh/")
"""Rules whose answer is made for one asking: tables, documents and archives, not the pictures of a page."""
EXEMPT = "field."
"""A phone of a KIM that comes back into reach sends all it has at once, photos too; it signed in."""


def init_limits(app: Flask, settings: Any) -> None:
    """Count requests; called before init_db: what was counted by a request that fails is written after its transaction
    was rolled back."""
    if settings.trusted_proxies:
        # only the address: everything else of the request is as the proxy passes it on
        proxies = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=0, x_host=0, x_port=0, x_prefix=0)  # type: ignore[method-assign]
    app.extensions["counters"] = DatabaseCounters(settings.database_url)

    @app.after_request
    def _keep_count(response: Response) -> Response:
        lost = g.pop("counted", None)
        if lost and response.status_code >= 400 and db.engine.dialect.name == "sqlite" and not only_asks():
            _counters().add(lost, now=now())
        return response


def check_limits(app: Flask) -> None:
    """Refuse who asks too often, after the guard: whoever may not open a page is not counted for it."""

    @app.before_request
    def _check() -> ResponseReturnValue | None:
        limit = _limit()
        if limit is None:
            return None
        verdict = hit_all([Hit(limit.name, asker(), limit.most, limit.per)])[0]
        return too_often(verdict.wait) if verdict.over else None


def _limit() -> Limit | None:
    """Of this request: what its view is marked with, else that of files that come in or go out."""
    if request.url_rule is None or request.url_rule.endpoint.startswith(EXEMPT):
        return None
    marked: Limit | None = getattr(current_app.view_functions[request.url_rule.endpoint], "limit", None)
    if marked is not None:
        return marked if request.method == "POST" or "POST" not in (request.url_rule.methods or ()) else None
    if request.method == "POST" and request.mimetype == "multipart/form-data" and any(request.files.values()):
        return UPLOADS
    return DOWNLOADS if A_FILE.search(request.url_rule.rule) else None


def limited(name: str, most: int, per: timedelta) -> Callable[[View], View]:
    """Mark a view: whoever asks more often is told to wait, and nothing is done."""

    def mark(view: View) -> View:
        view.__dict__["limit"] = Limit(name, most, per)
        return view

    return mark


def _counters() -> Counters:
    counters: Counters = current_app.extensions["counters"]
    return counters


def hit_all(hits: Sequence[Hit]) -> Sequence[Verdict]:
    """Count within this request: once, whether it is answered well or not."""
    g.counted = [*g.get("counted", ()), *hits]
    return _hit_all(db.session, hits, now=now())


def committed() -> None:
    """Note that the view committed what it counted by itself."""
    g.pop("counted", None)


def asker() -> str:
    """Return the key of who asks: the account, else the own link, else the address."""
    if signed_in():
        return f"user:{current_user.id}"
    token = (request.view_args or {}).get("token")
    return keyed("link", str(token)) if token else address_key()


def client_address() -> str:
    """Return the address of who asks, an IPv6 one as its network of 64 bits; "" where there is none."""
    try:
        found = ip_address(request.remote_addr or "")
    except ValueError:
        return ""
    return network_of(found)


def network_of(address: IPv4Address | IPv6Address) -> str:
    if isinstance(address, IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(IPv6Network((int(address) >> HOME_PREFIX << HOME_PREFIX, HOME_PREFIX)))


def address_key(about: str = "") -> str:
    """Return what is kept of the address: a hash that nobody makes without the installation's secret.

    `about`: what it is kept for, so that the hashes of two things cannot be put together.
    """
    return keyed("address", about, client_address())


def keyed(*parts: str) -> str:
    """Return a hash of these, with the installation's secret."""
    secret = str(current_app.secret_key or "").encode()
    return hmac.new(secret, "\0".join(("gaung:limits", *parts)).encode(), hashlib.sha256).hexdigest()[:32]


def minutes(wait: timedelta) -> int:
    return max(1, math.ceil(wait.total_seconds() / 60))


def too_often(wait: timedelta, text: str | None = None) -> Response:
    """Return the page that asks to wait (429), with Retry-After."""
    told = text or _(
        "Permintaan ini datang terlalu sering dalam waktu singkat. Tidak ada yang hilang, dan tidak ada yang berubah. "
        "Coba lagi %(n)s menit lagi.",
        n=minutes(wait),
    )
    answer = error_page(429, told)
    answer.headers["Retry-After"] = str(max(1, math.ceil(wait.total_seconds())))
    return answer
