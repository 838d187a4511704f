"""How the threads of a worker are shared among channels and look-ups."""

from dataclasses import replace

from app.outreach.outlets.ports import Outgoing
from app.outreach.publishing.calls import Ready
from app.outreach.publishing.in_hand import InHand
from tests.publishing.rows import parcel


def ready(number: int, channel: str = "x") -> Ready:
    return Ready(replace(parcel(number), channel=channel), Outgoing("", ""))


def take(hand: InHand) -> list[int]:
    """Begin all that may begin; return which deliveries."""
    begun = []
    for batch in hand.take():
        for item in batch:
            hand.begin(item.parcel, looking=False)
            begun.append(item.parcel.delivery_id)
    return begun


def test_one_channel_takes_three_quarters_of_the_threads_at_most() -> None:
    hand = InHand(8)
    for number in range(10):
        hand.queue(ready(number))
    assert take(hand) == [0, 1, 2, 3, 4, 5]
    assert not hand.may_start()
    hand.queue(ready(20, "facebook"))
    assert take(hand) == [20]
    hand.end(ready(0).parcel)
    assert take(hand) == [6]


def test_all_channels_together_take_no_more_than_there_are() -> None:
    hand = InHand(4)
    for number in range(4):
        for channel in ("x", "facebook", "instagram"):
            hand.queue(ready(number, channel))
    assert len(take(hand)) == 4
    assert (len(hand), hand.waiting, hand.calling) == (12, 8, 4)


def test_look_ups_get_half_of_what_is_free_and_a_quarter_of_all() -> None:
    hand = InHand(8)
    assert hand.may_look() == 4
    for number in range(8):
        hand.begin(ready(number, "xf"[number % 2]).parcel, looking=False)
    assert hand.may_look() == 2
    hand.begin(ready(9).parcel, looking=True)
    assert hand.may_look() == 1
    hand.begin(ready(10).parcel, looking=True)
    assert hand.may_look() == 0
    hand.end(ready(9).parcel)
    assert hand.may_look() == 1


def test_what_is_packed_waits_too_and_is_given_back_apart() -> None:
    hand = InHand(2)
    hand.packing[1] = parcel(1)
    hand.queue(ready(2))
    assert [one.delivery_id for one in hand.waits()] == [2, 1]
    assert [item.parcel.delivery_id for item in hand.take_all()] == [2]
    assert (hand.waiting, len(hand)) == (1, 1)
