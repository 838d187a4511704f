from flask import Blueprint

from app.base.web.formats import sentence
from app.learning.training.states import BADGES, ENROLMENT_BADGES, ENROLMENTS, LABELS

bp = Blueprint("training", __name__, template_folder="templates")


def batch_badge(status: str) -> tuple[str, str]:
    """Return (kind, words) of ui.badge."""
    return BADGES.get(status, "muted"), sentence(LABELS[status])


def enrolment_badge(status: str) -> tuple[str, str]:
    return ENROLMENT_BADGES.get(status, "muted"), sentence(ENROLMENTS[status])
