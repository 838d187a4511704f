"""No key of an account stands in what is kept or logged, also where a platform quotes it."""

import logging
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest

from app.channels.facebook import FacebookChannel
from app.channels.graph import Graph
from app.channels.instagram import InstagramChannel
from app.channels.wire import Links
from app.channels.x import XChannel
from app.outreach.outlets.ports import ChannelError
from tests.listeners import answering, closed_port, dropping_server

NOW = datetime(2026, 11, 24, tzinfo=UTC)
TOKEN = "EAAGm0PX4ZCpsBArahasia1234567890"
KEYS = {"consumer_key": f"{TOKEN}ck", "consumer_secret": f"{TOKEN}cs", "access_token": f"77-{TOKEN}",
        "access_token_secret": f"{TOKEN}ats"}  # fmt: skip


def make(kind: str, address: str) -> Any:
    if kind == "x":
        return XChannel(address, Links("{id}"))
    graph = Graph(address, "v26.0")
    return FacebookChannel(graph, Links("{id}")) if kind == "facebook" else InstagramChannel(graph)


@pytest.mark.parametrize("status", [200, 400, 401, 500, "refused", "dropped"])
@pytest.mark.parametrize("kind", ["x", "facebook", "instagram"])
def test_no_key_reaches_an_error_a_finding_or_a_log(kind, status, outgoing, memory, picture, caplog):
    caplog.set_level(logging.DEBUG)
    out = outgoing(kind, files=(picture(),) if kind == "instagram" else (), credentials=KEYS)
    quoted = f"Malformed access token {KEYS['access_token']} {KEYS['consumer_secret']}"
    body = {"error": {"code": 190, "message": quoted}, "detail": quoted, "errors": [{"message": quoted}]}
    if status == "refused":
        said = _use(make(kind, f"http://127.0.0.1:{closed_port()}"), out, memory)
    elif status == "dropped":
        with dropping_server() as address:
            said = _use(make(kind, address), out, memory)
    else:
        with answering(status, body) as address:
            said = _use(make(kind, address), out, memory)
    wanted = [KEYS["access_token"]] if kind != "x" else list(KEYS.values())
    assert [secret for secret in wanted if secret in said + caplog.text] == []


def _use(channel: Any, out: Any, memory: Any) -> str:
    said = []
    keys, settings = out.credentials, out.settings
    for use in (
        lambda: channel.inspect(keys, settings, now=NOW),
        lambda: channel.doctor(keys, settings, now=NOW),
        lambda: channel.identify(keys, settings),
        lambda: channel.recent(keys, settings, since=NOW, now=NOW),
        lambda: channel.measure("1_2", keys, now=NOW, settings=settings),
        lambda: channel.remove("1_2", keys, settings, now=NOW),
        lambda: channel.find(out),
        lambda: channel.publish(out, memory),
    ):
        with suppress(AssertionError):
            try:
                said.append(repr(use()))
            except ChannelError as error:
                said += [repr(error), str(error), error.detail, str(getattr(error, "sentence", ""))]
    return "\n".join(said)
