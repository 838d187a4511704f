"""What sessions on the server and the limits cost: a staff page and the submit of a survey, with both against without.

`page-…`: the list of surveys as an editor opens it; `submit-…`: the one request in which a respondent hands in. Each
is asked in turn with and without, so that both see the same machine; `extra_ms` and `extra_queries` of the case with
are the differences. Without: the person is known by the signed cookie alone, and nothing is counted. The respondents
come from as many addresses as there are, behind a trusted proxy.
"""

import json
import time
import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from flask import Flask, current_app
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import sessionmaker

from app import create_app
from app.base.people.models import Organisation, RoleRow, User
from app.base.web.db import db
from app.kernel.clock import Clock
from app.kernel.db import make_engine, unit_of_work
from app.kernel.limits import NoCounters
from app.kernel.roles import Role
from app.migrate import upgrade
from benchmarks import pages
from benchmarks.database import of_kind
from benchmarks.measure import line, percentile
from benchmarks.record import CODE, _fill, _instrument, _plan

TIMES, WARM_UP = 300, 30
PAGE = "/survei"
MARK = "guard"


def run() -> Iterator[dict[str, object]]:
    definition, raw = _instrument()
    for kind in ("sqlite", "postgresql"):
        with of_kind(kind) as (url, _folder):
            upgrade(url)
            engine = make_engine(url)
            sessions = sessionmaker(engine, expire_on_commit=False)
            plan = _plan(definition, _fill(sessions, raw))
            _person(sessions)
            with_both, without = _app(url, guarded=True), _app(url, guarded=False)
            clients = {True: pages.signed_in(with_both, MARK), False: pages.signed_in(without, MARK)}
            yield from _compared("page", kind, {on: _page(client) for on, client in clients.items()}, clients)
            asked = {True: with_both.test_client(), False: without.test_client()}
            yield from _compared("submit", kind, {on: _submit(client, plan) for on, client in asked.items()}, asked)
            for app in (with_both, without):
                pages.dispose(app)
            engine.dispose()


def _app(url: str, *, guarded: bool) -> Flask:
    app = create_app(replace(pages.settings(url), env="test", trusted_proxies=1))
    if not guarded:
        app.extensions["counters"] = NoCounters()
        with app.app_context():
            db.sessionmaker.kw["info"]["counters"] = NoCounters()
        app.login_manager.user_loader(_by_mark)  # type: ignore[attr-defined]
    return app


def _by_mark(mark: str) -> Any:
    """As Flask-Security does it by itself."""
    return current_app.extensions["security"].datastore.find_user(fs_uniquifier=mark)


def _person(sessions: Any) -> None:
    with unit_of_work(sessions) as session:
        organisation = session.scalars(select(Organisation.id).order_by(Organisation.id).limit(1)).one()
        role = session.scalars(select(RoleRow).where(RoleRow.name == Role.EDITOR.value)).one_or_none()
        session.add(
            User(
                username=MARK, name="Guard", fs_uniquifier=MARK, organisation_id=organisation, active=True,
                created_at=Clock().now(), roles=[role or RoleRow(name=Role.EDITOR.value)],
            )
        )  # fmt: skip


def _page(client: FlaskClient) -> Any:
    return lambda: pages.get(client, PAGE)


def _submit(client: FlaskClient, plan: Any) -> Any:
    numbers = iter(range(1, 1_000_000))

    def ask() -> Any:
        number, sheet = next(numbers), {**plan["sheet"], "uuid": str(uuid.uuid4())}
        client.delete_cookie("gaung_survei")
        address = f"10.{number // 65025}.{number // 255 % 255}.{number % 255}"
        headers = {"Accept": "application/json", "X-Forwarded-For": address}
        answer = client.post(f"/s/{CODE}/kirim", data={"jawaban": json.dumps(sheet)}, headers=headers)
        if answer.status_code != 200:
            raise RuntimeError(f"refused: {answer.status_code} {answer.text[:200]}")
        return answer

    return ask


def _compared(
    what: str, kind: str, asks: dict[bool, Any], clients: dict[bool, FlaskClient]
) -> Iterator[dict[str, object]]:
    times: dict[bool, list[float]] = {True: [], False: []}
    for number in range(WARM_UP + TIMES):
        for on in ((True, False), (False, True))[number % 2]:
            began = time.perf_counter()
            asks[on]()
            if number >= WARM_UP:
                times[on].append(1000 * (time.perf_counter() - began))
    queries = {on: _queries(clients[on].application, ask) for on, ask in asks.items()}
    pairs = [one - other for one, other in zip(times[True], times[False], strict=True)]
    extra = {
        # of each pair, so that what else the machine does falls on both
        "extra_ms": round(percentile(pairs, 0.5), 2),
        "extra_queries": queries[True] - queries[False],
    }
    for on, name in ((False, "without"), (True, "with")):
        yield line("guard", f"{what}-{name}-{kind}", times[on], queries=queries[on], **(extra if on else {}))


def _queries(app: Flask, ask: Any) -> int:
    """Statements of one request, those on the counters' own connection too."""
    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine
    counters = app.extensions["counters"]
    own = getattr(counters, "_made", None)
    found, _none = pages.counted(engine, lambda: int(ask() is None))
    return found + (pages.counted(own, lambda: int(ask() is None))[0] if own is not None else 0)
