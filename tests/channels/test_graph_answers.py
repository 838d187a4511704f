"""Answers that are not what was promised: of any shape, in any language, without end."""

import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.channels.facebook import FacebookChannel
from app.channels.graph import Graph, count_of, id_of, read_time
from app.channels.instagram import InstagramChannel
from app.channels.wire import MOST_ANSWER_BYTES, Links
from app.outreach.outlets.ports import ChannelError, NeedsSignIn, NotSent, OutcomeUnknown
from tests.listeners import answering, trickling_server

NOW = datetime(2026, 12, 3, 8, tzinfo=UTC)
ODD = [
    "null",
    "[]",
    '"ok"',
    "7",
    "",
    "{}",
    "<html><body>Masuk ke jaringan</body></html>",
    {"id": None},
    {"id": {"a": 1}},
    {"id": "../me"},
    {"id": "a" * 300},
    {"data": None},
    {"data": [None, 3, "a"]},
    {"data": {}},
    {"data": [{"id": 5, "message": None, "caption": None, "created_time": None, "timestamp": 9}], "paging": None},
    {"data": [{"id": [], "created_time": "9999-12-31T23:59:59-1200", "timestamp": "besok"}]},
    {"error": None, "data": "x"},
    {"error": "tidak bisa"},
    {"error": {"code": "abc", "message": 5, "error_subcode": []}},
    {"error": {"code": None}},
    {"reactions": None, "comments": [], "shares": "7"},
]


def make(kind, address):
    graph = Graph(address, "v26.0")
    return FacebookChannel(graph, Links("{id}")) if kind == "facebook" else InstagramChannel(graph)


@pytest.mark.parametrize("body", ODD, ids=str)
@pytest.mark.parametrize("status", [200, 302, 400, 500])
@pytest.mark.parametrize("kind", ["facebook", "instagram"])
def test_no_answer_makes_a_channel_stumble(kind, status, body, outgoing, memory, practice, picture):
    """Whatever comes, what is raised is of the port, and no look says that it saw or proved anything."""
    asked = {"container": {"id": "1", "at": NOW.isoformat(), "asked": NOW.isoformat(), "times": 1}}
    out = outgoing(kind, files=(picture(),) if kind == "instagram" else (), now=NOW)
    with answering(status, body) as address:
        channel, keys, account = make(kind, address), out.credentials, out.settings
        for use in (
            lambda: channel.publish(out, memory),
            lambda: channel.find(replace(out, remembered=asked)),
            lambda: channel.identify(keys, account),
            lambda: channel.measure("1_2", keys, now=NOW, settings=account),
        ):
            try:
                found = use()
            except ChannelError:
                continue
            assert getattr(found, "remote_id", None) in (None, account.get("ig_user_id")), found


@pytest.mark.parametrize(
    "body", ["null", "[]", "<html></html>", {"id": None}, {"id": "baru"}, {"error": "tidak"}], ids=str
)
def test_a_post_that_was_answered_oddly_may_be_live(body, outgoing, memory):
    with answering(200, body) as address, pytest.raises(OutcomeUnknown):
        make("facebook", address).publish(outgoing("facebook"), memory)


def test_an_error_inside_a_success_is_an_error(outgoing, memory):
    body = {"error": {"code": 190, "message": "Sesi berakhir"}}
    with answering(200, body) as address, pytest.raises(NeedsSignIn):
        make("facebook", address).publish(outgoing("facebook"), memory)


@pytest.mark.parametrize("lasting", [True, False])
def test_a_reply_of_one_byte_at_a_time_ends_at_the_deadline(lasting):
    for head in (b"HTTP/1.1 200 OK\r\nX-Long: ", b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"):
        with trickling_server(head) as address:
            begun = time.monotonic()
            with pytest.raises(OutcomeUnknown if lasting else NotSent):
                Graph(address, "v26.0").call("POST", "/1/feed", "token", now=NOW, lasting=lasting, seconds=0.4)
            assert time.monotonic() - begun < 10


def test_an_answer_without_end_is_not_read_to_its_end():
    with answering(200, '{"a": "' + "a" * MOST_ANSWER_BYTES + '"}') as address, pytest.raises(OutcomeUnknown):
        Graph(address, "v26.0").call("POST", "/1/feed", "token", now=NOW, lasting=True)


def test_values_are_read_as_what_they_are():
    assert [id_of(value) for value in (5, "7_8", "7", None, True, 1.5, "٣", "")] == [
        "5",
        "7_8",
        "7",
        None,
        None,
        None,
        None,
        None,
    ]
    assert [count_of(value) for value in (5, -1, True, "5", None)] == [5, None, None, None, None]
    assert read_time("2026-12-03T08:00:00+0000") == NOW
    assert [read_time(value) for value in (None, 5, "besok", "0001-01-01T00:00:00+2300")] == [None] * 4


@pytest.mark.parametrize("kind", ["facebook", "instagram"])
def test_one_publish_never_takes_longer_than_the_channel_says(kind):
    channel = make(kind, "http://127.0.0.1:9")
    assert 0 < channel.seconds <= 330


def test_a_post_dated_in_the_future_is_found_all_the_same(outgoing):
    post = {"id": "1_2", "message": "Halo warga", "created_time": "2031-01-01T00:00:00+0000"}
    with answering(200, {"data": [post]}) as address:
        assert make("facebook", address).find(outgoing("facebook", "Halo warga")).remote_id == "1_2"
