"""What the indicators count, when they say that they cannot, and what they never claim."""

from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml
from sqlalchemy.orm import Session

from app.base.areas.models import Regency
from app.evidence.instruments.definition import read as read_definition
from app.kernel import audit
from app.kernel.periods import Period
from app.kernel.roles import SYSTEM, Role
from app.outreach.posts.models import PostStatus
from app.oversight.commitments.queries import progress
from app.oversight.control.queries import tally
from app.oversight.scorecard.approvals import quantile, working_hours
from app.oversight.scorecard.clarity import caught_measure, understood_measure
from app.oversight.scorecard.factors import MEASURES
from app.oversight.scorecard.measures import ScorecardScope, State
from config import ROOT
from tests.pages import asked
from tests.scorecard.build import TODAY, YEAR, an_office, factors, indicators, read, sent, survey, wita
from tests.world import ZONE, World


def test_an_empty_office_has_no_figure_and_says_what_nobody_recorded(world: World, session: Session) -> None:
    found = indicators(world)
    assert {one.state for one in found.values()} <= {State.MISSING, State.UNSURE}
    assert [one.key for one in found.values() if one.value is not None] == []
    assert "kegiatan" in str(found["reached"].missing)
    assert found["reached"].do_missing is not None
    assert found["clauses_done"].state == State.MISSING


def test_every_indicator_of_an_office_counts_what_was_recorded(world: World, session: Session) -> None:
    an_office(world)
    found = indicators(world)
    counted = {key: (one.met, one.n) for key, one in found.items()}
    assert counted["reached"] == (3, 237)
    assert counted["blank"] == (1, 2)
    assert counted["messages"] == (1, 2)
    assert counted["in_time"] == (3, 3)
    assert counted["opds_able"] == (1, 3)  # the office is an OPD as well
    assert counted["skills_held"] == (1, 2)
    assert counted["budgeted"] == (1, 2)
    assert (found["spent"].value, found["spent"].n) == (40.0, 1)
    assert counted["clauses_done"] == (1, 3)
    assert counted["clauses_owned"] == (1, 3)
    assert counted["decisions"] == (1, 2)
    assert found["lead_median"].value == 2.0
    assert counted["participation"] == (2, 3)
    assert counted["answers"] == (1, 3)
    assert "Tanpa anggaran" in str(found["budgeted"].missing)


def test_clauses_and_overdue_are_counted_as_in_the_rooms_they_belong_to(world: World, session: Session) -> None:
    an_office(world)
    found, stands = indicators(world), progress(session, TODAY)
    assert found["clauses_done"].n == stands.total
    assert found["clauses_done"].met == stands.done == stands.with_evidence
    late = tally(session, SYSTEM, today=TODAY, now=world.clock.now(), zone=ZONE)
    assert found["overdue"].value == sum(one.total for one in late) > 0


def test_too_few_answers_give_no_figure(world: World, session: Session) -> None:
    survey(world, 18)
    one = indicators(world)["understood"]
    assert (one.value, one.low, one.met, one.state) == (None, None, None, State.UNSURE)
    assert str(one.reason) == "belum cukup (18 dari 30)"


def test_a_figure_is_judged_by_its_interval(world: World, session: Session) -> None:
    survey(world, 120, 0.4)
    one = indicators(world)["understood"]
    assert one.low is not None
    assert one.high is not None
    assert one.low < one.target == 50 < one.high
    assert one.state == State.UNSURE
    assert one.change is None


def test_simulated_answers_stand_alone_and_are_named_and_never_beside_real_ones(world: World, session: Session) -> None:
    survey(world, 60, simulated=True)
    assert indicators(world)["understood"].simulated
    survey(world, 60, starts_on=date(2025, 3, 1), ends_on=date(2025, 3, 31))
    one = indicators(world)["understood"]
    assert (one.value, one.simulated, one.state) == (None, False, State.MISSING)


@pytest.mark.parametrize(("pick", "key"), [(caught_measure, "pesan_tepat"), (understood_measure, "paham")])
def test_the_measures_of_the_kit_are_found(pick: object, key: str) -> None:
    path: Path = ROOT / "campaigns/kenal-smart-city/surveys/pengenalan-warga.yaml"
    measure = pick(read_definition(yaml.safe_load(path.read_text())))  # type: ignore[operator]
    assert measure is not None
    assert measure.key == key


def test_posts_that_nobody_read_leave_it_open(world: World, session: Session) -> None:
    campaign = world.campaign()
    posts = [sent(world, campaign, at=wita(11, 2 + number)) for number in range(4)]
    assert indicators(world)["messages"].state == State.MISSING
    for post in posts[:2]:
        read(world, post, "Pesan.")
    one = indicators(world)["messages"]
    assert (one.value, one.low, one.high, one.state) == (100.0, 50.0, 100.0, State.UNSURE)
    read(world, posts[2], "Pesan.")
    read(world, posts[3], "")
    assert indicators(world)["messages"].state == State.UNMET
    posts[0].content_hash = "0" * 64  # it was changed since it was read
    session.commit()
    assert indicators(world)["messages"].n == 3


def test_a_time_that_had_to_be_moved_at_approval_was_late(world: World, session: Session) -> None:
    campaign, at = world.campaign(), wita(11, 10)
    moved = sent(world, campaign, at=at, approved=at - timedelta(hours=1))
    sent(world, campaign, at=at)
    world.post(world.outlet(), campaign=campaign, scheduled_at=wita(11, 12), status=PostStatus.IN_REVIEW,
               submitted_at=wita(11, 11), round=1, steps=["kabid"], waiting_for="kabid")  # fmt: skip
    assert (indicators(world)["in_time"].met, indicators(world)["in_time"].n) == (2, 3)
    audit.record(session, SYSTEM, "post.rescheduled", moved, now=at - timedelta(hours=1))
    session.commit()
    assert indicators(world)["in_time"].met == 1


def test_the_target_of_a_year_does_not_judge_a_month(world: World, session: Session) -> None:
    world.event(village_code=world.village(0), status="held", starts_at=wita(10, 6))
    one = indicators(world, period=Period.month(2026, 10))["reached"]
    assert (one.met, one.state) == (1, State.UNSURE)
    assert "satu tahun" in str(one.reason)
    assert indicators(world, period=Period.month(2026, 11))["reached"].state == State.MISSING


def test_a_period_is_set_against_the_one_before(world: World, session: Session) -> None:
    campaign = world.campaign(starts_on=date(2026, 1, 1))
    for at, hours in ((wita(10, 6, 15), 6), (wita(11, 10, 15), 3)):
        sent(world, campaign, at=at + timedelta(days=2), submitted=at - timedelta(hours=hours), approved=at)
    one = indicators(world, period=Period.month(2026, 11))["lead_median"]
    assert (one.value, str(one.change)) == (3.0, "turun 3 jam kerja dari Oktober 2026")


def test_a_sum_of_a_year_that_still_runs_is_not_called_a_fall(world: World, session: Session) -> None:
    for number in range(3):
        world.event(village_code=world.village(number), status="held", starts_at=wita(3, 3, year=2025))
    world.event(village_code=world.village(0), status="held", starts_at=wita(3, 3))
    assert str(indicators(world)["reached"].change) == "tahun 2025 seluruhnya: 1 %"


def test_nights_weekends_and_holidays_are_no_working_hours() -> None:
    friday, monday = wita(11, 20, 15), wita(11, 23, 8)
    assert working_hours(friday, monday, ZONE) == 1.0  # half an hour on each day
    assert working_hours(wita(11, 21), wita(11, 22), ZONE) == 0.0
    assert working_hours(wita(12, 25, 7), wita(12, 27, 23), ZONE) == 0.0
    assert working_hours(monday, friday, ZONE) == 0.0


def test_nine_of_ten_is_the_ninth_of_ten() -> None:
    assert quantile([float(n) for n in range(1, 11)], 0.9) == 9
    assert quantile([1.0, 2.0, 3.0, 10.0], 0.5) == 2.5
    assert quantile([], 0.5) is None


def test_spending_above_the_budget_is_no_success(world: World, session: Session) -> None:
    office = an_office(world)
    office.campaign.budget = 1_000_000
    session.commit()
    one = indicators(world)["spent"]
    assert (one.state, one.value) == (State.UNSURE, 400.0)
    assert "melebihi" in str(one.reason)


def test_an_opd_takes_part_by_its_bidang_and_practice_does_not_count(world: World, session: Session) -> None:
    opd, idle = world.organisation(name="Dinas A"), world.organisation(name="Dinas B")
    part = world.organisation("bidang", name="Bidang A", parent_id=opd.id)
    sent(world, world.campaign(), at=wita(11, 3), organisation_id=part.id, outlet=world.outlet("x"))
    batch = world.batch(sessions=1, simulated=True)
    batch.sessions[0].event.starts_at = wita(11, 5)
    world.attended(world.enrolment(batch, world.trainee(organisation_id=idle.id)), batch.sessions[0])
    session.commit()
    rows = {str(row.title): row.met for row in MEASURES["participation"].records(_look(world), False, 1, 50).items}
    assert rows["Dinas A"]
    assert not rows["Dinas B"]
    one = indicators(world)["participation"]
    assert (str(one.more), one.simulated) == ("pelatihan simulasi tidak dihitung", False)


def test_where_nobody_real_took_part_practice_stands_and_says_so(world: World, session: Session) -> None:
    batch = world.batch(sessions=1, simulated=True)
    batch.sessions[0].event.starts_at = wita(11, 5)
    opd = world.organisation(name="Dinas B")
    world.attended(world.enrolment(batch, world.trainee(organisation_id=opd.id)), batch.sessions[0])
    batch.sessions[0].event.organisation_id = world.organisation("kim").id
    session.commit()
    one = indicators(world)["participation"]
    assert (one.met, one.simulated, one.more) == (1, True, None)


def _look(world: World) -> ScorecardScope:
    return ScorecardScope(world.session, SYSTEM, YEAR, TODAY, world.clock.now(), ZONE, "64.02")


def test_somebody_of_an_opd_is_told_what_one_may_see(world: World, session: Session) -> None:
    office = an_office(world)
    actor = world.actor(Role.EDITOR, organisation=office.opds[0])
    found = indicators(world, actor=actor)
    assert found["budgeted"].n == 0
    assert found["reached"].n == 237


def test_the_number_of_queries_does_not_grow(world: World, session: Session) -> None:
    office = an_office(world)
    factors(world)  # answers that came in are counted once
    session.commit()
    with asked() as few:
        factors(world)
    for number in range(6):
        sent(world, office.campaign, at=wita(10, 5 + number))
        world.event(village_code=world.village(20 + number), status="held", starts_at=wita(10, 6))
        world.campaign(starts_on=date(2026, 3, 1), budget=1_000_000)
        world.organisation()
        world.skill()
    with asked() as many:
        factors(world)
    assert len(many) == len(few)


def test_villages_are_those_of_the_regency_that_is_asked_for(world: World, session: Session) -> None:
    session.add(Regency(code="11.01", name="Kabupaten Aceh Selatan", province="Aceh"))
    session.flush()
    assert len(MEASURES["reached"].records(_look(world), False, 1, 300).items) == 237
