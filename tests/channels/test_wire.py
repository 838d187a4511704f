"""The end of a call, the header that names when to call again, and the shape of the tables of the wire."""

import socket
import time
from datetime import UTC, date, datetime, timedelta

import pytest

from app.channels.wire import LONGEST_WAIT, Deadline, retry_after
from app.channels.wire_tables import Outcome, Refusal, Request, Source, first_fit, requests_at

NOW = datetime(2026, 12, 3, 8, tzinfo=UTC)
SOURCE = Source("https://platform.example/errors", date(2026, 12, 3))


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, None),
        ({"Retry-After": "90"}, NOW + timedelta(seconds=90)),
        ({"Retry-After": "Thu, 03 Dec 2026 08:10:00 GMT"}, NOW + timedelta(minutes=10)),
        ({"Retry-After": "Thu, 03 Dec 2026 07:00:00 GMT"}, NOW),
        ({"Retry-After": "sebentar lagi"}, None),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "999999999"}, NOW + LONGEST_WAIT),
        ({"Retry-After": "Fri, 01 Jan 2199 00:00:00 GMT"}, NOW + LONGEST_WAIT),
        (  # the platform's clock is an hour ahead of ours
            {"Retry-After": "Thu, 03 Dec 2026 09:05:00 GMT", "Date": "Thu, 03 Dec 2026 09:00:00 GMT"},
            NOW + timedelta(minutes=5),
        ),
    ],
)
def test_retry_after_is_read_as_seconds_and_as_a_date(headers, expected):
    assert retry_after(headers, NOW) == expected


def test_a_call_ends_at_its_deadline_though_bytes_trickle_in():
    ours, theirs = socket.socketpair()
    ours.settimeout(30)
    with Deadline(0.2) as deadline:
        deadline.watch(ours)
        theirs.send(b"a")
        while ours.recv(1):  # without the deadline this would wait for the next byte
            pass
        assert deadline.over
    with Deadline(0.01) as late:
        time.sleep(0.1)
        late.watch(theirs)
        assert theirs.recv(1) == b""


def test_the_first_row_that_fits_says_what_a_refusal_means():
    rows = (
        Refusal("blocked words", Outcome.DUPLICATE, SOURCE, code={368}, says=("already",)),
        Refusal("blocked", Outcome.PAUSED, SOURCE, code={368}),
        Refusal("throttles", Outcome.PAUSED, SOURCE, code=range(80000, 80015)),
        Refusal("busy", Outcome.TRY_AGAIN, SOURCE, status=503, publishing=Outcome.UNKNOWN),
    )

    def meaning(**answer):
        row = first_fit(rows, **{"status": 400, **answer})
        return row and row.meaning

    assert meaning(code=368, said="This was Already posted") == "blocked words"
    assert meaning(code=368, said="deemed abusive") == "blocked"
    assert meaning(code=80014) == "throttles"
    assert meaning(code=80015) is None
    busy = first_fit(rows, status=503)
    assert (busy.outcome_of(publishing=False), busy.outcome_of(publishing=True)) == (Outcome.TRY_AGAIN, Outcome.UNKNOWN)


def test_a_request_knows_its_path_and_what_it_may_send():
    feed = Request("post", "POST", "/{page_id}/feed", SOURCE, sends=("message", "attached_media[#]"))
    assert list(requests_at((feed,), "POST", "/123/feed")) == [feed]
    for method, path in (("GET", "/123/feed"), ("POST", "/123/4/feed"), ("POST", "/feed")):
        assert list(requests_at((feed,), method, path)) == []
    assert feed.unlisted(["message", "attached_media[0]", "attached_media[11]"]) == []
    assert feed.unlisted(["messages", "attached_media"]) == ["messages", "attached_media"]
