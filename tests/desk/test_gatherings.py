"""Events, reports and aspirations on the home page, on both databases."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from app.base.people.models import Organisation
from app.desk import gatherings
from app.desk.queries import Section
from app.kernel.roles import Actor, Role
from tests.world import World

WITA = ZoneInfo("Asia/Makassar")
TODAY = date(2026, 11, 24)
AGO = timedelta(days=-2)


@pytest.fixture
def editor(world: World) -> Actor:
    return world.actor(Role.EDITOR)


@pytest.fixture
def kim(world: World) -> Organisation:
    return world.kim()


@pytest.fixture
def member(world: World, kim: Organisation) -> Actor:
    return world.actor(Role.COMMUNITY, organisation=kim)


def titles(section: Section) -> list[str]:
    return [row.title for row in section.rows]


def texts(section: Section) -> list[str]:
    return [row.text for row in section.rows]


def test_a_report_waits_for_every_verifier_but_who_recorded_it(
    session: Session, world: World, editor: Actor, kim: Organisation, member: Actor
) -> None:
    now = world.clock.now()
    world.report(world.event(starts_in=AGO, title="Baru", organisation_id=kim.id), submitted_at=now)
    world.report(world.event(starts_in=AGO, title="Lama", organisation_id=kim.id), submitted_at=now - timedelta(days=1))
    world.report(world.event(starts_in=AGO, title="Catatan sendiri"), recorded_by_id=editor.id)
    world.report(world.event(starts_in=AGO, title="Sudah diperiksa"), status="verified")
    assert titles(gatherings.to_verify(session, editor)) == ["Lama", "Baru"]
    assert not gatherings.to_verify(session, member)
    assert not gatherings.to_verify(session, world.actor(Role.VIEWER))


def test_who_holds_an_event_is_reminded_of_its_report(
    session: Session, world: World, editor: Actor, kim: Organisation, member: Actor
) -> None:
    now = world.clock.now()
    world.event(starts_in=AGO, title="Direncanakan", organisation_id=kim.id)
    world.event(starts_in=AGO * 2, title="Terlaksana", organisation_id=kim.id, status="held")
    world.event(starts_in=AGO, title="Dibatalkan", organisation_id=kim.id, status="cancelled")
    world.event(starts_in=timedelta(hours=-1), hours=2, title="Sedang berlangsung", organisation_id=kim.id)
    world.report(world.event(starts_in=AGO, title="Dilaporkan", organisation_id=kim.id))
    world.event(starts_in=AGO * 3, title="Milik kantor", responsible_id=member.id)
    assert titles(gatherings.unreported(session, member, now)) == ["Direncanakan", "Terlaksana", "Milik kantor"]
    assert titles(gatherings.unreported(session, editor, now)) == ["Milik kantor"]


def test_a_returned_report_comes_back_to_its_group_with_the_note(
    session: Session, world: World, editor: Actor, kim: Organisation, member: Actor
) -> None:
    event = world.event(starts_in=AGO, title="Kurang foto", organisation_id=kim.id)
    world.report(event, status="returned", return_note="Fotonya mana?", recorded_by_id=editor.id)
    world.report(world.event(starts_in=AGO, organisation_id=world.kim().id), status="returned")
    for actor in (member, editor):  # the office keyed it from paper
        section = gatherings.returned(session, actor)
        assert [(row.title, row.note) for row in section.rows] == [("Kurang foto", "Fotonya mana?")]


def test_events_of_today_and_of_the_coming_week_are_those_one_may_see(
    session: Session, world: World, editor: Actor, kim: Organisation, member: Actor
) -> None:
    midnight = world.clock.now() - timedelta(hours=8)
    for title, hours in (
        ("Kemarin", -3), ("Tadi pagi", 1), ("Besok", 24), ("Hari ketujuh", 8 * 24 - 1), ("Terlalu jauh", 8 * 24),
    ):  # fmt: skip
        world.event(title=title, starts_at=midnight + timedelta(hours=hours), organisation_id=kim.id)
    world.event(title="Sampai siang", starts_at=midnight - timedelta(hours=2), hours=14, organisation_id=kim.id)
    world.event(title="Sudah dilaporkan", starts_at=midnight + timedelta(hours=2), status="verified")
    world.event(title="Milik kantor", starts_in=timedelta(days=1))
    world.event(title="Batal", starts_in=timedelta(hours=1), status="cancelled", organisation_id=kim.id)
    world.event(title="Batal besok", starts_in=timedelta(days=1), status="cancelled", organisation_id=kim.id)
    assert titles(gatherings.today(session, member, TODAY, WITA)) == ["Sampai siang", "Tadi pagi"]
    assert titles(gatherings.today(session, editor, TODAY, WITA)) == ["Sampai siang", "Tadi pagi", "Sudah dilaporkan"]
    assert titles(gatherings.upcoming(session, member, TODAY, WITA)) == ["Besok", "Hari ketujuh"]
    assert titles(gatherings.upcoming(session, editor, TODAY, WITA)) == ["Besok", "Milik kantor", "Hari ketujuh"]


def test_an_opd_sees_what_it_is_to_answer_and_the_office_what_is_stuck(
    session: Session, world: World, editor: Actor, member: Actor, kim: Organisation
) -> None:
    dinas = world.organisation()
    contact = world.actor(Role.OPD_CONTACT, organisation=dinas)
    event = world.event(starts_in=AGO, organisation_id=kim.id)
    for text, opd, due in (("Terlambat", dinas, -1), ("Masih ada waktu", dinas, 5), ("OPD lain", editor, -3)):
        opd_id = opd.id if isinstance(opd, Organisation) else world.organisation().id
        world.aspiration(
            event, text=text, status="routed", opd_id=opd_id, due_on=TODAY + timedelta(days=due)
        )  # fmt: skip
    world.aspiration(event, text="Baru dicatat")
    world.aspiration(event, text="Sudah dijawab", status="answered", opd_id=dinas.id)
    merged = world.event(starts_in=AGO, status="merged", organisation_id=kim.id)
    world.aspiration(merged, text="Tercatat di laporan lain")
    assert texts(gatherings.to_answer(session, contact, TODAY)) == ["Terlambat", "Masih ada waktu"]
    assert texts(gatherings.to_answer(session, editor, TODAY)) == ["OPD lain", "Terlambat", "Baru dicatat"]
    assert not gatherings.to_answer(session, member, TODAY)
    assert not gatherings.to_answer(session, world.actor(Role.VIEWER), TODAY)


def test_an_answer_stays_until_it_was_brought_back(
    session: Session, world: World, kim: Organisation, member: Actor
) -> None:
    event = world.event(starts_in=AGO, organisation_id=kim.id)
    now = world.clock.now()
    for text, told in (("Perlu disampaikan", None), ("Sudah disampaikan", now)):
        world.aspiration(event, text=text, status="answered", answer="Bisa.", answered_at=now, told_back_at=told)
    world.aspiration(event, text="Belum dijawab", status="routed")
    assert texts(gatherings.answers(session, member)) == ["Perlu disampaikan"]
    assert not gatherings.answers(session, world.actor(Role.COMMUNITY, organisation=world.kim()))
    assert not gatherings.answers(session, world.actor(Role.OPD_CONTACT, organisation=kim))
