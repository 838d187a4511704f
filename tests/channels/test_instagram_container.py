"""What a container proves after a lost answer, and that no second post is ever made of one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.channels.instagram_account import Account
from app.channels.instagram_container import Container
from app.kernel.clock import FrozenClock
from app.outreach.outlets.ports import (
    PROVISIONAL,
    AccountPaused,
    NeedsSignIn,
    NotReady,
    NotSent,
    NotThere,
    OutcomeUnknown,
)
from tests.practice_server import running_practice


@pytest.fixture
def lost(practice, channels, outgoing, memory, picture):
    """Publishes a picture whose answer gets lost (or, as asked, was never made); gives the delivery, remembering."""

    def publish(fault="balasan_hilang", text="Yang ini."):
        out = outgoing("instagram", text, files=(picture(),))
        practice.fault("instagram", fault)
        with pytest.raises(OutcomeUnknown):
            channels["instagram"].publish(out, memory)
        return replace(out, remembered=memory.values)

    return publish


def later(out, **time):
    return replace(out, now=out.now + timedelta(**time))


def test_the_media_are_read_though_the_container_cannot_be(practice, channels, lost):
    out = lost()
    practice.fault("instagram", "tersembunyi", times=None)
    assert channels["instagram"].find(out).remote_id == practice.posts("instagram")[0]["id"]


def test_send_again_in_the_outage_of_100_33_makes_no_second_post(practice, channels, lost, memory):
    out = lost()
    container = memory.values["container"]["id"]
    practice.fault("instagram", "tersembunyi", times=None)
    with pytest.raises((NotReady, OutcomeUnknown)):  # the same container: Instagram takes it once
        channels["instagram"].publish(out, memory)
    assert memory.values["container"]["id"] == container
    assert len(practice.posts("instagram")) == 1


def test_a_fresh_post_goes_out_in_the_outage_of_100_33(practice, channels, outgoing, memory, picture):
    practice.fault("instagram", "tersembunyi", times=None)
    receipt = channels["instagram"].publish(outgoing("instagram", files=(picture(),)), memory)
    assert [post["id"] for post in practice.posts("instagram")] == [receipt.remote_id]


def test_unseen_in_the_outage_the_same_container_goes_again_and_then_a_person_decides(practice, channels, lost, memory):
    out = lost("rusak")
    container = memory.values["container"]["id"]
    practice.fault("instagram", "tersembunyi", times=None)
    assert channels["instagram"].find(later(out, minutes=3)) is None
    assert isinstance(channels["instagram"].find(later(out, minutes=11)), NotThere)
    practice.fault("instagram", "rusak")
    with pytest.raises(OutcomeUnknown):
        channels["instagram"].publish(replace(later(out, minutes=11), remembered=memory.values), memory)
    assert memory.values["container"]["id"] == container
    assert channels["instagram"].find(later(replace(out, remembered=memory.values), minutes=30)) is None


def test_what_was_not_published_goes_out_again_from_the_same_container(practice, channels, lost, memory):
    out = lost("rusak")
    container = memory.values["container"]["id"]
    assert isinstance(channels["instagram"].find(later(out, minutes=2)), NotThere)
    channels["instagram"].publish(replace(later(out, minutes=2), remembered=memory.values), memory)
    assert memory.values["container"]["id"] == container
    assert len(practice.posts("instagram")) == 1


def test_while_the_container_waits_a_post_with_the_same_words_is_anothers(practice, channels, lost, outgoing, picture):
    out = lost("rusak", "Kata yang sama.")
    other = outgoing("instagram", "Kata yang sama.", files=(picture(),))
    channels["instagram"].publish(other, lambda values: None)
    assert channels["instagram"].find(out) is None
    assert isinstance(channels["instagram"].find(later(out, minutes=2)), NotThere)


def test_a_container_that_was_never_asked_to_be_published_is_proof(practice, channels, outgoing, memory, picture):
    out = outgoing("instagram", files=(picture(),))
    practice.fault("instagram", "lambat", seconds=60)
    with pytest.raises(NotReady):
        channels["instagram"].publish(out, memory)
    assert isinstance(channels["instagram"].find(replace(out, remembered=memory.values)), NotThere)
    assert isinstance(channels["instagram"].find(out), NotThere)  # and so is having none


def test_what_an_older_version_remembered_proves_nothing(practice, channels, outgoing, lost, memory):
    out = lost()
    old = {"container": {"id": memory.values["container"]["id"], "at": out.now.isoformat()}}
    assert channels["instagram"].find(replace(out, remembered=old)).remote_id == practice.posts("instagram")[0]["id"]
    forgotten = replace(out, remembered={"container": None})  # it forgot containers that it could not read
    assert channels["instagram"].find(forgotten).remote_id == practice.posts("instagram")[0]["id"]
    assert channels["instagram"].find(replace(forgotten, text="Yang lain.")) is None


def test_published_and_not_listed_yet_has_a_number_for_the_time_being(practice, channels, lost, memory):
    out = lost()
    kept = practice.server.store.posts("instagram")[0]
    practice.server.store.write("UPDATE posts SET platform = 'sembunyi'")
    receipt = channels["instagram"].find(out)
    assert receipt.remote_id == PROVISIONAL + memory.values["container"]["id"]
    practice.server.store.write("UPDATE posts SET platform = 'instagram'")
    assert channels["instagram"].find(out).remote_id == kept.id


def test_a_container_is_kept_until_it_is_a_day_old(tmp_path, channels_at, picture):
    clock = FrozenClock(datetime(2026, 11, 24, tzinfo=UTC))
    with running_practice(tmp_path / "own", clock=clock) as practice:
        channel, out, memory = channels_at(practice, picture(), clock.now())
        practice.fault("instagram", "balasan_hilang")
        with pytest.raises(OutcomeUnknown):
            channel.publish(out, memory)
        container = memory.values["container"]["id"]
        practice.fault("instagram", "tersembunyi", times=None)
        clock.advance(hours=23, minutes=50)
        with pytest.raises((NotReady, OutcomeUnknown)):
            channel.publish(replace(out, remembered=memory.values, now=clock.now()), memory)
        assert memory.values["container"]["id"] == container
        clock.advance(hours=1)  # then it has gone, and before another is made the media are read
        receipt = channel.publish(replace(out, remembered=memory.values, now=clock.now()), memory)
        assert [post["id"] for post in practice.posts("instagram")] == [receipt.remote_id]


def test_used_up_quota_pauses_the_account_before_anything_is_published(practice, channels, outgoing, memory, picture):
    practice.fault("instagram", "jatah_habis", times=None)
    out = outgoing("instagram", files=(picture(),))
    with pytest.raises(AccountPaused) as caught:
        channels["instagram"].publish(out, memory)
    assert caught.value.retry_at > out.now
    assert memory.values["container"]["asked"] is None  # so that a look later has its proof
    assert practice.posts() == []


def test_a_question_about_the_quota_that_fails_is_no_obstacle(
    practice, channels, outgoing, memory, picture, monkeypatch
):
    real = Account.get

    def get(self, path, **query):
        if path.endswith("content_publishing_limit"):
            raise NeedsSignIn("10 (#10) Application does not have permission for this action")
        return real(self, path, **query)

    monkeypatch.setattr(Account, "get", get)
    channels["instagram"].publish(outgoing("instagram", files=(picture(),)), memory)
    assert len(practice.posts("instagram")) == 1


def test_looks_at_a_container_grow_apart():
    made = datetime(2026, 12, 3, tzinfo=UTC)
    waits = [Container("1", made).wait(made + timedelta(seconds=age)) for age in (0, 60, 300, 86_000)]
    assert waits == [3.0, 6.0, 30.0, 60.0]


def test_media_that_cannot_be_read_are_no_proof(practice, channels, lost):
    out = lost("rusak")
    practice.fault("instagram", "rusak", times=None, scope="read")
    with pytest.raises(NotSent):
        channels["instagram"].find(later(out, minutes=2))
