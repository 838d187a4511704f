"""The pages of this room stand in modules of their own."""

from app.responses import panels_keying, routes_coding, routes_import, routes_keying, routes_paper, routes_public
from app.responses.blueprint import bp

__all__ = ["bp", "panels_keying", "routes_coding", "routes_import", "routes_keying", "routes_paper", "routes_public"]
