from app.learning.training.admission import routes_nominations, routes_public, routes_selection
from app.learning.training.batches import routes as routes_batches
from app.learning.training.batches import routes_show
from app.learning.training.blueprint import bp
from app.learning.training.participants import routes as routes_participants
from app.learning.training.participants import routes_links, routes_self_service
from app.learning.training.sessions import routes as routes_sessions
from app.learning.training.sessions import routes_calendar

__all__ = [
    "bp",
    "routes_batches",
    "routes_calendar",
    "routes_links",
    "routes_nominations",
    "routes_participants",
    "routes_public",
    "routes_selection",
    "routes_self_service",
    "routes_sessions",
    "routes_show",
]
