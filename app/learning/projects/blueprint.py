from collections.abc import Sequence

from flask import Blueprint

from app.base.web.db import db
from app.learning.projects.models import Project
from app.learning.projects.queries import projects_of
from app.learning.training.models import Trainee

bp = Blueprint("projects", __name__, template_folder="templates")


def own_projects(trainee: Trainee) -> Sequence[Project]:
    return projects_of(db.session, trainee.id)
