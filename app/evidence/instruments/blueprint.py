from flask import Blueprint

bp = Blueprint("instruments", __name__, template_folder="templates")
