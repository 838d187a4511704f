"""Template databases, made once in a run and copied for each test.

The one of all tests is migrated and has the reference data that every installation has. A test that needs a long story
before it begins names what tells it, and gets a copy of the database in which it was told:

```python
def told(session: Session) -> None: ...  # at the time of the frozen clock; is committed afterwards

@pytest.mark.template(told=told)
def test_…(session: Session) -> None: ...
```
"""

import fcntl
import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from app.base.areas.service import load_regency
from app.base.people.service import load_roles
from app.kernel.db import make_engine, writing
from app.migrate import upgrade
from app.outreach.campaigns.service import load_dimensions


def fill_template(url: str) -> None:
    upgrade(url)
    engine = make_engine(url)
    with writing(), Session(engine) as session:
        load_regency(session, "64.02")
        load_roles(session)
        load_dimensions(session)
        session.commit()
    engine.dispose()


@contextmanager
def copied(kind: str, folder: Path, told: Callable[[Session], None] | None = None) -> Iterator[str]:
    """A database of this kind for one test, a copy of the template; of the one in which `told` was told, if given."""
    original = _with_story(kind, told) if told else _plain(kind)
    if kind == "sqlite":
        yield f"sqlite:///{shutil.copy(original, folder / 'gaung.sqlite')}"
        return
    server, name = os.environ["GAUNG_TEST_POSTGRES"], f"t_{uuid.uuid4().hex}"
    _copy_there(name, original)
    yield f"{server}/{name}"
    execute(server, f"DROP DATABASE {name} WITH (FORCE)")


@cache
def administration(url: str) -> Engine:
    """One connection, kept: tests make and drop thousands of databases."""
    return create_engine(f"{url}/postgres", isolation_level="AUTOCOMMIT", pool_size=1)


def execute(url: str, *statements: str) -> None:
    with administration(url).connect() as connection:
        for statement in statements:
            connection.execute(text(statement))


def _plain(kind: str) -> str:
    return str(_folder() / "template.sqlite") if kind == "sqlite" else "template_gaung"


def _folder() -> Path:
    return Path(os.environ["GAUNG_TEST_FOLDER"])


@cache
def _with_story(kind: str, told: Callable[[Session], None]) -> str:
    """The first process that asks makes it, the others wait and copy the same."""
    name = f"template_{told.__module__}_{told.__name__}".replace(".", "_").lower()
    made, making = _folder() / f"{name}.{kind}", _folder() / f"{name}.making"
    with made.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            if kind == "sqlite":
                url = f"sqlite:///{shutil.copy(_plain(kind), making)}"
            else:
                url = f"{os.environ['GAUNG_TEST_POSTGRES']}/{name}"
                _copy_there(name, _plain(kind))
                making.touch()
            engine = make_engine(url)
            with Session(engine, expire_on_commit=False) as session:
                told(session)
                session.commit()
            engine.dispose()
            making.rename(made)
    return str(made) if kind == "sqlite" else name


def _copy_there(name: str, original: str) -> None:
    how = os.environ["GAUNG_TEST_COPY"]
    execute(os.environ["GAUNG_TEST_POSTGRES"], f"CREATE DATABASE {name} TEMPLATE {original} {how}")
