"""What `flask outlets doctor` says of an account at X that answers as expected, and of one that does not."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.channels.registry import make_channels
from app.channels.wire import Links
from app.channels.x import XChannel
from config import Settings
from tests.listeners import answering
from tests.practice_server import running_practice

NOW = datetime.now(UTC)


@pytest.fixture
def examined(tmp_path):
    """What is said of the practice account, which has a post, with these settings."""
    with running_practice(tmp_path / "strict", strict=True) as strict:
        strict.server.store.add_post("x", "x", "Kukar", post_id="7", data={"files": []})
        channel = make_channels(replace(Settings(env="test"), **strict.settings))["x"]

        def examine(keys=None, **more):
            account = {**strict.account("x"), **more}
            found = channel.doctor(keys or strict.credentials("x"), account, now=NOW)
            assert len(strict.posts()) == 1  # it posts nothing itself
            return [str(finding.sentence) for finding in found]

        yield examine


def test_an_account_that_answers_as_expected_has_no_finding(examined):
    assert examined() == []


def test_another_name_and_another_account_are_said(examined):
    assert "sekarang bernama" in examined(username="nama_lama")[0]
    assert "bukan akun saluran ini" in examined(user_id="1")[0]


def test_keys_that_are_not_taken_are_said_without_a_secret(examined):
    keys = dict.fromkeys(("consumer_key", "consumer_secret", "access_token", "access_token_secret"), "rahasia")
    (said,) = examined(keys)
    assert "401" in said
    assert "rahasia" not in said
    assert "dihubungkan ulang" in examined({"consumer_key": "a"})[0]


def test_what_is_missing_or_announced_is_named(outgoing):
    headers = {"Sunset": "Fri, 01 Jan 2027 00:00:00 GMT", "x-access-level": "read"}
    body = {"data": [{"id": "1", "text": "a"}], "meta": {"result_count": 1}}
    with answering(200, body, headers) as address:
        found = XChannel(address, Links("{id}")).doctor(outgoing("x").credentials, {}, now=NOW)
    said = " ".join(str(finding.sentence) for finding in found)
    for word in ("Sunset", "tidak boleh menulis", "repost_count"):
        assert word in said
