"""What the practice year promises to the pages of managers: who was never reached, what rises and what does not."""

import os
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from app import create_app, demo
from app.base.areas.models import Village
from app.base.notices.models import Notice
from app.demo import planted
from app.demo.villages import PRACTICE
from app.evidence.instruments.measures import items
from app.evidence.instruments.versions import definition_of
from app.evidence.responses.tally import counts
from app.evidence.results.comparison import compare
from app.evidence.surveys.models import Wave
from app.gatherings.events.models import Event, EventStatus
from app.gatherings.reports.contacts import contacts
from app.gatherings.reports.models import Aspiration, AspirationStatus
from app.kernel.clock import FrozenClock
from app.kernel.db import Base, make_engine
from app.kernel.periods import Period
from app.outreach.campaigns.decisions import late
from app.outreach.campaigns.models import Campaign, CampaignStatus, Decision, Goal, LinkVisits
from app.outreach.outlets.models import Outlet
from app.outreach.posts.content import content_hash
from app.outreach.posts.models import Post, PostStatus, post_villages
from app.outreach.printing.models import OrderStatus, PrintOrder
from app.outreach.publishing.models import Delivery, DeliveryStatus, Measurement, MeasureState
from app.oversight.commitments.models import Clause
from app.oversight.control.escalation import AGENCY, HEAD
from app.oversight.control.models import Escalation
from app.oversight.recaps.models import EvaluationRow
from config import ROOT, Settings

NOW = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
TODAY, ZONE = NOW.date(), ZoneInfo("Asia/Makassar")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, Settings]]:
    """An installation that was loaded once; the tests only read, but for the one that loads again."""
    folder = tmp_path_factory.mktemp("tahun")
    shutil.copy(Path(os.environ["GAUNG_TEST_FOLDER"]) / "template.sqlite", folder / "gaung.sqlite")
    url = f"sqlite:///{folder / 'gaung.sqlite'}"
    settings = Settings(
        env="development", database_url=url, secret_key="a-secret-key-for-tests-only-0123456789", password_salt="salt",
        credential_keys=("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",), public_url="http://localhost",
        var_dir=folder / "var", practice=True, demo_password="contoh-latihan-2026", kits_dir=ROOT / "campaigns",
    )  # fmt: skip
    app = create_app(settings, clock=FrozenClock(NOW))
    demo.load(app, settings)
    yield app, settings
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()
    shutil.rmtree(folder)


@pytest.fixture
def session(office: tuple[Flask, Settings]) -> Iterator[Session]:
    engine = make_engine(office[1].database_url)
    with sessionmaker(engine)() as open_session:
        yield open_session
    engine.dispose()


def codes_of(session: Session) -> list[str]:
    return list(session.scalars(select(Village.code).order_by(Village.code)))


def test_all_villages_but_three_were_reached_this_year_and_a_few_only_long_ago(session: Session) -> None:
    reached = contacts(session, ZONE, NOW, period=Period.year(2026))
    assert sorted(set(codes_of(session)) - set(reached)) == sorted(planted.NEVER_REACHED)
    assert set(contacts(session, ZONE, NOW)) == set(reached), "nor at any other time"
    old = {code for code, one in reached.items() if (TODAY - one.on).days > 300}
    assert old == set(planted.LONG_AGO)
    aimed = set(session.scalars(select(post_villages.c.village_code)))
    assert aimed >= set(planted.NEVER_REACHED), "aimed at, which does not count"


def wave(session: Session, name: str) -> Wave:
    return session.scalars(select(Wave).where(Wave.name == name)).one()


def known(session: Session, one: Wave, places: set[str] | frozenset[str]) -> tuple[int, float]:
    """(answers, share that knows the service of what rises) of these villages."""
    found = counts(session, one)
    keys = [item.key for item in items(definition_of(session, one.instrument_version_id))]
    rows = [row for row, key in enumerate(found.keys) if key[0] in places]
    people, yes, _squares = found.sums[rows, keys.index(planted.RISES_MEASURE), :].sum(axis=0)
    return int(people), yes / people


def test_awareness_rises_in_one_dimension_and_in_no_other(session: Session) -> None:
    for before, after in (
        (planted.WAVES[0], planted.WAVES[2]),
        (f"Survei awal {planted.PILAH}", f"Survei sesudah {planted.PILAH}"),
    ):
        compared = compare(session, wave(session, before), wave(session, after))
        assert compared.simulated
        rows = {row.item.key: row for row in compared.rows if row.item.dimension}
        assert rows[planted.RISES_MEASURE].verdict == "up"
        assert rows[planted.RISES_MEASURE].change == pytest.approx(planted.RISE, abs=0.05)
        assert rows[planted.STEADY_MEASURE].item.dimension == planted.STEADY
        moved = {row.item.dimension for row in rows.values() if row.verdict in {"up", "down"}}
        assert moved == {planted.RISES}


def test_it_rose_where_somebody_was_and_hardly_elsewhere(session: Session) -> None:
    before, after = wave(session, planted.WAVES[0]), wave(session, planted.WAVES[2])
    left_out = planted.unvisited_villages(codes_of(session))
    asked = {row.place for row in after.places}
    between = {code for code, one in contacts(session, ZONE, NOW).items() if before.ends_on < one.on < after.starts_on}
    assert not left_out & between
    assert {code for code in asked - left_out if code[:8] != planted.FEW_DISTRICT} <= between
    gains = []
    for places in (asked - left_out, left_out):
        (few, begun), (many, ended) = known(session, before, places), known(session, after, places)
        assert min(few, many) > 150
        gains.append(ended - begun)
    assert gains[0] > 0.25
    assert gains[1] < 0.1


def test_surveys_are_simulated_with_enough_answers_in_all_districts_but_one(session: Session) -> None:
    practised = session.scalars(select(Wave).where(Wave.name.endswith(PRACTICE), Wave.status == "closed")).all()
    assert all(one.simulated for one in practised)
    for name in planted.WAVES:
        found = counts(session, wave(session, name))
        people: Counter[str] = Counter()
        for key, many in zip(found.keys, found.people, strict=True):
            people[key[0][:8]] += int(many)
        assert len(people) == 20
        assert {district: many for district, many in people.items() if many < 30} == {planted.FEW_DISTRICT: planted.FEW}
    waves_of = Counter(session.scalars(select(Campaign.name).join(Wave, Wave.campaign_id == Campaign.id)))
    assert waves_of[planted.NO_WAVE] == 0
    assert waves_of[planted.ONE_WAVE] == 1


def test_campaigns_cover_the_six_dimensions_and_some_goals_have_no_beginning(session: Session) -> None:
    campaigns = session.scalars(select(Campaign).where(Campaign.name.endswith(PRACTICE))).all()
    assert len(campaigns) == 9
    assert {len(one.dimensions) for one in campaigns if one.name != planted.TOUR} == {1}
    assert len({one.dimensions[0].key for one in campaigns if one.name != planted.TOUR}) == 6
    assert {one.status for one in campaigns} == {CampaignStatus.ENDED, CampaignStatus.ACTIVE}
    goals = session.scalars(select(Goal).where(Goal.campaign_id.in_([one.id for one in campaigns]))).all()
    assert {one.baseline is None for one in goals} == {True, False}
    assert [one.name for one in campaigns if one.budget is None] == [planted.BPJS], "never recorded"
    together = session.execute(
        select(Event.campaign_id, Event.starts_at).where(
            Event.village_code == planted.TWICE, Event.campaign_id.is_not(None)
        )
    ).all()
    months = Counter(row.starts_at.astimezone(ZONE).strftime("%Y-%m") for row in together)
    assert max(months.values()) >= 2, "two campaigns in one village in one month"


def test_posts_went_out_in_time_late_never_and_failed_with_figures_as_they_are_given(session: Session) -> None:
    rows = session.scalars(select(Delivery)).all()
    assert {one.status for one in rows} == {DeliveryStatus.SENT, DeliveryStatus.MISSED, DeliveryStatus.FAILED}
    sent = [one.sent_at - one.due_at for one in rows if one.sent_at is not None]
    assert max(sent) > timedelta(hours=1) > min(sent)
    assert sum(one > timedelta(hours=1) for one in sent) < len(sent) / 10
    taken = session.scalars(select(Measurement).where(Measurement.state == MeasureState.TAKEN)).all()
    assert {one.age for one in taken} == {1, 24, 168, 672}
    assert {one.reach is None for one in taken} == {True, False}, "X does not give it"
    assert not session.scalars(select(Measurement).where(Measurement.state == MeasureState.DUE)).all()
    assert figures(session, planted.FELL, 672) < figures(session, planted.FELL, 168)
    assert figures(session, planted.DELETED, 672) == -1
    assert session.scalar(select(func.sum(LinkVisits.count))) > 1000
    posts = session.scalars(select(Post).where(Post.status == PostStatus.APPROVED)).all()
    assert all(one.content_hash == one.approved_hash == one.planned_hash == content_hash(one) for one in posts[::9])


def figures(session: Session, title: str, age: int) -> int:
    """Views of that post of Pilah Sampah on X; −1 where it was deleted by then."""
    row = session.scalars(
        select(Measurement)
        .join(Delivery, Delivery.id == Measurement.delivery_id)
        .join(Post, Post.id == Delivery.post_id)
        .join(Campaign, Campaign.id == Post.campaign_id)
        .where(Post.title == title, Campaign.name == planted.PILAH, Measurement.age == age)
        .order_by(Delivery.outlet_id)
        .limit(1)
    ).one()
    return -1 if row.state == MeasureState.GONE else row.views or 0


def test_some_of_everything_is_late(session: Session) -> None:
    status = Counter(session.scalars(select(Event.status)))
    assert status[EventStatus.HELD] >= 8, "not reported"
    assert status[EventStatus.VERIFIED] > 200
    open_orders = session.scalars(select(PrintOrder).where(PrintOrder.status == OrderStatus.ORDERED)).all()
    assert len(open_orders) == 2, "not confirmed"
    waiting = session.scalars(select(Aspiration).where(Aspiration.status == AspirationStatus.ROUTED)).all()
    assert any(one.due_on < TODAY for one in waiting if one.due_on)
    assert session.scalars(select(Decision).where(late(TODAY))).all()
    clauses = session.scalars(select(Clause)).all()
    assert any(one.due_on and one.due_on < TODAY and one.status != "done" for one in clauses)
    assert any(one.organisation_id is None for one in clauses)


def test_what_is_late_rose_to_both_levels_and_no_mail_leaves(session: Session) -> None:
    levels = Counter(session.scalars(select(Escalation.level)))
    assert min(levels[HEAD], levels[AGENCY]) > 5
    assert len(set(session.scalars(select(Escalation.on)))) == 2, "not all on one day"
    told = session.scalars(select(Notice).where(Notice.kind == "control.escalated")).all()
    assert told
    assert {one.email_status for one in told} == {"none"}


def test_no_two_channels_are_answered_alike(session: Session) -> None:
    rows = session.execute(
        select(Outlet.kind, Measurement.reactions, Measurement.views)
        .join(Delivery, Delivery.id == Measurement.delivery_id)
        .join(Outlet, Outlet.id == Delivery.outlet_id)
        .where(Measurement.latest, Measurement.age == 28 * 24, Measurement.views > 0)
    ).all()
    rates = {
        kind: [one.reactions / one.views for one in rows if one.kind == kind] for kind in {row.kind for row in rows}
    }
    assert len(rates) == 3
    assert len({round(sum(each) / len(each), 3) for each in rates.values()}) == 3
    assert all(max(each) > 1.8 * min(each) for each in rates.values())


def test_everything_of_the_year_says_that_it_is_practice(session: Session) -> None:
    year = select(Campaign.id).where(Campaign.name.endswith(PRACTICE))
    titles = [*session.scalars(select(Event.title).where(Event.campaign_id.in_(year)))]
    titles += session.scalars(select(Post.title).where(Post.campaign_id.in_(year)))
    titles += session.scalars(select(Decision.text))
    titles += session.scalars(select(Aspiration.text))
    assert len(titles) > 400
    assert [title for title in titles if PRACTICE not in title] == []
    shown = select(func.count()).select_from(Event).where(Event.announced_at.is_not(None), Event.campaign_id.in_(year))
    assert session.scalar(shown) == 0, "nothing of it stands on the public agenda"


def test_the_evaluation_has_rows_with_evidence_and_parts_that_wait(session: Session) -> None:
    rows = session.scalars(select(EvaluationRow)).all()
    assert len(rows) == 3
    assert all(PRACTICE in row.title for row in rows)
    assert all(row.evidence and row.cells for row in rows)
    assert all(len(row.cells) < 5 for row in rows)


def test_loading_twice_doubles_nothing(office: tuple[Flask, Settings], session: Session) -> None:
    app, settings = office

    def rows() -> dict[str, int]:
        tables = Base.metadata.tables.values()
        return {table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}

    before = rows()
    app.extensions["wiring"].clock.advance(days=8)
    demo.load(app, settings)
    session.rollback()
    assert rows() == before
