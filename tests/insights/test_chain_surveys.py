"""What the chain of a campaign says of its surveys: the verdict as results/ gives it, or what is still missing."""

from datetime import date

from sqlalchemy.orm import Session

from app.evidence.results.comparison import compare
from app.evidence.surveys.models import RecordedResult, Wave
from app.kernel.roles import Role
from app.outreach.campaigns.models import Campaign, Dimension
from app.outreach.campaigns.service import load_services
from app.oversight.insights.chain_steps import ChainStep
from tests.insights.test_chain import line, of, told
from tests.results.build import drawn, planted, villages
from tests.world import World

BEFORE = {"starts_on": date(2026, 3, 1), "ends_on": date(2026, 3, 31), "status": "closed", "stage": "baseline"}
AFTER = {"starts_on": date(2026, 10, 1), "ends_on": date(2026, 10, 31), "status": "closed", "stage": "after"}


def wave(world: World, campaign: Campaign | None, people: int, share: float, **values: object) -> Wave:
    places = villages(world, 9)
    made = drawn(world, places, campaign_id=campaign.id if campaign else None, **values)
    planted(world, made, places, people, share, seed=people)
    return made


def pair(world: World, campaign: Campaign, *, people: int = 200, **values: object) -> tuple[Wave, Wave]:
    instrument = world.instrument()
    before = wave(world, campaign, people, 0.25, instrument=instrument, **BEFORE, **values)
    return before, wave(
        world, campaign, people, 0.6, instrument=instrument, before_id=before.id, **AFTER, **values
    )  # fmt: skip


def outcomes(world: World, session: Session, campaign: Campaign) -> ChainStep:
    return of(session, world, campaign).step("outcomes")


def said(step: ChainStep) -> str:
    return " ".join(str(one) for one in step.said)


def test_a_pair_has_the_verdict_of_the_comparison_with_n_and_interval(world: World, session: Session) -> None:
    campaign = world.campaign(name="Kenal Kukar")
    before, after = pair(world, campaign)
    found = of(session, world, campaign)
    row = next(one for one in compare(session, before, after).rows if one.item.key == "istilah")
    one = line(found, "outcomes", "Mengenal istilah")
    assert one.trend is not None
    assert one.trend.verdict == row.verdict == "up"
    assert "poin (95 %: " in str(one.trend.text)
    assert str(one.n) == "200, lalu 200"
    assert one.values == {"sebelum": before.id, "sesudah": after.id}
    assert "kontribusi Kenal Kukar" in said(found.step("outcomes"))
    assert "dampak" not in said(found.step("outcomes"))


def test_other_dimensions_stay_on_the_page_of_the_comparison(world: World, session: Session) -> None:
    load_services(session)
    campaign = world.campaign()
    campaign.dimensions = [session.get_one(Dimension, "smart-environment")]
    session.commit()
    pair(world, campaign)
    labels = {str(one.label) for one in outcomes(world, session, campaign).lines}
    assert "Mengenal Bank Sampah" in labels
    assert "Mengenal Idaman RT" not in labels


def test_fewer_than_thirty_answers_are_no_figure_anywhere(world: World, session: Session) -> None:
    campaign = world.campaign()
    pair(world, campaign, people=18)
    found = of(session, world, campaign)
    assert told(found, "outcomes", "Mengenal istilah")[0] == "belum cukup (18 dari 30)"
    one = line(found, "outcomes", "Mengenal istilah")
    assert one.actual is not None
    assert one.actual.number is None
    assert one.trend is not None
    assert one.trend.verdict == ""
    assert "belum cukup untuk sebuah putusan" in said(found.step("outcomes"))


def test_one_survey_alone_says_so_and_leads_on(world: World, session: Session) -> None:
    campaign = world.campaign()
    before = wave(world, campaign, 60, 0.3, **BEFORE)
    step = outcomes(world, session, campaign)
    assert "Baru ada satu survei" in said(step)
    assert step.lines == []
    assert step.action is not None
    assert (step.action.endpoint, step.action.values["wave_id"]) == ("surveys.copy_survey", before.id)


def test_a_survey_after_without_one_before_shows_its_figures_and_no_change(world: World, session: Session) -> None:
    campaign = world.campaign()
    wave(world, campaign, 60, 0.3, **AFTER)
    step = outcomes(world, session, campaign)
    assert "tidak punya survei awal" in said(step)
    assert step.lines
    assert {one.trend for one in step.lines} == {None}


def test_an_open_survey_has_no_verdict_yet(world: World, session: Session) -> None:
    campaign = world.campaign()
    _before, after = pair(world, campaign, people=40)
    after.status = "open"
    session.commit()
    step = outcomes(world, session, campaign)
    assert "masih berjalan sampai 31 Okt 2026" in said(step)
    assert step.lines == []


def test_a_simulated_pair_never_stands_for_a_real_survey(world: World, session: Session) -> None:
    campaign = world.campaign()
    pair(world, campaign, people=40, simulated=True)
    wave(world, campaign, 0, 0.3, **{**AFTER, "status": "draft"})
    assert of(session, world, campaign).simulated, "a draft asked nobody yet"
    wave(world, campaign, 40, 0.3, **BEFORE)
    found = of(session, world, campaign)
    assert not found.simulated
    assert "belum dihubungkan" in said(found.step("outcomes"))


def test_the_survey_before_may_be_one_of_another_campaign(world: World, session: Session) -> None:
    campaign = world.campaign()
    before, after = pair(world, world.campaign())
    after.campaign_id = campaign.id
    session.commit()
    assert line(of(session, world, campaign), "outcomes", "Mengenal istilah").values["sebelum"] == before.id


def test_surveys_of_another_organisation_are_not_told(world: World, session: Session) -> None:
    opd = world.organisation()
    campaign = world.campaign(organisation_id=opd.id)
    pair(world, campaign, people=40)
    found = of(session, world, campaign, world.actor(Role.OPD_CONTACT, organisation=opd))
    assert "milik instansi lain" in said(found.step("outcomes"))
    assert found.step("outcomes").lines == []


def test_a_result_from_elsewhere_stands_beside(world: World, session: Session) -> None:
    campaign = world.campaign()
    for asked, count in ((18, 9), (100, 40)):
        world._add(
            RecordedResult(
                title=f"Survei {asked}", campaign_id=campaign.id, organisation_id=world.office().id,
                done_on=date(2026, 5, 1), asked=asked, answers=[{"text": "Ya", "count": count, "counts": True}],
                source="Laporan", created_at=world.clock.now(), updated_at=world.clock.now(),
            )
        )  # fmt: skip
    found = of(session, world, campaign)
    assert told(found, "outcomes", "Survei 18")[0] == "belum cukup (18 dari 30)"
    assert told(found, "outcomes", "Survei 100")[0] == "40 %"
