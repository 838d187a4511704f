"""What the practice data promises to those who sign in with it."""

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import demo
from app.base.areas.models import Village
from app.base.media.storage import Storage
from app.base.people.actors import actor_of
from app.base.people.models import Organisation, User
from app.demo.surveys import fill_surveys
from app.demo.villages import PRACTICE, fill_villages
from app.desk import gatherings
from app.evidence.instruments.definition import read
from app.evidence.instruments.measures import items
from app.evidence.responses.tally import counts
from app.evidence.surveys.models import RecordedResult, Wave
from app.gatherings.communities.models import Group, Membership
from app.gatherings.events.models import Event, Registration
from app.gatherings.reports.models import Aspiration
from app.kernel.clock import FrozenClock
from app.kernel.roles import SYSTEM, Role
from app.kits.service import import_kit
from app.outreach.campaigns.service import load_services
from config import ROOT, Settings
from tests.kits.shipped import shipped
from tests.world import World

TODAY = date(2026, 11, 24)


def test_the_practice_kim_stands_in_a_village_so_that_it_can_record_proofs(session: Session) -> None:
    made = demo._organisations(session, Settings(env="test"))
    codes = [one.village_code for one in made.values() if one.kind == "kim"]
    assert [session.get_one(Village, code).name for code in codes] == ["Long Lalang"]


def test_practice_in_another_regency_names_no_village_of_this_one(session: Session) -> None:
    made = demo._organisations(session, Settings(env="test", regency_code="64.09"))
    assert not any(one.village_code for one in made.values())


@pytest.fixture
def people(session: Session, world: World, clock: FrozenClock) -> dict[str, User]:
    """The accounts, after the practice groups and their events were made."""
    organisations = demo._organisations(session, Settings(env="test"))
    people = {
        one.username: world.user(
            *one.roles, organisation=organisations[one.organisation], username=one.username, name=one.name,
            position=one.position,
        )
        for one in demo.PEOPLE
    }  # fmt: skip
    disdukcapil = organisations[demo.DISDUKCAPIL]
    fill_villages(session, people, organisations, disdukcapil=disdukcapil, now=clock.now(), tz="Asia/Makassar")
    session.commit()
    return people


@pytest.mark.usefixtures("people")
def test_there_is_an_event_in_every_state_and_all_of_it_says_that_it_is_practice(session: Session) -> None:
    events = session.scalars(select(Event)).all()
    assert {event.status for event in events} == {"announced", "planned", "held", "reported", "returned", "verified"}
    names = [event.title for event in events]
    names += [row.name for row in session.scalars(select(Registration))]
    names += [row.text for row in session.scalars(select(Aspiration))]
    names += [row.name for row in session.scalars(select(Organisation).join(Group))]
    names += [row.name for row in session.scalars(select(Membership).where(Membership.user_id.is_(None)))]
    assert [name for name in names if PRACTICE not in name] == []


def test_each_account_finds_something_to_do_at_home(
    session: Session, people: dict[str, User], clock: FrozenClock
) -> None:
    actors = {name: actor_of(session, user, TODAY) for name, user in people.items()}
    assert gatherings.to_answer(session, actors["opd"], TODAY).total == 1
    assert gatherings.to_verify(session, actors["kabid"]).total == 1
    assert gatherings.to_verify(session, actors["editor"]).total == 0, "what one keyed oneself is for others"
    assert gatherings.returned(session, actors["kim"]).total == 1
    assert gatherings.unreported(session, actors["kim"], clock.now()).total == 1
    assert gatherings.answers(session, actors["kim"]).total == 1
    assert gatherings.upcoming(session, actors["kim"], TODAY, ZoneInfo("Asia/Makassar")).total == 1


def test_practice_surveys_show_the_rise_that_was_planted_and_no_other(
    session: Session, world: World, clock: FrozenClock, tmp_path: Path
) -> None:
    load_services(session)
    editor = world.user(Role.EDITOR, username="editor")
    kit = ROOT / "campaigns" / "kenal-smart-city"
    storage = Storage(tmp_path / "berkas")
    import_kit(
        session, SYSTEM, shipped(kit), start=date(2026, 11, 30), storage=storage, now=clock.now(), tz="Asia/Makassar"
    )  # fmt: skip
    fill_surveys(session, {"editor": editor}, today=TODAY, now=clock.now())
    session.commit()
    before, after = session.scalars(select(Wave).where(Wave.simulated).order_by(Wave.starts_on)).all()
    assert after.before_id == before.id
    assert {before.status, after.status} == {"closed"}
    definition = read(before.instrument_version.definition)
    sampah, idaman = (definition.by_measure[key] for key in ("kenal_sampah", "kenal_idaman"))
    keys = [item.key for item in items(definition)]
    rises = []
    for measure in (sampah, idaman):
        shares = []
        for wave in (before, after):
            sums = counts(session, wave).sums[:, keys.index(measure.key), :].sum(axis=0)
            assert sums[0] == 400, "each person is counted once"
            shares.append(sums[1] / sums[0])
        rises.append(shares[1] - shares[0])
    assert rises[0] > 0.15
    assert abs(rises[1]) < 0.06
    going_on = session.scalars(select(Wave).where(Wave.status == "open")).one()
    assert going_on.simulated is False
    assert going_on.places
    assert {wave.name for wave in (before, after, going_on) if PRACTICE in wave.name} == {
        before.name, after.name, going_on.name,
    }  # fmt: skip
    assert session.scalars(select(Wave).where(Wave.status == "draft")).all(), "what the kit prepares"
    assert session.scalars(select(RecordedResult)).one().asked == 30
