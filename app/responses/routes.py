"""The pages of this room stand in modules of their own."""

from app.responses import routes_import
from app.responses.blueprint import bp

__all__ = ["bp", "routes_import"]
