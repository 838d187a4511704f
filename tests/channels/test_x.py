"""X through tweepy against the practice server, over real loopback HTTP."""

import socket
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.channels import wire
from app.channels.wire import Links
from app.channels.x import XChannel
from app.outreach.outlets.ports import NeedsSignIn, NotSent, OutcomeUnknown, Rejected
from tests.listeners import closed_port, dropping_server, silent_server

LINK = "https://gaung.kukar.test/t/A1B2"


def test_post_goes_out_once_with_its_words(practice, channels, outgoing, memory):
    receipt = channels["x"].publish(outgoing("x", "Halo, warga Kukar."), memory)
    posts = practice.posts("x")
    assert [post["text"] for post in posts] == ["Halo, warga Kukar."]
    assert receipt.remote_id == posts[0]["id"]
    assert receipt.url == f"{practice.http_url}/#x-{posts[0]['id']}"
    assert receipt.request_id


def test_pictures_carry_their_alternative_texts(practice, channels, outgoing, memory, picture):
    files = (picture(alt_text="Taman Tanjong"), picture(60, 40, alt_text="Balai desa"))
    channels["x"].publish(outgoing("x", files=files), memory)
    images = practice.posts("x")[0]["images"]
    assert [image["alt_text"] for image in images] == ["Taman Tanjong", "Balai desa"]
    assert practice.get(images[0]["url"]).content == files[0].data


def test_large_picture_goes_in_pieces_and_arrives_whole(practice, channels, outgoing, memory, picture):
    file = picture(2000, 1500, noisy=True)
    assert 1024 * 1024 < len(file.data) < 5 * 1024 * 1024
    channels["x"].publish(outgoing("x", files=(file,)), memory)
    assert practice.get(practice.posts("x")[0]["images"][0]["url"]).content == file.data
    assert practice.server.store.rows("SELECT max(length(bytes)), count(*) > 1 FROM chunks") == [(1024 * 1024, 1)]


def test_second_try_uses_the_pictures_of_the_first(practice, channels, outgoing, memory, picture):
    out = outgoing("x", files=(picture(),))
    practice.fault("x", "batas", seconds=30)
    with pytest.raises(NotSent):
        channels["x"].publish(out, memory)
    kept = next(iter(memory.values["media"].values()))["id"]
    practice.fault("x", "rusak", scope="upload")  # an upload now would fail
    channels["x"].publish(replace(out, remembered=memory.values), memory)
    assert practice.posts("x")[0]["images"][0]["url"].endswith(kept)


def test_rate_limit_says_when_it_ends(practice, channels, outgoing, memory):
    practice.fault("x", "batas", seconds=120)
    before = datetime.now(UTC)
    with pytest.raises(NotSent) as caught:
        channels["x"].publish(outgoing("x"), memory)
    wait = caught.value.retry_at - before
    assert timedelta(seconds=115) < wait < timedelta(seconds=125)
    assert practice.posts() == []


def test_server_error_after_posting_is_unknown_and_while_uploading_is_not_sent(
    practice, channels, outgoing, memory, picture
):
    practice.fault("x", "rusak")
    with pytest.raises(OutcomeUnknown):
        channels["x"].publish(outgoing("x"), memory)
    practice.fault("x", "rusak", scope="upload")
    with pytest.raises(NotSent):
        channels["x"].publish(outgoing("x", files=(picture(),)), memory)


def test_expired_token_needs_sign_in(practice, channels, outgoing, memory):
    practice.fault("x", "kedaluwarsa")
    with pytest.raises(NeedsSignIn):
        channels["x"].publish(outgoing("x"), memory)


def test_lost_reply_is_unknown_then_found_by_its_link(practice, channels, outgoing, memory):
    out = outgoing("x", f"Cek layanan & jadwal di {LINK}", link=LINK)
    practice.fault("x", "balasan_hilang")
    with pytest.raises(OutcomeUnknown):
        channels["x"].publish(out, memory)
    found = channels["x"].find(out)
    assert found.remote_id == practice.posts("x")[0]["id"]
    assert len(practice.posts("x")) == 1


def test_lost_reply_without_link_is_found_by_its_words(practice, channels, outgoing, memory, picture):
    out = outgoing("x", "Tanya & jawab: https://kukarkab.go.id/layanan sekarang", files=(picture(),))
    practice.fault("x", "balasan_hilang")
    with pytest.raises(OutcomeUnknown):
        channels["x"].publish(out, memory)
    assert channels["x"].find(out).remote_id == practice.posts("x")[0]["id"]


def test_link_to_a_loopback_address_is_found_though_x_does_not_wrap_it(practice, channels, outgoing, memory):
    link = "http://127.0.0.1:5000/t/A1"
    out = outgoing("x", f"Lihat {link}", link=link)
    channels["x"].publish(out, memory)
    assert channels["x"].find(out) is not None


def test_nothing_is_found_where_nothing_went_out(channels, outgoing, memory):
    channels["x"].publish(outgoing("x", "Materi lain."), memory)
    assert channels["x"].find(outgoing("x", "Materi ini.", link=LINK)) is None


def test_post_from_before_the_first_try_is_not_taken_for_ours(channels, outgoing, memory):
    channels["x"].publish(outgoing("x", "Sama."), memory)
    later = datetime.now(UTC) + timedelta(minutes=15)
    assert channels["x"].find(outgoing("x", "Sama.", first_tried_at=later)) is None


def test_find_that_cannot_look_says_so(practice, channels, outgoing):
    practice.fault("x", "rusak", scope="read")
    with pytest.raises(NotSent):
        channels["x"].find(outgoing("x"))


def test_duplicate_after_a_lost_reply_gives_the_receipt_of_the_live_post(practice, channels, outgoing, memory):
    out = outgoing("x", f"Sekali saja {LINK}", link=LINK)
    practice.fault("x", "balasan_hilang")
    with pytest.raises(OutcomeUnknown):
        channels["x"].publish(out, memory)
    receipt = channels["x"].publish(out, memory)  # asked again by mistake
    assert [post["id"] for post in practice.posts("x")] == [receipt.remote_id]


def test_duplicate_of_somebody_elses_words_is_rejected_with_a_way_out(practice, channels, outgoing, memory):
    practice.fault("x", "duplikat")
    with pytest.raises(Rejected) as caught:
        channels["x"].publish(outgoing("x", first_tried_at=None), memory)
    assert "Ubah kalimatnya" in str(caught.value.sentence)


def test_duplicate_that_cannot_be_looked_up_stays_unknown(practice, channels, outgoing, memory):
    practice.fault("x", "duplikat")
    practice.fault("x", "rusak", scope="read")
    with pytest.raises(OutcomeUnknown):
        channels["x"].publish(outgoing("x"), memory)


def test_text_that_x_finds_too_long_is_rejected(practice, channels, outgoing, memory):
    with pytest.raises(Rejected):
        channels["x"].publish(outgoing("x", "a" * 281), memory)
    assert practice.posts() == []


def test_forgotten_picture_is_uploaded_again(practice, channels, outgoing, memory, picture):
    out = outgoing("x", files=(picture(),))
    practice.fault("x", "batas")
    with pytest.raises(NotSent):
        channels["x"].publish(out, memory)
    practice.server.store.write("DELETE FROM files")  # X forgot it
    with pytest.raises(NotSent):
        channels["x"].publish(replace(out, remembered=memory.values), memory)
    channels["x"].publish(replace(out, remembered=memory.values), memory)
    assert len(practice.posts("x")[0]["images"]) == 1


def test_missing_and_wrong_keys_need_sign_in(practice, channels, outgoing, memory):
    with pytest.raises(NeedsSignIn):
        channels["x"].publish(outgoing("x", credentials={}), memory)
    wrong = {**practice.credentials("x"), "access_token_secret": "salah"}
    with pytest.raises(NeedsSignIn):
        channels["x"].publish(outgoing("x", credentials=wrong), memory)
    assert practice.posts() == []


def test_refused_connection_is_not_sent(outgoing, memory):
    with pytest.raises(NotSent):
        XChannel(f"http://127.0.0.1:{closed_port()}", Links("{id}")).publish(outgoing("x"), memory)


def test_name_that_cannot_be_resolved_is_not_sent(outgoing, memory, monkeypatch):
    def unknown(*args, **options):
        raise socket.gaierror("no such name")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(NotSent):
        XChannel("http://x.test", Links("{id}")).publish(outgoing("x"), memory)


def test_connection_dropped_after_the_request_is_unknown(outgoing, memory):
    with dropping_server() as address, pytest.raises(OutcomeUnknown):
        XChannel(address, Links("{id}")).publish(outgoing("x"), memory)


def test_silence_after_the_request_is_unknown_within_the_read_timeout(outgoing, memory, monkeypatch):
    monkeypatch.setattr("app.channels.x_line.READ_SECONDS", 0.3)
    with silent_server() as address, pytest.raises(OutcomeUnknown):
        XChannel(address, Links("{id}")).publish(outgoing("x"), memory)


def test_identify_names_the_account(practice, channels):
    found = channels["x"].identify(practice.credentials("x"), {})
    assert (found.name, found.settings["user_id"]) == ("@latihan_kukar", practice.account("x")["user_id"])


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("Halo", 4),
        ("€…", 4),
        ("lihat https://kukarkab.go.id/" + "a" * 80, 29),
        ("😀", 2),
        ("a" * 20_000, 20_000),
    ],
)
def test_counts_as_x_counts(channels, text, length):
    assert channels["x"].count(text) == length


def test_check_says_what_to_do(channels, outgoing, picture):
    files = (picture(alt_text=""), *(picture() for _ in range(4)))
    problems = channels["x"].check(outgoing("x", "a" * 300, files=files))
    words = " ".join(str(problem.sentence) for problem in problems)
    assert "kelebihan 20 karakter" in words
    assert "paling banyak 4 gambar" in words
    assert "belum punya teks alternatif" in words
    assert channels["x"].check(outgoing("x", "a" * 280, files=files[1:])) == []


def test_upper_bound_covers_the_timeouts():
    assert XChannel.seconds >= 90 + 2 * wire.ONE_CALL
