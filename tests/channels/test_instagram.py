"""Instagram against the practice Graph, over real loopback HTTP; pictures are fetched from a loopback host."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.kernel.clock import FrozenClock
from app.outreach.outlets.ports import (
    AccountPaused,
    NeedsSignIn,
    NotReady,
    NotSent,
    NotThere,
    OutcomeUnknown,
    OutgoingFile,
    Rejected,
)
from tests.practice_server import running_practice


def test_single_picture_with_caption_and_alternative_text(practice, channels, outgoing, memory, picture):
    receipt = channels["instagram"].publish(outgoing("instagram", "Kukar #cerdas", files=(picture(),)), memory)
    post = practice.posts("instagram")[0]
    assert (post["id"], post["text"]) == (receipt.remote_id, "Kukar #cerdas")
    assert [image["alt_text"] for image in post["images"]] == ["Taman kota"]
    assert receipt.url == f"{practice.http_url}/#instagram-{post['id']}"


def test_carousel_keeps_the_order(practice, channels, outgoing, memory, picture):
    files = tuple(picture(40 + number, 40, alt_text=f"Gambar {number}") for number in range(3))
    channels["instagram"].publish(outgoing("instagram", files=files), memory)
    images = practice.posts("instagram")[0]["images"]
    assert [image["alt_text"] for image in images] == ["Gambar 0", "Gambar 1", "Gambar 2"]


def test_container_that_is_worked_on_is_waited_for_without_a_thread(practice, channels, outgoing, memory, picture):
    practice.fault("instagram", "lambat", seconds=1)
    out = outgoing("instagram", files=(picture(),))
    with pytest.raises(NotReady) as caught:
        channels["instagram"].publish(out, memory)
    assert caught.value.after > 0
    container = memory.values["container"]["id"]
    assert practice.posts() == []
    practice.server.store.write("UPDATE containers SET data = json_set(data, '$.ready_at', '2000-01-01')")
    channels["instagram"].publish(replace(out, remembered=memory.values), memory)
    assert memory.values["container"]["id"] == container
    assert len(practice.posts("instagram")) == 1


@pytest.mark.parametrize(
    ("fault", "expected"), [("batas", AccountPaused), ("rusak", OutcomeUnknown), ("kedaluwarsa", NeedsSignIn)]
)
def test_each_trouble_becomes_its_error_and_nothing_goes_out(
    practice, channels, outgoing, memory, picture, fault, expected
):
    practice.fault("instagram", fault)
    with pytest.raises(expected):
        channels["instagram"].publish(outgoing("instagram", files=(picture(),)), memory)
    assert practice.posts() == []


def test_lost_reply_is_unknown_then_found_by_container_and_caption(practice, channels, outgoing, memory, picture):
    out = outgoing("instagram", "Yang ini.", files=(picture(),))
    practice.fault("instagram", "balasan_hilang")
    with pytest.raises(OutcomeUnknown):
        channels["instagram"].publish(out, memory)
    channels["instagram"].publish(outgoing("instagram", "Yang lain.", files=(picture(),)), lambda values: None)
    found = channels["instagram"].find(replace(out, remembered=memory.values))
    assert found.remote_id == practice.posts("instagram")[1]["id"]


def test_published_container_is_never_published_again(practice, channels, outgoing, memory, picture):
    out = outgoing("instagram", files=(picture(),))
    practice.fault("instagram", "balasan_hilang")
    with pytest.raises(OutcomeUnknown):
        channels["instagram"].publish(out, memory)
    for now in (out.now, out.now + timedelta(hours=30)):  # also when the container has become old
        receipt = channels["instagram"].publish(replace(out, remembered=memory.values, now=now), memory)
        assert receipt.remote_id == practice.posts("instagram")[0]["id"]
    assert len(practice.posts("instagram")) == 1


def test_nothing_is_found_for_a_container_that_was_not_published(practice, channels, outgoing, memory, picture):
    out = outgoing("instagram", files=(picture(),))
    assert isinstance(channels["instagram"].find(out), NotThere)
    practice.fault("instagram", "rusak")
    with pytest.raises(OutcomeUnknown):
        channels["instagram"].publish(out, memory)
    asked = replace(out, remembered=memory.values)
    assert channels["instagram"].find(asked) is None  # the call may still be under way there
    assert isinstance(channels["instagram"].find(replace(asked, now=out.now + timedelta(minutes=2))), NotThere)


def test_old_container_gives_way_to_a_new_one(practice, channels, outgoing, memory, picture):
    out = outgoing("instagram", files=(picture(),))
    practice.fault("instagram", "batas")
    with pytest.raises(AccountPaused):
        channels["instagram"].publish(out, memory)
    old = memory.values["container"]["id"]
    later = replace(out, remembered=memory.values, now=out.now + timedelta(hours=24))
    channels["instagram"].publish(later, memory)
    assert memory.values["container"]["id"] != old
    assert len(practice.posts("instagram")) == 1


def test_expired_container_is_dropped_and_made_anew_by_the_next_try(tmp_path, channels_at, picture):
    clock = FrozenClock(datetime(2026, 11, 24, tzinfo=UTC))
    with running_practice(tmp_path / "own", clock=clock) as practice:
        channel, out, memory = channels_at(practice, picture(), clock.now())
        practice.fault("instagram", "batas")
        with pytest.raises(AccountPaused):
            channel.publish(out, memory)
        clock.advance(hours=25)
        with pytest.raises(NotSent):  # our clock says it lives, Instagram says it has expired
            channel.publish(replace(out, remembered=memory.values), memory)
        assert memory.values["container"] is None
        channel.publish(replace(out, remembered=memory.values, now=clock.now()), memory)
        assert len(practice.posts("instagram")) == 1


def test_picture_that_instagram_cannot_fetch_is_tried_again(practice, channels, outgoing, memory):
    file = OutgoingFile("a.jpg", "image/jpeg", b"", "Taman", "https://berkas.invalid/a.jpg")
    with pytest.raises(NotSent) as caught:
        channels["instagram"].publish(outgoing("instagram", files=(file,)), memory)
    assert "tidak dapat diambil" in caught.value.detail


def test_without_a_picture_or_its_address_it_is_rejected(channels, outgoing, memory, picture):
    for files in ((), (replace(picture(), public_url=None),)):
        with pytest.raises(Rejected):
            channels["instagram"].publish(outgoing("instagram", files=files), memory)


def test_identify_tells_the_account_and_refuses_a_foreign_number(practice, channels):
    credentials, account = practice.credentials("instagram"), practice.account("instagram")
    assert channels["instagram"].identify(credentials, account).name == "@latihan.kukar"
    with pytest.raises(NeedsSignIn):
        channels["instagram"].identify(credentials, {"ig_user_id": "42"})
    with pytest.raises(NeedsSignIn):
        channels["instagram"].identify(practice.credentials("facebook"), account)


def test_check_says_what_to_do(channels, outgoing, picture):
    def words(text: str, *files: OutgoingFile) -> str:
        return " ".join(
            str(problem.sentence) for problem in channels["instagram"].check(outgoing("instagram", text, files=files))
        )

    assert "paling sedikit satu gambar" in words("Halo")
    assert "Hapus 1 tagar" in words("#a " * 31, picture())
    assert "kelebihan 1 karakter" in words("a" * 2201, picture())
    assert "21 sebutan" in words("@a " * 21, picture())
    assert "4:5" in words("Halo", picture(40, 100))
    assert "4:5" in words("Halo", replace(picture(), data=b"", width=200, height=100))
    assert "Pakai gambar JPG" in words("Halo", replace(picture(), mime="image/png"))
    assert words("a" * 2200, picture(), picture(191, 100), picture(80, 100)) == ""


def test_container_that_instagram_calls_gone_while_publishing_is_asked_for_its_status_first(
    practice, channels, outgoing, memory, picture, monkeypatch
):
    out = outgoing("instagram", files=(picture(),))
    with monkeypatch.context() as patch:
        patch.setattr("app.practice.instagram._status", _gone_once())
        with pytest.raises(NotSent):
            channels["instagram"].publish(out, memory)
    container = memory.values["container"]["id"]  # not forgotten: a "temporary" refusal must not make a second post
    channels["instagram"].publish(replace(out, remembered=memory.values), memory)
    assert memory.values["container"]["id"] == container
    assert len(practice.posts("instagram")) == 1


def _gone_once():
    """FINISHED when asked, then "does not exist or has expired" when published."""
    answers = iter([("FINISHED", {}), ("EXPIRED", {})])
    return lambda container_id: next(answers)
