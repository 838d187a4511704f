from collections.abc import Sequence
from typing import Any

from flask import Blueprint

from app.base.web.db import db
from app.base.web.formats import sentence
from app.learning.projects import states
from app.learning.projects.models import Project
from app.learning.projects.queries import projects_of
from app.learning.training.models import Trainee

bp = Blueprint("projects", __name__, template_folder="templates")


def _own_projects(trainee: Trainee) -> Sequence[Project]:
    return projects_of(db.session, trainee.id)


@bp.app_context_processor
def _words() -> dict[str, Any]:
    """Of every page that names projects, also those of other rooms."""
    return {
        "project_words": {key: sentence(text) for key, text in states.LABELS.items()},
        "project_badges": states.BADGES,
        "own_projects": _own_projects,
    }
