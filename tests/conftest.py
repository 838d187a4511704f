"""Real databases for every test: each gets its own copy of a migrated template, and commits for real.

Service tests run on SQLite and on PostgreSQL; modules named `test_routes*`, `test_pages*` or `test_browser*` on SQLite,
and so do cases marked `one_database`. A long story before a test is told once in a run: tests/template.py.
`--sqlite-only` is for quick loops while writing.
"""

import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from app import create_app
from app.joints import join
from app.kernel.clock import FrozenClock
from app.kernel.db import make_engine
from config import Settings
from tests.many_apps import share
from tests.postgres import Postgres
from tests.scheduling import Turns, in_order
from tests.template import administration, copied, execute, fill_template
from tests.world import NOW, World

PAGES = ("test_routes", "test_pages", "test_browser", "test_roles", "test_translations")
MEMORY, ROOM = Path("/dev/shm"), 4 << 30
"""A file system in memory, where databases are made, written and dropped two to three times as fast; and how many free
bytes it must have."""
_server: Postgres | None = None


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--sqlite-only", action="store_true", help="leave PostgreSQL out while writing")


def pytest_configure(config: pytest.Config) -> None:
    """The first process makes the templates; workers of pytest-xdist inherit their addresses."""
    global _server  # noqa: PLW0603
    if config.option.collectonly:
        return
    if hasattr(config, "workerinput"):
        share(Path(os.environ["GAUNG_TEST_FOLDER"]) / "templates")
        return
    if "TMPDIR" not in os.environ and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ["TMPDIR"], tempfile.tempdir = str(MEMORY), None
    folder = Path(tempfile.mkdtemp(prefix="gaung-test-"))
    os.environ["GAUNG_TEST_FOLDER"] = str(folder)
    share(folder / "templates")
    fill_template(f"sqlite:///{folder / 'template.sqlite'}")
    if not config.getoption("--sqlite-only"):
        _server = Postgres()
        url = _server.start()
        os.environ["GAUNG_TEST_POSTGRES"] = url
        execute(url, "CREATE DATABASE template_gaung")
        fill_template(f"{url}/template_gaung")
        execute(url, "ALTER DATABASE template_gaung WITH ALLOW_CONNECTIONS false")
        os.environ["GAUNG_TEST_COPY"] = _copying(url)


def pytest_unconfigure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        return
    if _server:
        administration(os.environ["GAUNG_TEST_POSTGRES"]).dispose()
        _server.stop()
    shutil.rmtree(os.environ.get("GAUNG_TEST_FOLDER", "/nonexistent"), ignore_errors=True)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.name.startswith("test_browser"):
            item.add_marker("browser")
            # once more before it counts: Chromium under load drops a key or a request; the summary names it
            item.add_marker(pytest.mark.flaky(reruns=1))
    items[:] = in_order(items)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Turns | None:
    if config.option.dist != "loadfile":
        return None
    config.option.loadscopereorder = False  # the order of the tests is that of tests/scheduling.py
    return Turns(config, log)


def pytest_collection_finish() -> None:
    """What is loaded by now stays: looking through it again and again for garbage took a seventh of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_kind" in metafunc.fixturenames:
        name = Path(metafunc.module.__file__).name
        only_sqlite = name.startswith(PAGES) or metafunc.config.getoption("--sqlite-only")
        only_sqlite = only_sqlite or metafunc.definition.get_closest_marker("one_database") is not None
        metafunc.parametrize("database_kind", ["sqlite"] if only_sqlite else ["sqlite", "postgresql"], scope="function")


def _copying(url: str) -> str:
    """The quicker way to copy a template, which PostgreSQL has a name for since 15."""
    with administration(url).connect() as connection:
        version = int(connection.execute(text("SHOW server_version_num")).scalar_one())
    return "STRATEGY FILE_COPY" if version >= 150000 else ""


@pytest.fixture
def database_url(request: pytest.FixtureRequest, database_kind: str, tmp_path: Path) -> Iterator[str]:
    marked = request.node.get_closest_marker("template")
    with copied(database_kind, tmp_path, marked.kwargs["told"] if marked else None) as url:
        yield url


@pytest.fixture
def clock() -> FrozenClock:
    """Tuesday 24 November 2026, 08.00 WITA."""
    return FrozenClock(NOW)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(
        env="test",
        database_url=database_url,
        secret_key="a-secret-key-for-tests-only-0123456789",
        password_salt="salt",
        credential_keys=("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",),
        public_url="http://localhost",
        var_dir=tmp_path / "var",
    )


@pytest.fixture(autouse=True, scope="session")
def _joined() -> None:
    """What services of lower rooms are told by higher ones, as in the application."""
    join()


@pytest.fixture
def sessions(database_url: str) -> Iterator["sessionmaker[Session]"]:
    """Sessions of their own, as the worker's; every one commits for real."""
    engine = make_engine(database_url)
    yield sessionmaker(engine, expire_on_commit=False)
    engine.dispose()


@pytest.fixture
def session(sessions: "sessionmaker[Session]") -> Iterator[Session]:
    with sessions() as open_session:
        yield open_session


@pytest.fixture
def world(session: Session, clock: FrozenClock) -> World:
    """Builders of the records that most tests need; see tests/world.py."""
    return World(session, clock)


@pytest.fixture
def app(settings: Settings, clock: FrozenClock) -> Iterator[Flask]:
    application = create_app(settings, clock=clock)
    yield application
    with application.app_context():
        application.extensions["sqlalchemy"].engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
