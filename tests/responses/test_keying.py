"""What keyers type: codes, blanks, the same sheet twice, two people at once."""

import threading
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from app.evidence.instruments.definition import read
from app.evidence.responses import review, tally
from app.evidence.responses.models import Response, ResponseConflict
from app.evidence.responses.paper import mismatches
from app.evidence.responses.paper.keying import Typed, key_sheet, read_day, read_lines
from app.evidence.responses.service import InvalidAnswers, sheet_uuid
from app.evidence.surveys.models import Wave
from app.kernel.clock import FrozenClock
from app.kernel.db import unit_of_work
from app.kernel.errors import Forbidden, Invalid, Refused, Stale
from app.kernel.roles import Actor, Role
from tests.survey_sample import DEFINITION
from tests.world import VILLAGE, World

ASKED = read(DEFINITION)
TZ = "Asia/Makassar"
LINES = {
    "p1": "bank sampah", "istilah": "2", "lihat": "1", "sumber": "13", "sumber/lain": "radio", "kenal.idaman": "1",
    "kenal.sampah": "3", "kenal.kim": "2", "kenal.palsu": "1", "percaya": "3", "kali": "4",
}  # fmt: skip


def typed(sheet: int = 1, **lines: str) -> Typed:
    return Typed(sheet, VILLAGE, "f", "25-34", {**LINES, **lines})


@pytest.fixture
def keyers(world: World) -> list[Actor]:
    return [world.actor_of(world.user(Role.EDITOR, name=name)) for name in ("Ani", "Budi", "Cici")]


@pytest.fixture
def wave(world: World) -> Wave:
    return world.wave(sheets=30)


def key(session: Session, actor: Actor, wave: Wave, sheet: Typed, clock: FrozenClock) -> str:
    taken = key_sheet(session, actor, wave.id, sheet, now=clock.now(), tz=TZ)
    session.commit()
    return taken.state


def row_of(session: Session, wave: Wave, sheet: int = 1) -> Response:
    return session.get_one(Response, sheet_uuid(session, wave, sheet), populate_existing=True)


# --- codes ---


def test_digits_stand_for_the_options_as_printed() -> None:
    answers, blank, problems = read_lines(ASKED, LINES)
    assert not problems
    assert not blank
    assert answers == {
        "p1": "bank sampah", "istilah": "dengar", "lihat": "ya", "sumber": ["kim", "lain"], "sumber/lain": "radio",
        "kenal": {"idaman": "belum", "sampah": "tahu", "kim": "dengar", "palsu": "belum"}, "percaya": "3", "kali": "4",
    }  # fmt: skip


@pytest.mark.parametrize("text", ["13", "1 3", "1,3", "3.1", " 1  3 "])
def test_several_digits_are_several_options(text: str) -> None:
    assert set(read_lines(ASKED, {**LINES, "sumber": text})[0]["sumber"]) == {"kim", "lain"}


def test_ten_options_or_more_are_parted_by_spaces() -> None:
    options = [{"key": f"o{number}", "text": "x"} for number in range(1, 13)]
    asked = read({"title": "x", "sections": [{"key": "s", "questions": [
        {"key": "m", "kind": "many", "text": "?", "options": options}]}]})  # fmt: skip
    assert read_lines(asked, {"m": "12 1"})[0] == {"m": ["o12", "o1"]}


def test_a_code_that_is_not_printed_is_named_with_those_that_are() -> None:
    _answers, _blank, problems = read_lines(ASKED, {**LINES, "istilah": "7", "kenal.kim": "x"})
    assert [problem.field for problem in problems] == ["istilah", "kenal.kim"]
    assert "1 sampai 3" in str(problems[0].sentence)


def test_a_question_that_is_left_out_is_neither_asked_for_nor_kept(
    session: Session, wave: Wave, keyers: list[Actor], clock: FrozenClock
) -> None:
    left = {**LINES, "lihat": "2"}
    del left["sumber"]
    assert read_lines(ASKED, left)[2] == []
    assert key(session, keyers[0], wave, typed(lihat="2", sumber="9"), clock) == "stored"
    assert "sumber" not in row_of(session, wave).answers


def test_a_line_left_open_is_asked_for_and_a_dash_says_that_the_paper_is_blank(
    session: Session, wave: Wave, keyers: list[Actor], clock: FrozenClock
) -> None:
    _answers, blank, problems = read_lines(ASKED, {**LINES, "istilah": "", "kenal.kim": "0", "percaya": "-"})
    assert [problem.field for problem in problems] == ["istilah"]
    assert blank == {"kenal", "percaya"}
    assert key(session, keyers[0], wave, typed(**{"istilah": "-", "kenal.kim": "0"}), clock) == "stored"
    row = row_of(session, wave)
    assert "istilah" not in row.answers
    assert row.answers["kenal"] == {"idaman": "belum", "sampah": "tahu", "palsu": "belum"}
    assert row.flags == ["blank"]


def test_a_question_that_may_stay_open_is_no_blank(
    session: Session, wave: Wave, keyers: list[Actor], clock: FrozenClock
) -> None:
    key(session, keyers[0], wave, typed(p1="-", kali=""), clock)
    assert row_of(session, wave).flags == []


@pytest.mark.parametrize("text", ["24/11", "24-11-2026", "24 11 26", "24112026", "2411", "24"])
def test_a_day_as_it_is_typed(text: str) -> None:
    assert read_day(text, date(2026, 11, 25)) == date(2026, 11, 24)


@pytest.mark.parametrize("text", ["31/2", "abc", "99", "1/2/3/4/5", "0/0"])
def test_a_day_that_does_not_exist(text: str) -> None:
    with pytest.raises(Invalid):
        read_day(text, date(2026, 11, 25))


# --- sheets ---


@pytest.mark.parametrize("sheet", [0, 31])
def test_a_number_that_was_never_printed_is_refused_with_the_range(
    session: Session, wave: Wave, keyers: list[Actor], clock: FrozenClock, sheet: int
) -> None:
    with pytest.raises(InvalidAnswers, match="1 sampai 30") as caught:
        key(session, keyers[0], wave, typed(sheet), clock)
    assert caught.value.field == "sheet"


def test_everything_wrong_with_a_sheet_is_said_at_once(
    session: Session, wave: Wave, keyers: list[Actor], clock: FrozenClock
) -> None:
    bad = replace(typed(99, istilah="9"), place="", sex="", age_band="", asked_on=date(2026, 11, 30))
    with pytest.raises(InvalidAnswers) as caught:
        key(session, keyers[0], wave, bad, clock)
    fields = [problem.field for problem in caught.value.problems]
    assert fields == ["sheet", "place", "sex", "age_band", "asked_on", "istilah"]


def test_the_same_sheet_again_is_counted_once(
    session: Session, wave: Wave, keyers: list[Actor], clock: FrozenClock
) -> None:
    assert key(session, keyers[0], wave, typed(), clock) == "stored"
    assert key(session, keyers[0], wave, typed(), clock) == "known"
    assert key(session, keyers[1], wave, typed(), clock) == "known"
    assert row_of(session, wave).checked_by_id is None
    assert session.scalar(select(func.count()).select_from(Response)) == 1


def test_other_answers_of_a_sheet_are_kept_beside_and_change_nothing(
    session: Session, wave: Wave, keyers: list[Actor], clock: FrozenClock
) -> None:
    key(session, keyers[0], wave, typed(), clock)
    assert key(session, keyers[1], wave, typed(percaya="1"), clock) == "conflict"
    assert row_of(session, wave).answers["percaya"] == "3"
    (pair,) = mismatches.report(session, wave).pairs
    assert (pair.first_by, pair.second_by, pair.differences) == ("Ani", "Budi", [("percaya", "3", "1")])


def test_two_people_who_key_one_sheet_at_the_same_moment(
    world: World, wave: Wave, keyers: list[Actor], sessions: "sessionmaker[Session]", clock: FrozenClock
) -> None:
    together = threading.Barrier(3)
    states: list[str] = []

    def save(actor: Actor, text: str) -> None:
        together.wait()
        with unit_of_work(sessions) as own:
            states.append(key_sheet(own, actor, wave.id, typed(percaya=text), now=clock.now(), tz=TZ).state)

    threads = [threading.Thread(target=save, args=pair) for pair in zip(keyers, ("1", "1", "4"), strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(states) == 3
    assert states.count("stored") == 1
    with sessions() as own:
        assert own.scalar(select(func.count()).select_from(Response)) == 1
        kept = {own.scalars(select(Response)).one().answers["percaya"]}
        kept |= {one.payload["answers"]["percaya"] for one in own.scalars(select(ResponseConflict))}
    assert kept == {"1", "4"}


def test_a_sheet_that_was_asked_before_the_survey_closed_still_comes_in(
    session: Session, world: World, keyers: list[Actor], clock: FrozenClock
) -> None:
    closed = world.wave(sheets=5, status="closed", closed_at=clock.now() - timedelta(days=1))
    with pytest.raises(Refused):
        key(session, keyers[0], closed, typed(), clock)
    session.rollback()
    assert key(session, keyers[0], closed, replace(typed(), asked_on=date(2026, 11, 22)), clock) == "stored"
    assert row_of(session, closed).flags == ["late"]


# --- double keying ---


@pytest.fixture
def double(world: World) -> Wave:
    return world.wave(sheets=30, double_keying=True)


def test_a_second_person_who_types_the_same_confirms_the_sheet(
    session: Session, double: Wave, keyers: list[Actor], clock: FrozenClock
) -> None:
    key(session, keyers[0], double, typed(), clock)
    assert mismatches.keying_progress(session, keyers[1], double).second == "1"
    assert mismatches.keying_progress(session, keyers[0], double).second == ""
    assert key(session, keyers[1], double, typed(), clock) == "checked"
    assert row_of(session, double).checked_by_id == keyers[1].id
    assert mismatches.keying_progress(session, keyers[2], double).second == ""


def test_nobody_is_the_second_person_of_an_own_sheet(
    session: Session, double: Wave, keyers: list[Actor], clock: FrozenClock
) -> None:
    key(session, keyers[0], double, typed(), clock)
    assert key(session, keyers[0], double, typed(), clock) == "known"  # e.g. a reply that was lost
    assert row_of(session, double).checked_by_id is None
    with pytest.raises(Refused, match="orang lain"):
        key(session, keyers[0], double, typed(percaya="1"), clock)
    session.rollback()
    assert session.scalar(select(func.count()).select_from(ResponseConflict)) == 0


def test_a_version_that_came_in_another_way_is_no_second_typing(
    session: Session, double: Wave, keyers: list[Actor], clock: FrozenClock
) -> None:
    key(session, keyers[0], double, typed(), clock)
    other = {"mode": "import", "content_hash": "x", "payload": {}, "received_at": clock.now()}
    session.add(ResponseConflict(uuid=row_of(session, double).uuid, wave_id=double.id, **other))
    session.commit()
    assert mismatches.keying_progress(session, keyers[1], double).second == "1"
    assert list(mismatches.report(session, double).once) == [1]


def test_the_report_counts_sheets_and_agreement_by_question(
    session: Session, double: Wave, keyers: list[Actor], clock: FrozenClock
) -> None:
    ani, budi, _cici = keyers
    for sheet in (1, 2, 3):
        key(session, ani, double, typed(sheet), clock)
    key(session, budi, double, typed(1), clock)
    key(session, budi, double, typed(2, percaya="1", sumber="2"), clock)
    report = mismatches.report(session, double)
    assert (list(report.once), list(report.agreeing), [pair.sheet for pair in report.pairs]) == ([3], [1], [2])
    rates = {rate.field: (rate.agreed, rate.compared) for rate in report.rates}
    assert rates["percaya"] == rates["sumber"] == (1, 2)
    assert rates["istilah"] == rates["kenal.kim"] == (2, 2)
    words = mismatches.Words(ASKED, {VILLAGE: "Desa"})
    assert words.label("kenal.kim") == "5. Apakah Anda mengenal …? – KIM"
    assert words.value("sumber", ["kim", "poster"]) == "KIM, Poster"
    assert mismatches.workbook_of(report, words)[:2] == b"PK"


def test_choosing_the_second_typing_changes_the_answer_and_its_counts(
    session: Session, double: Wave, keyers: list[Actor], clock: FrozenClock
) -> None:
    key(session, keyers[0], double, typed(), clock)
    tally.fold(session, double)
    session.commit()
    key(session, keyers[1], double, typed(percaya="-", istilah="1"), clock)
    (conflict,) = session.scalars(select(ResponseConflict))
    review.settle(session, keyers[2], double.id, conflict.id, take=True, now=clock.now())
    session.commit()
    row = row_of(session, double)
    assert (row.answers["istilah"], row.flags, row.by_id) == ("belum", ["blank"], keyers[1].id)
    counted = tally.counts(session, double)
    assert counted.people.sum() == 1
    fresh = tally.vectors(ASKED, [row])
    assert (counted.sums[0] == next(iter(fresh.values()))[1]).all()
    (pair,) = mismatches.report(session, double).pairs
    assert (pair.first_by, pair.second_by, pair.resolution) == ("Ani", "Budi", "taken")
    assert ("istilah", "dengar", "belum") in pair.differences


def test_a_decision_is_made_once_and_by_the_survey_s_own_people(
    session: Session, world: World, double: Wave, keyers: list[Actor], clock: FrozenClock
) -> None:
    key(session, keyers[0], double, typed(), clock)
    key(session, keyers[1], double, typed(percaya="1"), clock)
    (conflict,) = session.scalars(select(ResponseConflict))
    enumerator = world.actor_of(world.user(Role.ENUMERATOR))
    with pytest.raises(Forbidden):
        review.settle(session, enumerator, double.id, conflict.id, take=True, now=clock.now())
    review.settle(session, keyers[2], double.id, conflict.id, take=False, now=clock.now())
    assert row_of(session, double).answers["percaya"] == "3"
    with pytest.raises(Stale):
        review.settle(session, keyers[2], double.id, conflict.id, take=True, now=clock.now())


def test_ranges_of_sheets_in_words() -> None:
    assert mismatches.ranges([1, 2, 3, 7, 9, 10]) == "1–3, 7, 9–10"
    assert mismatches.ranges([]) == ""
