"""From the start of a gunicorn worker to its first page, and the memory of web and worker."""

import compileall
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil

from app.launch import free_port
from app.migrate import upgrade
from benchmarks.measure import line
from config import ROOT

STARTS = 5


def _environment(folder: str) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{Path(folder) / 'start.sqlite'}",
        "GAUNG_VAR_DIR": folder,
        "GAUNG_SECRET_KEY": "x" * 40,
        "GAUNG_PASSWORD_SALT": "x" * 20,
        "GAUNG_CREDENTIAL_KEYS": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    }


def _first_page(port: int) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/masuk", timeout=5) as answer:
                answer.read()
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.01)
    raise TimeoutError("no page within 30 s")


def _largest_mb(process: subprocess.Popen[bytes]) -> float:
    family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    return round(max(one.memory_info().rss for one in family) / 1e6, 1)


def run() -> Iterator[dict[str, object]]:
    # what a first start leaves behind, also where the environment forbids Python to keep it
    compileall.compile_dir(ROOT / "app", quiet=2)
    with tempfile.TemporaryDirectory(prefix="gaung-bench-") as folder:
        env = _environment(folder)
        upgrade(env["DATABASE_URL"])
        durations, memory = [], 0.0
        for _ in range(STARTS):
            port = free_port()
            began = time.perf_counter()
            command = [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.py", "-b", f"127.0.0.1:{port}"]
            process = subprocess.Popen(command, env=env, cwd=ROOT)
            try:
                _first_page(port)
                durations.append(1000 * (time.perf_counter() - began))
                memory = max(memory, _largest_mb(process))
            finally:
                process.send_signal(signal.SIGTERM)
                process.wait(20)
        yield line("start", "first-page", durations, rss_mb=memory)
        worker = subprocess.Popen([sys.executable, "-m", "app.worker"], env=env, cwd=ROOT)
        try:
            time.sleep(5)
            yield line("start", "worker-memory", [5000.0], rss_mb=_largest_mb(worker))
        finally:
            worker.send_signal(signal.SIGTERM)
            worker.wait(20)
