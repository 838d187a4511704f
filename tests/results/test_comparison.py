"""Before and after: what is compared, how surely, and in which words."""

import copy
import random
from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.evidence.results import comparison, quotes
from app.evidence.results.comparison import CHOSE, REWORDED, Comparison, ComparisonRow, compare
from app.evidence.results.trend import choices, line_of
from app.evidence.surveys.models import RecordedResult, Wave
from app.evidence.surveys.statistics.comparing import difference, difference_by_cluster
from app.kernel.errors import Refused
from app.kernel.roles import SYSTEM
from tests.results.build import design_weight, drawn, from_rows, give, knows, planted, villages
from tests.survey_sample import DEFINITION
from tests.world import World

BEFORE = {"starts_on": date(2026, 3, 1), "ends_on": date(2026, 3, 31), "status": "closed"}
AFTER = {"starts_on": date(2026, 10, 1), "ends_on": date(2026, 10, 31), "status": "closed", "stage": "after"}
TODAY = date(2026, 11, 24)


def row(found: Comparison, key: str) -> ComparisonRow:
    return next(one for one in [*found.rows, *found.checks] if one.item.key == key)


def two(world: World, *, low: float = 0.25, high: float = 0.6, people: int = 200, **values: Any) -> tuple[Wave, Wave]:
    """Two samples of an instrument in the same villages, which need not be revisited."""
    places, instrument = villages(world, 9), world.instrument()
    before = drawn(world, places, instrument=instrument, **BEFORE)
    after = drawn(world, places, instrument=instrument, before_id=before.id, **{**AFTER, **values})
    planted(world, before, places, people, low, seed=1)
    planted(world, after, places, people, high, seed=2)
    return before, after


def test_the_change_is_that_of_the_single_answers(world: World, session: Session) -> None:
    before, after = two(world)
    found = row(compare(session, before, after), "istilah")
    one, another = (
        from_rows(session, wave, lambda one: one.answers["istilah"] == "tahu", design_weight(session, wave))
        for wave in (before, after)
    )
    expected = difference(one, another)
    assert found.difference is not None
    for name in ("estimate", "low", "high", "p", "verdict"):
        assert getattr(found.difference, name) == pytest.approx(getattr(expected, name)), name
    assert found.difference.low is not None
    assert found.difference.high is not None
    assert found.difference.low < 0.35 < found.difference.high
    assert found.verdict == "up"


def test_the_same_villages_are_compared_village_by_village(world: World, session: Session) -> None:
    before, after = two(world, same_places=True)
    found = compare(session, before, after)
    assert found.same_villages
    changed = row(found, "istilah").difference
    assert changed is not None
    apart = compare(session, before, two(world)[1])
    assert not apart.same_villages
    (one, _), (another, _) = (comparison.parts_of(comparison.survey_of(session, wave)) for wave in (before, after))
    assert one is not None
    assert another is not None
    index = one.survey.index("istilah")
    assert index is not None
    expected = difference_by_cluster(one.grouped(index), another.grouped(index))  # same villages: same codes
    assert (changed.low, changed.high) == (pytest.approx(expected.low), pytest.approx(expected.high))


def test_the_sentence_says_figure_interval_and_n(world: World, session: Session) -> None:
    before, after = two(world)
    found = row(compare(session, before, after), "istilah")
    said = str(found.quote)
    assert said.startswith("Mengenal istilah naik ")
    assert " poin (95 %: " in said
    assert said.count("(n = 200)") == 2
    assert "kontribusi" in str(quotes.allowed("Program A"))
    assert "Program A" in str(quotes.allowed("Program A"))


def test_what_is_told_first_is_not_picked_by_its_size(world: World, session: Session) -> None:
    before, after = two(world, low=0.4, high=0.42)
    found = compare(session, before, after)
    assert found.main is not None
    assert (found.main.item.key, found.main.verdict) == ("istilah", "unsure")
    assert "perubahannya belum dapat dipastikan" in str(found.main.quote)


def test_a_fall_is_told_by_its_size(world: World, session: Session) -> None:
    before, after = two(world, low=0.7, high=0.3)
    said = str(row(compare(session, before, after), "istilah").quote)
    assert "turun" in said
    assert "−" not in said


def test_dimensions_are_judged_together(world: World, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    before, after = two(world)
    monkeypatch.setattr(comparison, "holm", lambda ps: [0.2 for _ in ps])
    found = compare(session, before, after)
    assert found.family == 2  # Idaman RT never moves: it is judged all the same
    sampah = row(found, "kenal_sampah")
    assert (sampah.verdict, sampah.tightened) == ("unsure", True)
    assert "belum dapat dipastikan" in str(sampah.quote)
    assert row(found, "istilah").verdict == "up", "it is of no dimension"


def test_a_changed_wording_is_not_compared(world: World, session: Session) -> None:
    other = copy.deepcopy(DEFINITION)
    other["sections"][0]["questions"][1]["text"] = "Tahukah Anda istilah Smart City?"
    places = villages(world, 6)
    before = drawn(world, places, **BEFORE)
    after = drawn(world, places, instrument=world.instrument(other), **AFTER)
    for wave, seed in ((before, 1), (after, 2)):
        planted(world, wave, places, 90, 0.5, seed=seed)
    found = compare(session, before, after)
    assert row(found, "istilah").reason == REWORDED
    assert row(found, "istilah").quote is None
    assert row(found, "kenal_sampah").difference is not None
    drawn_line = line_of(session, SYSTEM, "istilah", audience="residents", simulated=False, today=TODAY)
    assert [point.breaks for point in drawn_line.points] == [False, True]
    assert drawn_line.found.verdict == "none", "one survey since the break is no trend"


def test_who_chose_to_answer_gets_no_verdict(world: World, session: Session) -> None:
    instrument, chance = world.instrument(), random.Random(1)
    before, after = world.wave(instrument=instrument, **{**BEFORE, "status": "open"}), world.wave(instrument=instrument)
    for wave, share in ((before, 0.2), (after, 0.8)):
        for _ in range(40):
            world.response(wave, mode="link", answers=knows(share, chance))
    found = compare(session, before, after)
    assert (row(found, "istilah").reason, row(found, "istilah").verdict) == (CHOSE, "none")
    assert found.main is None


def test_simulated_stands_beside_simulated_only(world: World, session: Session) -> None:
    with pytest.raises(Refused, match="simulasi"):
        compare(session, world.wave(simulated=True), world.wave())
    wave = world.wave()
    with pytest.raises(Refused, match="berbeda"):
        compare(session, wave, wave)
    with pytest.raises(Refused, match="ASN"):
        compare(session, wave, world.wave(audience="civil_servants"))


def test_a_trend_is_said_of_two_samples_at_least(world: World, session: Session) -> None:
    before, _after = two(world)
    line = line_of(session, SYSTEM, "istilah", audience="residents", simulated=False, today=TODAY)
    assert [point.sampled for point in line.points] == [True, True]
    assert (line.compared, line.found.verdict) == (2, "up")
    assert not line_of(session, SYSTEM, "istilah", audience="residents", simulated=True, today=TODAY).points
    narrowed = line_of(
        session, SYSTEM, "istilah", audience="residents", simulated=False, today=TODAY, fixed={"sex": "f"}
    )
    figure = narrowed.points[0].figure
    assert figure is not None
    weight = design_weight(session, before)
    expected = from_rows(
        session, before, lambda one: one.answers["istilah"] == "tahu", weight, inside=lambda one: one.sex == "f"
    )
    assert figure.value == pytest.approx(expected.estimate)
    assert [one.key for one in choices(session, SYSTEM, audience="residents", simulated=False, campaign_id=None)]


def test_a_recorded_result_stands_beside_and_an_unknown_count_stays_unknown(world: World, session: Session) -> None:
    place = world.village()
    give(world, world.wave(places={place: 40}), 40, place=place)
    now = world.clock.now()
    for count in (None, 12):
        world.session.add(
            RecordedResult(
                title="Tinjauan 2021", organisation_id=world.office().id, done_on=date(2021, 6, 1), asked=30,
                answers=[{"text": "Tahu", "count": count, "counts": True}], measure_key="istilah", source="Laporan",
                created_at=now, updated_at=now,
            )
        )  # fmt: skip
    world.session.commit()
    points = line_of(session, SYSTEM, "istilah", audience="residents", simulated=False, today=TODAY).points
    assert [(point.share, point.asked) for point in points if point.recorded] == [(None, 30), (0.4, 30)]


def run(world: World, name: str, **values: Any) -> Wave:
    """A closed sample in villages that were drawn."""
    month = values.pop("month")
    wave = drawn(
        world, villages(world, 8), name=name, starts_on=date(2026, month, 1), ends_on=date(2026, month, 21),
        **{"status": "closed", **values},
    )  # fmt: skip
    planted(world, wave, villages(world, 8), 100, 0.2 + month / 40, seed=month)
    return wave


def test_a_survey_that_still_runs_stands_at_today_beside_the_line(world: World, session: Session) -> None:
    instrument = world.instrument()
    run(world, "A", month=3, instrument=instrument)
    run(world, "B", month=7, instrument=instrument)
    run(world, "C", month=12, instrument=instrument, status="open")
    line = line_of(session, SYSTEM, "istilah", audience="residents", simulated=False, today=TODAY)
    assert [(point.name, point.running, point.joined) for point in line.points] == [
        ("A", False, 1), ("B", False, 1), ("C", True, None)
    ]  # fmt: skip
    assert line.points[-1].on == TODAY, "not in the future"
    assert line.compared == 2


def test_villages_that_were_drawn_and_villages_that_were_chosen_are_not_joined(world: World, session: Session) -> None:
    instrument = world.instrument()
    run(world, "A", month=2, instrument=instrument)
    run(world, "B", month=4, instrument=instrument)
    chosen = run(world, "C", month=6, instrument=instrument)
    chosen.method = "list"
    session.commit()
    line = line_of(session, SYSTEM, "istilah", audience="residents", simulated=False, today=TODAY)
    assert [(point.joined, point.apart, point.by_hand) for point in line.points] == [
        (1, False, False), (1, False, False), (None, True, True)
    ]  # fmt: skip
    assert line.compared == 2, "only what is joined is judged"


def test_surveys_of_other_places_stand_beside_the_line_with_their_scope(world: World, session: Session) -> None:
    """The whole regency three times; between them a few villages of one district, and two surveys of some others."""
    everywhere = villages(world, 8)
    few, some = everywhere[:1], everywhere[1:4]
    instrument = world.instrument()
    plan = {"A": (2, everywhere), "B": (4, few), "C": (5, everywhere), "D": (6, some), "E": (7, some),
            "F": (8, everywhere)}  # fmt: skip
    for name, (month, places) in plan.items():
        wave = world.wave(
            places=dict.fromkeys(places, 10), instrument=instrument, name=name, status="closed",
            starts_on=date(2026, month, 1), ends_on=date(2026, month, 21),
        )  # fmt: skip
        planted(world, wave, places, 60, 0.5, seed=month)
    line = line_of(session, SYSTEM, "istilah", audience="residents", simulated=False, today=TODAY)
    assert {point.name: point.joined for point in line.points} == {
        "A": 1, "B": None, "C": 1, "D": None, "E": None, "F": 1
    }  # fmt: skip
    assert [point.name for point in line.points if point.apart] == ["B", "D", "E"]
    assert line.compared == 3
    assert [str(point.scope.words) for point in line.points if point.scope][1] == "1 desa di 1 kecamatan"


def test_two_draws_of_the_same_villages_are_one_scope(world: World, session: Session) -> None:
    every = [[world.village(number), 100] for number in range(0, 72, 9)]
    instrument = world.instrument()
    for month, places in ((3, villages(world, 4)), (6, villages(world, 8)[3:])):
        wave = drawn(
            world, places, instrument=instrument, status="closed", draw={"frame": every},
            starts_on=date(2026, month, 1), ends_on=date(2026, month, 21),
        )  # fmt: skip
        planted(world, wave, places, 60, 0.5, seed=month)
    line = line_of(session, SYSTEM, "istilah", audience="residents", simulated=False, today=TODAY)
    assert [point.joined for point in line.points] == [1, 1]
    assert "diundi dari 8 desa" in str(line.points[0].scope)


def test_a_link_survey_in_other_words_does_not_join_what_it_stands_between(world: World, session: Session) -> None:
    other = copy.deepcopy(DEFINITION)
    other["sections"][0]["questions"][1]["text"] = "Tahukah Anda istilah Smart City?"
    instrument = world.instrument()
    run(world, "A", month=2, instrument=instrument)
    link = run(world, "B", month=4, instrument=world.instrument(other))
    link.method = "open"
    session.commit()
    run(world, "C", month=6, instrument=instrument)
    line = line_of(session, SYSTEM, "istilah", audience="residents", simulated=False, today=TODAY)
    assert [(point.joined, point.breaks) for point in line.points] == [(1, False), (None, True), (1, False)]
    assert line.compared == 2


def test_the_measure_with_most_points_is_offered_first(world: World, session: Session) -> None:
    place, instrument = world.village(), world.instrument()
    world.wave(instrument=instrument, name="kosong", **{**AFTER, "status": "open"})
    now = world.clock.now()
    world.session.add(
        RecordedResult(
            title="Tinjauan", organisation_id=world.office().id, done_on=date(2021, 6, 1), asked=30, answers=[],
            measure_key="percaya", source="Laporan", created_at=now, updated_at=now,
        )
    )  # fmt: skip
    world.session.commit()
    offered = choices(session, SYSTEM, audience="residents", simulated=False, campaign_id=None)
    assert (offered[0].key, offered[0].times) == ("percaya", 1), "a survey without an answer is no point"
    give(world, world.wave(instrument=instrument, places={place: 40}), 2, place=place)
    offered = choices(session, SYSTEM, audience="residents", simulated=False, campaign_id=None)
    assert [(one.key, one.times) for one in offered[:3]] == [("percaya", 2), ("istilah", 1), ("sebut", 1)]
