from typing import Any

from flask import Blueprint

from app.base.web.formats import sentence
from app.gatherings.events.states import BADGES, KINDS, LABELS, TAGS

bp = Blueprint("events", __name__, template_folder="templates")

KIND_ICONS = {
    "kim_activity": "users-group",
    "socialisation": "speakerphone",
    "fgd": "messages",
    "bimtek": "school",
    "training": "school",
    "media_visit": "news",
    "meeting": "users",
    "other": "calendar-event",
}


@bp.app_context_processor
def _words() -> dict[str, Any]:
    """For every room that shows events."""
    return {
        "event_status": lambda status: (BADGES[status], sentence(LABELS[status])),
        "event_kind": lambda kind: sentence(KINDS[kind]) if kind in KINDS else kind,
        "event_kind_icon": lambda kind: KIND_ICONS.get(kind, "calendar-event"),
        "event_tag": lambda tag: sentence(TAGS[tag]) if tag in TAGS else tag,
    }
