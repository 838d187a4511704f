from typing import Any

from flask import Blueprint

from app.base.web.formats import sentence
from app.evidence.surveys.states import BADGES, METHODS, MODES, STAGES, STATUSES

bp = Blueprint("surveys", __name__, template_folder="templates")


def wave_badge(status: str) -> tuple[str, str]:
    """(kind, words) of ui.badge."""
    return BADGES.get(status, "muted"), sentence(STATUSES[status])


@bp.app_context_processor
def _words() -> dict[str, Any]:
    """Of every page that shows a survey, also those of the rooms above."""
    words = {
        "stage_words": STAGES, "mode_words": MODES, "method_words": METHODS,
    }  # fmt: skip
    return {
        "wave_badge": wave_badge,
        **{name: {key: sentence(text) for key, text in table.items()} for name, table in words.items()},
    }
