from app.skills import reached
from app.skills.blueprint import bp

__all__ = ["bp", "reached"]
