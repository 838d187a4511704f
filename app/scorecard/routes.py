"""The pages of this room stand in modules of their own."""

from app.scorecard import routes_card, routes_messages, routes_targets
from app.scorecard.blueprint import bp

__all__ = ["bp", "routes_card", "routes_messages", "routes_targets"]
