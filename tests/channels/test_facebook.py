"""A Facebook Page against the practice Graph, over real loopback HTTP."""

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.channels.facebook import FacebookChannel
from app.channels.graph import Graph
from app.channels.wire import Links
from app.outreach.outlets.ports import AccountPaused, NeedsSignIn, NotReady, NotSent, NotThere, OutcomeUnknown, Rejected
from tests.listeners import closed_port, dropping_server

LINK = "https://gaung.kukar.test/t/F1"


def test_post_goes_out_once(practice, channels, outgoing, memory):
    receipt = channels["facebook"].publish(outgoing("facebook", f"Halo. {LINK}", link=LINK), memory)
    posts = practice.posts("facebook")
    assert [(post["id"], post["text"]) for post in posts] == [(receipt.remote_id, f"Halo. {LINK}")]
    assert receipt.url.startswith(practice.http_url)


def test_pictures_stay_off_the_page_until_the_post_attaches_them(practice, channels, outgoing, memory, picture):
    files = (picture(alt_text="Pasar"), picture(50, 40, alt_text="Sekolah"))
    practice.fault("facebook", "rusak")
    out = outgoing("facebook", files=files)
    with pytest.raises(OutcomeUnknown):
        channels["facebook"].publish(out, memory)
    assert practice.posts("facebook") == []
    kept = [entry["id"] for entry in memory.values["photos"].values()]
    practice.fault("facebook", "rusak", scope="upload")  # an upload now would fail
    channels["facebook"].publish(replace(out, remembered=memory.values), memory)
    images = practice.posts("facebook")[0]["images"]
    assert [image["alt_text"] for image in images] == ["Pasar", "Sekolah"]
    assert [image["url"].rsplit("/", 1)[1] for image in images] == kept


def test_photo_older_than_its_life_is_uploaded_again(practice, channels, outgoing, memory, picture):
    out = outgoing("facebook", files=(picture(),))
    practice.fault("facebook", "batas")
    with pytest.raises(AccountPaused):
        channels["facebook"].publish(out, memory)
    first = next(iter(memory.values["photos"].values()))["id"]
    later = replace(out, remembered=memory.values, now=out.now + timedelta(hours=21))
    channels["facebook"].publish(later, memory)
    assert not practice.posts("facebook")[0]["images"][0]["url"].endswith(first)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [("batas", AccountPaused), ("rusak", OutcomeUnknown), ("kedaluwarsa", NeedsSignIn), ("duplikat", Rejected)],
)
def test_each_trouble_becomes_its_error_and_nothing_goes_out(practice, channels, outgoing, memory, fault, expected):
    practice.fault("facebook", fault)
    with pytest.raises(expected):
        channels["facebook"].publish(outgoing("facebook"), memory)
    assert practice.posts() == []


def test_throttle_honours_the_estimated_time(practice, channels, outgoing, memory):
    practice.fault("facebook", "batas", seconds=600)
    out = outgoing("facebook")
    with pytest.raises(AccountPaused) as caught:
        channels["facebook"].publish(out, memory)
    assert caught.value.retry_at == out.now + timedelta(minutes=10)
    assert caught.value.request_id


def test_upload_that_fails_is_not_sent(practice, channels, outgoing, memory, picture):
    practice.fault("facebook", "rusak", scope="upload")
    with pytest.raises(NotSent):
        channels["facebook"].publish(outgoing("facebook", files=(picture(),)), memory)


@pytest.mark.parametrize("link", [LINK, None])
def test_lost_reply_is_unknown_then_found(practice, channels, outgoing, memory, link):
    out = outgoing("facebook", f"Pendaftaran dibuka {link or 'besok'}", link=link)
    practice.fault("facebook", "balasan_hilang")
    with pytest.raises(OutcomeUnknown):
        channels["facebook"].publish(out, memory)
    assert channels["facebook"].find(out).remote_id == practice.posts("facebook")[0]["id"]
    assert len(practice.posts("facebook")) == 1


def test_nothing_is_found_where_nothing_of_ours_went_out(channels, outgoing, memory):
    channels["facebook"].publish(outgoing("facebook", "Materi lain."), memory)
    assert channels["facebook"].find(outgoing("facebook", "Materi ini.")) is None
    later = datetime.now(UTC) + timedelta(minutes=15)
    assert channels["facebook"].find(outgoing("facebook", "Materi lain.", first_tried_at=later)) is None


def test_find_looks_through_more_than_one_page_of_posts(practice, channels, outgoing, memory):
    out = outgoing("facebook", "Yang dicari.")
    channels["facebook"].publish(out, memory)
    for number in range(120):
        practice.server.store.add_post("facebook", "x", f"Lain {number}", post_id=f"lain{number}", data={"files": []})
    assert channels["facebook"].find(out) is not None


def test_duplicate_after_a_lost_reply_gives_the_receipt_of_the_live_post(practice, channels, outgoing, memory):
    out = outgoing("facebook", "Sekali saja.")
    practice.fault("facebook", "balasan_hilang")
    with pytest.raises(OutcomeUnknown):
        channels["facebook"].publish(out, memory)
    receipt = channels["facebook"].publish(out, memory)
    assert [post["id"] for post in practice.posts("facebook")] == [receipt.remote_id]


def test_refused_connection_is_not_sent_and_a_dropped_one_unknown(outgoing, memory):
    def channel(address: str) -> FacebookChannel:
        return FacebookChannel(Graph(address, "v26.0"), Links("{id}"))

    with pytest.raises(NotSent):
        channel(f"http://127.0.0.1:{closed_port()}").publish(outgoing("facebook"), memory)
    with dropping_server() as address, pytest.raises(OutcomeUnknown):
        channel(address).publish(outgoing("facebook"), memory)


def test_identify_tells_the_page_and_refuses_another_pages_token(practice, channels):
    credentials = practice.credentials("facebook")
    found = channels["facebook"].identify(credentials, {})
    assert found.settings == {"page_id": practice.account("facebook")["page_id"]}
    with pytest.raises(NeedsSignIn):
        channels["facebook"].identify(credentials, {"page_id": "42"})
    with pytest.raises(NeedsSignIn):
        channels["facebook"].identify({"access_token": "salah"}, {})


def test_page_without_a_number_needs_the_connection_test(practice, channels, outgoing, memory):
    with pytest.raises(NeedsSignIn):
        channels["facebook"].publish(outgoing("facebook", settings={}), memory)


def test_check_knows_the_limits(channels, outgoing, picture):
    problems = channels["facebook"].check(outgoing("facebook", "a" * 63_207, files=(picture(alt_text=" "),)))
    assert [problem.field for problem in problems] == ["text", "media"]
    assert channels["facebook"].check(outgoing("facebook", "")) != []


def test_no_address_of_the_graph_stands_in_the_log(practice, channels, outgoing, memory, caplog):
    caplog.set_level(logging.INFO)  # as the worker logs
    channels["facebook"].publish(outgoing("facebook"), memory)
    assert practice.posts("facebook")
    assert practice.http_url not in caplog.text
    assert "HTTP Request" not in caplog.text


def test_pictures_that_came_before_any_post_prove_that_nothing_went_out(practice, channels, outgoing, memory, picture):
    out = outgoing("facebook", files=(picture(),))
    practice.fault("facebook", "rusak", scope="upload")
    with pytest.raises(NotSent):
        channels["facebook"].publish(out, memory)
    assert isinstance(channels["facebook"].find(replace(out, remembered=memory.values)), NotThere)
    channels["facebook"].publish(replace(out, remembered=memory.values), memory)
    found = channels["facebook"].find(replace(out, remembered=memory.values))
    assert found.remote_id == practice.posts("facebook")[0]["id"]


def test_pictures_from_before_this_was_remembered_prove_nothing(practice, channels, outgoing, memory, picture):
    kept = {"photos": {"a": {"id": "1", "at": datetime.now(UTC).isoformat()}}}
    assert channels["facebook"].find(outgoing("facebook", files=(picture(),), remembered=kept)) is None


def test_times_of_posts_are_compared_here_whatever_the_page_was_asked(practice, channels, outgoing, memory):
    now = datetime.now(UTC)
    practice.server.store.add_post("facebook", "x", "Sama.", post_id="100000000000001_9", data={"files": []})
    later = now + timedelta(hours=1)
    assert channels["facebook"].find(outgoing("facebook", "Sama.", tried_at=later, first_tried_at=later)) is None


def test_our_short_link_is_known_whenever_it_went_out(practice, channels, outgoing, memory):
    out = outgoing("facebook", f"Halo. {LINK}", link=LINK)
    receipt = channels["facebook"].publish(out, memory)
    later = out.now + timedelta(hours=1)
    assert channels["facebook"].find(replace(out, tried_at=later)).remote_id == receipt.remote_id


def test_token_of_another_page_needs_sign_in_and_names_who_mends_it(channels, outgoing, memory, picture):
    for files in ((), (picture(),)):
        out = outgoing("facebook", settings={"page_id": "42"}, files=files)
        with pytest.raises(NeedsSignIn) as caught:
            channels["facebook"].publish(out, memory)
        assert "Pengelola akun" in str(caught.value.sentence)


def test_uploads_that_take_long_go_on_in_the_next_call(channels, outgoing, memory, picture, monkeypatch):
    monkeypatch.setattr("app.channels.facebook.UPLOAD_SECONDS", -1.0)
    with pytest.raises(NotReady):
        channels["facebook"].publish(outgoing("facebook", files=(picture(),)), memory)
