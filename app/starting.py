"""What a process asks before it serves: can the database be written, and has it the tables of this version?"""

import getpass
from pathlib import Path

from sqlalchemy import Engine, false, text, update
from sqlalchemy.exc import DBAPIError

from app.kernel.db import writing
from app.outreach.publishing.models import Heartbeat
from config import ROOT


class NotReady(Exception):
    """The database cannot be worked with; the message says in one sentence why. `lasting`: waiting does not help."""

    def __init__(self, sentence: str, *, lasting: bool = False) -> None:
        super().__init__(sentence)
        self.lasting = lasting


def check_database(engine: Engine) -> None:
    """Raise NotReady where the worker could not work: by a write that changes nothing."""
    try:
        with writing(), engine.begin() as connection:
            found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
            connection.execute(update(Heartbeat).where(false()).values(pid=0))
    except DBAPIError as error:
        raise _explained(engine, error) from error
    if (found or "") < newest_migration():
        raise NotReady(_old(str(found)))


def newest_migration() -> str:
    return max(path.name for path in (ROOT / "migrations" / "versions").glob("*.py")).partition("_")[0]


def _explained(engine: Engine, error: DBAPIError) -> NotReady:
    name = getattr(error.orig, "sqlite_errorname", None) or type(error.orig).__name__
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "ReadOnlySqlTransaction", "InsufficientPrivilege")):
        return NotReady(_not_writable(engine), lasting=True)
    if name == "UndefinedTable" or "no such table" in str(error.orig):
        return NotReady(_old("nothing"))
    first = str(error.orig).strip().splitlines()[0]
    return NotReady(f"The database {_where(engine)} does not answer: {first}")


def _not_writable(engine: Engine) -> str:
    user = getpass.getuser()
    if engine.dialect.name != "sqlite":
        return f"The database {_where(engine)} lets its user only read. Give the user the right to write its tables."
    folder = Path(engine.url.database or "").parent
    return (
        f"The database {_where(engine)} cannot be written by {user}: give this user the right to write the file and "
        f"its folder. Under systemd {folder} has to stand in ReadWritePaths, or the file below GAUNG_VAR_DIR."
    )


def _old(found: str) -> str:
    return f"The database has the tables of {found} and not of {newest_migration()}: run “flask database upgrade”."


def _where(engine: Engine) -> str:
    """The address without a password."""
    return engine.url.database or "" if engine.dialect.name == "sqlite" else str(engine.url)
