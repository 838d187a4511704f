"""What every documented refusal means for a delivery, from answers that the practice platforms do not give."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from app.channels.facebook import FacebookChannel
from app.channels.graph import Graph
from app.channels.graph_errors import ContainerEnded as ContainerGone
from app.channels.graph_errors import Duplicate
from app.channels.instagram import InstagramChannel
from app.channels.wire import Links
from app.channels.x import XChannel
from app.outreach.outlets.ports import (
    AccountPaused,
    NeedsSignIn,
    NotReady,
    NotSent,
    OutcomeUnknown,
    Receipt,
    Rejected,
    Undecided,
)
from tests.listeners import answering

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def problem(detail: str, status: int = 403) -> dict:
    return {"title": "Forbidden", "detail": detail, "type": "about:blank", "status": status}


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (400, problem("One or more parameters to your request was invalid.", 400), Undecided),
        (401, problem("Unauthorized", 401), NeedsSignIn),
        (402, problem("CreditsDepleted", 402), AccountPaused),
        (403, problem("Your client app is not configured with the appropriate oauth1 app permissions"), NeedsSignIn),
        (403, problem("Your account is temporarily locked."), NeedsSignIn),
        (403, problem("Your account is suspended and is not permitted to access this feature."), NeedsSignIn),
        (403, problem("You are not permitted to perform this action."), Undecided),
        (404, "Not Found", NotSent),
        (429, problem("Too Many Requests", 429), NotSent),
        (500, problem("Something is broken.", 500), OutcomeUnknown),
        (503, "<html>Over capacity</html>", OutcomeUnknown),
        (201, "bukan json", OutcomeUnknown),
        (201, {"data": {}}, OutcomeUnknown),
    ],
)
def test_answers_of_x(outgoing, memory, status, body, expected):
    with answering(status, body) as address, pytest.raises(expected):
        XChannel(address, Links("{id}")).publish(outgoing("x"), memory)


@pytest.mark.parametrize(
    ("headers", "reset"),
    [
        ({"x-rate-limit-reset": "1795500000"}, datetime.fromtimestamp(1795500000, UTC)),
        ({"Retry-After": "90"}, NOW + timedelta(seconds=90)),
        ({}, NOW + timedelta(minutes=15)),
    ],
)
def test_x_says_when_calls_are_taken_again(outgoing, memory, headers, reset):
    answer = answering(429, problem("Too Many Requests", 429), headers)
    with answer as address, pytest.raises(NotSent) as caught:
        XChannel(address, Links("{id}")).publish(outgoing("x", now=NOW), memory)
    assert caught.value.retry_at == reset


@pytest.mark.parametrize("status", [400, 403, 404, 500])
def test_find_on_x_never_says_nothing_where_it_could_not_look(outgoing, status):
    with answering(status, problem("Tidak", status)) as address, pytest.raises(NotSent):
        XChannel(address, Links("{id}")).find(outgoing("x"))


def error(code: int, subcode: int = 0, message: str = "Keterangan") -> dict:
    more = {"error_subcode": subcode} if subcode else {}
    return {"error": {"code": code, "message": message, "type": "OAuthException", "fbtrace_id": "A1", **more}}


def transient(code: int) -> dict:
    return {"error": {**error(code)["error"], "is_transient": True}}


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        *[(400, error(code), AccountPaused) for code in (4, 17, 32, 341, 613, *range(80000, 80015))],
        *[(400, error(code), NeedsSignIn) for code in (10, 102, 190, 200, 299)],
        (400, error(100), Rejected),
        (400, error(100, 33), NeedsSignIn),
        (400, error(506), Duplicate),
        (400, error(368, message="This was already posted"), Duplicate),
        (400, error(368, message="deemed abusive"), AccountPaused),
        *[(400, error(code), AccountPaused) for code in (3, 5, 12, 104)],
        (400, error(190, 459), NeedsSignIn),
        (400, error(464), NeedsSignIn),
        (400, error(9007), NotReady),
        (400, error(77), Undecided),
        (400, transient(77), OutcomeUnknown),
        (400, transient(190), NotSent),
        (400, transient(100), NotSent),
        (400, error(1), OutcomeUnknown),
        (400, error(2), OutcomeUnknown),
        (500, error(0), OutcomeUnknown),
        (502, "<html>Bad gateway</html>", OutcomeUnknown),
        (404, "<html>Not found</html>", NotSent),
        (200, "bukan json", OutcomeUnknown),
        (200, {"success": True}, OutcomeUnknown),
    ],
)
def test_answers_of_the_graph_to_a_page_post(outgoing, memory, monkeypatch, status, body, expected):
    monkeypatch.setattr(FacebookChannel, "_look", lambda self, out: None)
    with answering(status, body) as address, pytest.raises(expected):
        FacebookChannel(Graph(address, "v26.0"), Links("{id}")).publish(outgoing("facebook"), memory)


def test_token_of_a_person_is_not_taken_for_a_page():
    body = error(100, message="(#100) Tried accessing nonexisting field (category) on node type (User)")
    with answering(400, body) as address, pytest.raises(NeedsSignIn):
        FacebookChannel(Graph(address, "v26.0"), Links("{id}")).identify({"access_token": "EAAorang"}, {})


@pytest.mark.parametrize(
    ("code", "subcode", "lasting", "expected"),
    [
        (9007, 2207027, True, NotReady),
        (9, 2207042, True, AccountPaused),
        (4, 2207051, True, OutcomeUnknown),
        (4, 2207051, False, AccountPaused),
        (24, 2207008, True, ContainerGone),
        (25, 2207050, True, NeedsSignIn),
        (36000, 2207004, False, Rejected),
        (9004, 2207052, False, NotSent),
        (-1, 2207001, True, OutcomeUnknown),
        (-1, 2207001, False, NotSent),
        (-1, 2207032, False, NotSent),
        (-2, 2207003, False, NotSent),
        (-2, 2207020, False, ContainerGone),
    ],
)
def test_subcodes_of_instagram(code, subcode, lasting, expected):
    with answering(400, error(code, subcode)) as address, pytest.raises(expected) as caught:
        Graph(address, "v26.0").call("POST", "/1/media_publish", "token", now=NOW, lasting=lasting)
    assert caught.value.request_id == "A1"


def test_graph_waits_as_long_as_the_usage_header_says():
    usage = '{"1": [{"estimated_time_to_regain_access": 7}, {"estimated_time_to_regain_access": 0}]}'
    answer = answering(400, error(4), {"x-business-use-case-usage": usage})
    with answer as address, pytest.raises(AccountPaused) as caught:
        Graph(address, "v26.0").call("GET", "/me", "token", now=NOW)
    assert caught.value.retry_at == NOW + timedelta(minutes=7)


@pytest.mark.parametrize("usage", ["bukan json", "[]", '{"1": 5}', '{"1": [{"estimated_time_to_regain_access": "x"}]}'])
def test_usage_header_that_cannot_be_read_means_the_usual_pause(usage):
    answer = answering(400, error(4), {"x-business-use-case-usage": usage})
    with answer as address, pytest.raises(AccountPaused) as caught:
        Graph(address, "v26.0").call("GET", "/me", "token", now=NOW)
    assert caught.value.retry_at == NOW + timedelta(minutes=15)


@pytest.mark.parametrize("token", ["ada spasi", "baris\nbaru", "huruf-é"])
def test_token_that_was_copied_wrongly_needs_sign_in(outgoing, memory, token):
    channel = InstagramChannel(Graph("http://127.0.0.1:9", "v26.0"))
    asked = {"container": {"id": "1", "at": NOW.isoformat(), "asked": NOW.isoformat()}}
    with pytest.raises(NeedsSignIn):
        channel.find(outgoing("instagram", credentials={"access_token": token}, remembered=asked))


def test_slow_answers_are_waited_for(practice, channels, outgoing, memory):
    for kind in ("x", "facebook"):
        practice.fault(kind, "lambat", seconds=0.3)
        channels[kind].publish(outgoing(kind), memory)
    assert len(practice.posts()) == 2


def test_usage_is_read_in_the_header_that_the_code_speaks_of():
    usage = {"1": [{"type": "ads_insights", "estimated_time_to_regain_access": 600}, {"type": "pages"}]}
    usage["1"][1]["estimated_time_to_regain_access"] = 12
    headers = {"x-business-use-case-usage": json.dumps(usage), "x-app-usage": '{"call_count": 28}'}
    with answering(400, error(80001), headers) as address, pytest.raises(AccountPaused) as caught:
        Graph(address, "v26.0").call("GET", "/me", "token", now=NOW)
    assert caught.value.retry_at == NOW + timedelta(minutes=12)
    flat = {"x-page-usage": '{"call_count": 100, "estimated_time_to_regain_access": 4}'}
    with answering(400, error(32), flat) as address, pytest.raises(AccountPaused) as caught:
        Graph(address, "v26.0").call("GET", "/me", "token", now=NOW)
    assert caught.value.retry_at == NOW + timedelta(minutes=4)


def test_retry_after_as_a_date_goes_before_the_usual_pause():
    headers = {"Retry-After": "Tue, 24 Nov 2026 00:20:00 GMT", "Date": "Tue, 24 Nov 2026 00:00:00 GMT"}
    with answering(429, "<html>Too many</html>", headers) as address, pytest.raises(AccountPaused) as caught:
        Graph(address, "v26.0").call("GET", "/me", "token", now=NOW)
    assert caught.value.retry_at == NOW + timedelta(minutes=20)


@pytest.mark.parametrize(
    ("code", "subcode", "who"),
    [
        (3, 0, "Admin Gaung"),
        (5, 0, "Admin Gaung"),
        (12, 0, "Admin Gaung"),
        (104, 0, "Admin Gaung"),
        (368, 0, "Pengelola akun"),
        (190, 459, "Pengelola akun"),
        (190, 464, "Pengelola akun"),
        (190, 492, "Pengelola Halaman"),
        (200, 0, "Pengelola akun"),
        (25, 2207050, "Pengelola akun"),
    ],
)
def test_a_refusal_of_the_account_names_who_mends_it(code, subcode, who):
    with answering(400, error(code, subcode)) as address, pytest.raises((AccountPaused, NeedsSignIn)) as caught:
        Graph(address, "v26.0").call("GET", "/me", "token", now=NOW)
    assert who in str(caught.value.sentence)


def test_a_refusal_that_nobody_has_listed_asks_for_a_decision_and_not_for_another_text():
    with answering(400, error(77, message="Ditolak karena sesuatu")) as address, pytest.raises(Undecided) as caught:
        Graph(address, "v26.0").call("POST", "/1/feed", "token", now=NOW, lasting=True)
    assert "Putuskan" in str(caught.value.sentence)
    assert "Ditolak karena sesuatu" in str(caught.value.sentence)


def test_blocked_in_any_language_is_looked_at_before_it_is_believed(outgoing, memory, monkeypatch):
    found = Receipt("1_2", "https://fb.example/1_2")
    monkeypatch.setattr(FacebookChannel, "_look", lambda self, out: found)
    with answering(400, error(368, message="Konten ini sudah diposting")) as address:
        receipt = FacebookChannel(Graph(address, "v26.0"), Links("{id}")).publish(outgoing("facebook"), memory)
    assert receipt == found
