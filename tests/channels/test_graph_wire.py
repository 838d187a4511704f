"""Each request that is made and each refusal that is listed, held against the table of the Graph."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from app.channels.graph import Graph
from app.channels.graph_errors import ContainerEnded, Duplicate, NoSuchObject
from app.channels.graph_wire import REFUSALS, REQUESTS
from app.channels.registry import make_channels
from app.channels.wire_tables import Outcome, requests_at
from app.outreach.outlets.ports import (
    AccountPaused,
    NeedsSignIn,
    NotReady,
    NotSent,
    OutcomeUnknown,
    Outgoing,
    Rejected,
    Undecided,
)
from app.practice.strict import names_of
from config import Settings
from tests.listeners import answering
from tests.practice_server import running_practice

NOW = datetime.now(UTC)
ERRORS = {
    Outcome.TRY_AGAIN: NotSent,
    Outcome.NOT_READY: NotReady,
    Outcome.PAUSED: AccountPaused,
    Outcome.SIGN_IN: NeedsSignIn,
    Outcome.REJECTED: Rejected,
    Outcome.DUPLICATE: Duplicate,
    Outcome.UNDECIDED: Undecided,
    Outcome.UNKNOWN: OutcomeUnknown,
    Outcome.NOT_FOUND: NoSuchObject,
    Outcome.EXPIRED: ContainerEnded,
}


@pytest.mark.parametrize("row", REFUSALS, ids=lambda row: f"{row.code}/{row.subcode}/{row.meaning}")
@pytest.mark.parametrize("lasting", [True, False])
def test_each_listed_refusal_becomes_what_its_row_says(row, lasting):
    error = {"message": f"Sesuatu {' '.join(row.says)}", "fbtrace_id": "A1"}
    if row.code is not None:
        error["code"] = list(row.code)[-1]
    if row.subcode is not None:
        error["error_subcode"] = next(iter(row.subcode))
    with answering(row.status or 400, {"error": error}) as address, pytest.raises(Exception) as caught:
        Graph(address, "v26.0").call("POST", "/1/feed", "token", now=NOW, lasting=lasting)
    assert isinstance(caught.value, ERRORS[row.outcome_of(publishing=lasting)])
    if hasattr(caught.value, "sentence") and row.sentence is not None and "%(said)s" not in row.sentence.msgid:
        assert caught.value.sentence == row.sentence
    if row.outcome == Outcome.PAUSED and not isinstance(caught.value, OutcomeUnknown):
        assert caught.value.retry_at == (NOW + row.pause if row.pause else None)


def test_each_row_says_where_it_was_read_and_when():
    for row in (*REFUSALS, *REQUESTS):
        assert row.source.address.startswith("https://")
        assert row.source.read.year >= 2026
    assert any(not row.source.verified for row in REFUSALS)


def test_no_row_stands_behind_one_that_takes_its_answers():
    for number, row in enumerate(REFUSALS):
        code, subcode = next(iter(row.code or [None])), next(iter(row.subcode or [None]))
        given = {"status": row.status or 400, "code": code, "subcode": subcode, "kind": "", "said": " ".join(row.says)}
        assert not any(earlier.fits(**given) for earlier in REFUSALS[:number]), row


@pytest.fixture
def recorded(monkeypatch):
    """The calls that were made: method, path, names sent, names of fields."""
    calls = []
    real = Graph.ask

    def ask(self, method, path, token, **options):
        sent = {**options.get("params", {}), **options.get("data", {}), **options.get("files", {})}
        calls.append((method, path, sent))
        return real(self, method, path, token, **options)

    monkeypatch.setattr(Graph, "ask", ask)
    return calls


def test_every_call_of_both_channels_is_listed_and_every_listed_call_is_made(tmp_path, recorded, memory, picture):
    with running_practice(tmp_path / "strict", strict=True) as practice:
        made = make_channels(replace(Settings(env="test"), **practice.settings))
        _use_facebook(practice, made["facebook"], memory, picture)
        _use_instagram(practice, made["instagram"], memory, picture)
    seen = set()
    for method, path, sent in recorded:
        rows = [row for row in requests_at(REQUESTS, method, path) if not row.unlisted(sent)]
        asked = names_of(str(sent.get("fields", "")))
        whole = [row for row in rows if set(asked) <= set(row.asks)]
        assert whole, (method, path, sent)
        seen |= {row.name for row in whole}
    assert seen == {row.name for row in REQUESTS}


def _delivery(practice, kind, text, **more):
    keys = {"credentials": practice.credentials(kind), "settings": practice.account(kind)}
    return Outgoing("post:1:1", text, now=NOW, first_tried_at=NOW, **keys, **more)


def _use_facebook(practice, channel, memory, picture):
    keys = practice.credentials("facebook")
    assert channel.identify(keys, {}).settings == practice.account("facebook")
    channel.inspect(keys, practice.account("facebook"), now=NOW)
    link = "https://gaung.kukar.test/t/1"
    channel.publish(_delivery(practice, "facebook", f"Tautan {link}", link=link), memory)
    pictured = _delivery(practice, "facebook", "Bergambar", files=(picture(), picture(50, 40)))
    receipt = channel.publish(pictured, memory)
    assert channel.find(replace(pictured, remembered=memory.values)).remote_id == receipt.remote_id
    for number in range(120):
        practice.server.store.add_post("facebook", "x", f"Lain {number}", post_id=f"1_{number}", data={"files": []})
    assert channel.find(replace(pictured, remembered=memory.values)).remote_id == receipt.remote_id
    assert channel.measure(receipt.remote_id, keys, now=NOW).views is not None
    channel.remove(receipt.remote_id, keys, practice.account("facebook"), now=NOW)


def _use_instagram(practice, channel, memory, picture):
    keys, account = practice.credentials("instagram"), practice.account("instagram")
    assert channel.identify(keys, account).name == "@latihan.kukar"
    memory.values.clear()
    single = _delivery(practice, "instagram", "Satu gambar", files=(picture(),))
    receipt = channel.publish(single, memory)
    assert receipt.url
    assert channel.find(replace(single, remembered=memory.values)).remote_id == receipt.remote_id
    channel.publish(_delivery(practice, "instagram", "Album", files=(picture(), picture(50, 50))), lambda values: None)
    assert channel.measure(receipt.remote_id, keys, now=NOW, settings=account).views is not None


@pytest.mark.parametrize(
    ("method", "path", "options", "said"),
    [
        ("GET", "/me", {"params": {"fields": "id,birthday"}}, "nonexisting field (birthday)"),
        ("POST", "/{page}/feed", {"data": {"message": "a", "caption": "b"}}, "Unknown parameter: caption"),
        ("GET", "/{page}/tagged", {}, "Unknown path components"),
        ("GET", "/me", {"params": {"access_token": "x"}}, "header"),
        ("POST", "/{page}/feed", {"data": {"message": "a"}}, ""),
    ],
)
def test_strict_practice_refuses_what_no_document_lists(tmp_path, method, path, options, said):
    with running_practice(tmp_path, strict=True) as practice:
        path = path.replace("{page}", practice.account("facebook")["page_id"])
        keys = {"Authorization": f"Bearer {practice.credentials('facebook')['access_token']}"}
        address = f"{practice.http_url}/v26.0{path}"
        answer = httpx.request(method, address, headers=keys, trust_env=False, timeout=5, **options).json()
    assert said in answer.get("error", {}).get("message", "")
    assert bool(said) == ("error" in answer)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [("batas_akun", AccountPaused), ("sementara", OutcomeUnknown), ("dibatasi", AccountPaused)],
)
@pytest.mark.parametrize("kind", ["facebook", "instagram"])
def test_troubles_of_an_account(practice, channels, outgoing, memory, picture, kind, fault, expected):
    practice.fault(kind, fault, **({"seconds": 300} if fault == "batas_akun" else {}))
    out = outgoing(kind, files=(picture(),) if kind == "instagram" else ())
    with pytest.raises(expected) as caught:
        channels[kind].publish(out, memory)
    assert practice.posts() == []
    if fault == "batas_akun":
        assert caught.value.retry_at == out.now + timedelta(minutes=5)


def test_names_of_insights_are_settings(practice, outgoing, memory):
    renamed = replace(Settings(env="test"), **practice.settings, graph_page_insights=(("views", "post_clicks"),))
    channel = make_channels(renamed)["facebook"]
    receipt = channel.publish(outgoing("facebook"), memory)
    practice.server.store.write("UPDATE posts SET at = '2026-01-01T00:00:00+00:00'")
    found = channel.measure(receipt.remote_id, practice.credentials("facebook"), now=NOW)
    assert (found.views > 0, found.clicks, found.reach) == (True, None, None)
