"""All views of the room: importing this file hangs them on the blueprint."""

from app.base.confirmations import routes_deputies, routes_proposals
from app.base.confirmations.blueprint import bp

__all__ = ["bp", "routes_deputies", "routes_proposals"]
