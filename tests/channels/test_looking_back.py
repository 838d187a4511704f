"""How far back a look-up goes: our clock may be minutes ahead of the platform's."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.outreach.outlets.ports import LOOK_BACK, NotReady, OutcomeUnknown, Outgoing


@pytest.mark.parametrize("kind", ["x", "facebook"])
def test_a_post_is_found_though_our_clock_was_five_minutes_ahead(kind, practice, channels, outgoing, memory):
    ahead = datetime.now(UTC) + timedelta(minutes=5)
    practice.fault(kind, "balasan_hilang", scope="publish")
    out = outgoing(kind, "Kukar menuju kota cerdas.", now=ahead, first_tried_at=ahead, tried_at=ahead)
    with pytest.raises(OutcomeUnknown):
        channels[kind].publish(out, memory)
    assert channels[kind].find(out).remote_id == practice.posts(kind)[0]["id"]


def test_an_instagram_post_is_found_though_our_clock_was_five_minutes_ahead(
    practice, channels, outgoing, memory, picture
):
    ahead = datetime.now(UTC) + timedelta(minutes=5)
    out = outgoing("instagram", files=(picture(),), now=ahead, first_tried_at=ahead)
    for _ in range(40):
        try:
            channels["instagram"].publish(replace(out, remembered=memory.values), memory)
            break
        except NotReady:
            time.sleep(0.1)
    found = channels["instagram"].find(replace(out, remembered=memory.values))
    assert found.remote_id == practice.posts("instagram")[0]["id"]


def test_the_look_begins_before_the_last_try_and_not_before_the_first():
    first, last = datetime(2026, 11, 20, tzinfo=UTC), datetime(2026, 11, 24, tzinfo=UTC)
    assert Outgoing("k", "t", first_tried_at=first, tried_at=last).look_from == last - LOOK_BACK
    assert Outgoing("k", "t", first_tried_at=first).look_from == first - LOOK_BACK
    assert Outgoing("k", "t").look_from is None
