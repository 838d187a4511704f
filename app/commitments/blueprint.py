from flask import Blueprint

bp = Blueprint("commitments", __name__, template_folder="templates")
