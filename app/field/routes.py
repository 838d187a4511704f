from app.field.blueprint import bp

__all__ = ["bp"]
