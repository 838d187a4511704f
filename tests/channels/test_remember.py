"""What a channel wants remembered it says before its lasting call: nothing depends on a write after a post was made."""

from collections.abc import Mapping
from typing import Any

import pytest
from flask import request

from app.outreach.outlets.kinds import KINDS
from app.outreach.outlets.ports import ChannelError

LASTING = ("/2/tweets", "/feed", "/media_publish")
SOCIAL = {"x", "facebook", "instagram"}


@pytest.mark.parametrize("fault", [None, "balasan_hilang", "rusak"])
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_nothing_is_remembered_after_the_lasting_call(practice, channels, outgoing, picture, kind, fault):
    steps: list[str] = []

    @practice.server.app.before_request
    def note() -> None:
        if request.method == "POST" and request.path.endswith(LASTING):
            steps.append("lasting")

    def remember(_values: Mapping[str, Any]) -> None:
        steps.append("remember")

    if fault and kind in SOCIAL:
        practice.fault(kind, fault, scope="publish")
    try:
        channels[kind].publish(outgoing(kind, files=[picture(), picture()]), remember)
    except ChannelError:
        pass
    else:
        assert {"remember", "lasting"} <= set(steps) or kind not in SOCIAL
    last = steps.index("lasting") if "lasting" in steps else len(steps)
    assert "remember" not in steps[last:]
