"""The two databases, as something that can be locked, crashed, copied and put back while workers use it."""

import contextlib
import shutil
import signal
import sqlite3
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
from sqlalchemy import create_engine, text

from tests.postgres import Postgres
from tests.template import fill_template

KINDS = ("sqlite", "postgresql")


class Sqlite:
    """One file, copied from a migrated template."""

    kind = "sqlite"

    def __init__(self, template: Path, folder: Path) -> None:
        self.path = Path(shutil.copy(template, folder / "gaung.sqlite"))
        self.url = f"sqlite:///{self.path}"

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the write lock, as a backup or a long command would."""
        connection = sqlite3.connect(self.path, isolation_level=None, timeout=60)
        connection.execute("BEGIN EXCLUSIVE")
        try:
            yield
        finally:
            connection.execute("ROLLBACK")
            connection.close()

    def cut_power(self) -> None:
        """SQLite has no process of its own."""

    def start(self) -> None:
        pass

    def copy(self) -> None:
        """Keep a copy of the present state, for `put_back`."""
        with (
            contextlib.closing(sqlite3.connect(self.path)) as old,
            contextlib.closing(sqlite3.connect(f"{self.path}.copy")) as new,
        ):
            old.backup(new)

    def put_back(self) -> None:
        """Restore the copy; no worker may be running."""
        for name in ("-wal", "-shm"):
            Path(f"{self.path}{name}").unlink(missing_ok=True)
        shutil.copy(f"{self.path}.copy", self.path)

    def drop(self) -> None:
        pass


class PostgreSql:
    """A database of the run's own server, which may be crashed."""

    kind = "postgresql"

    def __init__(self, server: Postgres, address: str, name: str) -> None:
        self.server, self._address, self.name = server, address, name
        self._run(f"CREATE DATABASE {name} TEMPLATE template_faults")
        self.url = f"{address}/{name}"

    def _run(self, *statements: str) -> None:
        engine = create_engine(f"{self._address}/postgres", isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
        engine.dispose()

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold a lock on the ledger that lets nobody read or write."""
        engine = create_engine(self.url)
        with engine.begin() as connection:
            connection.execute(text("LOCK TABLE deliveries IN ACCESS EXCLUSIVE MODE"))
            yield
        engine.dispose()

    def restart(self) -> None:
        """`pg_ctl restart -m immediate`: every connection is cut, what was not committed is gone."""
        self.server.restart("immediate")

    def cut_power(self) -> None:
        """Kill every process of the server at once."""
        kill_family(self.server.pid)

    def start(self) -> None:
        self.server.start_again()

    def copy(self) -> None:
        self._alone(f"CREATE DATABASE {self.name}_copy TEMPLATE {self.name}")

    def put_back(self) -> None:
        self._run(f"DROP DATABASE {self.name} WITH (FORCE)", f"CREATE DATABASE {self.name} TEMPLATE {self.name}_copy")

    def _alone(self, statement: str) -> None:
        """A template may have no other connection at that moment."""
        cut = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{self.name}'"
        for attempt in range(50):
            try:
                self._run(cut, statement)
            except Exception:
                if attempt == 49:
                    raise
                time.sleep(0.1)
            else:
                return

    def drop(self) -> None:
        self._run(f"DROP DATABASE IF EXISTS {self.name}_copy", f"DROP DATABASE {self.name} WITH (FORCE)")


Database = Sqlite | PostgreSql


class Databases:
    """The templates of a run, and a server where PostgreSQL takes part."""

    def __init__(self, kinds: tuple[str, ...] = KINDS) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="gaung-faults-"))
        self._server: Postgres | None = None
        self._count = 0
        if "sqlite" in kinds:
            fill_template(f"sqlite:///{self._folder / 'template.sqlite'}")
        if "postgresql" in kinds:
            self._server = Postgres(durable=True)
            self._address = self._server.start()
            engine = create_engine(f"{self._address}/postgres", isolation_level="AUTOCOMMIT")
            with engine.connect() as connection:
                connection.execute(text("CREATE DATABASE template_faults"))
            engine.dispose()
            fill_template(f"{self._address}/template_faults")

    def make(self, kind: str, folder: Path) -> Database:
        self._count += 1
        if kind == "sqlite":
            return Sqlite(self._folder / "template.sqlite", folder)
        assert self._server is not None
        return PostgreSql(self._server, self._address, f"faults_{self._count}")

    def close(self) -> None:
        if self._server:
            self._server.stop()
        shutil.rmtree(self._folder, ignore_errors=True)


def hold_for(database: Database, seconds: float) -> threading.Thread:
    """Lock the database for so long, in a thread that is returned once the lock is held."""
    held = threading.Event()

    def hold() -> None:
        with database.locked():
            held.set()
            time.sleep(seconds)

    thread = threading.Thread(target=hold, daemon=True)
    thread.start()
    held.wait(60)
    return thread


def kill_family(pid: int) -> None:
    """End a process and all that it made, the parent first, so that it starts no other."""
    parent = psutil.Process(pid)
    family = [parent, *parent.children(recursive=True)]
    for one in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            one.send_signal(signal.SIGKILL)
    psutil.wait_procs(family, timeout=10)
