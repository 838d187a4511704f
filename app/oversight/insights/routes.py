"""The pages of this room stand in modules of their own."""

from app.oversight.insights import routes_awareness, routes_chain, routes_overview
from app.oversight.insights.blueprint import bp

__all__ = ["bp", "routes_awareness", "routes_chain", "routes_overview"]
