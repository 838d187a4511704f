"""What is told first, in which order, and how a figure is written: the same everywhere."""

import copy
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.evidence.results import quotes, words
from app.evidence.results.cells import survey_of
from app.evidence.results.comparison import ComparisonRow, compare
from app.evidence.results.figures import Figure, State, figure, parts_of
from app.evidence.results.rounding import rounded
from app.evidence.results.wave_results import headline_of, results_of
from app.evidence.surveys.models import Wave
from app.evidence.surveys.statistics.comparing import Difference, difference
from app.evidence.surveys.statistics.estimates import Estimate
from app.outreach.campaigns.models import Campaign, Dimension, Service
from tests.results.build import drawn, give, planted, villages
from tests.survey_sample import ANSWERS, DEFINITION
from tests.world import World

EARLY = {"starts_on": date(2026, 3, 1), "ends_on": date(2026, 3, 31)}


@pytest.mark.parametrize(
    ("value", "decimals", "written"),
    [(52.5, 0, "53"), (4.5, 0, "5"), (6.5, 0, "7"), (10.5, 0, "11"), (2.5, 0, "3"), (-4.5, 0, "−5"), (-0.4, 0, "0"),
     (100 * 0.145, 0, "15"), (1234.25, 1, "1.234,3"), (2.675, 2, "2,68")],
)  # fmt: skip
def test_a_half_is_rounded_up_in_every_place(value: float, decimals: int, written: str) -> None:
    assert words.number(value, decimals) == written
    assert words.bare(value / 100, mean=False, decimals=decimals) == written or decimals == 2
    assert float(rounded(value, decimals)) == float(written.replace(".", "").replace(",", ".").replace("−", "-"))


def about(world: World, *, dimensions: tuple[str, ...] = (), services: tuple[str, ...] = ()) -> Campaign:
    session = world.session
    return world.campaign(
        dimensions=list(session.scalars(select(Dimension).where(Dimension.key.in_(dimensions)))),
        services=[Service(key=key, name=key) for key in services],
    )


def pair(world: World, campaign: Campaign | None = None, **values: Any) -> tuple[Wave, Wave]:
    places, instrument = villages(world, 8), values.pop("instrument", None) or world.instrument()
    tied = {"campaign_id": campaign.id if campaign else None, **values}
    before = drawn(world, places, instrument=instrument, **EARLY, **tied)
    after = drawn(world, places, instrument=instrument, before_id=before.id, **tied)
    planted(world, before, places, 120, 0.3, seed=1)
    planted(world, after, places, 120, 0.6, seed=2)
    return before, after


def test_a_campaign_is_told_by_how_known_its_own_dimension_is(world: World, session: Session) -> None:
    before, after = pair(world, about(world, dimensions=("smart-environment",)))
    found = compare(session, before, after)
    assert [row.item.key for row in found.leading] == ["kenal_sampah"]
    assert found.rows[0].item.key == "kenal_sampah"
    assert [row.item.key for row in found.rows[1:3]] == ["istilah", "sebut"], "the others follow in their order"
    results = results_of(session, after)
    assert str(results.headline).startswith("Mengenal Bank Sampah: ")
    assert (results.lines[0].key, results.chosen, results.also) == ("kenal_sampah", "kenal_sampah", [])
    assert headline_of(session, after)[1] == [results.headline]


def test_a_service_is_told_before_its_whole_dimension(world: World, session: Session) -> None:
    other = copy.deepcopy(DEFINITION)
    grid = next(one for part in other["sections"] for one in part["questions"] if one["key"] == "kenal")
    grid["rows"][0]["service"], grid["rows"][0]["dimension"] = "idaman-rt", "smart-environment"
    campaign = about(world, dimensions=("smart-environment",), services=("idaman-rt",))
    before, after = pair(world, campaign, instrument=world.instrument(other))
    assert compare(session, before, after).own == ["kenal_idaman"]


def test_several_own_measures_are_told_together_however_they_turned_out(world: World, session: Session) -> None:
    before, after = pair(world, about(world, dimensions=("smart-environment", "smart-governance")))
    found = compare(session, before, after)
    told = [row.item.key for row in found.leading]
    assert told[0] == "kenal_idaman", "first in the order of the questions, though it never moved"
    assert set(told) == {"kenal_idaman", "kenal_sampah"}
    assert len(results_of(session, after).also) == 1


def test_without_a_campaign_the_first_measure_is_told(world: World, session: Session) -> None:
    before, after = pair(world)
    assert [row.item.key for row in compare(session, before, after).leading] == ["istilah"]


def test_the_earlier_survey_stands_before_whichever_way_they_were_chosen(world: World, session: Session) -> None:
    before, after = pair(world)
    asked, turned = compare(session, before, after), compare(session, after, before)
    assert (asked.swapped, asked.order) == (False, None)
    assert turned.swapped
    assert f"“{before.name}” lebih dahulu daripada “{after.name}”" in str(turned.order)
    assert (turned.before.id, turned.after.id) == (before.id, after.id)
    assert [row.quote for row in turned.rows] == [row.quote for row in asked.rows]


def test_a_figure_reads_the_same_in_the_comparison_as_on_its_own_page(world: World, session: Session) -> None:
    before, after = pair(world)
    alone = {line.key: words.shown(line.figure) for line in results_of(session, after).lines}
    found = compare(session, before, after)
    for row in found.rows:
        if row.quote is not None:
            assert f"menjadi {alone[row.item.key]} (n" in str(row.quote)
    shares = [row.decimals for row in found.rows if row.item.kind == "share"]
    assert len(set(shares)) == 1, "all changes are written with as many decimals"


def test_the_planned_design_effect_is_kept_where_no_village_differs(world: World, session: Session) -> None:
    places, instrument = villages(world, 6), world.instrument()
    values = {"instrument": instrument, "deff": 3.0, "places": dict.fromkeys(places, 10)}
    before = world.wave(**EARLY, **values)
    after = world.wave(same_places=True, before_id=before.id, **values)
    for place in places:
        give(world, before, 10, place=place, answers={**ANSWERS, "istilah": "belum"})
        give(world, after, 2, place=place, answers={**ANSWERS, "istilah": "tahu"})
        give(world, after, 8, place=place, answers={**ANSWERS, "istilah": "belum"})
    found = compare(session, before, after)
    assert found.same_villages
    row = next(one for one in found.rows if one.item.key == "istilah")
    assert row.difference is not None
    assert row.verdict == "unsure"
    assert row.difference.low is not None
    assert row.difference.low < 0


def test_civil_servants_are_not_compared_village_by_village(world: World, session: Session) -> None:
    places = {f"opd:{world.organisation().id}": 40}
    values = {"audience": "civil_servants", "instrument": world.instrument(), "places": places}
    before = world.wave(**EARLY, **values)
    after = world.wave(same_places=True, before_id=before.id, **values)
    for wave in (before, after):
        give(world, wave, 35, place=next(iter(places)))
    found = compare(session, before, after)
    assert found.sampled
    assert not found.same_villages


def few(item: Any, est: Estimate) -> Figure:
    return Figure(item, State.SMALL, 400, est=est)


def test_the_size_of_a_change_is_not_told_where_a_figure_is_of_fewer_than_five(world: World, session: Session) -> None:
    before, after = pair(world)
    then, now = (parts_of(survey_of(session, wave))[0] for wave in (before, after))
    assert then is not None
    assert now is not None
    index = now.survey.index("istilah") or 0
    old, new = figure(then, index), figure(now, index)
    assert old.est is not None
    assert new.est is not None
    change = difference(old.est, new.est)
    row = ComparisonRow(new.item, few(old.item, old.est), new, change, "up", change.p)
    assert not row.sized
    assert str(row.quote) == (
        f"Mengenal istilah naik menjadi {words.shown(new)} (n = 120), dari kurang dari 5 orang (n = 400)."
    )
    unsure = str(quotes.change(few(old.item, old.est), new, change, "unsure"))
    assert "belum dapat dipastikan, dari kurang dari 5 orang (n = 400) menjadi" in unsure
    assert "poin" not in unsure


def test_a_sized_change_keeps_its_sign(world: World, session: Session) -> None:
    item = survey_of(session, world.wave()).items[0]
    figures = [Figure(item, State.SHOWN, 400, value) for value in (0.525, 0.31)]
    fall = Difference(-0.215, -0.273, -0.157, 0.001, "down")
    said = str(quotes.change(figures[0], figures[1], fall, "down", decimals=1))
    assert (
        said == "Mengenal istilah turun 21,5 poin (95 %: 15,7 sampai 27,3), dari 53 % (n = 400) menjadi 31 % (n = 400)."
    )
