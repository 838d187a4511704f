"""The worker as a process of its own, `python -m app.worker`, on the database of a test."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from config import ROOT, Settings

UP_WITHIN = 60  # seconds; a machine under load starts late


class RunningWorker:
    """Its `process`, and the file of what it logged."""

    def __init__(self, process: "subprocess.Popen[bytes]", log: Path) -> None:
        self.process, self.log = process, log

    def ended_by(self, number: int, *, within: float) -> int:
        """Send a signal, wait for the end, and return the exit code."""
        self.process.send_signal(number)
        return self.process.wait(within)

    def said(self) -> str:
        return self.log.read_text()


def environment_of(settings: Settings) -> dict[str, str]:
    """Return the environment from which config.from_env reads these settings."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("GAUNG_")},
        "DATABASE_URL": settings.database_url,
        "GAUNG_VAR_DIR": str(settings.var_dir),
        "GAUNG_SECRET_KEY": settings.secret_key,
        "GAUNG_PASSWORD_SALT": settings.password_salt,
        "GAUNG_CREDENTIAL_KEYS": ",".join(settings.credential_keys),
        "GAUNG_PUBLIC_URL": settings.public_url,
        "GAUNG_SMTP_HOST": settings.smtp_host,
        "GAUNG_SMTP_PORT": str(settings.smtp_port),
        "GAUNG_SMTP_TLS": str(int(settings.smtp_tls)),
        "GAUNG_MAIL_FROM": settings.mail_from,
    }


@contextmanager
def running_worker(settings: Settings, log: Path, **popen: Any) -> Iterator[RunningWorker]:
    """Start a worker; it is killed at the end if it is still there."""
    popen.setdefault("env", environment_of(settings))
    with log.open("ab") as file:
        process = subprocess.Popen([sys.executable, "-m", "app.worker"], cwd=ROOT, stdout=file, stderr=file, **popen)
    try:
        yield RunningWorker(process, log)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        process.wait(10)


def wait_until(holds: Callable[[], Any], *, within: float = UP_WITHIN) -> None:
    """Wait until something holds; fails when it does not in so many seconds."""
    until = time.monotonic() + within
    while not holds():
        if time.monotonic() > until:
            raise AssertionError("it did not come to pass in time")
        time.sleep(0.05)
