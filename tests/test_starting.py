"""A worker that cannot work says so in one sentence and ends; systemd hears of each round that worked."""

import re
import signal
import socket
import sqlite3
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from app.kernel.db import make_engine
from app.starting import NotReady, check_database, newest_migration
from config import ROOT, Settings
from tests.running_worker import environment_of, running_worker, wait_until


def test_a_database_that_can_be_worked_with_passes(database_url: str) -> None:
    engine = make_engine(database_url)
    check_database(engine)
    engine.dispose()


def test_tables_of_an_older_version_are_named(database_url: str) -> None:
    engine = make_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    with pytest.raises(NotReady, match=f"tables of 0001 and not of {newest_migration()}: run"):
        check_database(engine)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    with pytest.raises(NotReady, match="tables of nothing"):
        check_database(engine)
    engine.dispose()


def test_a_user_who_may_only_read_is_named(database_url: str, database_kind: str, tmp_path: Path) -> None:
    if database_kind == "sqlite":
        path = database_url.removeprefix("sqlite:///")
        engine = make_engine(f"sqlite:///file:{path}?mode=ro&uri=true")
    else:
        engine = make_engine(database_url, connect_args={"options": "-c default_transaction_read_only=on"})
    with pytest.raises(NotReady, match=r"cannot be written|only read") as caught:
        check_database(engine)
    assert caught.value.lasting
    engine.dispose()


def test_an_address_without_a_password_is_shown() -> None:
    engine = make_engine("postgresql+psycopg://gaung:rahasia@127.0.0.1:1/gaung")
    with pytest.raises(NotReady, match="does not answer") as caught:
        check_database(engine)
    assert "rahasia" not in str(caught.value)


@pytest.mark.one_database
def test_a_worker_on_a_path_it_may_not_write_says_it_once_and_ends(settings: Settings, tmp_path: Path) -> None:
    path = settings.database_url.removeprefix("sqlite:///")
    here = replace(settings, database_url=f"sqlite:///file:{path}?mode=ro&uri=true")
    with running_worker(here, tmp_path / "worker.log") as worker:
        assert worker.process.wait(60) == 1
    said = [line for line in worker.said().splitlines() if line.strip()]
    assert len(said) == 1, said
    assert "gaung.sqlite" in said[0]
    assert " cannot be written by " in said[0]


def _waiting(manager: socket.socket) -> list[bytes]:
    """What was told and not yet heard."""
    heard = []
    manager.setblocking(False)
    with suppress(BlockingIOError):
        while True:
            heard.append(manager.recv(100))
    manager.settimeout(60)
    return heard


@pytest.mark.one_database
def test_systemd_is_told_of_the_first_round_and_of_each_that_works(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(path))
        manager.settimeout(60)
        env = {**environment_of(settings), "NOTIFY_SOCKET": str(path)}
        with running_worker(settings, tmp_path / "worker.log", env=env) as worker:
            heard = [manager.recv(100) for _ in range(4)]
            assert sorted(heard) == [b"READY=1", b"WATCHDOG=1", b"WATCHDOG=1", b"WATCHDOG=1"]
            # rounds that fail tell nothing
            with sqlite3.connect(settings.database_url.removeprefix("sqlite:///")) as broken:
                broken.execute("ALTER TABLE posts RENAME TO away")
            wait_until(lambda: worker.said().count("tick failed") == 1)
            _waiting(manager)
            wait_until(lambda: worker.said().count("tick failed") == 3)
            assert _waiting(manager) == []
            with sqlite3.connect(settings.database_url.removeprefix("sqlite:///")) as mended:
                mended.execute("ALTER TABLE away RENAME TO posts")
            assert manager.recv(100) == b"WATCHDOG=1"
            # told to begin anew, it ends its work and is the same process with the code as it is now
            worker.process.send_signal(signal.SIGHUP)
            told = b""
            while told != b"READY=1":
                told = manager.recv(100)
            assert worker.process.poll() is None
            assert worker.ended_by(signal.SIGTERM, within=60) == 0
        assert len(re.findall("worker is up", worker.said())) == 2


def test_the_folder_of_the_documented_database_is_one_that_the_units_may_write() -> None:
    documented = re.findall(r"sqlite:////(\S+?)/[^/\s]+\.sqlite", (ROOT / "docs" / "operations.md").read_text())
    assert documented
    for name in ("gaung-web.service", "gaung-worker.service"):
        paths = re.search(r"^ReadWritePaths=(.+)$", (ROOT / "deploy" / name).read_text(), re.MULTILINE)
        assert paths
        assert all(any(f"/{folder}".startswith(path) for path in paths[1].split()) for folder in documented)
