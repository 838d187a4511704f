"""Where `flask …` finds the application and its commands, in the project's folder."""

from app import create_app
from app.cli import init_cli
from app.kernel.private import keep_private
from config import from_env

keep_private(from_env().var_dir)
application = create_app()
init_cli(application)
