"""A phone on a slow line: what it sends comes in before anybody else has to wait for it."""

import io
import json
import sqlite3
from contextlib import closing
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.base.people.models import Organisation
from app.base.web.db import LARGEST_BODY
from app.kernel.roles import Role
from tests.field.build import LONG_LALANG, count, record
from tests.pages import sign_in
from tests.world import World


class Dribble(io.RawIOBase):
    """A body that comes a few bytes at a time; notes whether somebody else could write meanwhile."""

    def __init__(self, body: bytes, database_url: str) -> None:
        self._rest, self._file = body, database_url.removeprefix("sqlite:///")
        self.free: list[bool] = []

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self.free.append(self._may_write())
        part, self._rest = self._rest[:64], self._rest[64:]
        buffer[: len(part)] = part
        return len(part)

    def _may_write(self) -> bool:
        with closing(sqlite3.connect(self._file, timeout=0, isolation_level=None)) as other:
            try:
                other.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return False
            other.execute("ROLLBACK")
            return True


@pytest.fixture
def kim(world: World) -> Organisation:
    return world.organisation("kim", name="KIM Long Lalang", village_code=LONG_LALANG)


@pytest.fixture
def signed(client: FlaskClient, world: World, kim: Organisation, session: Session) -> FlaskClient:
    sign_in(client, world.user(Role.COMMUNITY, organisation=kim))
    session.rollback()
    return client


def _post(client: FlaskClient, body: Dribble, size: int) -> Any:
    line = {"wsgi.input": body, "CONTENT_LENGTH": str(size)}
    return client.post("/catat/kirim", content_type="application/json", environ_overrides=line)


def test_a_slow_phone_keeps_nobody_from_writing(
    signed: FlaskClient, kim: Organisation, session: Session, database_url: str
) -> None:
    body = json.dumps({"records": [record(kim)]}).encode()
    session.rollback()
    slow = Dribble(body, database_url)
    answer = _post(signed, slow, len(body))
    assert answer.json["records"][0]["state"] == "stored"
    assert len(slow.free) > 3
    assert all(slow.free), slow.free
    assert count(session) == (1, 1, 1)


@pytest.mark.parametrize("size", [LARGEST_BODY + 1, 60_000_000])
def test_a_body_beyond_measure_is_refused_before_it_is_read(signed: FlaskClient, database_url: str, size: int) -> None:
    endless = Dribble(b"[" * 1000, database_url)
    answer = _post(signed, endless, size)
    assert (answer.status_code, endless.free) == (413, [])


def test_the_largest_batch_of_a_phone_is_taken(signed: FlaskClient, kim: Organisation) -> None:
    words = "kata " * 1990
    rows = [{"asked": f"{number} {words[:1990]}", "answer": words[:1990]} for number in range(30)]
    records = [record(kim, told=words, questions=rows, title=f"Kegiatan {number}") for number in range(20)]
    answer = signed.post("/catat/kirim", json={"records": records})
    assert {one["state"] for one in answer.json["records"]} == {"stored"}
