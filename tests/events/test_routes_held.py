"""One script cannot fill an event nor mail strangers; neighbours behind one address get their places."""

from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.base.notices.models import Notice
from app.gatherings.events.models import Event, Registration
from app.gatherings.events.registration.holding import BURST_LIMITS
from app.gatherings.events.retention import erase_expired
from app.kernel.clock import FrozenClock
from app.kernel.roles import Role
from tests.access.test_routes_sign_in import sign_in
from tests.world import World

FEW = BURST_LIMITS[0][0]


def enter(app: Flask, event: Event, number: int):
    fields = {"name": f"Orang {number}", "email": f"orang{number}@contoh.id", "phone": "", "consent": "y"}
    return app.test_client().post(f"/agenda/{event.code}/daftar", data=fields)


def statuses(session: Session) -> dict[str, int]:
    session.rollback()
    query = select(Registration.status, func.count()).group_by(Registration.status)
    return dict(session.execute(query).tuples().all())


def mails(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(Notice).where(Notice.user_id.is_(None))) or 0


def gathering(world: World, **values) -> Event:
    return world.event(status="announced", registration=True, capacity=50, waiting_list=True, **values)


def test_sixty_at_once_take_few_places_and_mail_few_people(app: Flask, world: World, session: Session) -> None:
    event = gathering(world)
    answers = [enter(app, event, number) for number in range(60)]
    assert {one.status_code for one in answers} == {303}, "answered as anybody"
    assert statuses(session) == {"registered": FEW, "held": 60 - FEW}
    assert mails(session) == FEW


def test_held_registrations_are_told_once_and_wait_on_the_home_page_of_who_keeps_the_event(
    app: Flask, client: FlaskClient, world: World, session: Session
) -> None:
    keeper = world.user(Role.EDITOR)
    event = gathering(world, responsible_id=keeper.id, created_by_id=keeper.id)
    for number in range(FEW + 3):
        enter(app, event, number)
    session.rollback()
    notices = session.scalars(select(Notice).where(Notice.user_id.is_not(None))).all()
    assert [(one.user_id, one.path) for one in notices] == [(keeper.id, f"/kegiatan/{event.id}/pendaftaran")]
    sign_in(client, keeper.username)
    assert "3 pendaftaran menunggu diperiksa." in client.get("/").text


def test_whoever_is_held_is_told_so_calmly_and_may_leave(app: Flask, world: World, session: Session) -> None:
    event = gathering(world)
    for number in range(FEW):
        enter(app, event, number)
    client = app.test_client()
    fields = {"name": "Siti", "email": "siti@contoh.id", "phone": "", "consent": "y"}
    page = client.post(f"/agenda/{event.code}/daftar", data=fields, follow_redirects=True)
    assert "sedang diperiksa panitia" in page.text
    assert "Anda terdaftar" not in page.text
    client.post(f"{page.request.path}/batal")
    assert statuses(session) == {"registered": FEW, "cancelled": 1}
    assert mails(session) == FEW


def test_neighbours_over_an_hour_and_people_at_the_door_get_their_places(
    app: Flask, world: World, session: Session, clock: FrozenClock
) -> None:
    event = gathering(world)
    for number in range(12):
        enter(app, event, number)
        clock.advance(minutes=5)
    assert statuses(session) == {"registered": 12}
    door = gathering(world, starts_in=timedelta(hours=1), registration_until=clock.now() + timedelta(hours=3))
    for number in range(30):
        enter(app, door, number)
    assert statuses(session) == {"registered": 42}


def test_the_organiser_accepts_all_or_one_or_cancels_the_rest(
    app: Flask, client: FlaskClient, world: World, session: Session, clock: FrozenClock
) -> None:
    event = gathering(world)
    for number in range(FEW + 4):
        enter(app, event, number)
    world.user(Role.EDITOR, username="siti")
    sign_in(client, "siti")
    page = client.get(f"/kegiatan/{event.id}/pendaftaran").text
    assert "4 pendaftaran datang beruntun" in page
    assert "perlu diperiksa" in client.get(f"/kegiatan/{event.id}").text
    session.rollback()
    one = session.scalars(select(Registration.id).where(Registration.status == "held").limit(1)).one()
    assert client.post(f"/kegiatan/{event.id}/pendaftaran/{one}/terima").status_code == 303
    assert statuses(session) == {"registered": FEW + 1, "held": 3}
    assert mails(session) == FEW + 1
    path = f"/kegiatan/{event.id}/pendaftaran/periksa"
    assert client.post(path, data={"decision": "discard"}).status_code == 303
    assert statuses(session) == {"registered": FEW + 1, "cancelled": 3}
    assert mails(session) == FEW + 1
    assert client.post(path, data={"decision": "accept"}).status_code == 409
    clock.advance(days=500)
    erase_expired(session, personal_days=365, now=clock.now())
    session.commit()
    assert session.scalar(select(func.count()).where(Registration.erased_at.is_(None))) == 0


def test_accepted_ones_take_places_in_their_order_and_then_wait(
    app: Flask, client: FlaskClient, world: World, session: Session
) -> None:
    event = world.event(status="announced", registration=True, capacity=FEW + 2, waiting_list=True)
    for number in range(FEW + 5):
        enter(app, event, number)
    world.user(Role.EDITOR, username="siti")
    sign_in(client, "siti")
    client.post(f"/kegiatan/{event.id}/pendaftaran/periksa", data={"decision": "accept"})
    assert statuses(session) == {"registered": FEW + 2, "waiting": 3}
    assert mails(session) == FEW + 5
