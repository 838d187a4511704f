"""Where `flask …` finds the application and its commands, in the project's folder."""

from app import create_app
from app.cli import init_cli

application = create_app()
init_cli(application)
