"""Runs the migrations on the address that app.migrate (or DATABASE_URL, from the command line) names."""

from alembic import context

import app.tables  # noqa: F401  (registers every room's tables)
from app.kernel.db import Base, make_engine
from config import from_env

url = context.config.get_main_option("sqlalchemy.url") or from_env().database_url

with make_engine(url).connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
