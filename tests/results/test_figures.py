"""What the page says is what follows from the single answers, and nothing that is too small is said."""

import random
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.evidence.instruments.models import SurveyAudience
from app.evidence.instruments.places import opd
from app.evidence.responses.models import Response
from app.evidence.responses.tally import fold
from app.evidence.results.cells import survey_of
from app.evidence.results.figures import Figure, State, figure_of, groups, parts_of
from app.evidence.results.tables import of_wave
from app.evidence.results.wave_results import WaveResults, results_of
from app.evidence.results.weights import NOT_SETTLED, RAKED
from app.evidence.surveys.models import Wave, WavePlace
from tests.results.build import design_weight, drawn, from_rows, give, knows, planted, villages
from tests.survey_sample import ANSWERS
from tests.world import World


def line(results: WaveResults, key: str) -> Figure:
    return next(one.figure for one in [*results.lines, *results.checks] if one.key == key)


def same(figure: Figure, expected: Any) -> None:
    assert figure.est is not None
    for name in ("estimate", "se", "df", "low", "high", "n", "clusters", "deff", "effective"):
        assert getattr(figure.est, name) == pytest.approx(getattr(expected, name), rel=1e-9), name


@pytest.fixture
def wave(world: World) -> Wave:
    places = villages(world, 9)
    wave = drawn(world, places)
    planted(world, wave, places, 240, 0.4, seed=4)
    return wave


def test_figures_from_cells_are_those_of_the_single_answers(world: World, session: Session) -> None:
    places = villages(world, 9)
    wave = drawn(world, places)
    planted(world, wave, places, 240, 0.4, seed=4, one_by_one=True)
    give(world, wave, 7, mode="link")  # of the wave, not of the sample
    while fold(session, wave, most=100):
        session.commit()
    results = results_of(session, wave)
    weight = design_weight(session, wave)
    same(line(results, "istilah"), from_rows(session, wave, lambda row: row.answers["istilah"] == "tahu", weight))
    same(
        line(results, "kenal_sampah"),
        from_rows(session, wave, lambda row: row.answers["kenal"]["sampah"] != "belum", weight),
    )
    mean = from_rows(session, wave, lambda row: float(row.answers["percaya"]), weight, mean=True)
    same(line(results, "nilai_percaya"), mean)
    assert results.main is not None
    assert results.main.people == 240
    assert results.volunteers is not None
    assert results.volunteers.people == 7


def test_a_group_is_the_same_sample_with_the_others_at_nothing(session: Session, wave: Wave) -> None:
    results = results_of(session, wave, measure="istilah")
    women = next(row.figure for row in results.by_group if row.value == "f")
    expected = from_rows(
        session, wave, lambda row: row.answers["istilah"] == "tahu", design_weight(session, wave),
        inside=lambda row: row.sex == "f",
    )  # fmt: skip
    same(women, expected)


def test_the_planted_truth_lies_in_the_interval(session: Session, wave: Wave) -> None:
    figure = line(results_of(session, wave), "istilah")
    assert figure.low is not None
    assert figure.high is not None
    assert figure.low < 0.4 < figure.high


def test_an_answer_that_is_not_counted_yet_is_in_the_figures(world: World, session: Session, wave: Wave) -> None:
    while fold(session, wave, most=500):
        session.commit()
    before = line(results_of(session, wave), "istilah").n
    give(world, wave, 1, place=wave.places[0].place)
    assert line(results_of(session, wave), "istilah").n == before + 1


def test_answers_by_link_have_no_interval_and_say_so(world: World, session: Session) -> None:
    wave = world.wave()  # open to everybody
    give(world, wave, 20)
    give(world, wave, 20, mode="link")
    results = results_of(session, wave)
    assert not results.sampled
    figure = line(results, "kenal_sampah")
    assert (figure.n, figure.low, figure.est) == (40, None, None)
    assert "gambaran awal, bukan sampel acak" in str(results.headline) or "kecuali" in str(results.headline)


def test_answers_by_link_stand_beside_the_sample_and_not_in_it(world: World, session: Session, wave: Wave) -> None:
    chance = random.Random(3)
    for _ in range(40):
        world.response(wave, mode="link", answers=knows(0.9, chance))
    results = results_of(session, wave)
    measure = next(one for one in results.lines if one.key == "istilah")
    assert measure.figure.n == 240
    assert measure.beside is not None
    assert (measure.beside.n, measure.beside.low) == (40, None)


def test_a_text_that_nobody_coded_has_no_figure(world: World, session: Session) -> None:
    place = world.village()
    wave = world.wave(places={place: 50})
    give(world, wave, 35, place=place)
    give(world, wave, 10, place=place, answers={**ANSWERS, "p1": "bank sampah"})
    results = results_of(session, wave)
    figure = line(results, "sebut")
    assert (figure.state, figure.waiting, figure.value) == (State.UNCODED, 10, None)
    assert next(one for one in results.questions if one.key == "p1").waiting == 10
    for row in session.query(Response).filter(Response.wave_id == wave.id):
        if "p1" in row.answers:
            row.codes = {"p1": ["sampah"]}
    session.commit()
    figure = line(results_of(session, wave), "sebut")
    assert figure.value == pytest.approx(10 / 45)


def test_fewer_than_thirty_have_no_figure(world: World, session: Session) -> None:
    place = world.village()
    wave = world.wave(places={place: 50})
    give(world, wave, 29, place=place)
    figure = line(results_of(session, wave), "istilah")
    assert (figure.state, figure.n, figure.value) == (State.FEW, 29, None)


def test_that_nobody_knows_it_yet_is_a_figure_with_its_interval(world: World, session: Session) -> None:
    places = villages(world, 4)
    wave = world.wave(places=dict.fromkeys(places, 10), deff=1.5)
    for number in range(40):
        world.response(wave, place=places[number % 4], answers={**ANSWERS, "istilah": "belum"})
    found = line(results_of(session, wave), "istilah")
    assert (found.state, found.value, found.low) == (State.SHOWN, 0.0, 0.0)
    t = 3.182446  # of 4 villages
    assert found.high == pytest.approx(t**2 / (40 / 1.5 + t**2), rel=1e-5)


def test_a_district_with_four_answers_is_shown_nowhere(world: World, session: Session) -> None:
    places = villages(world, 4, step=30)
    wave = world.wave(places=dict.fromkeys(places, 40))
    chance = random.Random(5)
    for place, people in zip(places, (4, 60, 60, 60), strict=True):
        for _ in range(people):
            world.response(wave, place=place, answers=knows(0.5, chance))
    survey = survey_of(session, wave)
    sample, _volunteers = parts_of(survey)
    assert sample is not None
    index = survey.index("istilah")
    assert index is not None
    found = groups(sample, index, "district")
    small = found[places[0][:8]]
    assert (small.state, small.value) == (State.FEW, None)
    hidden = [one for one in found.values() if not one.is_shown]
    assert len(hidden) == 2, "one more is left out, or the four were found by subtraction"
    for sheet in of_wave(results_of(session, wave)):
        for row in sheet.rows:
            if survey.districts[places[0][:8]] in row:
                assert not any(isinstance(cell, float) for cell in row)
                assert 4 not in row
    assert not figure_of(sample, index, {"district": places[0][:8]}).is_shown


def test_two_filters_at_a_time_are_refused(world: World, session: Session, wave: Wave) -> None:
    """With two, what is hidden on one side could be found from what is shown on the other."""
    sample, _volunteers = parts_of(survey_of(session, wave))
    assert sample is not None
    with pytest.raises(ValueError, match="one filter"):
        figure_of(sample, 0, {"district": wave.places[0].place[:8], "sex": "f"})


def test_choices_of_fewer_than_five_are_hidden_with_one_more(world: World, session: Session) -> None:
    place = world.village()
    wave = world.wave(places={place: 50})
    for choice, people in (("belum", 30), ("dengar", 12), ("tahu", 3)):
        give(world, wave, people, place=place, answers={**ANSWERS, "istilah": choice})
    (block,) = next(one for one in results_of(session, wave).questions if one.key == "istilah").blocks
    assert [choice.count for choice in block.choices] == [30, None, None]


def test_civil_servants_count_by_the_size_of_their_opd(world: World, session: Session) -> None:
    small, large = world.organisation(), world.organisation()
    wave = world.wave(audience=SurveyAudience.CIVIL_SERVANTS, method="list")
    for position, (organisation, size) in enumerate(((small, 20), (large, 200))):
        world.session.add(WavePlace(wave_id=wave.id, place=opd(organisation.id), position=position, size=size))
    world.session.commit()
    give(world, wave, 20, place=opd(small.id), answers={**ANSWERS, "istilah": "tahu"})  # all of them
    give(world, wave, 10, place=opd(large.id), answers={**ANSWERS, "istilah": "tahu"})
    give(world, wave, 10, place=opd(large.id), answers={**ANSWERS, "istilah": "belum"})
    figure = line(results_of(session, wave), "istilah")
    assert figure.value == pytest.approx((20 + 100) / 220)
    # only the large one is unsure, and of it 20 of 200 were asked: (200/220)² · (1 − 0.1) · 0.25/19
    assert figure.est is not None
    assert figure.est.se == pytest.approx(((200 / 220) ** 2 * 0.9 * 0.25 / 19) ** 0.5)


def test_margins_are_met_and_a_missing_cell_is_named(world: World, session: Session) -> None:
    place = world.village()
    wave = world.wave(places={place: 50}, margins={"sex_age": {"f.25-34": 700, "m.25-34": 300}})
    chance = random.Random(7)
    for _ in range(40):
        world.response(wave, place=place, sex="f", answers=knows(1.0, chance))
    results = results_of(session, wave)
    assert any("laki-laki 25–34 tahun" in str(note) for note in results.notes)
    for _ in range(40):
        world.response(wave, place=place, sex="m", answers=knows(0.0, chance))
    results = results_of(session, wave)
    assert any(note.msgid == RAKED.msgid for note in results.notes)
    assert NOT_SETTLED not in results.notes
    assert line(results, "istilah").value == pytest.approx(0.7)
    assert results.main is not None
    assert results.main.design is not None
    assert results.main.design.effective == pytest.approx(1000**2 / (40 * 17.5**2 + 40 * 7.5**2))


def test_nobody_answered_yet(world: World, session: Session) -> None:
    results = results_of(session, world.wave())
    assert (results.main, results.people, list(results.lines)) == (None, 0, [])
    assert str(results.headline) == "Belum ada jawaban."
