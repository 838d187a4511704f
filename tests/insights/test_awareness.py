"""Whether awareness moves, by dimension."""

import copy
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.evidence.results.comparison import REWORDED, compare
from app.evidence.surveys.models import Wave
from app.kernel.roles import SYSTEM, Role
from app.oversight.insights.awareness import AwarenessSummary, summarise_awareness
from app.oversight.insights.awareness_charts import line_chart
from app.oversight.insights.awareness_lines import dimension_lines as drawn_lines
from tests.results.build import drawn, planted, villages
from tests.survey_sample import DEFINITION
from tests.world import World

TODAY = date(2026, 11, 24)


def pair(
    world: World,
    *,
    low: float = 0.2,
    high: float = 0.7,
    month: int = 8,
    people: int = 200,
    after: Any = None,
    **more: Any,
) -> tuple[Wave, Wave]:
    """A closed survey before and one after, of which these shares know Bank Sampah; nobody knows Idaman RT."""
    places = villages(world, 8)
    instrument = more.pop("instrument", None) or world.instrument()
    common = {"status": "closed", **more}
    first = drawn(world, places, instrument=instrument, stage="baseline", starts_on=date(2026, month - 3, 1),
                  ends_on=date(2026, month - 3, 20), **common)  # fmt: skip
    second = drawn(world, places, instrument=after or instrument, stage="after", before_id=first.id,
                   starts_on=date(2026, month, 1), ends_on=date(2026, month, 20), **common)  # fmt: skip
    planted(world, first, places, people, low, seed=1)
    planted(world, second, places, people, high, seed=2)
    return first, second


def stands(world: World, **values: Any) -> AwarenessSummary:
    return summarise_awareness(world.session, values.pop("actor", SYSTEM), today=TODAY, **values)


@pytest.fixture
def queries(session: Session) -> Iterator[list[str]]:
    said: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        said.append(statement)

    event.listen(session.get_bind(), "before_cursor_execute", note)
    yield said
    event.remove(session.get_bind(), "before_cursor_execute", note)


def test_the_verdict_is_that_of_the_comparison(world: World, session: Session) -> None:
    first, second = pair(world)
    found = stands(world)
    row = next(one for one in compare(session, first, second).rows if one.item.key == "kenal_sampah")
    rose = next(one for one in found.dimensions if one.key == "smart-environment")
    assert rose.row is not None
    assert (rose.verdict, str(rose.row.quote), rose.row.p) == ("up", str(row.quote), pytest.approx(row.p))
    assert rose.n == (200, 200)
    assert (rose.before, rose.after) == (first, second)
    assert str(found.sentence).startswith("Pengenalan naik pada 1 dari 2 dimensi yang diukur: Smart Environment +")
    assert not found.simulated


def test_what_nobody_asked_is_not_recorded_and_not_zero(world: World) -> None:
    found = stands(world)
    assert {one.verdict for one in found.dimensions} == {"none"}
    assert all(one.row is None and "belum dicatat" in str(one.reason) for one in found.dimensions)
    assert "belum dicatat" in str(found.sentence)
    pair(world)
    assert [one.key for one in stands(world).measured] == ["smart-governance", "smart-environment"]


def test_a_survey_that_still_runs_and_one_alone_say_nothing(world: World) -> None:
    pair(world, status="open", people=40)
    world.wave(status="closed")
    assert not stands(world).measured


def test_each_dimension_has_its_own_newest_pair(world: World) -> None:
    only_governance = copy.deepcopy(DEFINITION)
    only_governance["measures"] = [one for one in DEFINITION["measures"] if one["key"] != "kenal_sampah"]
    older, newer = (
        pair(world, month=6, people=60),
        pair(world, month=10, people=60, instrument=world.instrument(only_governance)),
    )
    after = {one.key: one.after for one in stands(world).measured}
    assert after == {"smart-governance": newer[1], "smart-environment": older[1]}


def test_practice_answers_stand_only_where_there_are_no_real_ones(world: World) -> None:
    pair(world, simulated=True, people=60)
    found = stands(world)
    assert found.simulated
    assert found.measured
    _first, real = pair(world, low=0.3, high=0.3, month=5, people=60)
    found = stands(world)
    assert not found.simulated
    assert {one.after for one in found.measured} == {real}


def test_another_wording_is_said_as_the_reason(world: World) -> None:
    other = copy.deepcopy(DEFINITION)
    other["sections"][0]["questions"][4]["text"] = "Kenalkah Anda dengan …?"
    pair(world, after=world.instrument(other), people=60)
    found = next(one for one in stands(world).dimensions if one.key == "smart-environment")
    assert (found.verdict, found.reason) == ("none", REWORDED)


def test_surveys_of_another_office_stay_unseen(world: World) -> None:
    pair(world, people=60)
    stranger = world.actor(Role.VIEWER, organisation=world.organisation())
    assert not stands(world, actor=stranger).measured


def test_queries_do_not_grow_with_surveys(world: World, session: Session, queries: list[str]) -> None:
    pair(world, people=40)
    stands(world)
    queries.clear()
    stands(world)
    few = len(queries)
    for month in (5, 6, 7):
        pair(world, people=40, month=month)
    stands(world)
    session.expire_all()
    queries.clear()
    stands(world)
    assert len(queries) <= few + 1


def test_no_line_runs_over_a_survey_whose_figure_is_not_shown(world: World, session: Session) -> None:
    instrument, places = world.instrument(), villages(world, 8)
    for month, people in ((2, 60), (4, 60), (6, 10), (8, 60), (10, 60)):
        wave = drawn(world, places, instrument=instrument, status="closed", starts_on=date(2026, month, 1),
                     ends_on=date(2026, month, 20))  # fmt: skip
        planted(world, wave, places, people, 0.5, seed=month)
    found = drawn_lines(session, SYSTEM, audience="residents", simulated=False, today=TODAY)
    points = next(one.points for one in found.lines if one.key == "smart-environment")
    chart = line_chart(points)
    assert {point.joined for point in points} == {1}
    assert [mark.y is None for mark in chart.marks] == [False, False, True, False, False]
    assert [len(path.split()) for path in chart.paths] == [2, 2]


def test_a_survey_closed_early_is_over_on_the_day_of_the_place(world: World, session: Session) -> None:
    _first, second = pair(world)
    second.ends_on, second.closed_at = date(2026, 12, 10), datetime(2026, 11, 24, 22, 30, tzinfo=UTC)
    session.commit()
    assert {one.verdict for one in stands(world).dimensions} == {"none"}, "closed at 06.30 on the 25th"
