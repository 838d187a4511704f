"""Counts are those of the answers, counted or not yet, and after every change."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session, sessionmaker

from app.evidence.instruments.measures import items
from app.evidence.instruments.versions import definition_of
from app.evidence.responses.models import Cell, Response
from app.evidence.responses.queries import counted_by_mode, suspected_repeat_count
from app.evidence.responses.tally import counts, fold, untally
from app.evidence.surveys.models import Wave
from app.kernel.db import unit_of_work
from tests.survey_sample import ANSWERS
from tests.world import World


def sums(session: Session, wave: Wave, key: str) -> list[float]:
    place = [item.key for item in items(definition_of(session, wave.instrument_version_id))].index(key)
    found = counts(session, wave)
    return list(found.sums[:, place, :].sum(axis=0))


def test_what_waits_is_counted_as_what_was_counted(world: World, session: Session) -> None:
    wave = world.wave()
    for grade in "134":
        world.response(wave, answers={**ANSWERS, "percaya": grade})
    before = counts(session, wave)
    assert sums(session, wave, "percaya") == [3, 2, 2]
    assert sums(session, wave, "nilai_percaya") == [3, 8, 26]
    assert fold(session, wave) == 3
    assert fold(session, wave) == 0
    after = counts(session, wave)
    assert before.keys == after.keys
    assert np.array_equal(before.sums, after.sums)
    assert int(after.people.sum()) == 3


def test_an_answer_that_is_taken_out_leaves_nothing(world: World, session: Session) -> None:
    wave = world.wave()
    one = world.response(wave)
    fold(session, wave)
    session.expire_all()
    untally(session, wave, session.get_one(Response, one.uuid))
    cell = session.scalars(select(Cell)).one()
    assert cell.people == 0
    assert not np.frombuffer(cell.sums).any()
    assert sums(session, wave, "percaya")[0] == 1  # it waits to be counted again


READERS: dict[str, Callable[[Session, Wave], float]] = {
    "counts": lambda session, wave: int(counts(session, wave).people.sum()),
    "by mode": lambda session, wave: sum(counted_by_mode(session, wave).values()),
    "repeats": lambda session, wave: suspected_repeat_count(session, wave) + 1,
}


@pytest.mark.parametrize("name", READERS)
def test_an_answer_counted_while_it_is_read_is_there_once(
    world: World, session: Session, sessions: "sessionmaker[Session]", name: str
) -> None:
    wave = world.wave()
    for _ in range(4):
        world.response(wave, mode="link", device_mark="same")
    folded: list[str] = []

    def between(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not folded and ("FROM response_cells" in statement or "FROM responses" in statement):
            folded.append(statement)
            with unit_of_work(sessions) as own:
                fold(own, own.get_one(Wave, wave.id))

    event.listen(session.get_bind(), "after_cursor_execute", between)
    assert READERS[name](session, wave) == 4
    assert folded
    session.rollback()
    assert READERS[name](session, wave) == 4
