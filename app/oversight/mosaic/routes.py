"""The pages of this room stand in modules of their own."""

from app.oversight.mosaic import routes_boundaries, routes_mosaic
from app.oversight.mosaic.blueprint import bp

__all__ = ["bp", "routes_boundaries", "routes_mosaic"]
