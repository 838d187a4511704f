"""What is marked on an answer, and what is not."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.evidence.instruments.definition import read
from app.evidence.responses.quality import marks
from app.evidence.responses.queries import counted_by_mode, suspected_repeat_count
from app.evidence.responses.tally import fold
from tests.survey_sample import ANSWERS, DEFINITION
from tests.world import World

DEFINED = read(DEFINITION)
START = datetime(2026, 11, 24, tzinfo=UTC)
ASKED = 8  # istilah, lihat, sumber, four rows, percaya


def marked(seconds: float | None = 300, **change: Any) -> list[str]:
    end = None if seconds is None else START + timedelta(seconds=seconds)
    return marks(DEFINED, {**ANSWERS, **change}, START, end)


def test_an_earnest_answer_has_no_mark() -> None:
    assert marked() == []


@pytest.mark.parametrize(("seconds", "fast"), [(2.0 * ASKED - 1, True), (2.0 * ASKED, False), (0, True), (None, False)])
def test_fast_is_less_than_two_seconds_a_question(seconds: float | None, fast: bool) -> None:
    assert ("fast" in marked(seconds)) is fast


def test_what_is_written_beside_an_option_is_no_question_of_its_own() -> None:
    assert "fast" not in marked(2.0 * ASKED, **{"sumber": ["lain"], "sumber/lain": "pasar"})


@pytest.mark.parametrize(
    ("grid", "straight"),
    [
        (dict.fromkeys(("idaman", "sampah", "kim", "palsu"), "dengar"), True),
        (dict.fromkeys(("idaman", "sampah", "kim", "palsu"), "belum"), False),  # knows none: an honest answer
        ({"idaman": "belum", "sampah": "belum", "kim": "belum", "palsu": "dengar"}, False),
        (dict.fromkeys(("idaman", "sampah", "kim"), "dengar"), False),
    ],
)
def test_straight_is_one_option_in_every_row(grid: dict[str, str], straight: bool) -> None:
    assert ("straight" in marked(kenal=grid)) is straight


@pytest.mark.parametrize(("option", "known"), [("belum", False), ("dengar", True), ("tahu", True)])
def test_who_knows_what_does_not_exist_is_marked(option: str, known: bool) -> None:
    assert ("decoy" in marked(kenal={**ANSWERS["kenal"], "palsu": option})) is known


def test_counts_of_repeats_and_ways_come_from_cells_and_from_what_waits(world: World, session: Session) -> None:
    wave, other = world.wave(), world.wave()
    for mark in ("a", "a", "b", "b", "b"):
        world.response(wave, mode="link", device_mark=mark)
    assert (suspected_repeat_count(session, wave), suspected_repeat_count(session, other)) == (3, 0)
    fold(session, wave)
    session.commit()
    assert suspected_repeat_count(session, wave) == 3
    world.response(wave, mode="link", device_mark="a")
    world.response(wave, mode="phone")
    assert suspected_repeat_count(session, wave) == 4
    assert counted_by_mode(session, wave) == {"link": 6, "phone": 1}
