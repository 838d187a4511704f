"""Who may use a route. Every view is marked with `allow` or `public`; a view without a mark refuses everybody."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Flask, abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.kernel.roles import Actor, Role

View = TypeVar("View", bound=Callable[..., Any])

STAFF = (Role.VIEWER, Role.CONTRIBUTOR, Role.EDITOR, Role.APPROVER, Role.ADMIN)
"""Who works in the office. KIM members, trainers, enumerators and OPD contacts have pages of their own."""
ANY_ROLE = tuple(Role)


def allow(*roles: Role) -> Callable[[View], View]:
    """Only people with one of these roles."""

    def mark(view: View) -> View:
        view.__dict__["allowed"] = frozenset(roles)
        return view

    return mark


def public(view: View) -> View:
    """Anybody, without signing in."""
    view.__dict__["allowed"] = None
    return view


def roles_of(app: Flask, endpoint: str) -> frozenset[Role] | None:
    """The roles of a view, None for a public one; a view that says nothing allows nobody."""
    view = app.view_functions[endpoint]
    return cast("frozenset[Role] | None", getattr(view, "allowed", frozenset()))


def current_actor() -> Actor:
    """The person of this request as plain values. Only inside a view marked with `allow`."""
    actor: Actor = current_user.actor
    return actor


def signed_in() -> bool:
    return bool(current_user.is_authenticated)


def init_guard(app: Flask) -> None:
    @app.before_request
    def _check() -> ResponseReturnValue | None:
        if request.endpoint is None:
            return None  # 404 comes later
        roles = roles_of(current_app, request.endpoint)
        if roles is None:
            return None
        if not signed_in():
            return redirect(url_for("people.sign_in", next=request.full_path.rstrip("?")))
        if not current_actor().has(*roles):
            abort(403)
        return None
