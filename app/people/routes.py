"""All views of the room: importing this file hangs them on the blueprint."""

from app.people import routes_account
from app.people.blueprint import bp

__all__ = ["bp", "routes_account"]
