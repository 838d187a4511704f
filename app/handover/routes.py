"""All views of the room: importing this file hangs them on the blueprint."""

from app.handover import routes_envelope, routes_handover
from app.handover.blueprint import bp

__all__ = ["bp", "routes_envelope", "routes_handover"]
