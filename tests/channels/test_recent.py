"""Each account's own list of what it shows, over real loopback HTTP."""

from datetime import UTC, datetime, timedelta

import pytest

from app.outreach.outlets.ports import NotSent


@pytest.mark.parametrize("kind", ["x", "facebook", "instagram"])
def test_an_account_shows_what_went_out(kind, practice, channels, outgoing, memory, picture):
    files = (picture(),) if kind == "instagram" else ()
    receipt = channels[kind].publish(outgoing(kind, files=files), memory)
    now = datetime.now(UTC)
    account = practice.credentials(kind), practice.account(kind)
    (one,) = channels[kind].recent(*account, since=now - timedelta(hours=1), now=now)
    assert (one.remote_id, one.text) == (receipt.remote_id, "Kukar menuju kota cerdas.")
    assert one.at is not None
    assert abs(one.at - now) < timedelta(minutes=1)
    assert channels[kind].recent(*account, since=now + timedelta(hours=1), now=now) == []


@pytest.mark.parametrize("kind", ["x", "facebook", "instagram"])
def test_a_list_that_cannot_be_read_is_no_empty_one(kind, practice, channels):
    practice.fault(kind, "rusak", scope="read")
    now = datetime.now(UTC)
    with pytest.raises(NotSent):
        channels[kind].recent(practice.credentials(kind), practice.account(kind), since=now, now=now)
