"""The pages of this room stand in modules of their own."""

from app.learning.skills import routes_matrix, routes_numbers, routes_person
from app.learning.skills.blueprint import bp

__all__ = ["bp", "routes_matrix", "routes_numbers", "routes_person"]
