from flask import Blueprint

bp = Blueprint("notices", __name__, template_folder="templates")
