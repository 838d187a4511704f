"""All views of the room: importing this file hangs them on the blueprint."""

from app.people import routes_organisations, routes_users
from app.people.blueprint import bp

__all__ = ["bp", "routes_organisations", "routes_users"]
