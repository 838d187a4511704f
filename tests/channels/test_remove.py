"""Taking posts down at the practice platforms, over real loopback HTTP."""

from datetime import UTC, datetime

import pytest

from app.outreach.outlets.ports import Gone, HandOver, NeedsSignIn, NotSent, OutcomeUnknown

NOW = datetime.now(UTC)
KINDS = ("x", "facebook")


@pytest.fixture
def live(practice, channels, outgoing, memory):
    def publish(kind):
        return channels[kind].publish(outgoing(kind), memory).remote_id

    return publish


def remove(practice, channels, kind, remote_id):
    channels[kind].remove(remote_id, practice.credentials(kind), practice.account(kind), now=NOW)


def look(practice, channels, kind, remote_id):
    return channels[kind].measure(remote_id, practice.credentials(kind), now=NOW, settings=practice.account(kind))


@pytest.mark.parametrize("kind", KINDS)
def test_a_post_is_taken_down_and_is_gone(kind, practice, channels, live):
    post = live(kind)
    remove(practice, channels, kind, post)
    assert practice.server.store.post(post) is None
    with pytest.raises(Gone):
        look(practice, channels, kind, post)


@pytest.mark.parametrize("kind", KINDS)
def test_a_lost_reply_is_unknown_and_the_look_says_that_it_is_gone(kind, practice, channels, live):
    post = live(kind)
    practice.fault(kind, "balasan_hilang", times=1)
    with pytest.raises(OutcomeUnknown):
        remove(practice, channels, kind, post)
    with pytest.raises(Gone):
        look(practice, channels, kind, post)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_there_any_more_is_never_taken_for_a_success_without_a_look(kind, practice, channels, live):
    post = live(kind)
    practice.server.store.delete_post(post)
    with pytest.raises((OutcomeUnknown, NotSent)):
        remove(practice, channels, kind, post)


@pytest.mark.parametrize("kind", KINDS)
def test_an_account_that_is_signed_out_takes_nothing_down(kind, practice, channels, live):
    post = live(kind)
    practice.fault(kind, "kedaluwarsa", times=1)
    with pytest.raises(NeedsSignIn):
        remove(practice, channels, kind, post)
    assert practice.server.store.post(post) is not None


@pytest.mark.parametrize("kind", ["instagram", "newspaper", "whatsapp", "assisted"])
def test_where_no_platform_can_be_asked_a_person_does_it(kind, channels):
    assert not channels[kind].can_remove
    with pytest.raises(HandOver):
        channels[kind].remove("1", {}, {}, now=NOW)
