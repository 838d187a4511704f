"""The chain of a campaign: what each step counts, and what it leaves open."""

from datetime import date, timedelta

from sqlalchemy.orm import Session

from app.base.areas.models import Village
from app.kernel.roles import SYSTEM, Actor
from app.outreach.campaigns.models import Campaign, Decision, Goal
from app.outreach.posts.models import PostStatus
from app.outreach.publishing.models import MeasureState
from app.oversight.insights.chain import chain
from app.oversight.insights.chain_steps import Chain, ChainLine
from tests.insights.build import full, ordered, piece, proved, spent, visited
from tests.pages import asked
from tests.publishing.counted import measured, sent
from tests.world import ZONE, World

TODAY = date(2026, 11, 24)


def of(session: Session, world: World, campaign: Campaign, actor: Actor = SYSTEM) -> Chain:
    session.expire_all()
    return chain(session, actor, campaign, today=TODAY, now=world.clock.now(), zone=ZONE)


def line(found: Chain, key: str, label: str) -> ChainLine:
    return next(one for one in found.step(key).lines if str(one.label).startswith(label))


def told(found: Chain, key: str, label: str) -> tuple[str | None, str | None]:
    """(what is there, what was wanted) as the page writes it."""
    one = line(found, key, label)
    return str(one.actual.text) if one.actual else None, str(one.target.text) if one.target else None


def test_every_step_counts_what_its_room_counts(world: World, session: Session) -> None:
    found = of(session, world, full(world, times=2))
    assert [step.key for step in found.steps] == [
        "goals", "inputs", "outputs", "outtakes", "outcomes", "impact", "learning",
    ]  # fmt: skip
    assert told(found, "goals", "Warga yang mengenal 0") == (None, "40 %")
    assert told(found, "inputs", "Belanja") == ("Rp2.000.000", "Rp10.000.000")
    assert told(found, "inputs", "Jam kerja") == ("8 jam", None)
    assert told(found, "inputs", "Lembar dipesan")[0] == "400 lembar"
    assert told(found, "outputs", "Unggahan") == ("4 unggahan", "4 direncanakan")
    assert told(found, "outputs", "Lembar terbukti") == ("100 lembar", "400 lembar dipesan")
    assert told(found, "outputs", "Kegiatan") == ("2 kegiatan", "2 direncanakan")
    assert told(found, "outputs", "Kehadiran")[0] == "60 kunjungan"
    assert told(found, "outputs", "Desa/kelurahan terjangkau") == ("2", "237 dituju")
    assert told(found, "outputs", "Tautan di unggahan")[0] == "4 kali"
    assert told(found, "outtakes", "Kode QR")[0] == "6 kali"


def test_money_goes_by_month_beside_the_month_before(world: World, session: Session) -> None:
    campaign = full(world)
    spent(world, campaign, 3_000_000, on=date(2026, 11, 2))
    trend = line(of(session, world, campaign), "inputs", "Belanja").trend
    assert trend is not None
    assert [(on.month, value) for on, value in trend.points] == [(10, 1_000_000), (11, 3_000_000)]


def test_what_nobody_entered_is_open_and_never_nought(world: World, session: Session) -> None:
    found = of(session, world, world.campaign())
    lines = [one for step in found.steps for one in step.lines]
    assert [one for one in lines if one.actual is not None] == []
    assert {str(one.action.label) for one in lines if one.action} >= {"Catat belanja", "Tulis materi", "Catat bukti"}
    assert found.step("goals").action is not None
    assert "Belum ada survei" in str(found.step("outcomes").said[0])


def test_a_goal_without_a_baseline_leads_to_where_it_is_entered(world: World, session: Session) -> None:
    campaign = world.campaign()
    goal = world._add(Goal(campaign_id=campaign.id, measure="Mengenal", target=40, responsible_text="Kabid"))
    one = line(of(session, world, campaign), "goals", "Mengenal")
    assert one.actual is None
    assert one.also is not None
    assert (one.also.endpoint, one.also.values["goal_id"]) == ("campaigns.edit_goal", goal.id)
    assert "Kabid" in str(one.note)


def test_a_goal_says_what_came_out_with_its_source_or_leads_to_where_it_is_entered(
    world: World, session: Session
) -> None:
    campaign = world.campaign()
    both = {"campaign_id": campaign.id, "baseline": 20, "target": 40}
    world._add(Goal(measure="Mengenal", result=43.5, result_on=date(2026, 11, 23), result_note="Daftar hadir", **both))
    late = world._add(Goal(measure="Menabung", **both))
    found = of(session, world, campaign)
    assert [str(one) for one in found.step("goals").said] == [
        "1 dari 2 sasaran tercapai.", "1 dari 2 sasaran belum dicatat hasilnya.",
    ]  # fmt: skip
    assert told(found, "goals", "Mengenal") == ("43,5 %", "40 %")
    done, waits = found.step("goals").lines
    assert done.trend is not None
    assert (done.trend.verdict, str(done.trend.text)) == ("reached", "nilai awal 20 %; hasil per 23 Nov 2026")
    assert str(done.source_label) == "Daftar hadir"
    assert (done.action, done.also) == (None, None)
    assert waits.trend is not None
    assert waits.trend.verdict == "missing"
    assert waits.action is not None
    assert (waits.action.endpoint, waits.action.values["goal_id"]) == ("campaigns.goal_result", late.id)


def test_a_called_off_campaign_shows_what_happened_and_asks_for_nothing(world: World, session: Session) -> None:
    campaign = full(world)
    campaign.status = "cancelled"
    world._add(Goal(campaign_id=campaign.id, measure="Belum"))
    session.commit()
    found = of(session, world, campaign)
    assert told(found, "outputs", "Kegiatan")[0] == "1 kegiatan"
    assert [one for step in found.steps for one in (step.action, *(each.action for each in step.lines)) if one] == []
    assert [one.also for one in found.step("goals").lines] == [None, None]


def test_posts_are_on_time_late_missed_or_never_approved(world: World, session: Session) -> None:
    campaign, outlet, now = world.campaign(), world.outlet(), world.clock.now()
    sent(world, outlet, campaign=campaign)
    for status, after in (("sent", timedelta(hours=2)), ("missed", None), ("failed", None), ("cancelled", None)):
        one = sent(world, outlet, campaign=campaign)
        one.status, one.sent_at = status, now + after if after else None
    world.post(outlet, campaign=campaign, scheduled_at=now - timedelta(days=1), useful_until=now)
    world.post(outlet, campaign=campaign)
    world.post(outlet, campaign=campaign, status=PostStatus.CANCELLED)
    sent(world, world.outlet("newspaper"), campaign=campaign)  # an order, not a post
    session.commit()
    found = of(session, world, campaign)
    assert told(found, "outputs", "Unggahan") == ("1 unggahan", "6 direncanakan")
    assert str(line(found, "outputs", "Unggahan").note) == (
        "1 terlambat, 1 terlewat, 1 gagal, 1 lewat waktunya tanpa persetujuan, 1 belum waktunya atau sedang dikirim."
    )


def test_an_event_counts_for_its_own_campaign_alone(world: World, session: Session) -> None:
    mine, other = world.campaign(), world.campaign()
    village = world.village(3)
    for campaign, people in ((mine, 20), (other, 70)):
        world.event(
            campaign_id=campaign.id, status="verified", people=people, village_code=village,
            starts_in=timedelta(days=-3),
        )  # fmt: skip
    proved(world, piece(world, other), 10, [world.village(4)])
    found = of(session, world, mine)
    assert told(found, "outputs", "Kehadiran")[0] == "20 kunjungan"
    assert told(found, "outputs", "Desa/kelurahan terjangkau")[0] == "1"


def test_villages_outside_the_area_are_told_beside_and_orders_reach_nobody(world: World, session: Session) -> None:
    campaign = world.campaign()
    campaign.villages = [session.get_one(Village, world.village(number)) for number in range(2)]
    made = piece(world, campaign)
    ordered(world, made, 300)
    proved(world, made, 10, [world.village(0), world.village(9)])
    proved(world, made, 10, [world.village(1)], withdrawn_at=world.clock.now(), withdrawn_reason="salah")
    found = of(session, world, campaign)
    assert told(found, "outputs", "Desa/kelurahan terjangkau") == ("1", "2 dituju")
    assert "1 di luar" in str(line(found, "outputs", "Desa/kelurahan terjangkau").note)
    apart = [one for one in found.step("outputs").lines if one.apart]
    assert [str(one.actual.text) for one in apart if one.actual] == ["290 lembar"]


def test_copies_without_a_proof_are_counted_by_piece(world: World, session: Session) -> None:
    campaign = world.campaign()
    partly, beyond = piece(world, campaign), piece(world, campaign)
    ordered(world, partly, 100)
    proved(world, partly, 15, [world.village(0)])
    ordered(world, beyond, 50)
    proved(world, beyond, 70, [world.village(1)])
    found = of(session, world, campaign)
    one = line(found, "outputs", "Cetakan dipesan")
    assert one.actual is not None
    assert (one.actual.number, str(one.n)) == (85, "1 cetakan")


def test_villages_go_by_month_and_decisions_end_in_words(world: World, session: Session) -> None:
    campaign = world.campaign(starts_on=date(2026, 9, 1), ends_on=date(2026, 12, 31))
    for days, number in ((40, 1), (41, 2), (3, 1)):
        world.event(
            campaign_id=campaign.id, status="verified", village_code=world.village(number),
            starts_in=timedelta(days=-days),
        )  # fmt: skip
    world._add(
        Decision(
            campaign_id=campaign.id, text="Datangi Tabang", owner_text="Kabid", due_on=TODAY, status="done",
            decided_on=TODAY, done_on=TODAY, outcome="Sudah", recorded_at=world.clock.now(),
        )
    )  # fmt: skip
    found = of(session, world, campaign)
    trend = line(found, "outputs", "Desa/kelurahan terjangkau").trend
    assert trend is not None
    assert [value for _month, value in trend.points] == [2, 1]
    assert [str(one) for one in found.step("learning").said] == ["Semua keputusan sudah selesai."]


def test_platforms_stand_apart_and_what_one_does_not_give_is_not_nought(world: World, session: Session) -> None:
    campaign = world.campaign()
    facebook, x = world.outlet("facebook"), world.outlet("x")
    measured(world, sent(world, facebook, campaign=campaign), 24, views=4000, reach=None, reactions=50, comments=10,
             shares=4)  # fmt: skip
    measured(world, sent(world, x, campaign=campaign), 24, views=None, reactions=7, comments=0, shares=0)
    measured(world, sent(world, x, campaign=campaign), 24, views=100, reactions=None, comments=1, shares=1)
    measured(world, sent(world, facebook, campaign=campaign), 24, views=None, reactions=100, comments=0, shares=0)
    found = of(session, world, campaign)
    assert told(found, "outputs", "Halaman Facebook: ditampilkan")[0] == "4.000"
    assert told(found, "outputs", "Halaman Facebook: akun")[0] == "tidak tersedia"
    assert told(found, "outputs", "X (Twitter): ditampilkan")[0] == "100"
    assert told(found, "outtakes", "Halaman Facebook")[0] == "1,6 % dari tayangan"
    assert told(found, "outtakes", "X (Twitter)")[0] == "7 tanggapan"  # never the 7 of one over the 100 of another
    every = " ".join(str(one.actual.text) for step in found.steps for one in step.filled if one.actual)
    assert "4.100" not in every


def test_a_post_that_was_taken_down_keeps_its_last_figures_and_is_told(world: World, session: Session) -> None:
    campaign = world.campaign()
    one = sent(world, world.outlet("facebook"), campaign=campaign)
    measured(world, one, 1, views=500, reactions=9, comments=0, shares=0)
    measured(world, one, 24, latest=False, state=MeasureState.GONE)
    found = of(session, world, campaign)
    assert told(found, "outputs", "Halaman Facebook: ditampilkan")[0] == "500"
    assert "sudah dihapus" in str(line(found, "outtakes", "Halaman Facebook").note)


def test_a_figure_that_fell_is_the_one_that_stands(world: World, session: Session) -> None:
    campaign = world.campaign()
    one = sent(world, world.outlet("facebook"), campaign=campaign)
    measured(world, one, 1, latest=False, views=900)
    measured(world, one, 24, views=700)
    assert told(of(session, world, campaign), "outputs", "Halaman Facebook: ditampilkan")[0] == "700"


def test_training_counts_real_places(world: World, session: Session) -> None:
    campaign = world.campaign()
    batch = world.batch(campaign_id=campaign.id, capacity=20)
    for _ in range(3):
        world.enrolment(batch)
    world.enrolment(world.batch(campaign_id=campaign.id, capacity=99, simulated=True))
    found = of(session, world, campaign)
    assert told(found, "outputs", "Tempat pelatihan") == ("3 peserta diterima", "20 tempat")
    assert told(found, "outtakes", "Hasil belajar")[0] is None


def test_the_number_of_queries_is_the_same_for_much_and_little(world: World, session: Session) -> None:
    def queries(campaign: Campaign) -> int:
        of(session, world, campaign)
        with asked() as seen:
            of(session, world, campaign)
        return len(seen)

    one, many = full(world), full(world, times=5)
    visited(world, many, "", {TODAY: 1})
    assert queries(one) == queries(many)
