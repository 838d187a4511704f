"""The pages of this room stand in modules of their own."""

from app.mosaic import routes_boundaries, routes_mosaic
from app.mosaic.blueprint import bp

__all__ = ["bp", "routes_boundaries", "routes_mosaic"]
