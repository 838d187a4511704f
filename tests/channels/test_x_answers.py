"""Answers of X that its documents allow or that others saw, which the practice server does not give."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import request
from oauthlib.oauth1 import Client

from app.channels.wire import Links
from app.channels.x import XChannel
from app.outreach.outlets.ports import (
    AccountPaused,
    ChannelError,
    Gone,
    NeedsSignIn,
    NotReady,
    NotSent,
    OutcomeUnknown,
    Receipt,
    Rejected,
    Undecided,
)
from app.practice.accounts import X_USER_ID
from tests.listeners import answering, routed, trickling_server

NOW = datetime(2026, 11, 24, tzinfo=UTC)
POST, TIMELINE = "POST /2/tweets", "GET /2/users"
OWN = f"GET /2/users/{X_USER_ID}/tweets"
EMPTY: dict[str, Any] = {"meta": {"result_count": 0}}
LINK = "https://gaung.kukar.test/t/A1B2"
PROBLEM = "https://api.x.com/2/problems/"


def x(address: str) -> XChannel:
    return XChannel(address, Links("{id}"))


def shown(text: str, **more: Any) -> dict[str, Any]:
    """A timeline with this one post."""
    return {"data": [{"id": "77", "text": text, "created_at": "2026-11-24T00:00:00.000Z", **more}],
            "meta": {"result_count": 1}}  # fmt: skip


def published(outgoing, memory, status, body, headers=None, *, timeline=None, tried=None, **values) -> Any:
    """What comes of a post that X answers so: a Receipt or the error."""
    routes = {POST: (status, body, headers or {}), TIMELINE: (200, timeline or EMPTY, {})}
    with routed(routes) as address:
        try:
            return x(address).publish(outgoing("x", now=NOW, first_tried_at=tried, **values), memory)
        except ChannelError as error:
            return error


DUPLICATES = [
    (403, {"detail": "You are not allowed to create a Tweet with duplicate content.", "title": "Forbidden"}),
    (403, {"errors": [{"code": 187, "message": "Status is a duplicate."}]}),
    (403, {"code": 187, "message": "Already said"}),
    (403, {"errors": [{"message": "Authorization: Status is a duplicate. (187)"}]}),
    (400, {"error": {"code": "187"}}),
    (200, {"errors": [{"code": 187, "message": "Status is a duplicate."}], "data": {}}),
]


@pytest.mark.parametrize(("status", "body"), DUPLICATES)
def test_a_duplicate_in_any_shape_is_looked_up_first(outgoing, memory, status, body):
    found = published(outgoing, memory, status, body, timeline=shown("Kukar menuju kota cerdas."))
    assert found == Receipt("77", "77", None)


@pytest.mark.parametrize(("status", "body"), DUPLICATES[:5])
def test_a_duplicate_that_is_not_ours_is_rejected_at_the_first_try_and_unknown_after_another(
    outgoing, memory, status, body
):
    assert isinstance(published(outgoing, memory, status, body), Rejected)
    assert isinstance(published(outgoing, memory, status, body, tried=NOW - timedelta(minutes=2)), OutcomeUnknown)


def _end(minutes: float) -> str:
    return str(int((NOW + timedelta(minutes=minutes)).timestamp()))


@pytest.mark.parametrize(
    ("status", "body", "headers", "minutes"),
    [
        (402, {"title": "CreditsDepleted", "type": PROBLEM + "credits"}, {}, None),
        (429, {"type": PROBLEM + "usage-capped", "detail": "Usage cap exceeded: Monthly product cap"}, {}, None),
        (429, {"type": PROBLEM + "usage-capped", "period": "Daily"}, {}, 24 * 60),
        (
            429, {"title": "Too Many Requests"},
            {"x-user-limit-24hour-remaining": "0", "x-user-limit-24hour-reset": _end(300),
             "x-rate-limit-reset": _end(9)}, 300,
        ),
        (429, {}, {"x-app-limit-24hour-remaining": "0", "x-app-limit-24hour-reset": _end(700)}, 700),
        (403, {"errors": [{"code": 185, "message": "User is over daily status update limit."}]}, {}, 30),
        (403, {"detail": "User is over daily status update limit."}, {}, 30),
        (403, {"errors": [{"code": 226, "message": "This request looks like it might be automated."}]}, {}, 120),
        (403, {"errors": [{"code": 344, "message": "You have reached your daily limit."}]}, {}, 30),
        (401, {"errors": [{"code": 135, "message": "Timestamp out of bounds."}]}, {}, 5),
        (401, {"detail": "Timestamp out of bounds."}, {}, 5),
    ],
)  # fmt: skip
def test_caps_debts_and_a_wrong_clock_pause_the_account(outgoing, memory, status, body, headers, minutes):
    error = published(outgoing, memory, status, body, headers)
    assert isinstance(error, AccountPaused)
    assert error.retry_at == (None if minutes is None else NOW + timedelta(minutes=minutes))
    assert str(error.sentence).startswith("Belum terbit: ")


def test_a_wrong_clock_is_named(outgoing, memory):
    error = published(outgoing, memory, 401, {"errors": [{"code": 135, "message": "Timestamp out of bounds."}]})
    assert "jam komputer" in str(error.sentence)


@pytest.mark.parametrize(
    ("headers", "minutes"),
    [
        ({"x-rate-limit-reset": _end(9)}, 9),
        ({"Retry-After": "Tue, 24 Nov 2026 00:07:00 GMT", "Date": "Tue, 24 Nov 2026 00:00:00 GMT"}, 7),
        ({"Retry-After": "120"}, 2),
        ({"x-rate-limit-reset": "1795500000000"}, 15),  # milliseconds
        ({"x-rate-limit-reset": _end(60 * 24 * 400)}, 15),
        ({"x-user-limit-24hour-remaining": "3", "x-user-limit-24hour-reset": _end(300)}, 15),
        ({}, 15),
    ],
)
def test_a_throttle_ends_when_x_says_so(outgoing, memory, headers, minutes):
    error = published(outgoing, memory, 429, {"errors": [{"code": 88, "message": "Rate limit exceeded"}]}, headers)
    assert isinstance(error, NotSent)
    assert error.retry_at == NOW + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    "body",
    [
        {"title": "Client Forbidden", "reason": "client-not-enrolled", "type": PROBLEM + "client-forbidden"},
        {"title": "Forbidden", "type": "https://api.twitter.com/2/problems/oauth1-permissions"},
        {"errors": [{"code": 453, "message": "You currently have access to a subset of X API V2 endpoints"}]},
        {"errors": [{"code": 326, "message": "To protect our users from spam, this account is temporarily locked."}]},
        {"errors": [{"code": 64, "message": "Your account is suspended."}]},
    ],
)
def test_an_application_or_account_that_may_not_needs_to_be_connected_again(outgoing, memory, body):
    assert isinstance(published(outgoing, memory, 403, body), NeedsSignIn)


def test_a_refusal_that_nobody_has_listed_is_for_a_person_to_decide(outgoing, memory):
    error = published(outgoing, memory, 403, {"title": "Forbidden", "detail": "New rule 4711 applies."})
    assert isinstance(error, Undecided)
    assert "New rule 4711 applies." in str(error.sentence)
    assert "kirim lagi" in str(error.sentence)
    assert "Perbaiki isinya" not in str(error.sentence)


@pytest.mark.parametrize("status", [400, 403, 404, 418])
@pytest.mark.parametrize("body", ["<html>Attention Required</html>", "null", "[]", "", '"x"', "7"])
def test_an_answer_that_is_not_x_speaking_is_tried_again(outgoing, memory, status, body):
    assert isinstance(published(outgoing, memory, status, body), NotSent)


@pytest.mark.parametrize("errors", [None, "x", [None], [7], {"code": 1}, [{"message": None}], [[]]])
def test_odd_errors_crash_nothing(outgoing, memory, errors):
    assert isinstance(published(outgoing, memory, 403, {"errors": errors}), Undecided)


@pytest.mark.parametrize(
    "body",
    [
        "null", "<html>Selamat datang di WiFi</html>", "", {}, [], {"data": None}, {"data": []}, {"data": {"id": None}},
        {"data": {"id": "bukan nomor"}}, {"errors": [{"code": 130, "message": "Over capacity"}]},
    ],
)  # fmt: skip
def test_a_post_that_was_answered_without_its_number_is_unknown(outgoing, memory, body):
    assert isinstance(published(outgoing, memory, 201, body), OutcomeUnknown)


@pytest.mark.parametrize(
    "timeline",
    [
        "null", "<html></html>", "[]", {}, {"data": None}, {"meta": None}, {"meta": {"result_count": 3}},
        {"data": [None], "meta": {"result_count": 1}}, {"data": [{"id": "1"}], "meta": {"result_count": 1}},
        {"data": "x", "meta": {"result_count": 0, "next_token": 5}},
        {"errors": [{"title": "Not Found", "type": PROBLEM + "resource-not-found"}]},
        {**EMPTY, "errors": [{"title": "Field hydration failure"}]},
    ],
)  # fmt: skip
def test_a_timeline_that_cannot_be_read_is_never_taken_for_an_empty_one(outgoing, timeline):
    with answering(200, timeline) as address, pytest.raises(NotSent):
        x(address).find(outgoing("x"))


@pytest.mark.parametrize("entities", [None, {}, {"urls": None}, {"urls": []}, {"urls": [None]}, {"urls": "x"}])
def test_posts_without_links_are_compared_by_their_words(outgoing, entities):
    with answering(200, shown("Halo &amp; salam", entities=entities)) as address:
        assert x(address).find(outgoing("x", "Halo & salam")).remote_id == "77"
        assert x(address).find(outgoing("x", "Bukan ini")) is None


def test_a_link_whose_aim_x_does_not_name_is_neither_yes_nor_no(outgoing):
    body = shown("Lihat https://t.co/abc", entities={"urls": [{"url": "https://t.co/abc", "start": 6, "end": 22}]})
    with answering(200, body) as address:
        with pytest.raises(NotSent):
            x(address).find(outgoing("x", f"Lihat {LINK}", link=LINK))
        with pytest.raises(NotSent):
            x(address).find(outgoing("x", "Lihat https://kukarkab.go.id/"))
        assert x(address).find(outgoing("x", f"Baca {LINK}", link=LINK)) is None


def test_a_link_that_was_written_without_its_scheme_is_the_same_link(outgoing):
    urls = [{"url": "https://t.co/abc", "expanded_url": "http://kukarkab.go.id/"}]
    with answering(200, shown("Lihat https://t.co/abc ya", entities={"urls": urls})) as address:
        assert x(address).find(outgoing("x", "Lihat kukarkab.go.id ya")).remote_id == "77"


def test_a_post_dated_in_the_future_is_found_all_the_same(outgoing):
    with answering(200, shown("Halo", created_at="2031-01-01T00:00:00.000Z")) as address:
        assert x(address).find(outgoing("x", "Halo")) is not None


def test_an_older_server_is_asked_by_the_older_name_of_the_fields(outgoing):
    unknown = {"errors": [{"message": "The query parameter [post.fields] is not one of [id,tweet.fields]"}],
               "title": "Invalid Request", "type": PROBLEM + "invalid-request"}  # fmt: skip
    asked: list[str] = []
    routes = {TIMELINE: (400, unknown, {}), f"{OWN}?tweet.fields": (200, shown("Halo"), {})}
    with routed(routes, asked) as address:
        channel = x(address)
        assert channel.find(outgoing("x", "Halo")).remote_id == "77"
        assert channel.find(outgoing("x", "Halo")).remote_id == "77"
    assert [line.split("=")[0].removeprefix(f"{OWN}?") for line in asked] == [
        "post.fields",
        "tweet.fields",
        "tweet.fields",
    ]


def counts(**public: Any) -> dict[str, Any]:
    return {"data": {"id": "1", "text": "", "public_metrics": {"quote_count": 2, **public}}}


@pytest.mark.parametrize(
    ("body", "shares"),
    [
        (counts(retweet_count=5), 7),
        (counts(repost_count=5), 7),
        (counts(repost_count=5, retweet_count=9), 7),
        (counts(), None),
        (counts(repost_count="banyak"), None),
        ({"data": {"id": "1", "public_metrics": None, "non_public_metrics": None}}, None),
    ],
)
def test_reposts_are_read_by_either_name(outgoing, body, shares):
    with answering(200, body) as address:
        assert x(address).measure("1", outgoing("x").credentials, now=NOW).shares == shares


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"errors": [{"type": PROBLEM + "resource-not-found"}]}, Gone),
        ({"errors": [{"type": PROBLEM + "not-authorized-for-resource"}]}, NeedsSignIn),
        ("null", NotSent), ({"errors": [None]}, NotSent), ("<html>", NotSent),
    ],
)  # fmt: skip
def test_figures_of_a_post_that_is_not_shown(outgoing, body, expected):
    with answering(200, body) as address, pytest.raises(expected):
        x(address).measure("1", outgoing("x").credentials, now=NOW)


@pytest.mark.parametrize("status", [403, 429, 402])
def test_figures_that_are_refused_are_asked_again(outgoing, status):
    with answering(status, {"title": "Nanti"}) as address, pytest.raises(NotSent):
        x(address).measure("1", outgoing("x").credentials, now=NOW)


@pytest.mark.parametrize(
    "body",
    ["null", "<html>", {"data": None}, {"data": {"id": 5.5}}, {"data": {"id": "1", "expires_after_secs": "9" * 15}}],
)
def test_odd_answers_to_an_upload_post_nothing(outgoing, memory, picture, body):
    asked: list[str] = []
    with routed({"": (200, body, {}), POST: (201, {"data": {"id": "7"}}, {})}, asked) as address:
        try:
            x(address).publish(outgoing("x", files=(picture(),)), memory)
        except NotSent:
            assert POST not in asked


@pytest.mark.parametrize(
    "status", ["<html>", "null", {"data": {"processing_info": {"state": "pending", "check_after_secs": None}}}]
)
def test_a_status_that_is_no_json_is_asked_again(outgoing, memory, picture, status):
    routes = {
        "POST /2/media/upload": (200, {"data": {"id": "5", "processing_info": {"state": "pending"}}}, {}),
        "GET /2/media/upload": (200, status, {}),
    }
    with routed(routes) as address, pytest.raises((NotSent, NotReady)):
        x(address).publish(outgoing("x", files=(picture(),)), memory)


HEAD = b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n"
BODY = json.dumps({"data": {"id": "7"}}).encode()


@pytest.mark.parametrize("beginning", [HEAD + b"X-A: ", HEAD + b"Content-Length: 150\r\n\r\n" + BODY])
def test_an_answer_of_one_byte_at_a_time_ends_with_the_call(outgoing, memory, monkeypatch, beginning):
    monkeypatch.setattr("app.channels.x_line.ONE_CALL", 0.5)
    with trickling_server(beginning, pause=0.05) as address, pytest.raises(OutcomeUnknown):
        x(address).publish(outgoing("x"), memory)


def test_an_answer_without_end_is_unknown(outgoing, memory):
    with answering(201, "a" * 5_000_000) as address, pytest.raises(OutcomeUnknown):
        x(address).publish(outgoing("x"), memory)


def test_a_post_of_pictures_alone_says_so_by_an_empty_text(practice, channels, outgoing, memory, picture):
    bodies: list[Any] = []
    _note(practice, bodies)
    channels["x"].publish(outgoing("x", "", files=(picture(),)), memory)
    assert bodies[-1]["text"] == ""
    assert "media_type" not in bodies[0]


def _note(practice, bodies: list[Any]) -> None:
    @practice.server.app.before_request
    def note() -> None:
        if request.is_json:
            bodies.append(request.get_json())


def test_the_signature_is_made_for_the_host_that_is_called(monkeypatch, outgoing, memory):
    signed: list[str] = []
    real = Client.sign
    monkeypatch.setattr(Client, "sign", lambda self, uri, *more: signed.append(uri) or real(self, uri, *more))
    with answering(201, {"data": {"id": "7"}}) as address:
        x(address).publish(outgoing("x"), memory)
        assert signed == [f"{address}/2/tweets"]
