"""The whole application as `make run` starts it, in folders of its own, and Debian's Chromium."""

import fcntl
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, expect

from app.launch import free_port
from config import ROOT

PASSWORD = "kukar-uji-123"
UP_WITHIN = 180
PREPARED = "prepared.json"
expect.set_options(timeout=20_000)  # a machine under load answers late, and a page that is right does not wait
PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 720}, "locale": "id-ID", "timezone_id": "Asia/Makassar", "has_touch": True,
}  # fmt: skip


@dataclass
class Live:
    """A running installation: its address, its practice wall, and the database file."""

    address: str
    wall: str
    folder: Path

    def wall_posts(self) -> list[dict[str, Any]]:
        return list(httpx.get(f"{self.wall}/api/posts", timeout=10).json())

    def mails(self) -> list[dict[str, Any]]:
        return list(httpx.get(f"{self.wall}/api/mails", timeout=10).json())


def _wait(address: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + UP_WITHIN
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise RuntimeError(f"the application did not come up:\n{log.read_text()[-4000:]}")


def _wall(log: Path) -> str:
    """The practice wall's address, as it is printed once everything answers."""
    until = time.monotonic() + UP_WITHIN
    while time.monotonic() < until:
        found = re.search(r"Dinding latihan: (http://\S+)", log.read_text())
        if found:
            return found[1]
        time.sleep(0.1)
    raise RuntimeError(f"no address of the practice wall:\n{log.read_text()[-2000:]}")


@contextmanager
def _launched(folder: Path, port: int) -> Iterator["subprocess.Popen[bytes]"]:
    """What `make run` starts, with its folder; it writes into `log`, and is stopped at the end."""
    env = {
        **os.environ,
        "GAUNG_VAR_DIR": str(folder),
        "GAUNG_DEMO_PASSWORD": PASSWORD,
        "PYTHONUNBUFFERED": "1",
    }
    env.pop("DATABASE_URL", None)
    with (folder / "log").open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "app.launch", "--port", str(port)],
            cwd=ROOT, env=env, stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        try:
            yield process
        finally:
            os.killpg(process.pid, signal.SIGINT)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)


def _prepared(folder: Path) -> dict[str, Any]:
    """What the launcher notes when the practice data is in and before it serves; nothing until then."""
    try:
        return dict(json.loads((folder / PREPARED).read_text()))
    except (FileNotFoundError, ValueError):
        return {}


def _template() -> Path:
    """Return the folder of an installation with its practice data that was never served.

    The first process that asks makes it, which takes half a minute; the others wait and copy the same.
    """
    folder = Path(os.environ["GAUNG_TEST_FOLDER"]) / "live"
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            making = folder.with_suffix(".making")
            making.mkdir()
            until = time.monotonic() + UP_WITHIN
            with _launched(making, free_port()) as process:
                while not _prepared(making):
                    if process.poll() is not None or time.monotonic() > until:
                        raise RuntimeError(f"no practice data:\n{(making / 'log').read_text()[-4000:]}")
                    time.sleep(0.05)
            making.rename(folder)
    return folder


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    template, folder = _template(), tmp_path_factory.getbasetemp() / "live"
    shutil.copytree(template, folder)
    (folder / "practice-ports").unlink(missing_ok=True)  # each has servers of its own
    made = _prepared(template)
    made["for"] = [f"sqlite:///{folder / 'gaung.sqlite'}", *made["for"][1:]]
    (folder / PREPARED).write_text(json.dumps(made))
    port = free_port()
    with _launched(folder, port) as process:
        address, log = f"http://127.0.0.1:{port}", folder / "log"
        _wait(address, process, log)
        yield Live(address, _wall(log), folder)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    path = shutil.which("chromium")
    if path is None:
        raise RuntimeError("Chromium is missing: run `make test` as root, or install the package chromium.")
    flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
    flags += ["--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"]
    return {**browser_type_launch_args, "executable_path": path, "args": flags}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "viewport": {"width": 1280, "height": 720}, "locale": "id-ID"}


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "foto.jpg"
    Image.effect_noise((2400, 1800), 60).convert("RGB").save(path, quality=90)
    return path


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    """A phone of its own, whose requests can be stopped: the page sends, not its service worker."""
    context = browser.new_context(**PHONE, service_workers="block")
    context.set_default_timeout(20_000)
    yield context
    context.close()
