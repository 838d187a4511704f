"""What our requests to X send and read, and what its refusals mean, held against the tables of x_wire.py."""

import contextlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import request
from requests_oauthlib import OAuth1

from app.channels import x_line, x_wire
from app.channels.registry import make_channels
from app.channels.wire_tables import Outcome, Refusal, requests_at
from app.channels.x_refusals import Reply, listed_as, read_said, refusal
from app.outreach.outlets.ports import AccountPaused, ChannelError, NeedsSignIn, NotSent, Rejected
from app.practice import accounts
from app.practice.accounts import X_USER_ID
from app.practice.strict import leaves
from config import Settings
from tests.practice_server import running_practice

NOW = datetime(2026, 11, 24, tzinfo=UTC)
PORT = {
    Outcome.DUPLICATE: Rejected,
    Outcome.PAUSED: AccountPaused,
    Outcome.TRY_AGAIN: NotSent,
    Outcome.SIGN_IN: NeedsSignIn,
    Outcome.REJECTED: Rejected,
    Outcome.EXPIRED: NotSent,
}


class Noted(dict[str, Any]):
    """A JSON object that notes which of its fields somebody asked for, as dotted paths."""

    def __init__(self, values: Mapping[str, Any], path: str, into: set[str]) -> None:
        super().__init__({name: noted(value, f"{path}{name}", into) for name, value in values.items()})
        self._path, self._into = path, into

    def get(self, name: str, default: Any = None) -> Any:
        self._into.add(f"{self._path}{name}")
        return super().get(name, default)

    def __getitem__(self, name: str) -> Any:
        self._into.add(f"{self._path}{name}")
        return super().__getitem__(name)


def noted(value: Any, path: str, into: set[str]) -> Any:
    if isinstance(value, dict):
        return Noted(value, f"{path}." if path else "", into)
    if isinstance(value, list):
        return [noted(one, f"{path}[]", into) for one in value]
    return value


class Recorded:
    """What the adapter asked the practice server, and which fields of the answers it looked at."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, set[str], set[str]]] = []


@pytest.fixture
def recorded(practice: Any, monkeypatch: pytest.MonkeyPatch) -> Recorded:
    record = Recorded()

    @practice.server.app.before_request
    def note() -> None:
        sent = set(request.args) | (set(leaves(request.get_json())) if request.is_json else set())
        record.calls.append((request.method, request.path, sent, set()))

    def read(content: bytes) -> Any:
        return noted(json.loads(content), "", record.calls[-1][3])

    monkeypatch.setattr(x_line, "read_json", read)
    return record


def test_every_request_stands_in_the_table_and_every_row_is_a_request(
    practice: Any, channels: Any, outgoing: Any, memory: Any, picture: Any, recorded: Recorded
) -> None:  # fmt: skip
    files = (picture(), picture(2000, 1500, noisy=True))
    x, out = channels["x"], outgoing("x", "Lihat https://kukarkab.go.id", files=files)
    x.identify(out.credentials, {})
    receipt = x.publish(out, memory)
    x.find(out)
    x.measure(receipt.remote_id, out.credentials, now=NOW)
    memory.values["media"] = {name: {**kept, "waiting": True} for name, kept in memory.values["media"].items()}
    with contextlib.suppress(ChannelError):  # the same words again
        x.publish(outgoing("x", "Lihat https://kukarkab.go.id", files=out.files, remembered=memory.values), memory)
    x.remove(receipt.remote_id, out.credentials, {}, now=NOW)
    used = set()
    for method, path, sent, read in recorded.calls:
        (row,) = requests_at(x_wire.REQUESTS, method, path)
        used.add(row.name)
        assert row.unlisted(sent) == [], row.name
        assert {field for field in read if not _covered(field, row.reads)} == set(), row.name
    assert used == {row.name for row in x_wire.REQUESTS}


def _covered(field: str, listed: Any) -> bool:
    """Whether a field, or something within it, is listed; how a refusal reads is the same for all requests."""
    return field in {"data", "errors", "error", "code", "message", "detail", "title", "type", "meta"} or any(
        one == field or one.startswith((f"{field}.", f"{field}[]")) for one in listed
    )


def test_the_fields_that_are_asked_for_stand_in_the_table() -> None:
    rows = {row.name: row for row in x_wire.REQUESTS}
    assert set(rows["one post"].asks) == set(x_wire.COUNTED.split(","))
    assert set(rows["own posts"].asks) == set(x_wire.SHOWN.split(","))


@pytest.mark.parametrize("row", x_wire.REFUSALS, ids=lambda row: row.meaning)
def test_every_listed_refusal_becomes_its_error(row: Refusal) -> None:
    status = row.status or 403
    for code in row.code or [None]:  # type: ignore[attr-defined]
        for says in row.says or ("",):
            problem = {"type": f"https://api.x.com/2/problems{row.kind}" if row.kind else "about:blank", "title": "X"}
            body = {**problem, "errors": [{"code": code, "message": f"So: {says.upper()}."}]}
            found = listed_as(status, read_said(body))
            assert found is not None
            assert found.outcome is row.outcome
            error = refusal(Reply(status, {}, json.dumps(body).encode()), NOW)
            assert isinstance(error, PORT[row.outcome])
            assert getattr(error, "sentence", None) == (row.sentence or getattr(error, "sentence", None))
            if row.pause and isinstance(error, AccountPaused | NotSent):
                assert error.retry_at == NOW + row.pause


def test_rows_say_where_they_were_read() -> None:
    for row in (*x_wire.REQUESTS, *x_wire.REFUSALS):
        assert row.source.address.startswith("https://")
        assert row.source.read.year == 2026
    assert {row.source.verified for row in x_wire.REFUSALS} == {True, False}


def test_what_x_says_of_a_row_that_nobody_listed_is_no_row() -> None:
    assert listed_as(403, read_said({"title": "Forbidden", "detail": "New rule."})) is None


@pytest.mark.parametrize(
    ("method", "path", "options", "said"),
    [
        ("GET", "/2/users/me?expansions=pinned_tweet_id", {}, "[expansions]"),
        ("GET", f"/2/users/{X_USER_ID}/tweets?tweet.fields=entities", {}, "[tweet.fields]"),
        ("GET", f"/2/users/{X_USER_ID}/tweets?post.fields=geo", {}, "[geo]"),
        ("POST", "/2/media/upload", {"json": {"media": "", "media_type": "image/png"}}, "[media_type]"),
        ("POST", "/2/tweets", {"json": {"media": {"media_ids": []}}}, "[text]"),
        ("GET", "/2/trends", {}, "Not Found"),
        ("GET", "/2/users/me", {}, ""),
    ],
)
def test_strict_practice_refuses_what_no_document_of_x_lists(
    tmp_path: Path, method: str, path: str, options: dict[str, Any], said: str
) -> None:
    keys = [accounts.PRACTICE_CREDENTIALS["x"][name] for name in x_line.KEYS]
    with running_practice(tmp_path, strict=True) as practice:
        answer = requests.request(method, practice.http_url + path, auth=OAuth1(*keys), timeout=5, **options)
    assert said in answer.text
    assert (answer.status_code == 200) == (said == "")


def test_all_that_is_asked_of_x_goes_through_in_strict_mode(
    tmp_path: Path, outgoing: Any, memory: Any, picture: Any
) -> None:
    with running_practice(tmp_path, strict=True) as practice:
        x = make_channels(replace(Settings(env="test"), **practice.settings))["x"]
        out = outgoing("x", "", files=(picture(), picture(2000, 1500, noisy=True)))
        assert x.identify(out.credentials, {}).settings["user_id"] == X_USER_ID
        receipt = x.publish(out, memory)
        assert x.find(out).remote_id == receipt.remote_id
        measured = x.measure(receipt.remote_id, out.credentials, now=NOW)
        assert measured.shares is not None
        assert [one.remote_id for one in x.recent(out.credentials, out.settings, since=NOW, now=NOW)] == [
            receipt.remote_id
        ]
        x.remove(receipt.remote_id, out.credentials, {}, now=NOW)
