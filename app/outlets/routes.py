from flask import Blueprint

bp = Blueprint("outlets", __name__, template_folder="templates")
