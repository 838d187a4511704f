"""Worker processes as a scenario sees them: start, kill, stop, freeze; with a clock of their own where faketime is."""

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil

PACE: Mapping[str, Any] = {
    "app.channels.wire:CONNECT_SECONDS": 0.5,
    "app.channels.wire:READ_SECONDS": 1.5,
    "app.channels.wire:ONE_CALL": 2.0,
    "app.channels.wire:ONE_UPLOAD": 2.0,
    "app.channels.x:UPLOAD_SECONDS": 4.0,
    "app.channels.facebook:UPLOAD_SECONDS": 4.0,
    "app.channels.instagram:UPLOAD_SECONDS": 4.0,
    "app.channels.x:XChannel.seconds": 10.0,
    "app.channels.facebook:FacebookChannel.seconds": 14.0,
    "app.channels.instagram:InstagramChannel.seconds": 16.0,
    "app.channels.instagram_container:LOOK_AGAIN": 0.5,
    "app.channels.instagram_container:LOOK_AGAIN_MOST": 2.0,
    "app.channels.instagram_container:SETTLED": 3,
    "app.channels.instagram_container:UNSEEN": 8,
    "app.channels.print_mail:SMTP_SECONDS": 0.5,
    "app.channels.print_mail:BODY_SECONDS": 1.0,
    "app.channels.print_mail:REPLY_SECONDS": 1.5,
    "app.channels.print_mail:PrintOrderChannel.seconds": 10.0,
    "app.outreach.publishing.ledger:CLAIM_SECONDS": 6,
    "app.outreach.publishing.ledger:LOOKUP_AFTER": [1, 2, 4, 6],
    "app.outreach.publishing.calls:LEASE_MARGIN": 4.0,
    "app.outreach.publishing.backoff:BACKOFF_FIRST": 1.0,
    "app.outreach.publishing.backoff:BACKOFF_MOST": 4.0,
    "app.outreach.publishing.breaker:FIRST_PAUSE": 1,
    "app.outreach.publishing.breaker:LONGEST_PAUSE": 3,
    "app.outreach.publishing.breaker:SPACE": 0.1,
    "app.outreach.publishing.breaker:LONGEST_SPREAD": 2,
}
"""Waiting times in seconds, about a tenth of the real ones; each lease still outlives the sum of its timeouts. A run at
the real ones (PACE=real) takes hours."""
LONGEST_LEASE = 20.0  # seconds, of what stands above
STOP_SECONDS = 1.5 * LONGEST_LEASE  # how long a frozen worker stands; at the real pace these are two minutes and more
FAKETIME = next(iter(sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))), None)
NO_FAKETIME = "the package faketime is not installed"


class Nursery:
    """A process that makes workers whose clock differs by `clock` seconds from the machine's."""

    def __init__(self, env: Mapping[str, str], folder: Path, *, clock: float = 0.0, pace: Mapping[str, Any] = PACE):
        environ = {**os.environ, **env, "FAULTS_PACE": json.dumps(dict(pace))}
        environ["PYTHONWARNINGS"] = "ignore:pkg_resources is deprecated:UserWarning"
        self.clock_file = folder / f"clock-{clock:+g}"
        self._log = (folder / f"worker{clock:+g}.log").open("a")
        if clock:
            if FAKETIME is None:
                raise RuntimeError(NO_FAKETIME)
            self.set_clock(clock)
            environ |= {
                "LD_PRELOAD": str(FAKETIME),
                "FAKETIME_TIMESTAMP_FILE": str(self.clock_file),
                "FAKETIME_NO_CACHE": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.worker"],
            env=environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            bufsize=1,
        )
        self._made: queue.SimpleQueue[int] = queue.SimpleQueue()
        self.ended: dict[int, int] = {}
        threading.Thread(target=self._listen, daemon=True).start()
        self._wait_for_made(120)

    def set_clock(self, seconds: float) -> None:
        """Move the clock of all workers made here, at once."""
        fresh = self.clock_file.with_suffix(".new")
        fresh.write_text(f"{seconds:+f}\n")
        fresh.replace(self.clock_file)

    def make(self, order: Mapping[str, Any]) -> int:
        """Start a worker and return its process id."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(dict(order)) + "\n")
        return self._wait_for_made(60)

    def _wait_for_made(self, seconds: float) -> int:
        until = time.monotonic() + seconds
        while self._process.poll() is None and time.monotonic() < until:
            with contextlib.suppress(queue.Empty):
                return self._made.get(timeout=0.2)
        raise RuntimeError("the workers' process does not answer:\n" + Path(self._log.name).read_text()[-1500:])

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            said = json.loads(line)
            if "ended" in said:
                self.ended[said["ended"]] = said["status"]
            else:
                self._made.put(said.get("made", 0))

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._log.close()


class Worker:
    """One place where a worker runs; it may be killed and started many times."""

    def __init__(self, nursery: Nursery, seed: int) -> None:
        self.nursery, self.pid, self.kills, self._seed = nursery, 0, 0, seed
        self._counted: set[int] = set()

    def start(self, *, step: str = "", nth: int = 1, signal: int = signal.SIGKILL) -> None:
        """Start it; with a step it ends or freezes itself there (tests/faults/worker.py)."""
        self._seed += 1
        self.pid = self.nursery.make({"seed": self._seed, "step": step, "nth": nth, "signal": int(signal)})

    @property
    def alive(self) -> bool:
        return bool(self.pid) and self.pid not in self.nursery.ended

    @property
    def frozen(self) -> bool:
        """Whether it stands still."""
        return self.alive and psutil.Process(self.pid).status() == psutil.STATUS_STOPPED

    def signal(self, number: int) -> None:
        if self.alive:
            try:
                os.kill(self.pid, number)
            except ProcessLookupError:
                return

    def _count_kill(self) -> None:
        """A worker that ended by SIGKILL, its own or ours, counts once."""
        if self.pid and self.nursery.ended.get(self.pid) == -signal.SIGKILL and self.pid not in self._counted:
            self._counted.add(self.pid)
            self.kills += 1

    def kill(self) -> None:
        """End it as a power cut would; counts if it was alive."""
        if self.alive:
            self.signal(signal.SIGKILL)
            self.wait(10)

    def freeze(self) -> None:
        self.signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.signal(signal.SIGCONT)

    def stop(self, seconds: float = 60) -> bool:
        """Ask it to stop as systemd does; return whether it did in time. Else it is killed."""
        self.thaw()
        self.signal(signal.SIGTERM)
        if self.wait(seconds):
            return True
        self.signal(signal.SIGKILL)
        self.wait(10)
        return False

    def wait(self, seconds: float) -> bool:
        """Wait until it has ended; return whether it has."""
        until = time.monotonic() + seconds
        while self.alive and time.monotonic() < until:
            time.sleep(0.02)
        self._count_kill()
        return not self.alive
