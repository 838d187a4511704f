"""Ten phones come back into reach at once: 200 queued records, each sent twice, to gunicorn with two workers.

A phone sends its 20 records in one request and, as after a lost reply, the same again. The case's times are those of
requests, seen from the phones. `seconds`: from the first request to the last answer. `lock_wait_ms`: how long a writer
beside them waited for the database's write lock (p50 and longest), which is what a page that saves would feel.
"""

import os
import re
import secrets
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from app import create_app
from app.base.areas.service import load_regency
from app.base.people.models import Organisation
from app.base.people.service import invite, load_roles
from app.gatherings.events.models import Event
from app.gatherings.field.models import FieldRecord
from app.gatherings.reports.models import Report
from app.kernel.db import make_engine, unit_of_work
from app.kernel.roles import SYSTEM, Role
from app.launch import free_port
from app.migrate import upgrade
from benchmarks.measure import line, percentile
from config import ROOT, Settings

PHONES = 10
EACH = 20
TIMES = 2
UP_WITHIN = 60  # seconds
SECRET = "a-secret-key-for-benchmarks-only-0123456"
NOW = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)


def run() -> Iterator[dict[str, object]]:
    with tempfile.TemporaryDirectory(prefix="gaung-bench-") as folder:
        url = f"sqlite:///{Path(folder) / 'sync.sqlite'}"
        upgrade(url)
        engine = make_engine(url)
        sessions = sessionmaker(engine, expire_on_commit=False)
        password = secrets.token_urlsafe(12)
        app = create_app(Settings(env="development", database_url=url, secret_key=SECRET, password_salt="salt"))
        with app.app_context():  # passwords are hashed as the application does it
            groups = _fill(sessions, password)
        with _server(folder, url) as address:
            yield _measure(address, Path(folder) / "sync.sqlite", sessions, groups, password)
        engine.dispose()


def _fill(sessions: "sessionmaker[Session]", password: str) -> list[int]:
    """Ten KIM with a member each; gives their organisations."""
    with unit_of_work(sessions) as session:
        load_regency(session, "64.02")
        load_roles(session)
        groups = []
        for number in range(PHONES):
            group = Organisation(kind="kim", name=f"KIM {number}", village_code="64.02.12.2002")
            session.add(group)
            session.flush()
            invite(
                session, SYSTEM, username=f"kim{number}", name=f"Anggota {number}", organisation_id=group.id,
                roles=frozenset({Role.COMMUNITY}), password=password, now=NOW,
            )  # fmt: skip
            groups.append(group.id)
        return groups


class _server:  # noqa: N801 (reads as the block it opens)
    """gunicorn with two workers on a free port."""

    def __init__(self, folder: str, url: str) -> None:
        self._env = {
            **os.environ,
            "DATABASE_URL": url,
            "GAUNG_VAR_DIR": folder,
            "GAUNG_SECRET_KEY": SECRET,
            "GAUNG_PASSWORD_SALT": "salt",
            "GAUNG_CREDENTIAL_KEYS": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
            "WEB_WORKERS": "2",
        }

    def __enter__(self) -> str:
        port = free_port()
        command = [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.py", "-b", f"127.0.0.1:{port}"]
        self._process = subprocess.Popen(command, env=self._env, cwd=ROOT)
        address = f"http://127.0.0.1:{port}"
        until = time.monotonic() + UP_WITHIN
        while time.monotonic() < until:
            try:
                if httpx.get(f"{address}/masuk", timeout=5).status_code == 200:
                    return address
            except httpx.HTTPError:
                time.sleep(0.05)
        self.__exit__()
        raise TimeoutError("gunicorn did not come up")

    def __exit__(self, *_fault: object) -> None:
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(20)


class Phone:
    def __init__(self, address: str, number: int, organisation_id: int, password: str) -> None:
        self._client = httpx.Client(base_url=address, timeout=60)
        page = self._client.get("/masuk").text
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        form = {"identity": f"kim{number}", "password": password, "csrf_token": found[1] if found else ""}
        self._client.post("/masuk", data=form)
        session = self._client.get("/catat/sesi")
        if session.status_code != 200:
            raise RuntimeError(f"phone {number} could not sign in: {session.status_code}")
        self._token = session.json()["csrf"]
        self._records = [_record(organisation_id, number, each) for each in range(EACH)]
        self.times: list[float] = []
        self.states: list[str] = []

    def send(self) -> None:
        body = {"device_now": datetime.now(UTC).isoformat(), "records": self._records}
        for _ in range(TIMES):
            begin = time.perf_counter()
            answer = self._client.post("/catat/kirim", json=body, headers={"X-CSRFToken": self._token})
            self.times.append((time.perf_counter() - begin) * 1000)
            answer.raise_for_status()
            self.states += [row["state"] for row in answer.json()["records"]]


def _record(organisation_id: int, number: int, each: int) -> dict[str, Any]:
    content = {
        "title": f"Kegiatan {each} dari HP {number}", "event_kind": "kim_activity", "date": f"2026-10-{each + 1:02}",
        "start": "09:00", "village_code": "64.02.12.2002", "place": "Balai desa",
        "counts": {"f.adult": 12, "m.adult": 9, "f.elder": 3}, "tags": ["diskusi"],
        "questions": [{"asked": "Kapan menara dibangun?", "answer": ""}],
        "materials": [{"name": "Brosur", "copies": 25, "piece_id": None}],
    }  # fmt: skip
    return {
        "uuid": str(uuid.uuid4()), "kind": "activity", "organisation_id": organisation_id, "content": content,
        "photos": [], "saved_at": datetime.now(UTC).isoformat(),
    }  # fmt: skip


class Waiter(threading.Thread):
    """Asks for the write lock again and again, and notes how long that took."""

    def __init__(self, path: Path) -> None:
        super().__init__(daemon=True)
        self._path = path
        self.over = threading.Event()
        self.waits: list[float] = []

    def run(self) -> None:
        connection = sqlite3.connect(self._path, timeout=60, isolation_level=None)
        while not self.over.is_set():
            begin = time.perf_counter()
            connection.execute("BEGIN IMMEDIATE")
            self.waits.append((time.perf_counter() - begin) * 1000)
            connection.execute("ROLLBACK")
            time.sleep(0.01)
        connection.close()


def _measure(
    address: str, path: Path, sessions: "sessionmaker[Session]", groups: list[int], password: str
) -> dict[str, object]:
    phones = [Phone(address, number, group, password) for number, group in enumerate(groups)]
    waiter = Waiter(path)
    waiter.start()
    begin = time.perf_counter()
    with ThreadPoolExecutor(PHONES) as pool:
        list(pool.map(Phone.send, phones))
    seconds = time.perf_counter() - begin
    waiter.over.set()
    waiter.join(10)
    states = [state for phone in phones for state in phone.states]
    _check(sessions, states)
    waits = waiter.waits or [0.0]
    return line(
        "sync", "batch-200", [one for phone in phones for one in phone.times], records=PHONES * EACH, sent=len(states),
        stored=states.count("stored"), known=states.count("known"), seconds=round(seconds, 2),
        lock_wait_ms={"p50": round(percentile(waits, 0.5), 2), "max": round(max(waits), 2)},
    )  # fmt: skip


def _check(sessions: "sessionmaker[Session]", states: list[str]) -> None:
    """Each stored once, known the second time."""
    wanted = PHONES * EACH
    with sessions() as session:
        found = {
            table: session.scalar(select(func.count()).select_from(table)) for table in (FieldRecord, Event, Report)
        }
    if set(found.values()) != {wanted} or (states.count("stored"), states.count("known")) != (wanted, wanted):
        raise RuntimeError(f"not stored once: {found}, {len(states)} answers")
