"""Bring a database to the newest migration; `migrations/` holds them."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from app.kernel.db import make_engine

FOLDER = Path(__file__).resolve().parent.parent / "migrations"


def alembic_config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


def is_current(engine: Engine, config: Config) -> bool:
    with engine.connect() as connection:
        heads = MigrationContext.configure(connection).get_current_heads()
    return set(heads) == set(ScriptDirectory.from_config(config).get_heads())


def upgrade(url: str, revision: str = "head") -> None:
    """Run what is missing; quick when nothing is."""
    config = alembic_config(url)
    engine = make_engine(url)
    try:
        if revision == "head" and is_current(engine, config):
            return
    finally:
        engine.dispose()
    command.upgrade(config, revision)


def downgrade(url: str, revision: str = "base") -> None:
    command.downgrade(alembic_config(url), revision)
