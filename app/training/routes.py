from app.training.blueprint import bp

__all__ = ["bp"]
