"""Files of answers: whole for analysts, and with small groups unnamed for everybody."""

import csv
import io
import random
from collections import Counter

import pytest
from sqlalchemy.orm import Session

from app.base.documents.sheets import csv_parts
from app.evidence.results.cells import survey_of
from app.evidence.results.export import ExportOptions, lines, titles
from app.evidence.results.open_file import open_codebook, open_lines, open_names, open_titles
from app.evidence.surveys.models import Wave
from app.kernel.clock import FrozenClock
from app.kernel.errors import Refused
from tests.results.build import villages
from tests.survey_sample import ANSWERS
from tests.world import VILLAGE, World

OTHER = "64.02.01.2004"


def read(session: Session, wave: Wave, wanted: ExportOptions) -> list[dict[str, str]]:
    survey = survey_of(session, wave)
    data = b"".join(csv_parts(titles(survey, wanted), lines(session, survey, wanted, tz="Asia/Makassar")))
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))


def test_a_line_holds_what_was_answered_and_how_it_counts(world: World, session: Session) -> None:
    wave = world.wave(places={VILLAGE: 10, OTHER: 10})
    world.response(wave)
    (row,) = read(session, wave, ExportOptions())
    assert (row["tempat"], row["istilah"], row["sumber"], row["kenal.sampah"]) == (VILLAGE, "dengar", "kim", "tahu")
    assert (row["bobot"], row["klaster"], row["simulasi"]) == ("1.0", VILLAGE, "tidak")
    assert row["selesai"] == "2026-11-24T08:00:00+08:00"


def test_a_link_has_no_weight(world: World, session: Session) -> None:
    wave = world.wave(places={VILLAGE: 10})
    world.response(wave, mode="link")
    (row,) = read(session, wave, ExportOptions())
    assert row["bobot"] == ""


def test_what_was_written_freely_comes_only_where_it_is_wanted_and_never_as_a_formula(
    world: World, session: Session
) -> None:
    wave = world.wave()
    answers = {**ANSWERS, "p1": "=HYPERLINK(1)", "sumber": ["lain"], "sumber/lain": "+62 812"}
    world.response(wave, answers=answers)
    (plain,) = read(session, wave, ExportOptions())
    assert not {"p1", "sumber.lain.teks", "petugas"} & set(plain)
    (whole,) = read(session, wave, ExportOptions(texts=True, who=True))
    assert (whole["p1"], whole["sumber.lain.teks"]) == ("'=HYPERLINK(1)", "'+62 812")


def test_what_was_set_aside_is_not_in_the_file(world: World, session: Session) -> None:
    wave = world.wave()
    one = world.response(wave)
    one.set_aside = "ulangan"
    session.commit()
    assert read(session, wave, ExportOptions()) == []


def test_the_open_file_names_no_group_of_fewer_than_five(world: World, session: Session, clock: FrozenClock) -> None:
    wave = world.wave()
    for number in range(36):
        band = "17-24" if number < 2 else "25-34"
        world.response(wave, sex="f" if number % 2 else "m", age_band=band)
    survey = survey_of(session, wave)
    rows = list(open_lines(session, survey))
    names = Counter(tuple(row[:3]) for row in rows)
    assert len(rows) == 36
    assert min(names.values()) >= 5
    open_columns = " ".join(open_titles(survey))
    for hidden in ("uuid", "tempat", "mulai", "p1 ", ".teks", "bobot"):
        assert hidden not in open_columns


def test_no_open_file_of_few_answers(world: World, session: Session) -> None:
    wave = world.wave()
    for _ in range(29):
        world.response(wave)
    with pytest.raises(Refused):
        open_lines(session, survey_of(session, wave))


def test_no_answer_of_few_stands_in_the_open_file(world: World, session: Session) -> None:
    """Of each name and question: no answer of one to four people, and none is left over from the totals of the page."""
    chance = random.Random(3)
    wave = world.wave(places=dict.fromkeys(villages(world, 3, step=30), 80))
    for place in wave.places:
        for sex in "fm":
            for _ in range(70):
                known = chance.choices(["belum", "dengar", "tahu"], [10, 10, 1 if sex == "f" else 10])[0]
                seen = {"lihat": "ya"} if chance.random() < 0.6 else {"lihat": "tidak", "sumber": None}
                answers = {**ANSWERS, "istilah": known, "percaya": chance.choice("34"), **seen}
                given = {key: value for key, value in answers.items() if value is not None}
                world.response(wave, place=place.place, sex=sex, age_band="25-34", answers=given)
    survey = survey_of(session, wave)
    rows, head = list(open_lines(session, survey)), open_titles(survey)
    assert "kali" not in head
    assert min(Counter(tuple(row[:3]) for row in rows).values()) >= 30
    for place in range(4, len(head)):
        found = Counter((tuple(row[:3]), row[place]) for row in rows if row[place] is not None)
        assert not found or min(found.values()) >= 5, head[place]
    column = head.index("istilah")
    shut = {tuple(row[:3]) for row in rows if row[column] is None}
    assert shut, "women who know it are few"
    assert shut != {tuple(row[:3]) for row in rows}
    for part in range(3):
        assert all(count > 1 for count in Counter(name[part] for name in shut).values()), "one alone is the rest"
    assert "kurang dari 5" in next(iter(open_codebook(survey)))[1]
    assert "kali" not in {line[0] for line in open_codebook(survey)}


def test_a_follow_up_is_blank_where_its_question_is(world: World, session: Session) -> None:
    wave = world.wave()
    for number in range(80):
        answers = {**ANSWERS, "sumber": ["kim"] if number % 2 else ["poster"]}
        if number < 3:
            answers = {key: value for key, value in {**answers, "lihat": "tidak"}.items() if key != "sumber"}
        world.response(wave, answers=answers)
    survey = survey_of(session, wave)
    column = open_titles(survey).index("sumber")
    assert {row[column] for row in open_lines(session, survey)} == {None}


@pytest.mark.parametrize(
    "people",
    [
        {("a", "f", "x"): 3, ("a", "f", "y"): 4, ("a", "m", "x"): 20, ("b", "f", "x"): 1},
        {("a", "f", "x"): 100, ("b", "m", "x"): 1},
        {("a", "f", "x"): 6, ("a", "m", "x"): 1, ("b", "m", "x"): 1, ("b", "f", "y"): 30},
    ],
)
def test_every_name_in_the_open_file_is_shared_by_five(people: dict[tuple[str, str, str], int]) -> None:
    names: Counter[tuple[str, str, str]] = Counter()
    for key, name in open_names(people).items():
        names[name] += people[key]
        assert all(part in ("", own) for part, own in zip(name, key, strict=True))
    assert min(names.values()) >= 5
    assert sum(names.values()) == sum(people.values())
