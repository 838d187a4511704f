from app.programmes.blueprint import bp

__all__ = ["bp"]
