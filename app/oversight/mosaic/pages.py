"""What the pages of this room share: the view and filters of the address, and words for a village."""

from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

from app.base.web.formats import sentence
from app.base.web.query import kept_args
from app.gatherings.reports.contacts import Network
from app.kernel.text import T
from app.oversight.mosaic.listing import VillageFilters
from app.oversight.mosaic.squares import NOBODY_YET, Square
from app.oversight.mosaic.values import day_words

VIEWS = ("", "tabel", "peta")
LONGEST_ASKED = 100


def view_asked() -> str:
    asked = request.args.get("tampilan", "")
    return asked if asked in VIEWS else ""


def asked_filters() -> VillageFilters:
    given = request.args
    return VillageFilters(
        words=given.get("q", "")[:LONGEST_ASKED],
        district=given.get("kecamatan", ""),
        state=given.get("keadaan", ""),
        sort=given.get("urut", ""),
        down=given.get("arah") == "turun",
    )


def address(endpoint: str = "mosaic.index", **changes: str | int | None) -> str:
    """Return the address of the same page with other values; None takes one away."""
    kept: dict[str, Any] = {name: values for name, values in kept_args().items() if any(values)}
    return url_for(endpoint, **{name: value for name, value in (kept | changes).items() if value is not None})


def nobody_yet(when: str) -> T:
    """Say that nothing was recorded. `when`: the period, as it stands within a sentence."""
    return T(NOBODY_YET.msgid, period=when)


def network_words(square: Square) -> str:
    """Write `tanpa jaringan (per Jul 2024)`; nothing where it was never a blank spot."""
    if square.network is None:
        return ""
    if square.network.key == "once":
        return _("dulu blank spot (2021), dilaporkan terlayani per %(when)s", when=_known(square.network))
    what = _("tanpa jaringan") if square.offline == "none" else _("jaringan baru sebagian")
    return _("%(what)s (per %(when)s)", what=what, when=_known(square.network))


def _known(network: Network) -> str:
    return day_words(network.on, "month" if network.precision == "day" else network.precision)


def square_words(square: Square) -> str:
    """Return the accessible name of a square."""
    said = _("%(name)s, %(district)s: %(said)s", name=square.name, district=square.district,
             said=sentence(square.value.said))  # fmt: skip
    return f"{said}; {network_words(square)}" if square.offline else said


def sort_address(key: str) -> str:
    """Return the address that sorts by a column; a second press on the same head turns the order round."""
    turned = request.args.get("urut") == key and request.args.get("arah") != "turun"
    return address(urut=key, arah="turun" if turned else None, hal=None)
