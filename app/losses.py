"""What going back to an older migration takes away: tried in a transaction that is rolled back."""

from typing import Any

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, func, select

from app.kernel.db import make_engine
from app.kernel.text import T
from app.migrate import alembic_config

Contents = dict[str, tuple[int, dict[str, int]]]
"""Table → its rows, and column → how many of them hold something."""


def losses(url: str, revision: str) -> list[T]:
    """Return a sentence for each table, column and number of rows that a downgrade takes away; nothing is changed."""
    engine, script = make_engine(url), ScriptDirectory.from_config(alembic_config(url))
    try:
        with engine.connect() as connection, connection.begin() as tried:
            before = _contents(connection)

            def steps(current: Any, _context: Any) -> Any:
                return script._downgrade_revs(revision, current)

            context = MigrationContext.configure(connection, opts={"fn": steps})
            with Operations.context(context):
                context.run_migrations()
            after = _contents(connection)
            tried.rollback()
    finally:
        engine.dispose()
    return [sentence for name in sorted(before) for sentence in _losses_of(name, before[name], after.get(name))]


def _losses_of(name: str, before: tuple[int, dict[str, int]], after: tuple[int, dict[str, int]] | None) -> list[T]:
    rows, columns = before
    if after is None:
        return [T("Tabel %(table)s dihapus: %(n)s baris.", table=name, n=rows)]
    gone = [
        T("Kolom %(table)s.%(column)s dihapus: %(n)s isian.", table=name, column=column, n=filled)
        for column, filled in columns.items()
        if column not in after[1]
    ]
    if after[0] < rows:
        gone.append(T("Tabel %(table)s kehilangan %(n)s baris.", table=name, n=rows - after[0]))
    return gone


def _contents(connection: Connection) -> Contents:
    found = MetaData()
    found.reflect(connection)
    contents: Contents = {}
    for table in found.tables.values():
        if table.name == "alembic_version":
            continue
        row = connection.execute(select(func.count(), *(func.count(one) for one in table.c)).select_from(table)).one()
        contents[table.name] = (row[0], dict(zip(table.c.keys(), row[1:], strict=True)))
    return contents
