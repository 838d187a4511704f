from app.communities.blueprint import bp

__all__ = ["bp"]
