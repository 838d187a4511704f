"""The world of one scenario: its database, platform, office and workers, until all is quiet and judged."""

import contextlib
import random
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy.orm import sessionmaker
from sqlalchemy.pool import NullPool

from app.channels.print_order import message_id
from app.kernel.db import make_engine
from app.outreach.publishing.keys import delivery_key
from config import Settings
from tests.faults import verdict
from tests.faults.databases import Database, Databases
from tests.faults.office import PLATFORMS, Office, Row, who_has
from tests.faults.platform import HONEST, USUAL, Platform
from tests.faults.verdict import Verdict
from tests.faults.workers import LONGEST_LEASE, Nursery, Worker

QUIET_SECONDS = 6 * LONGEST_LEASE
"""After the last fault nothing may stand still for so long: a lease, some look-ups and tries with their pauses."""
KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
MAIL_FROM = "gaung@kukar.example"


class Skip(Exception):
    """This scenario cannot be played here; says why."""


class Stage:
    """What a scenario uses. `rounds`: how often its fault is to happen; `rng`: the only source of chance."""

    def __init__(
        self,
        databases: Databases,
        kind: str,
        *,
        seed: int,
        rounds: int,
        keep_in: Path,
        disk: int = 0,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self.rng, self.rounds, self.seed, self._env = random.Random(seed), rounds, seed, env or {}
        self.folder = Path(tempfile.mkdtemp(prefix="run-", dir=keep_in))
        self._mounted = _mount(self.folder, disk) if disk else False
        self.platform = Platform(seed)
        self.platform.start()
        self.platform.lies = USUAL
        self.database: Database = databases.make(kind, self.folder)
        self.settings = self._settings()
        self.engine = make_engine(self.database.url, poolclass=NullPool)  # nothing is kept over a crash
        self.office = Office(sessionmaker(self.engine, expire_on_commit=False), self.settings, self.rng)
        self.workers: list[Worker] = []
        self.notes: list[str] = []
        self._found: list[tuple[str, str]] = []
        self._more_kills = 0
        self._nurseries: dict[float, Nursery] = {}

    def _settings(self) -> Settings:
        return Settings(
            env="test", database_url=self.database.url, secret_key="a-secret-key-for-tests-only-0123456789",
            password_salt="salt", credential_keys=(KEY,), public_url=self.platform.http_url,
            var_dir=self.folder / "var", x_api_url=self.platform.http_url, graph_url=self.platform.http_url,
            smtp_host="127.0.0.1", smtp_port=self.platform.smtp_port, smtp_tls=False, mail_from=MAIL_FROM,
        )  # fmt: skip

    def _environment(self) -> dict[str, str]:
        one = self.settings
        return {
            "GAUNG_ENV": one.env, "DATABASE_URL": one.database_url, "GAUNG_SECRET_KEY": one.secret_key,
            "GAUNG_PASSWORD_SALT": one.password_salt, "GAUNG_CREDENTIAL_KEYS": KEY, "GAUNG_PUBLIC_URL": one.public_url,
            "GAUNG_VAR_DIR": str(one.var_dir), "GAUNG_X_API_URL": one.x_api_url, "GAUNG_GRAPH_URL": one.graph_url,
            "GAUNG_SMTP_HOST": one.smtp_host, "GAUNG_SMTP_PORT": str(one.smtp_port), "GAUNG_SMTP_TLS": "no",
            "GAUNG_MAIL_FROM": one.mail_from, "GAUNG_SEND_THREADS": "8", "GAUNG_SMTP_USER": "",
            "GAUNG_SPACING_MINUTES": "0",  # a backlog would take hours
            **self._env,
        }  # fmt: skip

    # --- what a scenario says

    def posts(self, each: int = 10, *, seconds: float = 2.0, **more: Any) -> list[int]:
        """Approve `each` deliveries for every round, due while the rounds are played, `seconds` each."""
        return self.office.posts(each * self.rounds, over=seconds * self.rounds, **more)

    def worker(self, clock: float = 0.0) -> Worker:
        """Start a worker whose clock is `clock` seconds off. It begins once it is ready: call before `posts`."""
        if clock not in self._nurseries:
            self._nurseries[clock] = Nursery(self._environment(), self.folder, clock=clock)
        worker = Worker(self._nurseries[clock], self.seed + 1000 * len(self.workers))
        worker.start()
        self.workers.append(worker)
        return worker

    def pause(self, least: float, most: float | None = None) -> None:
        time.sleep(least if most is None else self.rng.uniform(least, most))

    def note(self, text: str) -> None:
        """Say something about this run that is no fault."""
        self.notes.append(text)

    def find(self, kind: str, text: str) -> None:
        """Count something that is not in order: "lost", "doubled", "wrong" or "stuck"."""
        self._found.append((kind, text))

    def count_kill(self) -> None:
        """Count the end of something that is no worker."""
        self._more_kills += 1

    def fill_disk(self) -> Path:
        """Fill the file system of this stage to its last byte; return the file to remove."""
        path = self.folder / "filler"
        with contextlib.suppress(OSError), path.open("wb", buffering=0) as file:
            for size in (1 << 20, 1 << 12):
                with contextlib.suppress(OSError):
                    while file.write(bytes(size)) == size:
                        pass
        return path

    def at_moment(self, moment: str, scope: str, act: Callable[[Any], None]) -> None:
        """Call `act` at each "received", "accepted" or "answered" of such calls, while the platform waits."""

        def watch(seen: str, call: Any) -> None:
            if (seen, call.scope) == (moment, scope):
                act(call)

        self.platform.watch = watch

    def wait_until(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Wait until it holds; return whether it did in time."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if condition():
                return True
            time.sleep(0.1)
        return condition()

    # --- the end

    def settle(self, seconds: float = QUIET_SECONDS) -> bool:
        """Let honest platforms and one worker with a right clock finish; return whether all is quiet."""
        self.platform.lies, self.platform.watch = HONEST, None
        until, before = time.monotonic() + seconds, (0, 0)
        while time.monotonic() < until:
            self._supervised()
            now = self.office.progress()
            if now[0] == 0:
                return True
            if now != before:  # it moves on; a busy machine is no fault
                until, before = time.monotonic() + seconds, now
            time.sleep(0.2)
        return False

    def _supervised(self) -> None:
        """See to it that a worker with a right clock runs, as systemd does; it may have ended over a full disk.

        One that was told to freeze at a step may come to it only now, and hold SQLite's lock.
        """
        for worker in self.workers:
            worker.thaw()
        right = [worker for worker in self.workers if worker.nursery is self._nurseries.get(0.0)]
        if not right:
            self.worker()
        elif not any(worker.alive for worker in right):
            right[0].start()

    def judge(self) -> Verdict:
        """Hold the ledger against the truth."""
        found = verdict.judge(self.office.rows(), self.platform.truth, self.key_of)
        found.kills = sum(worker.kills for worker in self.workers) + self._more_kills
        found.notes = self.notes
        for kind, text in self._found:
            found.add(kind, text)
        return found

    def answer(self, found: Verdict) -> None:
        """Let a person who looked answer what was asked, and add what is lost, doubled or stuck after that."""
        rows = self.office.rows()
        unclaimed = self.platform.truth.count()
        unclaimed.subtract(self.key_of(row) for row in rows if who_has(row) == "sent")

        def is_out(row: Row) -> bool:
            unclaimed[self.key_of(row)] -= 1
            return unclaimed[self.key_of(row)] >= 0

        if not self.office.answer([row for row in rows if who_has(row) == "asked"], is_out):
            return
        self.settle()
        later = verdict.judge(self.office.rows(), self.platform.truth, self.key_of)
        for finding in later.findings:
            if finding not in found.findings:
                found.add(finding.partition(":")[0], f"{finding.partition(': ')[2]}, after a person's answer")

    def key_of(self, row: Row) -> tuple[str, str]:
        if row.platform in PLATFORMS[:3]:
            return row.platform, row.mark
        outlet_id = self.office.outlets[row.platform]
        return "mail", message_id(delivery_key(row.post_id, outlet_id), MAIL_FROM.rpartition("@")[2])

    def close(self, *, keep: bool) -> None:
        """End everything that was started; `keep` leaves the folder with ledger, log and truth."""
        for worker in self.workers:
            if worker.alive:
                worker.stop(20)
        for nursery in self._nurseries.values():
            nursery.close()
        self.platform.stop()
        self.platform.truth.write(self.folder / "accepted.jsonl")
        if keep:
            self._dump()
        self.engine.dispose()
        self.database.drop()
        if self._mounted:
            kept = shutil.copytree(self.folder, f"{self.folder}-kept") if keep else None
            subprocess.run(["umount", "-l", str(self.folder)], check=False)
            self.folder.rmdir()
            self.folder = Path(kept) if kept else self.folder
        elif not keep:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _dump(self) -> None:
        path = self.folder / "ledger.txt"
        with contextlib.suppress(Exception), path.open("w") as file, self.engine.connect() as connection:
            for name in ("outlets", "deliveries", "attempts"):
                for row in connection.exec_driver_sql(f"SELECT * FROM {name} ORDER BY id").mappings():
                    file.write(f"{name} {dict(row)}\n")


def _mount(folder: Path, megabytes: int) -> bool:
    """Give the folder a small file system in memory. Raises Skip where that is not allowed."""
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)], check=False, capture_output=True
    )
    if done.returncode:
        folder.rmdir()
        raise Skip("only root may mount a small disk")
    return True


@contextlib.contextmanager
def staged(databases: Databases, kind: str, **how: Any) -> Iterator[Stage]:
    """A stage that is taken down whatever happens. Raises Skip where it cannot be set up."""
    stage = Stage(databases, kind, **how)
    try:
        yield stage
    except BaseException:
        stage.close(keep=True)
        raise
