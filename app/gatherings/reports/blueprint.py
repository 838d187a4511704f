from typing import Any

from flask import Blueprint
from flask_babel import gettext as _

from app.base.web.formats import sentence
from app.gatherings.reports.states import ASPIRATION_BADGES, ASPIRATIONS, FLAGS, MISSING, SOURCES, SPJ

bp = Blueprint("reports", __name__, template_folder="templates")


def flag_words(flag: str) -> str:
    """Return a flag of a report as a sentence; "twin:12" is about event 12, which the page shows beside it."""
    name = flag.partition(":")[0]
    return sentence(FLAGS[name]) if name in FLAGS else flag


@bp.context_processor
def _words() -> dict[str, Any]:
    return {
        "aspiration_status": aspiration_badge,
        "flag_words": flag_words,
        "missing_words": {key: sentence(label) for key, label in MISSING.items()},
        "source_words": {key: sentence(label) for key, label in SOURCES.items()},
        "spj_words": {key: sentence(label) for key, label in SPJ.items()},
    }


def aspiration_badge(row: Any, today: Any) -> tuple[str, str]:
    """Return (kind, words) of ui.badge; a late one says so."""
    if row.status == "routed" and row.due_on and row.due_on < today:
        return "warn", _("Terlambat dijawab %(n)s hari", n=(today - row.due_on).days)
    if row.status == "answered" and row.told_back_at:
        return "ok", _("Dijawab dan sudah disampaikan")
    return ASPIRATION_BADGES.get(row.status, "muted"), sentence(ASPIRATIONS.get(row.status, row.status))
