from app.learning.assessments.blueprint import bp
from app.learning.assessments.followups import routes as routes_followups
from app.learning.assessments.followups import routes_feedback
from app.learning.assessments.papers import routes as routes_papers
from app.learning.assessments.papers import routes_answering
from app.learning.assessments.works import routes as routes_works
from app.learning.assessments.works import routes_participant as routes_participant_works

__all__ = [
    "bp",
    "routes_answering",
    "routes_feedback",
    "routes_followups",
    "routes_papers",
    "routes_participant_works",
    "routes_works",
]
