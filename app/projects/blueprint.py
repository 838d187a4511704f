from collections.abc import Sequence
from typing import Any

from flask import Blueprint

from app.projects import states
from app.projects.models import Project
from app.projects.queries import projects_of
from app.training.models import Trainee
from app.web.db import db
from app.web.formats import sentence

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
