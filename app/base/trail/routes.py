"""All views of the room: importing this file hangs them on the blueprint."""

from app.base.trail import routes_entries
from app.base.trail.blueprint import bp

__all__ = ["bp", "routes_entries"]
