"""What `flask outlets doctor` says of an account that answers as expected, and of one that does not."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.channels.facebook import FacebookChannel
from app.channels.graph import Graph
from app.channels.instagram import InstagramChannel
from app.channels.registry import make_channels
from app.channels.wire import Links
from config import Settings
from tests.listeners import answering
from tests.practice_server import running_practice

NOW = datetime.now(UTC)


@pytest.fixture
def strict(tmp_path):
    with running_practice(tmp_path / "strict", strict=True) as running:
        yield running


@pytest.fixture
def examined(strict, memory, picture):
    """What is said of a practice account that has a post, by the settings named."""

    def examine(kind, channel=None, keys=None, more=(), **settings):
        channels = make_channels(replace(Settings(env="test"), **strict.settings, **settings))
        keys = keys or strict.credentials(kind)
        account = {**strict.account(kind), **dict(more)}
        if not strict.posts(kind):
            data = {"files": [strict.server.store.add_file(kind, "image/jpeg", b"a")]}
            number = "100000000000001_7" if kind == "facebook" else "7"
            strict.server.store.add_post(kind, "x", "Kukar", post_id=number, data=data)
        return [str(finding.sentence) for finding in (channel or channels[kind]).doctor(keys, account, now=NOW)]

    return examine


@pytest.mark.parametrize("kind", ["facebook", "instagram"])
def test_an_account_that_answers_as_expected_has_no_finding(kind, examined, strict):
    before = len(strict.posts())
    assert examined(kind) == []
    assert len(strict.posts()) <= before + 1  # it posts nothing itself


def test_names_of_figures_that_ended_are_named_with_their_setting(examined):
    (said,) = examined("facebook", graph_page_insights=(("views", "post_impressions"), ("clicks", "post_clicks")))
    assert "post_impressions" in said
    assert "GAUNG_GRAPH_PAGE_INSIGHTS" in said
    (said,) = examined("instagram", graph_instagram_insights=(("views", "impressions"),))
    assert "GAUNG_GRAPH_INSTAGRAM_INSIGHTS" in said


@pytest.mark.parametrize(("kind", "name"), [("facebook", "Nama Lama"), ("instagram", "@nama.lama")])
def test_an_account_that_was_renamed_is_said(kind, name, examined):
    (said,) = examined(kind, more={"account_name": name})
    assert name in said
    assert "Uji sambungan" in said


def test_keys_of_another_page_are_said(examined):
    said = examined("facebook", more={"page_id": "42"})
    assert any("bukan Halaman 42" in sentence for sentence in said)


@pytest.mark.parametrize("kind", ["facebook", "instagram"])
def test_keys_that_open_nothing_are_said_and_stop_nothing(kind, examined):
    assert any("190" in sentence for sentence in examined(kind, keys={"access_token": "salah"}))


def test_another_version_fields_that_are_missing_and_warnings_are_said(examined):
    headers = {"facebook-api-version": "v30.0", "Deprecation": "@1795500000", "x-ad-api-version-warning": "ends soon"}
    with answering(200, {"id": "1", "name": "Diskominfo", "data": [{"id": "1_2"}]}, headers) as address:
        said = examined("facebook", FacebookChannel(Graph(address, "v26.0"), Links("{id}")), more={"page_id": "1"})
    assert any("v30.0" in sentence and "GAUNG_GRAPH_VERSION" in sentence for sentence in said)
    assert any("ends soon" in sentence for sentence in said)
    assert any("created_time" in sentence for sentence in said)
    assert len(said) == len(set(said))


@pytest.mark.parametrize("body", ["null", "<html></html>", {"data": None}, {"data": [5]}, {"error": "x"}], ids=str)
def test_answers_of_any_shape_are_findings_and_no_fault(body, examined):
    with answering(200, body) as address:
        for channel in (
            FacebookChannel(Graph(address, "v26.0"), Links("{id}")),
            InstagramChannel(Graph(address, "v26.0")),
        ):
            said = examined("facebook" if isinstance(channel, FacebookChannel) else "instagram", channel)
            assert said
            assert all(said)
