"""The pages of this room stand in modules of their own."""

from app.evidence.responses import routes_answers
from app.evidence.responses.blueprint import bp
from app.evidence.responses.bursts import routes as routes_bursts
from app.evidence.responses.coding import routes as routes_coding
from app.evidence.responses.imports import routes as routes_import
from app.evidence.responses.paper import routes as routes_paper
from app.evidence.responses.paper import routes_keying
from app.evidence.responses.public import routes as routes_public
from app.evidence.responses.public import routes_handing, routes_sharing

__all__ = [
    "bp",
    "routes_answers",
    "routes_bursts",
    "routes_coding",
    "routes_handing",
    "routes_import",
    "routes_keying",
    "routes_paper",
    "routes_public",
    "routes_sharing",
]  # fmt: skip
