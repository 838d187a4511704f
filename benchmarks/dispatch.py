"""The ledger under load: 1,000 posts due in the same whole second, and a tick beside many future posts.

Lateness is the time from `due_at` to the call of the channel; `settled_p99` to the commit of its outcome. Every
delivery has a commit of its own. SQLite (WAL, synchronous FULL) on the machine's disk. Nothing is late enough to be
spaced, so that each round pays for looking and for no plan.
"""

import http.server
import multiprocessing
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session, sessionmaker

from app.base.documents.render import Renderer
from app.base.media.storage import Storage
from app.kernel.clock import Clock
from app.kernel.vault import Vault
from app.outreach.outlets.kinds import KINDS
from app.outreach.outlets.ports import (
    CredentialField,
    Identity,
    Limits,
    Metrics,
    Outgoing,
    Problem,
    Receipt,
    Remember,
    Sighting,
)
from app.outreach.publishing.dispatch import Dispatcher
from app.outreach.publishing.models import Delivery
from app.outreach.publishing.outgoing import Packer
from app.outreach.publishing.safeguards import Safeguards
from benchmarks.database import planned_posts, throw_away
from benchmarks.measure import line, rss_mb
from config import Settings

POSTS = 1000
TICKS = 30


class NoopChannel:
    """Takes everything at once and notes when it was called."""

    limits = Limits()
    seconds = 10.0
    can_look = True
    can_measure = False
    can_remove = False
    credential_fields: Sequence[CredentialField] = ()
    setting_fields: Sequence[CredentialField] = ()

    def __init__(self) -> None:
        self.called: list[datetime] = []

    def count(self, text: str) -> int:
        return len(text)

    def check(self, out: Outgoing) -> list[Problem]:
        return []

    def publish(self, out: Outgoing, remember: Remember) -> Receipt:
        self.called.append(Clock().now())
        return Receipt(out.key)

    def find(self, out: Outgoing) -> Receipt | None:
        return None

    def identify(self, credentials: Mapping[str, Any], settings: Mapping[str, Any]) -> Identity:
        return Identity("1", "noop")

    def recent(
        self, credentials: Mapping[str, Any], settings: Mapping[str, Any], *, since: datetime, now: datetime
    ) -> Sequence[Sighting]:
        return ()

    def measure(
        self,
        remote_id: str,
        credentials: Mapping[str, Any],
        *,
        now: datetime,
        settings: Mapping[str, Any] | None = None,
    ) -> Metrics:
        return Metrics()

    def remove(
        self, remote_id: str, credentials: Mapping[str, Any], settings: Mapping[str, Any], *, now: datetime
    ) -> None:
        return None


class LoopbackChannel(NoopChannel):
    """Sends a request to a loopback server that answers after 5 ms."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self._client = httpx.Client(base_url=address, timeout=5, limits=httpx.Limits(max_connections=64))

    def publish(self, out: Outgoing, remember: Remember) -> Receipt:
        receipt = super().publish(out, remember)
        self._client.post("/", content=out.text).raise_for_status()
        return receipt


def _serve(address: Any) -> None:
    """In a process of its own, as a platform is: its work must not stand in the worker's way."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _SlowAnswer)
    address.send(server.server_port)
    server.serve_forever()


class _SlowAnswer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        time.sleep(0.005)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments: Any) -> None:
        pass


def make_dispatcher(sessions: "sessionmaker[Session]", channel: NoopChannel, folder: Path) -> Dispatcher:
    settings = Settings()
    packer = Packer(
        sessions=sessions, storage=Storage(settings.media_dir), renderer=Renderer(), secret_key="", public_url="",
        office={}, tz=settings.tz,
    )  # fmt: skip
    return Dispatcher(
        sessions=sessions, channels=dict.fromkeys(KINDS, channel), packer=packer, vault=Vault(()),
        clock=Clock(), public_url="", safeguards=Safeguards.of(folder), threads=settings.send_threads,
    )  # fmt: skip


def beside(url: str) -> Path:
    """Return the folder of a throw-away database: on the same disk, gone with it."""
    return Path(url.removeprefix("sqlite:///")).parent / "var"


def burst(case: str, channel: NoopChannel) -> dict[str, object]:
    """POSTS posts due in one whole second, woken as the worker wakes."""
    with throw_away() as (url, sessions):
        now = Clock().now()
        due = now.replace(microsecond=0) + timedelta(seconds=12)
        planned_posts(sessions, POSTS, due_at=due, useful_until=due + timedelta(days=1), now=now)
        dispatcher = make_dispatcher(sessions, channel, beside(url))
        thread = threading.Thread(target=dispatcher.run)
        scheduler = BackgroundScheduler(timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1})
        scheduler.add_job(dispatcher.wake, CronTrigger(second="*", timezone="UTC"), misfire_grace_time=None)
        thread.start()
        scheduler.start()
        until = time.monotonic() + 60
        while time.monotonic() < until:
            time.sleep(0.5)
            with sessions() as session:
                sent = session.scalar(select(func.count()).where(Delivery.status == "sent")) or 0
            if sent == POSTS:
                break
        scheduler.shutdown()
        dispatcher.stop()
        thread.join()
        with sessions() as session:
            settled = [1000 * (at - due).total_seconds() for at in session.scalars(select(Delivery.sent_at)) if at]
    late = [1000 * (at - due).total_seconds() for at in channel.called]
    settled_line = line("dispatch", case, settled)
    return line(
        "dispatch",
        case,
        late,
        per_second=round(POSTS / (max(settled) / 1000)),
        settled_p50=settled_line["p50"],
        settled_p99=settled_line["p99"],
        sent=len(settled),
        rss_mb=rss_mb(),
    )


def ticks(case: str, future: int) -> dict[str, object]:
    """A tick with nothing due and `future` posts that wait."""
    with throw_away() as (url, sessions):
        now = Clock().now()
        planned_posts(sessions, future, due_at=now + timedelta(days=30), useful_until=now + timedelta(days=33), now=now)
        dispatcher = make_dispatcher(sessions, NoopChannel(), beside(url))
        counted = [0]
        with sessions() as session:
            engine = session.get_bind()

        def count(*_arguments: object) -> None:
            counted[0] += 1

        dispatcher.tick()
        event.listen(engine, "before_cursor_execute", count)
        durations = []
        for _ in range(TICKS):
            began = time.perf_counter()
            dispatcher.tick()
            durations.append(1000 * (time.perf_counter() - began))
        dispatcher.close()
        return line("dispatch", case, durations, queries=counted[0] // TICKS, future=future)


def run() -> Iterator[dict[str, object]]:
    yield burst("noop", NoopChannel())
    here, there = multiprocessing.Pipe()
    platform = multiprocessing.get_context("spawn").Process(target=_serve, args=(there,), daemon=True)
    platform.start()
    try:
        yield burst("loopback-5ms", LoopbackChannel(f"http://127.0.0.1:{here.recv()}"))
    finally:
        platform.terminate()
        platform.join()
    yield ticks("tick-1k", 1_000)
    yield ticks("tick-100k", 100_000)
