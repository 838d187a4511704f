"""A private PostgreSQL server on a free port, thrown away with its folder.

PostgreSQL refuses to run as root: there it is started as the user `postgres` that Debian's package made.
"""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import Any

SENTENCE = "PostgreSQL is missing: run `make test` as root (apt installs it), or install the package postgresql."


def _program(name: str) -> str:
    found = [str(path) for path in sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))]
    found = found or [shutil.which(name) or ""]
    if not found[-1]:
        raise RuntimeError(SENTENCE)
    return found[-1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Postgres:
    """`durable`: what was committed outlives a crash of the server (not of the machine); slower."""

    def __init__(self, *, durable: bool = False) -> None:
        self._sync = "on" if durable else "off"
        self._initdb, self._ctl = _program("initdb"), _program("pg_ctl")
        self._folder = Path(tempfile.mkdtemp(prefix="gaung-pg-"))
        self._user = "postgres" if os.geteuid() == 0 else None
        self._log = str(self._folder / "log")
        self.port = free_port()

    def _run(self, *command: str) -> None:
        as_user: dict[str, Any] = {}
        if self._user:
            entry = pwd.getpwnam(self._user)
            as_user = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
        done = subprocess.run(
            command,
            check=False,
            capture_output=True,
            text=True,
            cwd=self._folder,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
            **as_user,
        )
        if done.returncode:
            raise RuntimeError(f"{command[0]} failed: {done.stderr[-2000:]} {done.stdout[-2000:]}")

    def start(self) -> str:
        """Start it and return the address without a database name."""
        if self._user:
            shutil.chown(self._folder, self._user)
        data = str(self._folder / "data")
        self._run(self._initdb, "-D", data, "-U", "gaung", "-A", "trust", "-E", "UTF8", "--no-sync")
        self._options = (
            f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self._folder} "
            f"-c fsync=off -c synchronous_commit={self._sync} -c full_page_writes={self._sync} "
            "-c max_connections=200 -c autovacuum=off"
        )
        self._run(self._ctl, "-D", data, "-w", "-l", self._log, "-o", self._options, "start")
        return f"postgresql+psycopg://gaung@127.0.0.1:{self.port}"

    def restart(self, mode: str) -> None:
        """Restart it; "immediate" is a crash, from which it recovers."""
        self._run(self._ctl, "-D", str(self._folder / "data"), "-w", "-m", mode, "-l", self._log, "restart")

    def start_again(self) -> None:
        """Start it after its processes were killed."""
        self._run(self._ctl, "-D", str(self._folder / "data"), "-w", "-l", self._log, "-o", self._options, "start")

    @property
    def pid(self) -> int:
        return int((self._folder / "data" / "postmaster.pid").read_text().split()[0])

    def stop(self) -> None:
        self._run(self._ctl, "-D", str(self._folder / "data"), "-m", "fast", "stop")
        shutil.rmtree(self._folder, ignore_errors=True)
