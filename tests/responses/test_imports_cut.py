"""A worker that pauses, dies or finds half a file: nothing counts twice, nothing is lost, nothing is half in."""

import multiprocessing
import os
import signal
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from app.evidence.responses.imports import checking, storing
from app.evidence.responses.imports import steps as importing
from app.evidence.responses.imports.claims import ClaimLost, claim_next
from app.evidence.responses.imports.service import drop, take
from app.evidence.responses.models import Response, ResponseImport
from app.evidence.responses.tally import counts
from app.evidence.surveys.models import Wave
from app.kernel.clock import FrozenClock
from app.kernel.db import make_engine
from app.kernel.roles import SYSTEM
from tests.responses.test_imports import ROW, Desk
from tests.world import World


@pytest.fixture
def desk(world: World, sessions: "sessionmaker[Session]", clock: FrozenClock, tmp_path: Path) -> Desk:
    return Desk(world, sessions, clock, tmp_path)


def said_yes(desk: Desk, found: ResponseImport) -> None:
    with desk.sessions() as session:
        take(session, SYSTEM, found.id, now=desk.clock.now())
        session.commit()


def uploaded_again(desk: Desk, found: ResponseImport) -> None:
    with desk.sessions() as session:
        session.get_one(ResponseImport, found.id).status = "uploaded"
        session.commit()


@pytest.mark.parametrize("spoil", [lambda path: path.write_bytes(b""), lambda path: path.unlink()])
def test_rows_that_were_cut_off_on_the_disk_are_read_again_and_none_is_called_known(desk: Desk, spoil: object) -> None:
    found = desk.upload(ROW, ROW)
    for path in desk.folder.glob("*.ready"):
        spoil(path)  # type: ignore[operator]
    after = desk.taken(found)
    assert (after.status, after.summary["new"], desk.answers()) == ("checked", 2, 0)
    assert desk.taken(after).status == "done"
    assert desk.counted() == 2


def test_who_paused_too_long_writes_nothing_any_more(desk: Desk) -> None:
    found = desk.upload(*[ROW] * 3)
    uploaded_again(desk, found)
    slow = claim_next(desk.sessions, desk.clock)
    assert slow is not None
    desk.clock.advance(seconds=61)
    assert desk.worked(found.id).status == "checked"  # by another
    with pytest.raises(ClaimLost):
        checking.check(slow, "Asia/Makassar")
    assert not list(desk.folder.glob("*.part"))
    after = desk.taken(found)
    assert (after.status, after.summary["new"]) == ("done", 3)
    assert desk.counted() == 3


def test_two_that_put_in_the_same_file_put_it_in_once(desk: Desk) -> None:
    found = desk.upload(*[ROW] * 3)
    said_yes(desk, found)
    slow = claim_next(desk.sessions, desk.clock)
    assert slow is not None
    desk.clock.advance(seconds=61)
    assert desk.worked(found.id).status == "done"
    with pytest.raises(ClaimLost):
        storing.store_answers(slow, "Asia/Makassar")
    assert (desk.answers(), desk.counted()) == (3, 3)


def test_a_file_that_is_dropped_while_it_is_read_stays_dropped(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    found = desk.upload(ROW)
    uploaded_again(desk, found)
    compare = checking._compare

    def dropping(*args: object) -> None:
        with desk.sessions() as session:
            drop(session, SYSTEM, found.id)
            session.commit()
        compare(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(checking, "_compare", dropping)
    assert desk.worked(found.id).status == "dropped"
    assert not list(desk.folder.glob("*.ready"))
    assert not list(desk.folder.glob("*.upload"))


def test_a_survey_that_is_closed_meanwhile_has_nothing_of_the_file(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    found = desk.upload(ROW, ROW)
    make_count = storing._make_count

    def closing(*args: object) -> None:
        with desk.sessions() as session:
            session.get_one(Wave, desk.wave.id).status = "closed"
            session.commit()
        make_count(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(storing, "_make_count", closing)
    after = desk.taken(found)
    assert (after.status, desk.answers(), desk.counted()) == ("wrong", 0, 0)
    assert "ditutup" in after.problems[0][2]


def test_files_of_answers_and_what_was_said_of_them_do_not_stay(desk: Desk) -> None:
    found = desk.upload(("Ibu Siti", *ROW[1:]))
    assert found.problems
    desk.clock.move_to(desk.clock.now() + timedelta(days=8))
    after = desk.worked(found.id)
    assert (after.status, after.problems, after.path) == ("dropped", [], "")
    done = desk.taken(desk.upload(ROW))
    assert (done.status, done.path) == ("done", "")
    assert not list(desk.folder.glob("*.ready"))


def _die_in_the_middle(url: str, clock: FrozenClock) -> None:
    """A worker of its own that is killed after the first thousand of several."""
    steps = []
    some = storing._some

    def dying(*args: object) -> None:
        some(*args)  # type: ignore[arg-type]
        steps.append(1)
        if len(steps) == 2:
            os.kill(os.getpid(), signal.SIGKILL)

    storing._some = dying  # type: ignore[assignment]
    importing.work(sessionmaker(make_engine(url)), clock, tz="Asia/Makassar")


def test_a_worker_that_is_killed_in_the_middle_is_followed_by_one_that_ends_it(desk: Desk) -> None:
    found = desk.upload(*[ROW] * 3500)
    said_yes(desk, found)
    url = desk.sessions.kw["bind"].url.render_as_string(hide_password=False)
    worker = multiprocessing.get_context("spawn").Process(target=_die_in_the_middle, args=(url, desk.clock))
    worker.start()
    worker.join(60)
    assert worker.exitcode == -signal.SIGKILL
    assert 0 < desk.answers() < 3500
    assert desk.counted() == 0
    desk.clock.advance(seconds=61)
    assert desk.worked(found.id).summary["new"] == 3500
    with desk.sessions() as session:
        assert int(counts(session, session.get_one(Wave, desk.wave.id)).people.sum()) == 3500
        assert session.scalar(select(func.count()).where(Response.pending)) == 0
