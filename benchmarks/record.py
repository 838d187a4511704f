"""Answering by a public link under load: gunicorn with two workers on loopback, on SQLite and on PostgreSQL, with 0,
10,000 and 100,000 answers there already.

`once-…`: whole respondents, each the page with the form and one submit; `per_second` counts respondents.
`screens-…`: the path without a script; `per_second` counts screens. The standard instrument of the kit is answered.
The asking process runs on the same cores. PostgreSQL is a server of its own, which does not wait for the disk.
"""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import event as hooks
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session, sessionmaker

from app import create_app
from app.base.areas.models import Village
from app.base.areas.service import load_regency
from app.evidence.instruments.definition import AGE_BANDS, Definition, Question, read
from app.evidence.instruments.logic import asked
from app.evidence.instruments.models import Instrument, InstrumentVersion
from app.evidence.responses.models import Response
from app.evidence.surveys.models import Wave
from app.kernel.clock import Clock
from app.kernel.db import make_engine, unit_of_work
from app.launch import free_port
from app.migrate import upgrade
from benchmarks.database import of_kind, office
from benchmarks.measure import line
from config import ROOT, Settings

THERE = (0, 10_000, 100_000)
WORKERS = 2
RESPONDENTS, WARM_UP = 1_200, 120
WITHOUT_SCRIPT = 40  # respondents of many screens each
CODE = "ukur"
SECRET = "a-secret-key-for-benchmarks-only-0123456"


def run() -> Iterator[dict[str, object]]:
    definition, raw = _instrument()
    for kind in ("sqlite", "postgresql"):
        with of_kind(kind) as (url, folder):
            upgrade(url)
            engine = make_engine(url)
            sessions = sessionmaker(engine, expire_on_commit=False)
            village = _fill(sessions, raw)
            plan = _plan(definition, village)
            with _server(url, folder) as port:
                for there in THERE:
                    _answers(sessions, there, village, plan["sheet"]["answers"])
                    yield from _measured(kind, there, url, port, plan)
            engine.dispose()


def _measured(kind: str, there: int, url: str, port: int, plan: Mapping[str, Any]) -> Iterator[dict[str, object]]:
    _load(port, "once", WARM_UP, plan)
    once = _load(port, "once", RESPONDENTS, plan)
    yield line(
        "record", f"once-{kind}-{there}", once["times"], per_second=round(RESPONDENTS / once["seconds"], 1),
        there=there, workers=WORKERS, queries=_queries(url, plan), bytes=once["bytes"],
    )  # fmt: skip
    screens = _load(port, "screens", WITHOUT_SCRIPT, plan)
    yield line(
        "record", f"screens-{kind}-{there}", screens["times"],
        per_second=round(len(screens["times"]) / screens["seconds"], 1), there=there, workers=WORKERS,
        bytes=screens["bytes"],
    )  # fmt: skip


@contextmanager
def _server(url: str, folder: str) -> Iterator[int]:
    port = free_port()
    env = {
        **os.environ, "DATABASE_URL": url, "GAUNG_ENV": "development", "GAUNG_VAR_DIR": folder,
        "GAUNG_TRUSTED_PROXIES": "1",
        "GAUNG_SECRET_KEY": SECRET, "GAUNG_PASSWORD_SALT": "x" * 20, "WEB_WORKERS": str(WORKERS),
        "GAUNG_CREDENTIAL_KEYS": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    }  # fmt: skip
    command = [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.py", "-b", f"127.0.0.1:{port}"]
    server = subprocess.Popen(command, env=env, cwd=ROOT)
    try:
        _wait_for(port)
        yield port
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(20)


def _wait_for(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/s/{CODE}", timeout=5) as answer:
                answer.read()
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise TimeoutError("no page within 60 s")


def _load(port: int, mode: str, count: int, plan: Mapping[str, Any]) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.answering", str(port), CODE, mode, str(count)]
    done = subprocess.run(
        command, input=json.dumps(plan), capture_output=True, text=True, cwd=ROOT, timeout=600, check=True
    )
    measured: dict[str, Any] = json.loads(done.stdout)
    if measured["faults"]:
        raise RuntimeError(measured["faults"][0])
    return measured


def _instrument() -> tuple[Definition, dict[str, Any]]:
    """Twelve questions of every kind, as many as the standard instrument has."""
    scale = [{"key": str(n), "text": f"Nilai {n}"} for n in range(1, 5)]
    yes_no = [{"key": key, "text": key.title()} for key in ("ya", "tidak", "ragu")]
    sources = [{"key": f"s{n}", "text": f"Sumber informasi nomor {n}"} for n in range(13)]
    rows = [{"key": f"r{n}", "text": f"Layanan nomor {n} dari Pemerintah Kabupaten"} for n in range(7)]
    questions: list[dict[str, Any]] = [
        {"key": "p1", "kind": "text", "text": "Layanan apa yang terlintas?", "back": False, "codes": scale},
        {"key": "p1b", "kind": "one", "text": "Pernah mendengar istilah Smart City?", "options": yes_no, "back": False},
        {"key": "p2", "kind": "one", "text": "Dalam 3 bulan terakhir, apakah Anda melihatnya?", "options": yes_no},
        {"key": "p3", "kind": "many", "text": "Dari mana?", "options": sources, "shuffle": True,
         "when": {"question": "p2", "is": ["ya"]}},
        {"key": "p4", "kind": "text", "text": "Apa pesan utama yang Anda ingat?", "required": False},
        {"key": "p5", "kind": "grid", "text": "Apakah Anda mengenal …?", "rows": rows, "options": yes_no,
         "shuffle": True},
        *({"key": f"p7_{n}", "kind": "one", "text": f"Benar atau salah: {n}", "options": yes_no} for n in "abc"),
        {"key": "p8", "kind": "many", "text": "Layanan mana yang Anda gunakan?", "options": sources},
        {"key": "p10", "kind": "scale", "text": "Informasi smart city dapat dipercaya.", "options": scale},
        {"key": "p11", "kind": "scale", "text": "Seberapa mungkin Anda memakainya?", "options": scale},
    ]  # fmt: skip
    raw = {"title": "Ukur", "consent": "Bersedia?", "thanks": "Terima kasih.", "languages": ["id"],
           "sections": [{"key": "s", "questions": questions}], "measures": []}  # fmt: skip
    return read(raw), raw


def _plan(definition: Definition, village: str) -> dict[str, Any]:
    answers: dict[str, Any] = {question.key: _answer(question) for question in definition.questions}
    screens: list[dict[str, Any]] = [{"place": village}, {"sex": "f"}, {"age_band": "25-34"}]
    for question in asked(definition, answers):
        answer = answers[question.key]
        if isinstance(answer, dict):
            screens.append({f"{question.key}.{row}": option for row, option in answer.items()})
        else:
            screens.append({question.key: answer})
    now = Clock().now()
    sheet = {"place": village, "sex": "f", "age_band": "25-34", "language": "id", "answers": answers,
             "started_at": (now - timedelta(minutes=5)).isoformat(), "ended_at": now.isoformat()}  # fmt: skip
    return {"sheet": sheet, "screens": screens}


def _answer(question: Question) -> Any:
    if question.kind == "text":
        return "bank sampah dan nomor darurat"
    if question.kind == "grid":
        return {row.key: question.options[0].key for row in question.rows}
    first = question.options[0].key
    return [first, question.options[3].key] if question.kind == "many" else first


def _fill(sessions: "sessionmaker[Session]", raw: dict[str, Any]) -> str:
    now = Clock().now()
    organisation_id, _campaign, _outlet = office(sessions, now)
    with unit_of_work(sessions) as session:
        load_regency(session, "64.02")
        instrument = Instrument(key="ukur", title="Ukur", organisation_id=organisation_id, created_at=now)
        version = InstrumentVersion(
            number=1, definition=raw, frozen_at=now, created_at=now, updated_at=now, instrument=instrument
        )
        session.add_all([instrument, version])
        session.flush()
        session.add(
            Wave(
                code=CODE, name="Ukur", organisation_id=organisation_id, instrument_version_id=version.id,
                modes=["link"], starts_on=now.date(), ends_on=now.date() + timedelta(days=30), status="open",
                opened_at=now, created_at=now, updated_at=now,
            )
        )  # fmt: skip
        return str(session.scalars(select(Village.code).order_by(Village.code).limit(1)).one())


def _answers(sessions: "sessionmaker[Session]", there: int, village: str, answers: dict[str, Any]) -> None:
    """Put in as many as are missing."""
    now = Clock().now()
    with unit_of_work(sessions) as session:
        missing = there - (session.scalar(select(func.count()).select_from(Response)) or 0)
        for first in range(0, missing, 5_000):
            numbers = range(first, min(first + 5_000, missing))
            session.execute(insert(Response), [_row(number, now, village, answers) for number in numbers])


def _row(number: int, now: datetime, village: str, answers: dict[str, Any]) -> dict[str, Any]:
    return {
        "uuid": str(uuid.uuid4()), "wave_id": 1, "mode": "link", "place": village, "sex": "fm"[number % 2],
        "age_band": AGE_BANDS[number % 5], "answers": answers, "content_hash": f"{number:064d}", "received_at": now,
        "device_mark": uuid.uuid4().hex, "tallied": True,
    }  # fmt: skip


def _queries(url: str, plan: Mapping[str, Any]) -> dict[str, int]:
    """Statements of the page and of the submit, without BEGIN."""
    app = create_app(
        Settings(env="test", database_url=url, secret_key=SECRET, password_salt="salt", credential_keys=())
    )
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        seen.append(statement)

    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine
    client, counted = app.test_client(), {}
    client.get(f"/s/{CODE}")  # the definition is in memory from here on
    hooks.listen(engine, "before_cursor_execute", note)
    sheet = {**plan["sheet"], "uuid": str(uuid.uuid4())}
    for name, method in {"page": "GET", "submit": "POST"}.items():
        seen.clear()
        path, fields = (f"/s/{CODE}", None) if method == "GET" else (f"/s/{CODE}/kirim", {"jawaban": json.dumps(sheet)})
        if client.open(path, method=method, data=fields).status_code >= 400:
            raise RuntimeError(f"{name} was refused")
        counted[name] = len([one for one in seen if not one.startswith("BEGIN")])
    hooks.remove(engine, "before_cursor_execute", note)
    engine.dispose()
    return counted
