from typing import Any

from flask import Blueprint

from app.base.web.formats import sentence
from app.learning.programmes.pages import training_tabs
from app.learning.programmes.states import LEVELS, SCORES

bp = Blueprint("programmes", __name__, template_folder="templates")


@bp.app_context_processor
def _words() -> dict[str, Any]:
    """Of every page of training, also those of the rooms above."""
    return {
        "training_tabs": training_tabs,
        "level_words": {int(key): sentence(text) for key, text in LEVELS.items()},
        "score_words": {key: sentence(text) for key, text in SCORES.items()},
    }
