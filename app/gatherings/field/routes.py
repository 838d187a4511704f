"""All views of the room: importing this file hangs them on the blueprint."""

from app.gatherings.field import routes_app, routes_page, routes_sent, routes_survey, routes_sync
from app.gatherings.field.blueprint import bp

__all__ = ["bp", "routes_app", "routes_page", "routes_sent", "routes_survey", "routes_sync"]
