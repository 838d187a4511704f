from app.learning.training import (
    routes_batches,
    routes_calendar,
    routes_links,
    routes_nominations,
    routes_own,
    routes_panels,
    routes_participants,
    routes_public,
    routes_selection,
    routes_sessions,
    routes_show,
)
from app.learning.training.blueprint import bp

__all__ = [
    "bp",
    "routes_batches",
    "routes_calendar",
    "routes_links",
    "routes_nominations",
    "routes_own",
    "routes_panels",
    "routes_participants",
    "routes_public",
    "routes_selection",
    "routes_sessions",
    "routes_show",
]
