"""The verbs of a campaign. What an installation starts with is in reference.py, short links are in links.py."""

from app.campaigns.links import shorten, visit
from app.campaigns.reference import load_dimensions, load_services

__all__ = ["load_dimensions", "load_services", "shorten", "visit"]
