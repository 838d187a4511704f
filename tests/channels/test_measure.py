"""Figures of posts against the practice platforms, over real loopback HTTP."""

from datetime import UTC, datetime, timedelta

import pytest

from app.channels.facebook import FacebookChannel
from app.channels.graph import Graph
from app.channels.wire import Links
from app.outreach.outlets.ports import AccountPaused, Gone, Metrics, NeedsSignIn, NotSent
from tests.listeners import closed_port

KINDS = ("x", "facebook", "instagram")
LIMITED = (NotSent, AccountPaused)
NOW = datetime.now(UTC)  # the practice servers have the machine's clock


@pytest.fixture
def published(practice, channels, outgoing, memory, picture):
    """Publishes at a platform as if it had been some hours ago; gives the id there."""

    def publish(kind, hours=24.0):
        out = outgoing(kind, files=(picture(),) if kind == "instagram" else ())
        receipt = channels[kind].publish(out, memory)
        at = (NOW - timedelta(hours=hours)).isoformat()
        practice.server.store.write("UPDATE posts SET at = ? WHERE id = ?", at, receipt.remote_id)
        return receipt.remote_id

    return publish


@pytest.mark.parametrize("kind", KINDS)
def test_a_day_later_there_are_figures(kind, practice, channels, published):
    found = channels[kind].measure(published(kind), practice.credentials(kind), now=NOW)
    assert found.views > 100
    assert found.clicks is None if kind == "instagram" else 0 <= found.clicks < found.views
    assert found.reactions > 0


def test_x_gives_no_reach_and_the_page_no_saves(practice, channels, published):
    on_x = channels["x"].measure(published("x"), practice.credentials("x"), now=NOW)
    on_page = channels["facebook"].measure(published("facebook"), practice.credentials("facebook"), now=NOW)
    assert (on_x.reach, on_page.saves) == (None, None)
    assert on_page.reach < on_page.views


@pytest.mark.parametrize("kind", KINDS)
def test_a_post_that_was_deleted_is_gone(kind, practice, channels, published):
    post = published(kind)
    practice.fault(kind, "terhapus")
    with pytest.raises(Gone):
        channels[kind].measure(post, practice.credentials(kind), now=NOW, settings=practice.account(kind))


@pytest.mark.parametrize("kind", ["facebook", "instagram"])
def test_a_post_that_is_only_hidden_is_not_gone(kind, practice, channels, published):
    post = published(kind)
    practice.fault(kind, "tersembunyi", times=None)
    with pytest.raises(NotSent):
        channels[kind].measure(post, practice.credentials(kind), now=NOW, settings=practice.account(kind))


def test_a_number_that_is_not_yet_the_posts_own_is_asked_for_later(channels, practice):
    for number in ("container:123", "../me", "abc"):
        for kind in ("facebook", "instagram"):
            with pytest.raises(NotSent):
                channels[kind].measure(number, practice.credentials(kind), now=NOW)


@pytest.mark.parametrize(("fault", "expected"), [("batas", LIMITED), ("rusak", NotSent), ("kedaluwarsa", NeedsSignIn)])
@pytest.mark.parametrize("kind", KINDS)
def test_each_trouble_becomes_its_error(kind, fault, expected, practice, channels):
    practice.fault(kind, fault, scope="read")
    with pytest.raises(expected):
        channels[kind].measure("1", practice.credentials(kind), now=NOW)


def test_figures_may_fall(practice, channels, published):
    post = published("facebook")
    before = channels["facebook"].measure(post, practice.credentials("facebook"), now=NOW)
    practice.fault("facebook", "angka_turun", times=None)
    after = channels["facebook"].measure(post, practice.credentials("facebook"), now=NOW)
    assert after.views < before.views


def test_one_unknown_name_does_not_hide_the_others(practice, published):
    graph = Graph(practice.http_url, "v26.0")
    token = practice.credentials("facebook")["access_token"]
    found = graph.figures(f"/{published('facebook')}", token, ("post_impressions", "post_media_view"), now=NOW)
    assert set(found) == {"post_media_view"}


def test_without_keys_the_account_has_to_be_connected(channels):
    for kind in KINDS:
        with pytest.raises(NeedsSignIn):
            channels[kind].measure("1", {}, now=NOW)


def test_outlets_that_a_person_serves_tell_nothing(channels):
    for kind in ("whatsapp", "newspaper"):
        assert not channels[kind].can_measure
        assert channels[kind].measure("1", {}, now=NOW) == Metrics()


def test_a_platform_that_is_down_is_asked_again(practice):
    channel = FacebookChannel(Graph(f"http://127.0.0.1:{closed_port()}", "v26.0"), Links("{id}"))
    with pytest.raises(NotSent):
        channel.measure("1", practice.credentials("facebook"), now=NOW)
