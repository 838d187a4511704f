"""A page as somebody who is signed in asks for it: guard, menu, queries, template and compression."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from app.base.access.models import SignIn
from app.base.access.remembering import digest
from app.base.people.models import User
from app.kernel.db import insert_missing, unit_of_work
from config import Settings


def settings(url: str) -> Settings:
    return Settings(
        env="development",
        database_url=url,
        secret_key="a-secret-key-for-benchmarks-only-0123456",
        password_salt="salt",
        credential_keys=("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",),
    )


def signed_in(app: Flask, mark: str) -> FlaskClient:
    """A client whose session cookie says that the person with this `fs_uniquifier` has signed in."""
    _sign_in_of(app, mark)
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = mark
    return client


def _sign_in_of(app: Flask, mark: str) -> None:
    """A session on the server whose token is the mark itself, once for all clients."""
    with app.app_context(), unit_of_work(app.extensions["sqlalchemy"].sessionmaker) as session:
        user_id = session.scalars(select(User.id).where(User.fs_uniquifier == mark)).one()
        moment = app.extensions["wiring"].clock.now()
        row = {
            "user_id": user_id, "token_hash": digest(mark), "mark": mark, "shared": False, "how": "password",
            "label": "", "address": "", "created_at": moment, "last_used_at": moment, "remember_round": 0,
            "idle_seconds": 43200, "ends_at": moment + timedelta(days=14),
        }  # fmt: skip
        insert_missing(session, SignIn, [row])


def get(client: FlaskClient, path: str) -> Any:
    answer = client.get(path, headers={"Accept-Encoding": "gzip, br"})
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status_code}")
    return answer


def timed(client: FlaskClient, path: str) -> float:
    """Milliseconds of one request."""
    start = time.perf_counter()
    get(client, path)
    return (time.perf_counter() - start) * 1000


def once(app: Flask, client: FlaskClient, path: str) -> tuple[int, int]:
    """Statements and compressed bytes of one request."""
    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine
    return counted(engine, lambda: len(get(client, path).data))


def counted(engine: Any, ask: Callable[[], int]) -> tuple[int, int]:
    """Statements that reach the database while `ask` runs, and what it gives."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        size = ask()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len([one for one in statements if not one.startswith("BEGIN")]), size


def dispose(app: Flask) -> None:
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()
