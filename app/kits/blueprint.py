from flask import Blueprint

from app.kernel.roles import Role

bp = Blueprint("kits", __name__, template_folder="templates")

USERS = (Role.EDITOR, Role.ADMIN)
"""Who makes a campaign, or programmes of training, of a kit."""
