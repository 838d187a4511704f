from app.reports.blueprint import bp

__all__ = ["bp"]
