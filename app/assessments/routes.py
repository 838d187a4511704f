from app.assessments import routes_answering, routes_panels_papers, routes_papers
from app.assessments.blueprint import bp

__all__ = ["bp", "routes_answering", "routes_panels_papers", "routes_papers"]
