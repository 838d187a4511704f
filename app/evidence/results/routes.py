"""The pages of this room stand in modules of their own."""

from app.evidence.results import routes_comparison, routes_export, routes_trend, routes_wave
from app.evidence.results.blueprint import bp

__all__ = ["bp", "routes_comparison", "routes_export", "routes_trend", "routes_wave"]
