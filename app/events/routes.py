from app.events.blueprint import bp

__all__ = ["bp"]
