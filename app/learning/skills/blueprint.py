"""Who can do what, and where: evidence, the page of a person, the matrix, and the figures for managers."""

from typing import Any

from flask import Blueprint

from app.base.people.identity import shown_phone
from app.base.web.db import db
from app.base.web.formats import sentence
from app.learning.programmes.models import Skill, SkillLevel
from app.learning.programmes.states import LEVELS
from app.learning.skills.person import known_skills
from app.learning.skills.states import KINDS

bp = Blueprint("skills", __name__, template_folder="templates")

LEVEL_ICONS = {SkillLevel.BASIC: "circle-dashed", SkillLevel.INDEPENDENT: "circle-check", SkillLevel.COACHING: "school"}


def level_badge(level: int) -> tuple[str, str, str]:
    """Return (kind, words, icon) of ui.badge."""
    kind = "muted" if level == SkillLevel.BASIC else "ok"
    return kind, sentence(LEVELS[level]), LEVEL_ICONS[SkillLevel(level)]


def level_meaning(skill: Skill, level: int) -> str:
    """Say how one tells that somebody has this level."""
    texts = {
        SkillLevel.BASIC: skill.basic,
        SkillLevel.INDEPENDENT: skill.independent,
        SkillLevel.COACHING: skill.coaching,
    }
    return texts[SkillLevel(level)]


def skills_known_of(trainee_id: int) -> Any:
    """Return the skills of a participant, for the section on the own page, which gets nothing but the participant."""
    return known_skills(db.session, trainee_id)


@bp.context_processor
def _words() -> dict[str, Any]:
    return {
        "evidence_words": {key: sentence(text) for key, text in KINDS.items()},
        "level_meaning": level_meaning,
        "shown_phone": shown_phone,
    }
