"""All views of the room: importing this file hangs them on the blueprint."""

from app.trail import routes_entries
from app.trail.blueprint import bp

__all__ = ["bp", "routes_entries"]
