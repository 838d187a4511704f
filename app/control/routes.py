"""The pages of this room stand in modules of their own."""

from app.control.blueprint import bp

__all__ = ["bp"]
