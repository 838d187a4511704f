"""The pages of this room stand in modules of their own."""

from app.oversight.scorecard import routes_card, routes_messages, routes_targets
from app.oversight.scorecard.blueprint import bp

__all__ = ["bp", "routes_card", "routes_messages", "routes_targets"]
