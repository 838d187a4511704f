"""The pages of this room stand in modules of their own."""

from app.evidence.responses import (
    routes_answers,
    routes_bursts,
    routes_coding,
    routes_handing,
    routes_import,
    routes_keying,
    routes_panels_answers,
    routes_panels_keying,
    routes_paper,
    routes_public,
    routes_sharing,
)
from app.evidence.responses.blueprint import bp

__all__ = [
    "bp",
    "routes_answers",
    "routes_bursts",
    "routes_coding",
    "routes_handing",
    "routes_import",
    "routes_keying",
    "routes_panels_answers",
    "routes_panels_keying",
    "routes_paper",
    "routes_public",
    "routes_sharing",
]  # fmt: skip
