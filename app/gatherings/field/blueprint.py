from flask import Blueprint

bp = Blueprint("field", __name__, template_folder="templates")
