"""What of a file is here already, what another survey has, and what goes when a file is taken out again."""

from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from app.evidence.responses import service
from app.evidence.responses.imports import storing
from app.evidence.responses.imports.service import start, take, undo
from app.evidence.responses.models import Response, ResponseConflict, ResponseImport
from app.evidence.responses.tally import fold_all
from app.evidence.surveys.models import Wave
from app.kernel.clock import FrozenClock
from app.kernel.errors import Refused
from app.kernel.roles import SYSTEM
from tests.responses.test_imports import ROW, TITLES, Desk
from tests.survey_sample import ANSWERS
from tests.world import VILLAGE, World

UUID = "5f0e9a4e-94a7-4e7f-9d3c-111111111111"
OWN = ("uuid", *TITLES)
OTHER = (*ROW[:10], "1", ROW[11])


@pytest.fixture
def desk(world: World, sessions: "sessionmaker[Session]", clock: FrozenClock, tmp_path: Path) -> Desk:
    return Desk(world, sessions, clock, tmp_path)


def taken_out(desk: Desk, found: ResponseImport) -> ResponseImport:
    with desk.sessions() as session:
        undo(session, SYSTEM, found.id, now=desk.clock.now())
        session.commit()
    return desk.worked(found.id)


def conflicts(desk: Desk) -> int:
    with desk.sessions() as session:
        return session.scalar(select(func.count()).select_from(ResponseConflict)) or 0


def send(desk: Desk, uuid: str, answers: dict[str, object]) -> str:
    """By phone, under this number."""
    with desk.sessions() as session:
        wave = session.get_one(Wave, desk.wave.id)
        sent = service.Submission(uuid, "phone", VILLAGE, "f", "25-34", answers)
        state = service.record(session, None, wave, sent, now=desk.clock.now()).state
        session.commit()
    return state


def stored(desk: Desk, uuid: str) -> dict[str, object]:
    with desk.sessions() as session:
        return dict(session.get_one(Response, uuid).answers)


def test_a_number_of_another_survey_is_named_by_its_line_and_nothing_of_it_is_touched(desk: Desk) -> None:
    theirs = desk.world.response(desk.world.wave(organisation_id=desk.world.organisation().id))
    found = desk.upload((UUID, *ROW), (theirs.uuid, *OTHER), titles=OWN)
    assert found.status == "wrong"
    assert [(line, column) for line, column, _why in found.problems] == [(3, "uuid")]
    assert "survei lain" in found.problems[0][2]
    assert conflicts(desk) == 0


def test_a_number_that_another_survey_took_meanwhile_keeps_the_whole_file_out(desk: Desk) -> None:
    found = desk.upload((str(uuid4()), *ROW), (UUID, *OTHER), titles=OWN)
    desk.world.response(desk.world.wave(), uuid=UUID)
    after = desk.taken(found)
    assert (after.status, desk.answers(), conflicts(desk)) == ("wrong", 1, 0)
    assert "survei lain" in after.problems[0][2]


def test_columns_that_the_file_does_not_have_are_not_compared(desk: Desk) -> None:
    desk.taken(desk.upload((UUID, *ROW), titles=OWN))
    short = desk.upload((UUID, *ROW[:-1]), titles=OWN[:-1])
    assert (short.summary["known"], short.summary["conflicts"]) == (1, 0)
    assert (desk.taken(short).summary["conflicts"], conflicts(desk)) == (0, 0)
    other = desk.upload((UUID, *OTHER[:-1]), titles=OWN[:-1])
    assert other.summary["conflicts"] == 1


def test_equal_lines_without_number_or_time_are_asked_about_and_may_be_other_people(desk: Desk) -> None:
    desk.taken(desk.upload(ROW, ROW))
    again = desk.upload(ROW, ROW, ROW)
    assert (again.summary["new"], again.summary["known"], again.summary["alike"]) == (1, 2, 2)
    with desk.sessions() as session:
        take(session, SYSTEM, again.id, others=True, now=desk.clock.now())
        session.commit()
    assert desk.worked(again.id).summary["new"] == 3
    assert (desk.answers(), desk.counted()) == (5, 5)


def test_equal_lines_with_numbers_are_not_asked_about(desk: Desk) -> None:
    desk.taken(desk.upload((UUID, *ROW), titles=OWN))
    again = desk.upload((UUID, *ROW), titles=OWN)
    assert (again.summary["known"], again.summary["alike"]) == (1, 0)


def test_counts_follow_a_file_in_and_out_again(desk: Desk) -> None:
    desk.world.response(desk.wave)
    found = desk.taken(desk.upload(ROW, OTHER))
    with desk.sessions() as session:  # counted on the way: nobody has to read them again
        waiting = select(func.count()).where(Response.import_id == found.id, Response.tallied.is_(False))
        assert session.scalar(waiting) == 0
    assert desk.counted() == 3
    fold_all(desk.sessions)
    assert desk.counted() == 3
    assert taken_out(desk, found).status == "removed"
    assert (desk.answers(), desk.counted()) == (1, 1)
    fold_all(desk.sessions)
    assert desk.counted() == 1


def test_what_a_phone_sent_otherwise_takes_the_place_when_the_file_goes(desk: Desk) -> None:
    found = desk.taken(desk.upload((UUID, *OTHER), titles=OWN))
    assert send(desk, UUID, {**ANSWERS, "percaya": "2"}) == "conflict"
    assert taken_out(desk, found).status == "removed"
    assert (desk.answers(), conflicts(desk), desk.counted()) == (1, 0, 1)
    with desk.sessions() as session:
        row = session.get_one(Response, UUID)
        assert (row.answers["percaya"], row.import_id, row.mode) == ("2", None, "phone")


def test_what_came_the_same_by_another_way_stays_when_the_file_goes(desk: Desk) -> None:
    found = desk.taken(desk.upload((UUID, *ROW), (str(uuid4()), *ROW), titles=OWN))
    assert send(desk, UUID, stored(desk, UUID)) == "known"
    taken_out(desk, found)
    assert (desk.answers(), desk.counted()) == (1, 1)


def test_versions_that_a_file_brought_go_with_it(desk: Desk) -> None:
    desk.taken(desk.upload((UUID, *ROW), titles=OWN))
    wrong_file = desk.taken(desk.upload((UUID, *OTHER), titles=OWN))
    assert conflicts(desk) == 1
    taken_out(desk, wrong_file)
    assert (conflicts(desk), desk.answers()) == (0, 1)
    assert stored(desk, UUID)["percaya"] == "3"


def test_the_corrected_file_keeps_what_the_first_had_too(desk: Desk) -> None:
    rows = [(str(uuid4()), *ROW) for _ in range(4)]
    first = desk.taken(desk.upload(*rows[:3], titles=OWN))
    second = desk.taken(desk.upload(*rows, titles=OWN))
    assert (second.summary["known"], second.summary["new"]) == (3, 1)
    taken_out(desk, first)
    assert (desk.answers(), desk.counted()) == (4, 4)
    taken_out(desk, second)
    assert (desk.answers(), desk.counted()) == (0, 0)


def test_a_file_that_cannot_be_taken_out_is_still_in_and_says_so(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    found = desk.taken(desk.upload(ROW))
    monkeypatch.setattr(storing, "_clear_some", lambda *_args: 1 / 0)
    after = taken_out(desk, found)
    assert (after.status, desk.answers()) == ("done", 1)
    assert "Belum semua" in after.problems[0][2]
    monkeypatch.undo()
    assert taken_out(desk, found).status == "removed"
    assert desk.answers() == 0


TIMED = ("uuid", "mulai", "selesai", *TITLES)


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("times", "column", "said"),
    [
        (("2030-01-01T08:00:00", "2030-01-01T08:10:00"), "mulai", "belum tiba"),
        (("2026-11-23T08:10:00", "2026-11-23T08:00:00"), "selesai", "sebelum waktu mulainya"),
        (("2020-11-23T08:00:00", "2020-11-23T08:10:00"), "mulai", "di luar masa survei"),
    ],
)
def test_times_that_cannot_be_are_named(desk: Desk, times: Sequence[str], column: str, said: str) -> None:
    good = (str(uuid4()), "2026-11-23T08:00:00", "2026-11-23T08:10:00", *ROW)
    found = desk.upload(good, (UUID, *times, *ROW), titles=TIMED)
    assert found.status == "wrong"
    assert found.problems[0][:2] == [3, column]
    assert said in found.problems[0][2]
    assert {line for line, _column, _why in found.problems} == {3}


def test_times_of_an_answer_that_is_here_already_are_not_argued_about(desk: Desk) -> None:
    desk.taken(desk.upload((UUID, *ROW), titles=OWN))
    found = desk.upload((UUID, "2020-11-23T08:00:00", "", *ROW), titles=TIMED)
    assert (found.status, found.summary["known"]) == ("checked", 1)


@pytest.mark.parametrize("bad", ["bukan-uuid", "00000000-0000-0000-0000-000000000000"])
def test_what_is_no_number_is_named(desk: Desk, bad: str) -> None:
    found = desk.upload((UUID, *ROW), (bad, *ROW), ("", *ROW), titles=OWN)
    assert [(line, column) for line, column, _why in found.problems] == [(3, "uuid")]


def test_an_answer_by_link_is_still_one_by_link_after_a_round_trip(desk: Desk) -> None:
    found = desk.taken(desk.upload(("link", *ROW), ("phone", *ROW), titles=("cara", *TITLES)))
    assert found.status == "done"
    with desk.sessions() as session:
        assert sorted(session.scalars(select(Response.mode))) == ["import", "link"]


def test_made_up_answers_do_not_come_into_a_real_survey(desk: Desk) -> None:
    found = desk.upload(("tidak", *ROW), ("ya", *ROW), titles=("simulasi", *TITLES))
    assert [(line, column) for line, column, _why in found.problems] == [(3, "simulasi")]


def test_a_survey_for_practice_takes_no_file(desk: Desk) -> None:
    wave = desk.world.wave(simulated=True)
    with desk.sessions() as session, pytest.raises(Refused):
        start(session, SYSTEM, wave.id, file_name="a.csv", path=desk.folder / "a", now=desk.clock.now())


def test_what_equals_what_is_here_but_for_spelling_of_a_number_is_the_same(desk: Desk) -> None:
    desk.taken(desk.upload((UUID, *ROW), titles=OWN))
    found = desk.upload((UUID, *ROW[:-1], "2,0"), titles=OWN)
    assert (found.summary["known"], found.summary["conflicts"]) == (1, 0)
