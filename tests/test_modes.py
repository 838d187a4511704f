"""What an installation writes is for its own user alone, whatever the shell that starts it allows."""

import os
import re
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from config import ROOT

OPEN = "import os; os.umask(0o022); import sys; sys.argv[0] = 'x'; "
STORE = (
    "from pathlib import Path; from config import from_env; from app.kernel.private import keep_private; "
    "var = from_env().var_dir; keep_private(var); "
    "from datetime import datetime, UTC; from app.base.media.storage import Storage; "
    "from app.base.media.pending_uploads import keep_pending; "
    "from app.base.media.check import Checked; from app.kernel.roles import SYSTEM; "
    "Storage(var / 'media').put(b'x'); Storage(var / 'media').keep_derived('a' * 64, 'small', b'y'); "
    "keep_pending(var / 'held', SYSTEM, Checked(data=b'z', mime='application/pdf', name='a', width=None, height=None), "
    "now=datetime.now(UTC))"
)
UPGRADE = "import wsgi; wsgi.application.test_cli_runner().invoke(args=['database', 'upgrade'], catch_exceptions=False)"


@pytest.fixture
def var(tmp_path: Path) -> Path:
    folder = tmp_path / "var"
    folder.mkdir(mode=0o755)  # as an older version left it
    folder.chmod(0o755)
    return folder


def run(var: Path, code: str) -> None:
    subprocess.run([sys.executable, "-c", OPEN + code], env=environment(var), cwd=ROOT, check=True, timeout=90)


def environment(var: Path) -> dict[str, str]:
    url = f"sqlite:///{var / 'gaung.sqlite'}"
    return {**os.environ, "GAUNG_VAR_DIR": str(var), "DATABASE_URL": url, "GAUNG_ENV": "development"}


def wide(var: Path) -> list[str]:
    """What somebody else could enter or read."""
    return [
        f"{path.relative_to(var.parent)} {stat.filemode(path.stat().st_mode)}"
        for path in (var, *var.rglob("*"))
        if path.stat().st_mode & 0o077
    ]


def test_commands_the_worker_and_uploads_write_for_their_user_alone(var: Path) -> None:
    run(var, UPGRADE)
    run(var, STORE)
    worker = subprocess.Popen(
        [sys.executable, "-c", OPEN + "from app.worker import main; main()"],
        env=environment(var), cwd=ROOT, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert worker.stderr is not None
    while "worker is up" not in worker.stderr.readline():
        assert worker.poll() is None
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=60) == 0
    names = {path.name for path in var.iterdir()}
    assert {"gaung.sqlite", "media", "held"} <= names
    assert wide(var) == []


def test_the_units_and_the_web_server_leave_nothing_open() -> None:
    for unit in (ROOT / "deploy").glob("*.service"):
        assert "UMask=0077" in unit.read_text(), unit.name
    assert re.search(r"^umask = 0o077", (ROOT / "deploy" / "gunicorn.py").read_text(), re.MULTILINE)
