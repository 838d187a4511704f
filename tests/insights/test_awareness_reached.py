"""Villages that a campaign reached between its surveys, against those that it did not."""

import copy
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.areas.models import Village
from app.evidence.responses.models import Response
from app.evidence.results.comparison import REWORDED
from app.evidence.surveys.models import Wave
from app.kernel.roles import SYSTEM
from app.outreach.campaigns.models import Campaign
from app.oversight.insights.awareness_campaigns import allows_effect, of_campaign
from app.oversight.insights.awareness_reached import HIDDEN, USED, Reached, ReachedRow
from app.oversight.insights.awareness_sheets import of_campaign as sheets_of
from tests.results.build import drawn, planted
from tests.survey_sample import DEFINITION
from tests.world import ZONE, World

BETWEEN = datetime(2026, 9, 10, 2, 0, tzinfo=UTC)


def many(world: World, *, districts: int = 4, each: int = 4) -> list[str]:
    """Villages of some districts, so many of each, one district after the other."""
    found: dict[str, list[str]] = {}
    for code in world.session.scalars(select(Village.code).order_by(Village.code)):
        found.setdefault(code[:8], []).append(code)
        if sum(len(one) >= each for one in found.values()) == districts:
            break
    return [code for one in found.values() if len(one) >= each for code in one[:each]]


def asked(
    world: World, places: Sequence[str], reached: Sequence[str], *, share: tuple[float, float] = (0.35, 0.4),
    more: float = 0.3, campaign: Campaign | None = None, people: int = 320, after: Any = None, **values: Any,
) -> tuple[Campaign, Wave, Wave]:  # fmt: skip
    """Drawn villages asked before and after; the reached rise by `more` more. With an event in each of the reached."""
    campaign = campaign or world.campaign(status="ended", starts_on=date(2026, 8, 25), ends_on=date(2026, 9, 20))
    instrument = world.instrument()
    common = {"campaign_id": campaign.id, "status": "closed", **values}
    first = drawn(world, places, instrument=instrument, stage="baseline", starts_on=date(2026, 8, 1),
                  ends_on=date(2026, 8, 20), **common)  # fmt: skip
    second = drawn(world, places, instrument=after or instrument, stage="after", before_id=first.id,
                   starts_on=date(2026, 10, 1), ends_on=date(2026, 10, 20), same_places=True, **common)  # fmt: skip
    others = [place for place in places if place not in reached]
    for seed, group in enumerate((reached, others)):
        if group:
            part = round(people * len(group) / len(places))
            planted(world, first, group, part, share[0], seed=10 + seed)
            planted(world, second, group, part, share[1] + (more if group is reached else 0.0), seed=20 + seed)
    for place in reached:
        world.event(campaign_id=campaign.id, village_code=place, status="held", starts_at=BETWEEN)
    return campaign, first, second


def told(world: World, campaign: Campaign) -> Reached:
    found = of_campaign(world.session, SYSTEM, campaign, now=world.clock.now(), zone=ZONE).reached
    assert found is not None
    return found


def row(found: Reached, key: str = "kenal_sampah") -> ReachedRow:
    return next(one for one in found.rows if one.item.key == key)


@pytest.fixture
def places(world: World) -> list[str]:
    return many(world)


def test_reached_villages_that_rose_more_are_said_to_with_their_interval(world: World, places: list[str]) -> None:
    campaign, _first, _second = asked(world, places, places[::2])
    found = told(world, campaign)
    rose = row(found)
    assert found.villages is not None
    assert found.villages.counts == ((8, 8, 0), (8, 8, 0))
    assert (found.between and found.between.first, found.again) == (date(2026, 8, 20), True)
    assert rose.verdict == "up"
    assert [one.n % 5 for one in rose.cells] == [0, 0, 0, 0]
    assert "lebih banyak" in str(rose.sentence)
    assert rose.whole is not None
    assert rose.whole.estimate == pytest.approx(0.3, abs=0.15)
    assert found.allows_effect
    assert allows_effect(world.session, SYSTEM, campaign, now=world.clock.now(), zone=ZONE)


def test_the_figures_are_weighted_as_everywhere(world: World, places: list[str]) -> None:
    """Independently: Σ over villages of N/π · share, and of each group its change."""
    campaign, first, second = asked(world, places, places[::2])
    found = row(told(world, campaign)).whole
    assert found is not None
    expected = 0.0
    for sign, group in ((1, places[::2]), (-1, places[1::2])):
        for late, wave in ((-1, first), (1, second)):
            shares, weights = [], []
            for planned in wave.places:
                if planned.place in group:
                    answers = [one.answers["kenal"]["sampah"] for one in _answers(world, wave, planned.place)]
                    shares.append(float(np.mean([one != "belum" for one in answers])))
                    weights.append((planned.size or 0) / (planned.probability or 1))
            expected += sign * late * float(np.average(shares, weights=weights))
    assert found.estimate == pytest.approx(expected)


def _answers(world: World, wave: Wave, place: str) -> list[Any]:
    return world.session.query(Response).filter_by(wave_id=wave.id, place=place).all()


@pytest.mark.parametrize("why", ["simulated", "by hand", "another campaign", "its training"])
def test_what_does_not_allow_the_word_effect(world: World, places: list[str], why: str) -> None:
    campaign, first, second = asked(world, places, places[::2], simulated=why == "simulated")
    if why == "by hand":
        first.method = second.method = "list"
    if why == "another campaign":
        world.event(campaign_id=world.campaign().id, village_code=places[0], status="held", starts_at=BETWEEN)
    if why == "its training":
        meeting = world.session_of(batch := world.batch(campaign_id=world.campaign().id), starts_at=BETWEEN)
        world.attended(world.enrolment(batch, world.trainee(village_code=places[0])), meeting)
    world.session.commit()
    found = told(world, campaign)
    assert row(found).whole is not None
    assert not found.allows_effect
    assert not allows_effect(world.session, SYSTEM, campaign, now=world.clock.now(), zone=ZONE)


def test_no_rise_of_the_reached_is_no_effect(world: World, places: list[str]) -> None:
    campaign, _first, _second = asked(world, places, places[::2], more=0.0)
    found = told(world, campaign)
    assert row(found).verdict == "unsure"
    assert "belum dapat dipastikan" in str(row(found).sentence)
    assert not found.allows_effect


def test_planned_and_what_was_at_another_time_reach_nobody(world: World, places: list[str]) -> None:
    campaign, _first, _second = asked(world, places, [])
    for place in places[::2]:
        world.event(campaign_id=campaign.id, village_code=place, status="planned", starts_at=BETWEEN)
        world.event(campaign_id=campaign.id, village_code=place, status="held",
                    starts_at=datetime(2026, 7, 1, tzinfo=UTC))  # fmt: skip
    assert "Belum dicatat satu desa pun" in str(told(world, campaign).reason)


def test_villages_of_another_time_stand_apart_where_they_are_enough(world: World) -> None:
    places = many(world, districts=6, each=4)
    campaign, _first, _second = asked(world, places, places[::3], people=500)
    for place in places[1::3]:
        world.event(campaign_id=campaign.id, village_code=place, status="held",
                    starts_at=datetime(2026, 7, 1, tzinfo=UTC))  # fmt: skip
    found = told(world, campaign)
    assert found.villages is not None
    assert found.villages.counts == ((8, 8, 8), (8, 8, 8))


def test_too_few_villages_say_so_and_show_nothing(world: World, places: list[str]) -> None:
    campaign, _first, _second = asked(world, places, places[:5])
    found = told(world, campaign)
    assert "desa yang terjangkau" in str(found.reason)
    assert "baru 5" in str(found.reason)
    assert not found.rows


def test_too_few_answers_say_how_many(world: World, places: list[str]) -> None:
    campaign, _first, _second = asked(world, places, places[::2], people=50)
    found = row(told(world, campaign))
    assert "belum cukup jawaban" in str(found.reason)
    assert "25 dari 30" in str(found.reason)
    assert not found.cells


def test_a_set_that_would_give_a_village_away_is_hidden_everywhere(world: World, places: list[str]) -> None:
    """Two districts and one village more: less the districts, it is that village."""
    campaign, _first, _second = asked(world, places, places[:9], people=640)
    found = told(world, campaign)
    hidden = row(found)
    assert (hidden.reason, hidden.whole, list(hidden.cells)) == (HIDDEN, None, [])
    sheet = sheets_of(of_campaign(world.session, SYSTEM, campaign, now=world.clock.now(), zone=ZONE))[1]
    assert all(cell is None or isinstance(cell, str) for line in sheet.rows for cell in line)


def test_a_survey_stands_in_one_comparison_of_villages_only(world: World, places: list[str]) -> None:
    first_campaign, first, second = asked(world, places, places[::2])
    other = world.campaign(status="ended")
    later = drawn(world, places, instrument=None, stage="after", before_id=first.id, starts_on=date(2026, 11, 1),
                  ends_on=date(2026, 11, 10), campaign_id=other.id, status="closed")  # fmt: skip
    later.instrument_version_id = first.instrument_version_id
    world.session.commit()
    planted(world, later, places, 320, 0.5)
    assert told(world, other).reason == USED
    assert told(world, first_campaign).after == second
    follow = drawn(world, places, before_id=second.id, starts_on=date(2026, 11, 12), ends_on=date(2026, 11, 20),
                   campaign_id=first_campaign.id, status="closed", stage="followup")  # fmt: skip
    planted(world, follow, places, 320, 0.5)
    assert told(world, first_campaign).after == second, "the newest pair whose villages may be compared"


def test_another_wording_and_civil_servants_are_not_compared(world: World, places: list[str]) -> None:
    reworded = copy.deepcopy(DEFINITION)
    reworded["sections"][0]["questions"][4]["text"] = "Kenalkah Anda dengan …?"
    campaign, first, second = asked(world, places, places[::2], after=world.instrument(reworded))
    assert row(told(world, campaign)).reason == REWORDED
    first.audience = second.audience = "civil_servants"
    world.session.commit()
    found = of_campaign(world.session, SYSTEM, campaign, now=world.clock.now(), zone=ZONE, audience="civil_servants")
    assert found.reached is not None
    assert "OPD" in str(found.reached.reason)


def test_without_two_closed_surveys_nothing_is_compared(world: World, session: Session, places: list[str]) -> None:
    campaign, _first, second = asked(world, places, places[::2], people=64)
    second.status = "open"
    session.commit()
    found = of_campaign(session, SYSTEM, campaign, now=world.clock.now(), zone=ZONE)
    assert (found.row.comparison, found.reached) == (None, None)
    assert not allows_effect(session, SYSTEM, world.campaign(), now=world.clock.now(), zone=ZONE)
