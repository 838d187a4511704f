from flask import Blueprint

bp = Blueprint("mosaic", __name__, template_folder="templates")
