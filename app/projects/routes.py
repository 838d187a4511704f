from app.projects.blueprint import bp

__all__ = ["bp"]
