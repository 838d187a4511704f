"""The survey after a campaign proposes itself once, and what waits is reminded of step by step."""

from datetime import date
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from app.base.notices.models import Notice
from app.evidence.surveys.models import Wave
from app.evidence.surveys.waves.proposals import propose_after
from app.evidence.surveys.waves.reminders import OVER_STEPS, remind_surveys, step_of
from app.evidence.surveys.waves.service import cancel_wave, open_wave
from app.kernel.clock import FrozenClock
from app.kernel.roles import Role
from app.outreach.campaigns import service as campaigns
from app.outreach.campaigns.models import CampaignStatus
from tests.world import VILLAGE, World

TZ = "Asia/Makassar"
Sessions = sessionmaker[Session]


def after_waves(session: Session) -> list[Wave]:
    session.expire_all()
    return list(session.scalars(select(Wave).where(Wave.stage == "after").order_by(Wave.id)))


def told(session: Session, kind: str) -> int:
    return session.scalar(select(func.count()).select_from(Notice).where(Notice.kind == kind)) or 0


def test_an_ended_campaign_proposes_the_survey_after_it_once(
    session: Session, sessions: Sessions, world: World, clock: FrozenClock
) -> None:
    planner, _reader = world.user(Role.EDITOR), world.user(Role.VIEWER)
    campaign = world.campaign(starts_on=date(2026, 10, 1), ends_on=date(2026, 11, 22))
    baseline = world.wave(
        name="Survei awal Bank Sampah", stage="baseline", campaign_id=campaign.id, status="closed",
        places={VILLAGE: 20}, target=20, quotas={"f.17-24": 4}, starts_on=date(2026, 9, 1), ends_on=date(2026, 9, 10),
        bps_number="V-1", modes=["phone"],
    )  # fmt: skip
    assert propose_after(sessions, now=clock.now(), tz=TZ) == 1
    assert propose_after(sessions, now=clock.now(), tz=TZ) == 0
    (wave,) = after_waves(session)
    assert (wave.name, wave.status, wave.before_id) == ("Survei sesudah Bank Sampah", "draft", baseline.id)
    assert (wave.starts_on, wave.ends_on) == (date(2026, 11, 23), date(2026, 12, 3))  # not over before it began
    assert (wave.target, wave.quotas, wave.modes, wave.bps_number) == (20, {"f.17-24": 4}, ["phone"], "")
    assert [(row.place, row.target) for row in wave.places] == [(VILLAGE, 20)]
    assert wave.same_places
    assert wave.proposed_at == clock.now()
    notice = session.scalars(select(Notice)).one()
    assert (notice.user_id, notice.path) == (planner.id, f"/survei/{wave.id}")


def test_two_workers_at_once_propose_one(
    session: Session, sessions: Sessions, world: World, clock: FrozenClock
) -> None:
    campaign = world.campaign(starts_on=date(2026, 10, 1), ends_on=date(2026, 11, 22))
    world.wave(stage="baseline", campaign_id=campaign.id, status="closed")
    gate, made = Barrier(4), []

    def work() -> None:
        gate.wait()
        made.append(propose_after(sessions, now=clock.now(), tz=TZ))

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == [0, 0, 0, 1]
    assert len(after_waves(session)) == 1


def test_a_draft_that_lies_ready_is_brought_to_mind_instead(
    session: Session, sessions: Sessions, world: World, clock: FrozenClock
) -> None:
    world.user(Role.EDITOR)
    over = world.campaign(starts_on=date(2026, 10, 1), ends_on=date(2026, 11, 23))
    running = world.campaign(starts_on=date(2026, 10, 1), ends_on=date(2026, 12, 23))
    ready = world.wave(stage="after", status="draft", campaign_id=over.id)
    later = world.wave(stage="after", status="draft", campaign_id=running.id)
    for _ in range(2):
        assert propose_after(sessions, now=clock.now(), tz=TZ) == 0
    assert [wave.id for wave in after_waves(session)] == [ready.id, later.id]
    assert (ready.proposed_at, later.proposed_at) == (clock.now(), None)
    assert told(session, "survey.proposed") == 1
    session.rollback()
    clock.advance(days=3)
    assert remind_surveys(sessions, now=clock.now(), tz=TZ) == 1


def test_without_a_survey_before_the_newest_standard_questions_are_used(
    session: Session, sessions: Sessions, world: World, clock: FrozenClock
) -> None:
    world.instrument(key="pengenalan-asn", audience="civil_servants")
    standard = world.instrument(key="pengenalan-warga")
    world.instrument(key="lain")
    campaign = world.campaign(starts_on=date(2026, 10, 1), ends_on=date(2027, 1, 1), status="ended")
    assert propose_after(sessions, now=clock.now(), tz=TZ) == 1
    (wave,) = after_waves(session)
    assert wave.instrument_version_id == standard.versions[0].id
    assert (wave.campaign_id, wave.before_id, wave.starts_on) == (campaign.id, None, date(2026, 11, 25))


@pytest.mark.parametrize(
    "values",
    [
        {"ends_on": date(2026, 11, 24)},  # its last day
        {"ends_on": date(2026, 11, 1), "status": "cancelled"},
        {"ends_on": date(2026, 1, 1)},  # too long past
    ],
)
def test_nothing_is_proposed_for_a_campaign_that_goes_on_or_never_was(
    sessions: Sessions, world: World, clock: FrozenClock, values: dict[str, object]
) -> None:
    world.instrument()
    world.campaign(**({"starts_on": date(2025, 12, 1)} | values))
    assert propose_after(sessions, now=clock.now(), tz=TZ) == 0


def test_a_proposal_is_reminded_of_until_it_is_open(
    session: Session, sessions: Sessions, world: World, clock: FrozenClock
) -> None:
    editor = world.user(Role.EDITOR)
    campaign = world.campaign(starts_on=date(2026, 10, 1), ends_on=date(2026, 11, 23))
    world.wave(stage="baseline", campaign_id=campaign.id, status="closed")
    propose_after(sessions, now=clock.now(), tz=TZ)
    heard = []
    for day in range(1, 100):
        clock.advance(days=1)
        if remind_surveys(sessions, now=clock.now(), tz=TZ):
            heard.append(day)
        assert remind_surveys(sessions, now=clock.now(), tz=TZ) == 0
    assert heard == [3, 7, 14, 30, 60, 90]
    (wave,) = after_waves(session)
    wave.ends_on = date(2027, 6, 1)
    session.commit()
    open_wave(session, world.actor_of(editor), wave.id, now=clock.now())
    session.commit()
    clock.advance(days=40)
    assert remind_surveys(sessions, now=clock.now(), tz=TZ) == 0


def test_a_proposal_that_was_called_off_is_neither_reminded_of_nor_made_again(
    session: Session, sessions: Sessions, world: World, clock: FrozenClock
) -> None:
    editor = world.actor(Role.EDITOR)
    campaign = world.campaign(starts_on=date(2026, 10, 1), ends_on=date(2026, 11, 23))
    world.wave(stage="baseline", campaign_id=campaign.id, status="closed")
    propose_after(sessions, now=clock.now(), tz=TZ)
    (wave,) = after_waves(session)
    cancel_wave(session, editor, wave.id, reason="Tidak ada anggaran", now=clock.now())
    session.commit()
    clock.advance(days=8)
    assert propose_after(sessions, now=clock.now(), tz=TZ) == 0
    assert remind_surveys(sessions, now=clock.now(), tz=TZ) == 0


def test_a_running_campaign_without_a_survey_before_is_reminded_of(
    session: Session, sessions: Sessions, world: World, clock: FrozenClock
) -> None:
    world.user(Role.EDITOR)
    campaign = world.campaign(starts_on=date(2026, 11, 24), ends_on=date(2027, 3, 1))
    world.campaign(starts_on=date(2026, 11, 30), ends_on=date(2027, 3, 1), status="planned")
    heard = []
    for day in range(60):
        if remind_surveys(sessions, now=clock.now(), tz=TZ):
            heard.append(day)
        clock.advance(days=1)
    assert heard == [0, 3, 7]
    paths = set(session.scalars(select(Notice.path)))
    assert paths == {f"/survei/baru?program={campaign.id}&tahap=baseline"}


def test_with_a_survey_before_nobody_is_reminded_of_one(sessions: Sessions, world: World, clock: FrozenClock) -> None:
    world.user(Role.EDITOR)
    campaign = world.campaign(starts_on=date(2026, 11, 24), ends_on=date(2027, 3, 1))
    world.wave(stage="baseline", campaign_id=campaign.id)
    assert remind_surveys(sessions, now=clock.now(), tz=TZ) == 0


def test_an_open_survey_past_its_last_day_is_reminded_of(
    session: Session, sessions: Sessions, world: World, clock: FrozenClock
) -> None:
    world.user(Role.EDITOR)
    world.wave(starts_on=date(2026, 11, 1), ends_on=date(2026, 11, 24))
    heard = []
    for day in range(20):
        if remind_surveys(sessions, now=clock.now(), tz=TZ):
            heard.append(day)
        clock.advance(days=1)
    assert heard == [1, 7, 14]


def test_the_planners_of_the_own_organisation_hear_and_else_the_office(
    session: Session, sessions: Sessions, world: World, clock: FrozenClock
) -> None:
    office, opd = world.user(Role.EDITOR), world.organisation()
    wave = world.wave(organisation_id=opd.id, starts_on=date(2026, 11, 1), ends_on=date(2026, 11, 20))
    remind_surveys(sessions, now=clock.now(), tz=TZ)
    assert session.scalars(select(Notice.user_id)).all() == [office.id]
    session.rollback()
    own = world.user(Role.CONTRIBUTOR, organisation=opd)
    clock.advance(days=4)
    remind_surveys(sessions, now=clock.now(), tz=TZ)
    session.rollback()
    assert set(session.scalars(select(Notice.user_id))) == {office.id, own.id}
    assert set(session.scalars(select(Notice.path))) == {f"/survei/{wave.id}"}


def test_the_latest_step_that_is_due_is_the_one_that_is_told() -> None:
    assert [step_of(days, OVER_STEPS, again=30) for days in (0, 1, 6, 7, 29, 30, 59, 60, 95)] == [
        None, 1, 1, 7, 14, 30, 30, 60, 90,
    ]  # fmt: skip
    assert step_of(40, (0, 3, 7)) == 7


def test_a_simulated_survey_after_or_one_of_other_people_keeps_no_proposal_back(
    session: Session, sessions: Sessions, world: World, clock: FrozenClock
) -> None:
    campaign = world.campaign(starts_on=date(2026, 10, 1), ends_on=date(2026, 11, 22))
    servants = world.instrument(audience="civil_servants")
    world.wave(stage="baseline", campaign_id=campaign.id, status="closed")
    asn = world.wave(
        stage="baseline", campaign_id=campaign.id, status="closed", instrument=servants, audience="civil_servants"
    )
    world.wave(stage="after", campaign_id=campaign.id, simulated=True)
    real = world.wave(stage="after", campaign_id=campaign.id, status="draft")
    assert propose_after(sessions, now=clock.now(), tz=TZ) == 1
    assert propose_after(sessions, now=clock.now(), tz=TZ) == 0
    made = [wave for wave in after_waves(session) if wave.id != real.id and not wave.simulated]
    assert [wave.before_id for wave in made] == [asn.id]


def test_a_simulated_survey_before_is_not_repeated_by_itself(
    session: Session, sessions: Sessions, world: World, clock: FrozenClock
) -> None:
    campaign = world.campaign(starts_on=date(2026, 10, 1), ends_on=date(2026, 11, 22))
    real = world.wave(stage="baseline", campaign_id=campaign.id, status="closed")
    world.wave(stage="baseline", campaign_id=campaign.id, status="closed", simulated=True)
    assert propose_after(sessions, now=clock.now(), tz=TZ) == 1
    (made,) = after_waves(session)
    assert (made.before_id, made.simulated) == (real.id, False)


def test_ending_a_campaign_prepares_its_survey_after_at_once(
    session: Session, sessions: Sessions, world: World, clock: FrozenClock
) -> None:
    planner = world.user(Role.EDITOR)
    campaign = world.campaign(status="active", starts_on=date(2026, 10, 1), ends_on=date(2026, 12, 22))
    baseline = world.wave(stage="baseline", campaign_id=campaign.id)
    actor = world.actor(Role.EDITOR)
    campaigns.move_status(session, actor, campaign.id, CampaignStatus.ENDED, now=clock.now())
    session.commit()
    (wave,) = after_waves(session)
    assert (wave.before_id, wave.status, wave.starts_on) == (baseline.id, "draft", date(2026, 11, 25))
    assert planner.id in set(session.scalars(select(Notice.user_id)))
    assert propose_after(sessions, now=clock.now(), tz=TZ) == 0
