from typing import Any

from flask import Blueprint

from app.base.web.formats import sentence
from app.oversight.commitments import records, states

bp = Blueprint("commitments", __name__, template_folder="templates")


@bp.context_processor
def _words() -> dict[str, Any]:
    return {
        "kind_words": {key: sentence(text) for key, text in states.KINDS.items()},
        "state_words": {key: sentence(text) for key, text in states.LABELS.items()},
        "state_badges": states.BADGES,
        "evidence_words": {key: sentence(text) for key, text in states.EVIDENCE.items()},
        "evidence_pages": records.SOURCES,
    }
