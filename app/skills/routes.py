from app.skills.blueprint import bp

__all__ = ["bp"]
