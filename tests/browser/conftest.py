"""The whole application as `make run` starts it, in folders of its own, and Debian's Chromium."""

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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext

from app.launch import free_port
from config import ROOT

PASSWORD = "kukar-uji-123"
UP_WITHIN = 180
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
    for _ in range(100):
        found = re.search(r"Dinding latihan: (http://\S+)", log.read_text())
        if found:
            return found[1]
        time.sleep(0.1)
    raise RuntimeError(f"no address of the practice wall:\n{log.read_text()[-2000:]}")


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    folder = tmp_path_factory.mktemp("live")
    port, log = free_port(), folder / "log"
    env = {
        **os.environ,
        "GAUNG_VAR_DIR": str(folder),
        "GAUNG_DEMO_PASSWORD": PASSWORD,
        "PYTHONUNBUFFERED": "1",
    }
    env.pop("DATABASE_URL", None)
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "app.launch", "--port", str(port)],
            cwd=ROOT, env=env, stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(address, process, log)
            yield Live(address, _wall(log), folder)
        finally:
            os.killpg(process.pid, signal.SIGINT)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)


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
