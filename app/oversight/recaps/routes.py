"""The pages of this room stand in modules of their own."""

from app.oversight.recaps import routes_evaluation, routes_files, routes_open  # noqa: F401
from app.oversight.recaps.blueprint import bp

__all__ = ["bp"]
