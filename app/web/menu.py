"""The side menu, and the small numbers in it. A person sees only what their roles open."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import current_app, g, request, url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.kernel.roles import Actor
from app.web.db import db
from app.web.guard import current_actor, roles_of, signed_in

Count = Callable[[Session, Actor], int]

COUNTS: dict[str, Count] = {}
"""Endpoint → how many things wait there for this person."""


def counts(endpoint: str) -> Callable[[Count], Count]:
    """Show a number beside a menu item (or at the bell): `@counts("posts.reviews")`, one small query."""

    def register(function: Count) -> Count:
        COUNTS[endpoint] = function
        return function

    return register


@dataclass(frozen=True)
class Item:
    endpoint: str
    label: Any
    icon: str
    family: tuple[str, ...] = ()  # prefixes of endpoints that belong to this item too


MAIN = (
    Item("desk.home", _l("Beranda"), "home"),
    Item("desk.calendar", _l("Kalender"), "calendar"),
    Item("campaigns.index", _l("Program Sosialisasi"), "speakerphone", ("campaigns.",)),
    Item("posts.index", _l("Materi"), "file-text", ("posts.",)),
    Item("posts.reviews", _l("Persetujuan"), "checks"),
    Item("publishing.index", _l("Penayangan"), "send", ("publishing.",)),
    Item("printing.index", _l("Cetak"), "printer", ("printing.",)),
    Item("outlets.index", _l("Saluran"), "broadcast", ("outlets.",)),
    Item("areas.index", _l("Wilayah"), "map-2", ("areas.",)),
    Item("kits.index", _l("Paket Materi"), "package", ("kits.",)),
)
SETTINGS = (
    Item("people.users", _l("Pengguna"), "users"),
    Item("people.organisations", _l("Organisasi"), "building"),
    Item("people.delegations", _l("Delegasi"), "user-share"),
    Item("posts.policies", _l("Alur Persetujuan"), "list-check"),
)
EVERY = MAIN + SETTINGS


def exists(endpoint: str) -> bool:
    return endpoint in current_app.view_functions


def may_open(endpoint: str) -> bool:
    """Whether there is such a page and this person's roles open it."""
    if not exists(endpoint):
        return False
    roles = roles_of(current_app, endpoint)
    return roles is None or (signed_in() and current_actor().has(*roles))


def link(endpoint: str, **values: Any) -> str:
    """The address of a page, or nothing where this installation has no such page."""
    return url_for(endpoint, **values) if exists(endpoint) else ""


def count_of(endpoint: str) -> int:
    """The number at an item for this person; asked once in a request."""
    if endpoint not in COUNTS or not signed_in():
        return 0
    known: dict[str, int] = g.setdefault("menu_counts", {})
    if endpoint not in known:
        known[endpoint] = COUNTS[endpoint](db.session, current_actor())
    return known[endpoint]


def _current_item() -> Item | None:
    """The item of the page that is open: its own endpoint, else the family of its room."""
    here = request.endpoint or ""
    own = next((item for item in EVERY if item.endpoint == here), None)
    return own or next((item for item in EVERY if here.startswith(item.family or ("\0",))), None)


def menu() -> list[tuple[Any, list[dict[str, Any]]]]:
    """Groups of the side menu: (title or None, [{url, label, icon, count, current}])."""
    current = _current_item()

    def lines(items: tuple[Item, ...]) -> list[dict[str, Any]]:
        return [
            {
                "url": url_for(item.endpoint),
                "label": item.label,
                "icon": item.icon,
                "count": count_of(item.endpoint),
                "current": item is current,
            }
            for item in items
            if may_open(item.endpoint)
        ]

    groups = [(None, lines(MAIN)), (_l("Pengaturan"), lines(SETTINGS))]
    return [(title, entries) for title, entries in groups if entries]
