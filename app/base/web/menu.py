"""The side menu, and the small numbers in it. A person sees only what their roles open."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app, g, request, url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.base.web.db import db
from app.base.web.guard import current_actor, roles_of, signed_in
from app.kernel.roles import Actor
from app.kernel.slots import SlotMap

Count = Callable[[Session, Actor], int]

COUNTS = SlotMap[str, Count]("web.counts")
"""Endpoint → how many things wait there for this person: the number beside a menu item (or at the bell), by one small
query."""


@dataclass(frozen=True)
class Item:
    endpoint: str
    label: Any
    icon: str
    family: tuple[str, ...] = ()  # prefixes of endpoints that belong to this item too
    without: str = ""  # stands only where this endpoint may not be opened, which leads there already


TRAINING = ("training.", "programmes.", "assessments.", "certificates.", "projects.", "skills.")
MAIN = (
    Item("desk.home", _l("Beranda"), "home"),
    Item("field.page", _l("Catat Kegiatan"), "notes", ("field.",)),
    Item("desk.calendar", _l("Kalender"), "calendar"),
    Item("campaigns.index", _l("Program Sosialisasi"), "speakerphone", ("campaigns.",)),
    Item("posts.index", _l("Materi"), "file-text", ("posts.",)),
    Item("posts.reviews", _l("Persetujuan"), "checks", ("posts.review", "posts.approve", "posts.return")),
    Item("publishing.index", _l("Penayangan"), "send", ("publishing.",)),
    Item("printing.index", _l("Cetak"), "printer", ("printing.",)),
    Item("printing.proofs", _l("Bukti terpasang"), "map-pin-check", ("printing.",), without="printing.index"),
    Item("events.index", _l("Kegiatan"), "calendar-event", ("events.", "attendance.")),
    Item("reports.index", _l("Laporan Kegiatan"), "clipboard-check", ("reports.",)),
    Item("reports.aspirations", _l("Aspirasi Warga"), "message-question", ("reports.aspiration",)),
    Item("reports.reach", _l("Jangkauan Desa"), "map-pin-check", ("reports.reach",)),
    Item("communities.index", _l("KIM dan Komunitas"), "users-group", ("communities.",)),
    Item("surveys.index", _l("Survei"), "chart-dots", ("surveys.", "instruments.", "responses.", "results.")),
    Item("field.survey", _l("Wawancara Survei"), "clipboard-text", ("field.survey",)),
    Item("responses.to_key", _l("Ketik Formulir"), "keyboard", ("responses.key",), without="surveys.index"),
    Item("training.index", _l("Pelatihan"), "school", TRAINING),
    Item("training.mine", _l("Pelatihan Saya"), "school", ("training.mine",), without="training.index"),
    Item("outlets.index", _l("Saluran"), "broadcast", ("outlets.",)),
    Item("areas.index", _l("Wilayah"), "map-2", ("areas.",)),
    Item("kits.index", _l("Paket Materi"), "package", ("kits.",)),
)
WATCH = (
    Item("insights.overview", _l("Ikhtisar"), "dashboard", ("insights.",)),
    Item("insights.awareness", _l("Pengenalan"), "trending-up", ("insights.awareness",)),
    Item("mosaic.index", _l("Peta Desa"), "grid-dots", ("mosaic.",)),
    Item("control.index", _l("Perlu Dikejar"), "alarm", ("control.",)),
    Item("commitments.index", _l("Komitmen"), "writing-sign", ("commitments.",)),
    Item("scorecard.index", _l("Rapor Pelaksanaan"), "report-analytics", ("scorecard.",)),
    Item("recaps.index", _l("Laporan Berkala"), "file-analytics", ("recaps.",)),
)
SETTINGS = (
    Item("people.users", _l("Pengguna"), "users"),
    Item("people.organisations", _l("Organisasi"), "building"),
    Item("people.delegations", _l("Delegasi"), "user-share"),
    Item(
        "confirmations.own_deputies", _l("Penggantian Saya"), "user-share", ("confirmations.own", "confirmations.end")
    ),
    Item("handover.index", _l("Serah Terima"), "transfer", ("handover.",)),
    Item("confirmations.index", _l("Persetujuan Orang Kedua"), "user-check", ("confirmations.",)),
    Item("access.policy", _l("Keamanan Masuk"), "shield-lock"),
    Item("posts.policies", _l("Alur Persetujuan"), "list-check"),
)
EVERY = MAIN + WATCH + SETTINGS


def exists(endpoint: str) -> bool:
    return endpoint in current_app.view_functions


def may_open(endpoint: str) -> bool:
    """Tell whether there is such a page and this person's roles open it."""
    if not exists(endpoint):
        return False
    roles = roles_of(current_app, endpoint)
    return roles is None or (signed_in() and current_actor().has(*roles))


def link(endpoint: str, **values: Any) -> str:
    """Return the address of a page, or nothing where this installation has no such page."""
    return url_for(endpoint, **values) if exists(endpoint) else ""


def count_of(endpoint: str) -> int:
    """Return the number at an item for this person; asked once in a request."""
    if endpoint not in COUNTS or not signed_in():
        return 0
    known: dict[str, int] = g.setdefault("menu_counts", {})
    if endpoint not in known:
        known[endpoint] = COUNTS[endpoint](db.session, current_actor())
    return known[endpoint]


def note_count(endpoint: str, number: int) -> None:
    """Note the number at an item where the page has counted it already, so that it is not asked again."""
    g.setdefault("menu_counts", {})[endpoint] = number


def _shown(item: Item) -> bool:
    return may_open(item.endpoint) and not (item.without and may_open(item.without))


def _current_item(items: Sequence[Item]) -> Item | None:
    """The item of the page that is open: the one whose endpoint or family fits it most closely."""
    here = request.endpoint or ""

    def fit(item: Item) -> int:
        prefixes = [item.endpoint, *item.family]
        return max((len(prefix) for prefix in prefixes if here.startswith(prefix)), default=0)

    nearest = max(items, key=fit, default=None)
    return nearest if nearest and fit(nearest) else None


def menu() -> list[tuple[Any, list[dict[str, Any]]]]:
    """Return the groups of the side menu: (title or None, [{url, label, icon, count, current}])."""
    shown = [item for item in EVERY if _shown(item)]
    current = _current_item(shown)

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
            if item in shown
        ]

    groups = [(None, lines(MAIN)), (_l("Pemantauan"), lines(WATCH)), (_l("Pengaturan"), lines(SETTINGS))]
    return [(title, entries) for title, entries in groups if entries]
