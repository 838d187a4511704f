from flask import Blueprint

from app.base.web.formats import sentence
from app.evidence.surveys.states import BADGES, STATUSES

bp = Blueprint("surveys", __name__, template_folder="templates")


def wave_badge(status: str) -> tuple[str, str]:
    """Return (kind, words) of ui.badge."""
    return BADGES.get(status, "muted"), sentence(STATUSES[status])
