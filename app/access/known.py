"""Browsers in which a person has shown the second factor: a signed cookie that says whom, when, and whose device it is.

Signing in asks for the factor in browsers that do not know the person, or not within 30 days; approving asks nothing
where the person said that the device is their own. A new password, a closed account and a reset factor end both, since
the cookie holds a mark of `fs_uniquifier`. On a shared computer nothing is kept.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import Response, after_this_request, current_app, g, request
from itsdangerous import BadData, URLSafeSerializer

from app.people.models import User

REMEMBERED = timedelta(days=30)
MOST = 5  # people of one browser; the longest unseen is forgotten
COOKIE = "gaung_kenal"


def known_here(user: User, now: datetime) -> bool:
    """True if this person has shown the factor in this browser within 30 days."""
    entry = _entry(user)
    return entry is not None and now.timestamp() - entry["at"] < REMEMBERED.total_seconds()


def own_device(user: User, now: datetime) -> bool:
    """True on a device that the person called their own when showing the factor, within 30 days."""
    entry = _entry(user)
    return entry is not None and entry["own_until"] > now.timestamp()


def remember(user: User, *, own: bool, now: datetime) -> None:
    """Know the person here from now on. `own`: their own phone or computer; once said, it stays until it is over."""
    entry = _entry(user) or {"own_until": 0}
    until = (now + REMEMBERED).timestamp() if own else entry["own_until"]
    people = {str(user.id): {"mark": _mark(user), "at": now.timestamp(), "own_until": until}}
    people |= {name: value for name, value in _people().items() if name != str(user.id)}
    _write(dict(list(people.items())[:MOST]))


def forget(user: User) -> None:
    _write({name: value for name, value in _people().items() if name != str(user.id)})


def _mark(user: User) -> str:
    key = (current_app.secret_key or "").encode()  # type: ignore[union-attr]
    return hmac.new(key, f"known:{user.fs_uniquifier}".encode(), hashlib.sha256).hexdigest()[:32]


def _entry(user: User) -> dict[str, Any] | None:
    entry: dict[str, Any] | None = _people().get(str(user.id))
    return entry if entry is not None and hmac.compare_digest(entry["mark"], _mark(user)) else None


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="known-browser")


def _people() -> Mapping[str, Any]:
    if "known_people" not in g:
        try:
            g.known_people = _serializer().loads(request.cookies.get(_name(), ""))
        except BadData:
            g.known_people = {}
    people: Mapping[str, Any] = g.known_people
    return people


def _name() -> str:
    """Under https with the prefix that binds a cookie to this host alone."""
    return f"__Host-{COOKIE}" if current_app.config["SESSION_COOKIE_SECURE"] else COOKIE


def _write(people: dict[str, Any]) -> None:
    g.known_people = people
    name, value, secure = _name(), _serializer().dumps(people), current_app.config["SESSION_COOKIE_SECURE"]

    @after_this_request
    def _set(response: Response) -> Response:
        if response.status_code < 400:
            response.set_cookie(
                name, str(value), max_age=REMEMBERED, secure=secure, httponly=True, samesite="Lax", path="/"
            )
        return response
