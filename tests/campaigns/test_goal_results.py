"""What came out of a goal: who writes it down, what is refused, and how it stands against the target."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.audit import AuditEntry
from app.kernel.clock import FrozenClock
from app.kernel.errors import Forbidden, Invalid, Refused, Stale
from app.kernel.roles import Actor, Role
from app.outreach.campaigns import goal_results
from app.outreach.campaigns.details import GoalValues, edit_goal
from app.outreach.campaigns.goal_results import Offer, ResultValues
from app.outreach.campaigns.models import Campaign, Goal
from tests.world import World

TODAY = date(2026, 11, 24)
GOOD = ResultValues(43.5, date(2026, 11, 23), "daftar hadir")


@pytest.fixture
def editor(world: World) -> Actor:
    return world.actor(Role.EDITOR)


@pytest.fixture
def goal(world: World) -> Goal:
    campaign = world.campaign(starts_on=date(2026, 11, 1), ends_on=date(2026, 11, 20))
    return world._add(Goal(campaign_id=campaign.id, measure="Mengenal", unit="%", baseline=20.0, target=40.0))


def record(
    session: Session, actor: Actor, goal: Goal, clock: FrozenClock, values: ResultValues = GOOD, **more: int
) -> Goal:
    return goal_results.record_result(
        session, actor, goal.campaign_id, goal.id, values, today=TODAY, now=clock.now(), **more
    )  # fmt: skip


def test_a_result_is_kept_with_its_source_and_can_be_taken_back(
    session: Session, goal: Goal, editor: Actor, clock: FrozenClock
) -> None:
    record(session, editor, goal, clock)
    session.commit()
    session.refresh(goal)
    assert (goal.result, goal.result_on, goal.result_note) == (43.5, date(2026, 11, 23), "daftar hadir")
    assert goal.result_wave_id is None
    for _twice in range(2):
        goal_results.clear_result(session, editor, goal.campaign_id, goal.id, now=clock.now())
    session.commit()
    session.refresh(goal)
    assert (goal.result, goal.result_on, goal.result_note) == (None, None, None)
    actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert [one for one in actions if "result" in one] == ["record_result", "clear_result"]


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("values", "field"),
    [
        (ResultValues(None, TODAY, "x"), "result"),
        (ResultValues(float("inf"), TODAY, "x"), "result"),
        (ResultValues(-1, TODAY, "x"), "result"),
        (ResultValues(101, TODAY, "x"), "result"),
        (ResultValues(40, None, "x"), "result_on"),
        (ResultValues(40, date(2026, 11, 25), "x"), "result_on"),
        (ResultValues(40, date(2026, 10, 31), "x"), "result_on"),
        (ResultValues(40, TODAY, " "), "note"),
        (ResultValues(40, TODAY, "x" * 301), "note"),
    ],
)
def test_what_is_no_result_is_refused_beside_its_field(
    session: Session, goal: Goal, editor: Actor, clock: FrozenClock, values: ResultValues, field: str
) -> None:
    with pytest.raises(Invalid) as caught:
        record(session, editor, goal, clock, values)
    assert caught.value.field == field
    assert goal.result is None


@pytest.mark.parametrize("unit", ["desa", "Desa dan kelurahan", "desa/kelurahan"])
def test_no_more_villages_than_the_regency_has(
    session: Session, goal: Goal, editor: Actor, clock: FrozenClock, unit: str
) -> None:
    goal.unit = unit
    with pytest.raises(Invalid, match="237 desa dan kelurahan") as caught:
        record(session, editor, goal, clock, ResultValues(300, TODAY, "daftar"))
    assert caught.value.field == "result"
    with pytest.raises(Invalid):
        edit_goal(
            session, editor, goal.campaign_id, goal.id, GoalValues("Dijangkau", unit, target=238), now=clock.now()
        )  # fmt: skip
    assert record(session, editor, goal, clock, ResultValues(237, TODAY, "daftar")).result == 237
    goal.unit = "kunjungan desa"
    assert record(session, editor, goal, clock, ResultValues(300, TODAY, "daftar")).result == 300


def test_it_is_written_by_who_edits_the_campaign(
    session: Session, world: World, goal: Goal, editor: Actor, clock: FrozenClock
) -> None:
    campaign = session.get_one(Campaign, goal.campaign_id)
    seen = campaign.version
    for stranger in (world.actor(Role.VIEWER), world.actor(Role.CONTRIBUTOR)):
        with pytest.raises(Forbidden):
            record(session, stranger, goal, clock)
    record(session, editor, goal, clock, version=seen)
    with pytest.raises(Stale):
        record(session, editor, goal, clock, version=seen)
    campaign.status = "ended"
    record(session, editor, goal, clock)
    campaign.status = "cancelled"
    with pytest.raises(Refused):
        record(session, editor, goal, clock)


@pytest.mark.parametrize(
    ("baseline", "target", "result", "state"),
    [
        (20.0, 40.0, None, "missing"),
        (20.0, 40.0, 40.0, "reached"),
        (20.0, 40.0, 39.9, "short"),
        (20.0, 40.0, 10.0, "short"),
        (30.0, 10.0, 9.0, "reached"),
        (30.0, 10.0, 20.0, "short"),
        (None, 40.0, 45.0, "reached"),
        (20.0, None, 45.0, "no_target"),
    ],
)
def test_the_target_is_reached_from_the_side_of_the_baseline(
    baseline: float | None, target: float | None, result: float | None, state: str
) -> None:
    assert goal_results.state(Goal(baseline=baseline, target=target, result=result)) == state


@pytest.fixture
def offered(world: World, goal: Goal, monkeypatch: pytest.MonkeyPatch) -> Offer:
    wave = world.wave(campaign_id=goal.campaign_id, status="closed", stage="after")
    made = Offer("1.istilah", "Mengenal", 43.0, "43 %", "200", "38 sampai 48", TODAY, "Survei", "Survei", wave.id)
    monkeypatch.setattr(goal_results, "OFFERS", [lambda *_asked: [made]])
    return made


def test_a_figure_is_that_of_a_survey_only_as_the_survey_tells_it(
    session: Session, goal: Goal, editor: Actor, clock: FrozenClock, offered: Offer
) -> None:
    record(session, editor, goal, clock, ResultValues(43.0, TODAY, "Survei", offered.key))
    assert goal.result_wave_id == offered.wave_id
    record(session, editor, goal, clock, ResultValues(44.0, TODAY, "Survei", offered.key))
    assert goal.result_wave_id is None
    record(session, editor, goal, clock, ResultValues(43.0, TODAY, "Survei", "9.lain"))
    assert goal.result_wave_id is None


def test_surveys_are_offered_to_goals_in_percent_alone(
    session: Session, goal: Goal, editor: Actor, offered: Offer
) -> None:
    campaign = session.get_one(Campaign, goal.campaign_id)
    assert goal_results.offers(session, editor, campaign, goal, today=TODAY) == [offered]
    assert goal_results.offers(session, editor, campaign, goal, today=date(2026, 11, 23)) == []
    goal.unit = "desa"
    assert goal_results.offers(session, editor, campaign, goal, today=TODAY) == []
