"""What a sample's design makes of its figures: villages that were certain, offices, sizes, the same villages twice."""

import copy
import csv
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from sqlalchemy.orm import Session

from app.base.documents.sheets import csv_parts
from app.evidence.instruments.models import SurveyAudience
from app.evidence.instruments.places import opd
from app.evidence.results import words
from app.evidence.results.cells import Survey, survey_of
from app.evidence.results.comparison import compare
from app.evidence.results.export import ExportOptions, lines, titles
from app.evidence.results.figures import parts_of
from app.evidence.results.wave_results import results_of
from app.evidence.results.weights import BY_DRAW, BY_SIZE, TOO_SMALL, UNKNOWN_DRAW, UNKNOWN_SIZES
from app.evidence.surveys.commands import estimate_command
from app.evidence.surveys.models import Wave, WavePlace
from app.evidence.surveys.statistics.estimates import ALONE, Estimate, Grouped, estimate
from tests.results.build import give, villages
from tests.survey_sample import ANSWERS, DEFINITION
from tests.world import World

BEFORE = {"starts_on": date(2026, 3, 1), "ends_on": date(2026, 3, 31)}
DESIGN = ("--weight", "bobot", "--stratum", "strata", "--cluster", "klaster")


def says(term: str, sampah: str = "belum") -> dict[str, Any]:
    trust = "4" if term == "tahu" else "2"
    return {**ANSWERS, "istilah": term, "percaya": trust, "kenal": {**ANSWERS["kenal"], "sampah": sampah}}


def sampled(world: World, places: Sequence[tuple[str, int, float | None]], **values: Any) -> Wave:
    """A wave with these (place, size, probability)."""
    wave = world.wave(**values)
    for position, (place, size, probability) in enumerate(places):
        world.session.add(
            WavePlace(wave_id=wave.id, place=place, position=position, size=size or None, probability=probability)
        )
    world.session.commit()
    world.session.refresh(wave)
    return wave


def certain(world: World, **values: Any) -> Wave:
    """Two large villages that had to be drawn, with much between them, and four small ones."""
    names = villages(world, 6)
    drawn = [(name, 20000, 1.0) for name in names[:2]] + [(name, 1500, 0.1) for name in names[2:]]
    wave = sampled(world, drawn, method="pps", **values)
    for place, yes, no in zip(names, (36, 4, 5, 4, 6, 5), (4, 16, 5, 6, 4, 5), strict=True):
        give(world, wave, yes, place=place, answers=says("tahu", "dengar"))
        give(world, wave, no, place=place, answers=says("belum"))
    return wave


def offices(world: World, sizes: Sequence[int], **values: Any) -> tuple[Wave, list[str]]:
    names = [opd(world.organisation(name=f"Dinas {number}").id) for number in range(len(sizes))]
    places = [(name, size, None) for name, size in zip(names, sizes, strict=True)]
    return sampled(world, places, audience=SurveyAudience.CIVIL_SERVANTS, method="list", **values), names


def est_of(session: Session, wave: Wave, key: str) -> Estimate:
    """What the page computes with, whether it shows it or not."""
    survey = survey_of(session, wave)
    sample, _volunteers = parts_of(survey)
    index = survey.index(key)
    assert sample is not None
    assert index is not None
    return estimate(sample.grouped(index), mean=survey.items[index].kind == "mean", planned_deff=wave.deff)


def written(session: Session, survey: Survey, folder: Path) -> Path:
    path = folder / "w7.csv"
    head, rows = titles(survey, ExportOptions()), lines(session, survey, ExportOptions(), tz="Asia/Makassar")
    path.write_bytes(b"".join(csv_parts(head, rows)))
    return path


def from_file(path: Path, key: str, *more: str) -> tuple[dict[str, Any], str]:
    done = CliRunner().invoke(estimate_command, [str(path), "--measure", f"ukuran.{key}", *DESIGN, *more, "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout), done.stderr


def same(found: dict[str, Any], est: Estimate) -> None:
    for name in ("estimate", "se", "df", "low", "high", "n", "clusters", "deff"):
        assert found[name] == pytest.approx(getattr(est, name), rel=1e-5), name


def test_a_village_that_was_certain_is_a_stratum_whose_people_are_the_units(world: World, session: Session) -> None:
    wave = certain(world)
    sample, _volunteers = parts_of(survey_of(session, wave))
    assert sample is not None
    assert sample.design is not None
    assert [note.msgid for note in sample.design.notes] == [BY_DRAW.msgid]
    names = [place.place for place in wave.places]
    assert list(sample.design.strata) == ["", *names[:2]]
    n, y = np.array([40, 20, 10, 10, 10, 10.0]), np.array([36, 4, 5, 4, 6, 5.0])
    weight = np.array([20000, 20000, 15000, 15000, 15000, 15000]) / n
    expected = estimate(
        Grouped(n, y, y, weight, np.array([1, 2, 0, 0, 0, 0]), np.array([ALONE, ALONE, 0, 1, 2, 3])),
        planned_deff=wave.deff,
    )
    found = est_of(session, wave, "istilah")
    for name in ("estimate", "se", "df", "low", "high"):
        assert getattr(found, name) == pytest.approx(getattr(expected, name)), name
    assert found.df == 3 + 39 + 19


def test_certain_villages_asked_twice_are_independent_and_the_others_are_not(world: World, session: Session) -> None:
    instrument = world.instrument()
    before = certain(world, instrument=instrument, **BEFORE)
    after = certain(world, instrument=instrument, before_id=before.id, same_places=True, stage="after")
    found = compare(session, before, after)
    assert found.same_villages
    row = next(one for one in found.rows if one.item.key == "istilah")
    assert row.difference is not None
    # the drawn villages said the same twice: what is left is the draw of people in the two large ones, both times
    one = est_of(session, before, "istilah")
    v = sum(
        (size / total) ** 2 * 2 * yes * no / (yes + no) / (yes + no - 1) / (yes + no)
        for size, yes, no in ((20000, 36, 4), (20000, 4, 16))
        for total in [100000]
    )
    assert row.difference.se == pytest.approx((v * 1.0) ** 0.5)
    assert (row.difference.se or 1) < 1.5 * (one.se or 0)


def test_where_no_village_differs_the_planned_effect_keeps_a_verdict_back(world: World, session: Session) -> None:
    names, instrument = villages(world, 6), world.instrument()
    places = [(name, 1000, 0.1) for name in names]
    before = sampled(world, places, method="pps", instrument=instrument, deff=3.0, **BEFORE)
    after = sampled(
        world, places, method="pps", instrument=instrument, deff=3.0, before_id=before.id, same_places=True,
        stage="after",
    )  # fmt: skip
    for place in names:
        give(world, before, 10, place=place, answers=says("belum"))
        give(world, after, 2, place=place, answers=says("tahu"))
        give(world, after, 8, place=place, answers=says("belum"))
    row = next(one for one in compare(session, before, after).rows if one.item.key == "istilah")
    assert row.verdict == "unsure"


def test_of_civil_servants_no_village_was_visited_again(world: World, session: Session) -> None:
    instrument = world.instrument(audience=SurveyAudience.CIVIL_SERVANTS)
    before, names = offices(world, (500, 500), instrument=instrument, **BEFORE)
    after = sampled(
        world, [(name, 500, None) for name in names], audience=SurveyAudience.CIVIL_SERVANTS, method="list",
        instrument=instrument, before_id=before.id, same_places=True, stage="after",
    )  # fmt: skip
    for wave in (before, after):
        give(world, wave, 40, place=names[0], answers=says("tahu"))
        give(world, wave, 20, place=names[0], answers=says("belum"))
        give(world, wave, 1, place=names[1], answers=says("tahu"))
    assert not compare(session, before, after).same_villages
    told = " ".join(str(note) for note in results_of(session, after).notes)
    assert "Hanya satu jawaban dari Dinas 1" in told
    assert "desa" not in told


def test_a_size_below_the_answers_is_no_size_and_everybody_is_told(world: World, session: Session) -> None:
    wave, names = offices(world, (20, 0, 500))
    for name in names:
        give(world, wave, 30, place=name, answers=says("tahu"))
        give(world, wave, 30, place=name, answers=says("belum"))
    results = results_of(session, wave)
    warnings = [warning for warning in results.warnings if warning.msgid in {TOO_SMALL.msgid, UNKNOWN_SIZES.msgid}]
    assert [("Dinas 0" in str(one), "Dinas 1" in str(one)) for one in warnings] == [(False, True), (True, False)]
    assert BY_SIZE not in results.notes
    found = est_of(session, wave, "istilah")
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0.45 < 0.55 < found.high
    # of the third office 60 of 500 were asked, of the others nobody knows how many there are
    v = sum(rate * 60 * (0.5 / 180) ** 2 * 60 / 59 for rate in (1, 1, 1 - 60 / 500))
    assert found.se == pytest.approx(v**0.5)


def test_a_comparison_says_to_everybody_that_a_size_is_unknown(world: World, session: Session) -> None:
    instrument = world.instrument(audience=SurveyAudience.CIVIL_SERVANTS)
    before, (name,) = offices(world, (20,), instrument=instrument, **BEFORE)
    after = sampled(
        world, [(name, 500, None)], audience=SurveyAudience.CIVIL_SERVANTS, method="list", instrument=instrument
    )
    for wave in (before, after):
        give(world, wave, 40, place=name)
    assert TOO_SMALL.msgid in {warning.msgid for warning in compare(session, before, after).warnings}


def test_an_unknown_probability_is_told_to_everybody(world: World, session: Session) -> None:
    names = villages(world, 3)
    wave = sampled(world, [(names[0], 900, 0.1), (names[1], 900, None), (names[2], 900, 1.0)], method="pps")
    for name in names:
        give(world, wave, 12, place=name)
    results = results_of(session, wave)
    (warning,) = [one for one in results.warnings if one.msgid == UNKNOWN_DRAW.msgid]
    assert results.survey.names[names[1]] in str(warning)
    assert results.survey.names[names[0]] not in str(warning)


def test_a_question_for_some_civil_servants_is_the_same_in_the_file(
    world: World, session: Session, tmp_path: Path
) -> None:
    some = copy.deepcopy(DEFINITION)
    some["sections"][1]["questions"][0]["when"] = {"question": "lihat", "is": ["ya"]}
    instrument = world.instrument(some, audience=SurveyAudience.CIVIL_SERVANTS)
    wave, names = offices(world, (100, 400), instrument=instrument)
    others = {**{key: ANSWERS[key] for key in ("istilah", "kenal")}, "lihat": "tidak"}
    for name, yes, no, unasked in ((names[0], 18, 2, 20), (names[1], 3, 17, 40)):
        for people, term in ((yes, "3"), (no, "1")):
            give(world, wave, people, place=name, answers={**ANSWERS, "percaya": term})
        give(world, wave, unasked, place=name, answers=others)
    found, _told = from_file(
        written(session, survey_of(session, wave), tmp_path), "percaya", "--population", "populasi"
    )
    est = est_of(session, wave, "percaya")
    assert est.n == 40
    same(found, est)


def test_the_file_gives_the_figures_of_the_page(world: World, session: Session, tmp_path: Path) -> None:
    wave = certain(world)
    give(world, wave, 3, mode="link", answers=says("tahu", "tahu"))
    path = written(session, survey_of(session, wave), tmp_path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    assert {row["ukuran.kenal_sampah"] for row in rows} == {"0", "1"}
    assert {row["ukuran.nilai_percaya"] for row in rows} == {"2", "4"}
    large = [place.place for place in wave.places][:2]
    assert {(row["strata"], row["klaster"]) for row in rows if row["tempat"] in large and row["bobot"]} == {
        (place, "") for place in large
    }
    assert {row["strata"] for row in rows if row["tempat"] not in large and row["bobot"]} == {"semua"}
    for key in ("kenal_sampah", "istilah"):
        found, told = from_file(path, key, "--planned-deff", str(wave.deff))
        assert "3 baris tanpa bobot" in told
        same(found, est_of(session, wave, key))
    same(from_file(path, "nilai_percaya", "--mean")[0], est_of(session, wave, "nilai_percaya"))


def test_two_villages_are_too_few_for_an_interval_and_three_are_not(world: World, session: Session) -> None:
    names = villages(world, 3)
    wave = sampled(world, [(name, None, None) for name in names], method="list")
    for place in names[:2]:
        give(world, wave, 20, place=place, answers=says("tahu"))
        give(world, wave, 20, place=place, answers=says("belum"))
    results = results_of(session, wave)
    figure = next(line.figure for line in results.lines if line.key == "istilah")
    assert (figure.value, figure.low, figure.high) == (0.5, None, None)
    assert words.interval(figure) == "belum cukup desa"
    assert "rentangnya belum dapat dihitung" in str(results.headline)
    give(world, wave, 20, place=names[2], answers=says("tahu"))
    give(world, wave, 20, place=names[2], answers=says("belum"))
    figure = next(line.figure for line in results_of(session, wave).lines if line.key == "istilah")
    assert figure.low is not None


def test_who_chose_to_answer_has_no_interval_whatever_the_villages(world: World, session: Session) -> None:
    wave = world.wave()
    give(world, wave, 40, mode="link")
    (figure,) = [line.figure for line in results_of(session, wave).lines if line.key == "istilah"]
    assert words.interval(figure) == "–"
