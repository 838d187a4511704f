from typing import Any

from flask import Blueprint

from app.base.web.formats import sentence
from app.evidence.instruments.states import AGE_WORDS, AUDIENCES, SEX_WORDS

bp = Blueprint("instruments", __name__, template_folder="templates")


@bp.app_context_processor
def _words() -> dict[str, Any]:
    """Of every page that shows a survey, also those of the rooms above."""
    words = {"survey_audience_words": AUDIENCES, "sex_words": SEX_WORDS, "age_words": AGE_WORDS}
    return {name: {key: sentence(text) for key, text in table.items()} for name, table in words.items()}
