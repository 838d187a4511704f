from app.assessments.blueprint import bp

__all__ = ["bp"]
