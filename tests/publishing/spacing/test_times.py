"""The times of a plan, as numbers: nobody's end is passed that can be kept."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from app.outreach.publishing.spacing.times import MARGIN, spread

pytestmark = pytest.mark.one_database
START = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
GAP = timedelta(minutes=10)


def minutes(*ends: float | None) -> list[float]:
    wanted = [None if end is None else START + timedelta(minutes=end) for end in ends]
    return [(at - START).total_seconds() / 60 for at in spread(wanted, start=START, gap=GAP)]


def test_the_first_leaves_at_once_and_each_next_a_gap_later() -> None:
    assert minutes(600, 600, 600, None, None) == [0, 10, 20, 30, 40]
    assert minutes(None, None) == [0, 10]
    assert minutes() == []


def test_where_the_gap_would_pass_an_end_those_before_it_move_together_and_the_others_keep_the_gap() -> None:
    assert minutes(11, 600, 600) == [0, 10, 20]
    assert minutes(600, 6, 600, 600) == [0, 5, 15, 25]
    assert minutes(13, 13, 13, 600, None) == [0, 6, 12, 22, 32]


def test_an_end_within_a_minute_leaves_at_once() -> None:
    assert minutes(0.5, 0.9, 600) == [0, 0, 10]


def test_no_row_passes_its_end_and_none_is_closer_than_it_must_be() -> None:
    rng = random.Random(17)
    for _ in range(300):
        ends = sorted(START + timedelta(minutes=rng.uniform(0, 200)) for _ in range(rng.randint(1, 40)))
        times = spread(ends, start=START, gap=GAP)
        assert times == sorted(times)
        assert times[0] == START
        for end, at in zip(ends, times, strict=True):
            assert at <= max(end - MARGIN, START)
        tight = [0] + [
            number
            for number, end in enumerate(ends)
            if abs(times[number] - max(end - MARGIN, START)) <= timedelta(seconds=2)
        ]
        for number in range(tight[-1] + 1, len(ends)):  # behind the last that needed it the gap is whole
            assert times[number] - times[number - 1] >= GAP - timedelta(seconds=2)


def test_ten_thousand_rows_take_no_second_look_at_each_other() -> None:
    ends = [START + timedelta(minutes=number % 7) for number in range(10_000)]
    assert len(spread(sorted(ends), start=START, gap=GAP)) == 10_000
