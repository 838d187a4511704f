"""The public pages under load: 10,000 events of which 3,000 are public, gunicorn with two workers on loopback, four
connections kept alive by another process.

`public-page`: the pages of 200 events in turn, each with registrations, speakers and texts. `public-calendar`: the
month with about 250 events. `queries` are the statements of one request, `bytes` the largest answer over the line;
`per_second` counts all answers, the asking process runs on the same cores.
"""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event as hooks
from sqlalchemy import insert, select
from sqlalchemy.orm import Session, sessionmaker

from app import create_app
from app.base.areas.models import District, Village
from app.base.areas.service import load_regency
from app.gatherings.events.models import Event, Registration, Speaker
from app.kernel.clock import Clock
from app.kernel.db import make_engine, unit_of_work
from app.launch import free_port
from app.migrate import upgrade
from benchmarks.database import office
from benchmarks.measure import line
from config import ROOT, Settings

EVENTS, PUBLIC = 10_000, 3_000
PEOPLE = 20  # registered for each public event
WORKERS, CONNECTIONS = 2, 4
PAGES, REQUESTS, CALENDARS = 200, 2_000, 400
WARM_UP = 200
TEXT = "Warga diajak mengenal nomor darurat 112: kapan menelepon, apa yang ditanya petugas, dan siapa yang datang. " * 4


def run() -> Iterator[dict[str, object]]:
    with tempfile.TemporaryDirectory(prefix="gaung-bench-") as folder:
        url = f"sqlite:///{Path(folder) / 'events.sqlite'}"
        upgrade(url)
        engine = make_engine(url)
        codes = _fill(sessionmaker(engine, expire_on_commit=False))
        engine.dispose()
        pages = [f"/agenda/{code}" for code in codes[:PAGES]]
        env = _environment(folder, url)
        port = free_port()
        command = [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.py", "-b", f"127.0.0.1:{port}"]
        server = subprocess.Popen(command, env=env, cwd=ROOT)
        try:
            _wait_for(port)
            for case, paths, requests in (
                ("public-page", pages, REQUESTS),
                ("public-calendar", ["/agenda"], CALENDARS),
            ):
                _load(port, WARM_UP, paths)
                measured = _load(port, requests, paths)
                yield line(
                    "events", case, measured["times"], per_second=round(requests / measured["seconds"], 1),
                    events=EVENTS, public=PUBLIC, workers=WORKERS, connections=CONNECTIONS,
                    queries=_queries(url, paths[0]), bytes=measured["bytes"],
                )  # fmt: skip
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(20)


def _environment(folder: str, url: str) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": url,
        "GAUNG_ENV": "development",
        "GAUNG_VAR_DIR": folder,
        "GAUNG_SECRET_KEY": "x" * 40,
        "GAUNG_PASSWORD_SALT": "x" * 20,
        "GAUNG_CREDENTIAL_KEYS": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
        "WEB_WORKERS": str(WORKERS),
    }


def _wait_for(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/agenda", timeout=5) as answer:
                answer.read()
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise TimeoutError("no page within 60 s")


def _load(port: int, requests: int, paths: list[str]) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.load", str(port), str(CONNECTIONS), str(requests)]
    done = subprocess.run(
        command, input="\n".join(paths), capture_output=True, text=True, cwd=ROOT, timeout=300, check=True
    )
    measured: dict[str, Any] = json.loads(done.stdout)
    if measured["faults"]:
        raise RuntimeError(measured["faults"][0])
    return measured


def _fill(sessions: "sessionmaker[Session]") -> list[str]:
    """Events over the year around now, and the codes of the public ones."""
    now = Clock().now()
    organisation_id, campaign_id, _outlet = office(sessions, now)
    chance = random.Random(2026)
    with unit_of_work(sessions) as session:
        load_regency(session, "64.02")
        villages = session.scalars(
            select(Village.code).join(District, District.code == Village.district_code).order_by(Village.code)
        ).all()
        for first in range(1, EVENTS + 1, 5_000):
            rows = [
                _event(number, now, chance, villages, organisation_id, campaign_id)
                for number in range(first, min(first + 5_000, EVENTS + 1))
            ]
            session.execute(insert(Event), rows)
        session.execute(
            insert(Speaker),
            [
                {"event_id": number, "position": place, "name": f"Narasumber {place}", "title": "Diskominfo",
                 "name_key": f"narasumber {place}"}
                for number in range(1, PUBLIC + 1)
                for place in range(2)
            ],
        )  # fmt: skip
        for first in range(1, PUBLIC + 1, 500):
            session.execute(
                insert(Registration),
                [
                    _registration(number, person, now)
                    for number in range(first, first + 500)
                    for person in range(PEOPLE)
                ],
            )
        return list(session.scalars(select(Event.code).where(Event.status == "announced").order_by(Event.id)))


def _event(
    number: int, now: datetime, chance: random.Random, villages: Any, organisation_id: int, campaign_id: int
) -> dict[str, Any]:
    public = number <= PUBLIC
    ahead = number <= PUBLIC // 2  # half of the public ones are still to come
    start = now.replace(minute=0, second=0, microsecond=0) + timedelta(
        hours=chance.randrange(2, 4_380) if ahead else chance.randrange(-4_380, 4_380)
    )
    status = ("announced" if ahead else "held") if public else "planned"
    return {
        "id": number, "uid": str(uuid.UUID(int=number)), "code": f"k{number:07d}", "kind": "socialisation",
        "title": f"Sosialisasi Kukar Siaga 112 yang ke-{number}", "description": TEXT, "agenda": TEXT[:200],
        "organisation_id": organisation_id, "campaign_id": campaign_id, "village_code": chance.choice(villages),
        "place": "Balai Desa", "starts_at": start, "ends_at": start + timedelta(hours=2), "registration": True,
        "capacity": 50, "contact": "0812-3456-7890", "status": status,
        "announced_at": now if public else None, "created_at": now, "updated_at": now,
    }  # fmt: skip


def _registration(event_id: int, person: int, now: datetime) -> dict[str, Any]:
    phone = f"+62812{event_id:05d}{person:03d}"
    return {
        "event_id": event_id, "name": "Warga", "phone": phone, "contact_key": phone, "queue_no": person,
        "notice": "2026-11", "consent_at": now, "registered_at": now,
    }  # fmt: skip


def _queries(url: str, path: str) -> int:
    """Statements of one request, without BEGIN."""
    app = create_app(
        Settings(env="development", database_url=url, secret_key="x" * 40, password_salt="salt", credential_keys=())
    )
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        statements.append(statement)

    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine
    hooks.listen(engine, "before_cursor_execute", note)
    answer = app.test_client().get(path)
    hooks.remove(engine, "before_cursor_execute", note)
    engine.dispose()
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status_code}")
    return len([one for one in statements if not one.startswith("BEGIN")])
