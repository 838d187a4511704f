from flask import Blueprint

from app.base.web.formats import sentence
from app.gatherings.events.states import BADGES, LABELS

bp = Blueprint("events", __name__, template_folder="templates")


def event_status(status: str) -> tuple[str, str]:
    """Return (kind, words) of ui.badge."""
    return BADGES[status], sentence(LABELS[status])
