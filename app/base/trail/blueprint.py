from flask import Blueprint

bp = Blueprint("trail", __name__, template_folder="templates")
