from app.skills import evidence, reached
from app.skills.blueprint import bp

__all__ = ["bp", "evidence", "reached"]
