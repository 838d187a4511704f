"""A file goes in or out while the worker counts: each answer is counted once, on every database."""

import threading
from pathlib import Path

import pytest
from sqlalchemy.orm import Session, sessionmaker

from app.evidence.responses.imports import storing
from app.evidence.responses.imports.service import undo
from app.evidence.responses.models import Response, ResponseImport
from app.evidence.responses.tally import fold, fold_all, recount
from app.evidence.surveys.models import Wave
from app.kernel.clock import FrozenClock
from app.kernel.db import unit_of_work
from app.kernel.roles import SYSTEM
from tests.responses.test_imports import ROW, Desk
from tests.world import World


@pytest.fixture
def desk(world: World, sessions: "sessionmaker[Session]", clock: FrozenClock, tmp_path: Path) -> Desk:
    return Desk(world, sessions, clock, tmp_path)


def test_taking_a_file_out_waits_for_who_is_counting(desk: Desk) -> None:
    found = desk.taken(desk.upload(*[ROW] * 5))
    for _ in range(3):
        desk.world.response(desk.wave, sex="m")
    with desk.sessions() as session:
        undo(session, SYSTEM, found.id, now=desk.clock.now())
        session.commit()
    folded, go, states = threading.Event(), threading.Event(), []

    def count() -> None:
        with unit_of_work(desk.sessions) as session:
            fold(session, session.get_one(Wave, desk.wave.id))
            folded.set()
            go.wait(1)

    counting = threading.Thread(target=count)
    removing = threading.Thread(target=lambda: states.append(desk.worked(found.id).status))
    counting.start()
    folded.wait(10)
    removing.start()
    go.set()
    counting.join()
    removing.join()
    assert states == ["removed"]
    assert (desk.answers(), desk.counted()) == (3, 3)
    fold_all(desk.sessions)
    assert desk.counted() == 3


def test_counting_anew_while_a_file_comes_in_leaves_nothing_out_and_nothing_twice(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.world.response(desk.wave)
    fold_all(desk.sessions)
    found = desk.upload(*[ROW] * 4)
    make_count = storing._make_count

    def meanwhile(*args: object) -> None:
        with unit_of_work(desk.sessions) as session:
            recount(session, session.get_one(Wave, desk.wave.id))
        assert fold_all(desk.sessions) == 1  # none of the file
        make_count(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(storing, "_make_count", meanwhile)
    desk.taken(found)
    assert desk.counted() == 5
    assert fold_all(desk.sessions) == 0


def test_an_answer_that_was_taken_away_on_the_way_is_not_counted(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    found = desk.upload(*[ROW] * 4)
    make_count = storing._make_count

    def meanwhile(*args: object) -> None:
        with unit_of_work(desk.sessions) as session:
            session.delete(session.query(Response).first())
        make_count(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(storing, "_make_count", meanwhile)
    assert desk.taken(found).summary["new"] == 3
    assert desk.counted() == 3
    fold_all(desk.sessions)
    assert desk.counted() == 3
    with desk.sessions() as session:
        assert session.get_one(ResponseImport, found.id).status == "done"
