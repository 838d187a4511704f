from flask import Blueprint

bp = Blueprint("printing", __name__, template_folder="templates")
