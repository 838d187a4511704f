"""Reports of a month, a year and a campaign, the national evaluation sheet, and the open-data set."""

from typing import Any

from flask import Blueprint, request, url_for
from flask_babel import gettext as _

bp = Blueprint("recaps", __name__, template_folder="templates")


@bp.context_processor
def _tabs() -> dict[str, Any]:
    """The pages of the room, as `recaps/tabs.html` shows them."""
    pages = (
        ("recaps.index", _("Bulanan dan tahunan"), ("recaps.index", "recaps.period")),
        ("recaps.campaigns", _("Per program"), ("recaps.campaigns",)),
        ("recaps.evaluation", _("Evaluasi smart city"), ("recaps.evaluation", "recaps.row", "recaps.cell")),
        ("recaps.open_data", _("Data terbuka"), ("recaps.open_data",)),
    )
    return {
        "recap_tabs": [
            {"url": url_for(endpoint), "label": label, "current": (request.endpoint or "").startswith(family)}
            for endpoint, label, family in pages
        ]
    }
