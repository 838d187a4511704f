from app.training import routes_nominations, routes_own, routes_participants, routes_public, routes_selection
from app.training.blueprint import bp

__all__ = ["bp", "routes_nominations", "routes_own", "routes_participants", "routes_public", "routes_selection"]
