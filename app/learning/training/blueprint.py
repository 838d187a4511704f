from typing import Any

from flask import Blueprint

from app.base.web.formats import sentence
from app.learning.training.pages import batch_tabs
from app.learning.training.states import ADMISSIONS, BADGES, ENROLMENT_BADGES, ENROLMENTS, LABELS, OUTCOMES

bp = Blueprint("training", __name__, template_folder="templates")


def batch_badge(status: str) -> tuple[str, str]:
    """Return (kind, words) of ui.badge."""
    return BADGES.get(status, "muted"), sentence(LABELS[status])


def enrolment_badge(status: str) -> tuple[str, str]:
    return ENROLMENT_BADGES.get(status, "muted"), sentence(ENROLMENTS[status])


@bp.app_context_processor
def _words() -> dict[str, Any]:
    """Of every page that shows a batch, also those of the rooms above."""
    return {
        "batch_tabs": batch_tabs,
        "batch_badge": batch_badge,
        "enrolment_badge": enrolment_badge,
        "admission_words": {key: sentence(text) for key, text in ADMISSIONS.items()},
        "outcome_words": {key: sentence(text) for key, text in OUTCOMES.items()},
    }
