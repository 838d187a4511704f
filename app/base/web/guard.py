"""Guarding routes: who may use which. Every view is marked with `allow` or `public`; one without a mark refuses
everybody.

Who a person is, and how one signs in, belongs to the room people, which hands in a `Gate`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.kernel.roles import Actor, Can, Role

View = TypeVar("View", bound=Callable[..., Any])


NOBODY = Actor(id=0, name="")
"""Who looks at a page without having signed in: no roles, no organisation, and not the system."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class Gate:
    """What the guard asks of the room people.

    `actor`: the signed-in person of this request. `interrupted`: the sign-in page (401) that carries the posted
    fields along. `detour`: where somebody must go first (a new password), or None. `step_up`: the page that asks for
    the second factor before a risky act, or None where it was shown lately.
    """

    actor: Callable[[], Actor]
    interrupted: Callable[[], ResponseReturnValue]
    detour: Callable[[], ResponseReturnValue | None]
    step_up: Callable[["Risk"], ResponseReturnValue | None] = lambda _risk: None


@dataclass(frozen=True)
class Risk:
    """What `risky` marks a view with. `remembered`: a device that is remembered as one's own suffices. `opening`: asked
    before the form opens, not only before it is sent. `when`: asked in the request where only some posts are risky,
    e.g. a file with names."""

    remembered: bool = False
    opening: bool = False
    when: Callable[[], bool] = lambda: True


def allow(*capabilities: Can) -> Callable[[View], View]:
    """Let in only people whose roles can do one of these."""

    def mark(view: View) -> View:
        view.__dict__["allowed"] = frozenset(role for one in capabilities for role in one.roles)
        return view

    return mark


def public(view: View) -> View:
    """Let in anybody, without signing in."""
    view.__dict__["allowed"] = None
    return view


def risky(
    *, remembered: bool = False, opening: bool = False, when: Callable[[], bool] = lambda: True
) -> Callable[[View], View]:
    """Ask for the second factor, shown within 15 minutes, before this view acts; nothing typed is lost.

    Stands beside `allow`. Who has no factor passes, unless one is compulsory for them and their time is over. A view
    that takes GET and POST asks before the POST only, unless `opening`. `remembered`: on a device that the person has
    marked as their own, nothing is asked (approving stays two taps). `when`: asked in the request; False where this
    one is harmless.
    """

    def mark(view: View) -> View:
        view.__dict__["risk"] = Risk(remembered, opening, when)
        return view

    return mark


def risk_of(app: Flask, endpoint: str) -> Risk | None:
    return cast("Risk | None", getattr(app.view_functions[endpoint], "risk", None))


def _step_up() -> ResponseReturnValue | None:
    risk, rule = risk_of(current_app, request.endpoint or ""), request.url_rule
    if risk is None or rule is None:
        return None
    if request.method in SAFE_METHODS and "POST" in (rule.methods or ()) and not risk.opening:
        return None
    return _gate().step_up(risk) if risk.when() else None


def roles_of(app: Flask, endpoint: str) -> frozenset[Role] | None:
    """Return the roles of a view, None for a public one; a view that says nothing allows nobody."""
    view = app.view_functions[endpoint]
    return cast("frozenset[Role] | None", getattr(view, "allowed", frozenset()))


def _gate() -> Gate:
    gate: Gate = current_app.extensions["gate"]
    return gate


def current_actor() -> Actor:
    """Return the person of this request as plain values, read once; NOBODY where nobody is signed in.

    The sign-in page is rendered inside the request that needed it, so that a room's own context asks this too.
    """
    if "actor" not in g:
        g.actor = _gate().actor() if signed_in() else NOBODY
    actor: Actor = g.actor
    return actor


def forget_actor() -> None:
    """Ask again who acts: after signing in, and at the start of every request."""
    g.pop("actor", None)


def signed_in() -> bool:
    return bool(current_user.is_authenticated)


def own_path(target: str | None) -> str | None:
    """Return the target if it is a path of this site, else None: nobody is sent away to another host.

    Backslashes and control characters are refused, since browsers read "/\\host" and "/<tab>/host" as another host.
    """
    if not target or not target.startswith("/") or target.startswith("//"):
        return None
    if "\\" in target or any(ord(sign) < 0x20 or sign.isspace() for sign in target):
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc else target


def _ask_to_sign_in() -> ResponseReturnValue:
    if request.method not in SAFE_METHODS:
        return _gate().interrupted()
    here = url_for("access.sign_in", next=request.full_path.rstrip("?"))
    if "HX-Request" in request.headers:
        # a fragment cannot show a sign-in page: the whole page goes there and comes back to where it was
        page = urlsplit(request.headers.get("HX-Current-URL", ""))
        return "", 401, {"HX-Redirect": url_for("access.sign_in", next=own_path(page.path) or "/")}
    return redirect(here)


def init_guard(app: Flask) -> None:
    @app.before_request
    def _check() -> ResponseReturnValue | None:
        forget_actor()
        if request.endpoint is None:
            return None  # 404 comes later
        roles = roles_of(current_app, request.endpoint)
        if roles is None:
            return None
        if not signed_in():
            return _ask_to_sign_in()
        detour = _gate().detour()
        if detour is not None:
            return detour
        if not current_actor().has(*roles):
            abort(403)
        return _step_up()
