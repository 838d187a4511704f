"""The one blueprint of the room; the files routes_*.py hang their views on it."""

from flask import Blueprint

bp = Blueprint("access", __name__, template_folder="templates")
