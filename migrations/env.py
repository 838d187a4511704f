"""Runs the migrations on the address that app.migrate (or DATABASE_URL, from the command line) names."""

from typing import Any, Literal

from alembic import context

import app.tables  # noqa: F401  (registers every room's tables)
from app.kernel.db import Base, UtcDateTime, make_engine
from config import from_env


def plain(kind: str, item: Any, _autogen: Any) -> str | Literal[False]:
    """Migrations must outlive the application's own column types."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


url = context.config.get_main_option("sqlalchemy.url") or from_env().database_url

engine = make_engine(url)
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        render_item=plain,
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
engine.dispose()
