from app.learning.assessments import (
    finishing,
    routes_answering,
    routes_feedback,
    routes_followups,
    routes_own_works,
    routes_panels_papers,
    routes_papers,
    routes_works,
)
from app.learning.assessments.blueprint import bp

__all__ = [
    "bp",
    "finishing",
    "routes_answering",
    "routes_feedback",
    "routes_followups",
    "routes_own_works",
    "routes_panels_papers",
    "routes_papers",
    "routes_works",
]
