from app.certificates.blueprint import bp

__all__ = ["bp"]
