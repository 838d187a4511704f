from flask import Blueprint

bp = Blueprint("recaps", __name__, template_folder="templates")
