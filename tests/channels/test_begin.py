"""Each channel says when the request begins that makes the post, and not before: until then nothing went out."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from app.outreach.outlets.ports import Channel, NotReady, NotSent, Outgoing, OutgoingFile, Receipt, Telling
from tests.channels.conftest import Memory
from tests.practice_server import RunningPractice

KINDS = ("x", "facebook", "instagram", "newspaper")
PDF = OutgoingFile("iklan.pdf", "application/pdf", b"%PDF-1.7 iklan", "")


@pytest.fixture(params=KINDS)
def out(request: pytest.FixtureRequest, outgoing: Callable[..., Outgoing], picture: Callable[..., OutgoingFile]) -> Any:
    kind = request.param
    if kind == "newspaper":
        return kind, outgoing(kind, "Mohon dimuat.", files=(PDF,), recipient="iklan@kaltimpost.test")
    return kind, outgoing(kind, files=(picture(),))


def shown(practice: RunningPractice) -> int:
    """How much residents could see by now."""
    return len(practice.server.store.posts()) + len(practice.mails())


def publish(channel: Channel, out: Outgoing, memory: Memory, practice: RunningPractice) -> Receipt:
    while True:
        try:
            return channel.publish(replace(out, remembered=dict(memory.values)), memory)
        except NotReady:
            practice.server.store.write("UPDATE containers SET data = json_set(data, '$.ready_at', '2000-01-01')")


def test_it_begins_once_and_before_anything_can_be_seen(
    channels: Mapping[str, Channel], out: tuple[str, Outgoing], memory: Memory, practice: RunningPractice
) -> None:
    kind, order = out
    seen: list[int] = []
    channel = channels[kind]
    publish(channel, replace(order, begin=lambda: seen.append(shown(practice))), memory, practice)
    assert isinstance(channel, Telling)
    assert channel.tells_begin
    assert (seen, shown(practice)) == ([0], 1)


def test_nothing_goes_out_where_it_must_not_begin(
    channels: Mapping[str, Channel], out: tuple[str, Outgoing], memory: Memory, practice: RunningPractice
) -> None:
    kind, order = out

    def refuse() -> None:
        raise NotSent("the disk is full")

    with pytest.raises(NotSent, match="the disk is full"):
        publish(channels[kind], replace(order, begin=refuse), memory, practice)
    assert shown(practice) == 0
