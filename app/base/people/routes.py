"""All views of the room: importing this file hangs them on the blueprint."""

from app.base.people import routes_organisations, routes_users
from app.base.people.blueprint import bp

__all__ = ["bp", "routes_organisations", "routes_users"]
