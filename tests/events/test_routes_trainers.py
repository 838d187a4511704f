"""Trainers hold their own sessions, not the office's calendar.

Before, one without any batch took 60 names with their phones from an event of the office, and cancelled it.
"""

import io
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from app.base.people.models import User
from app.gatherings.events.models import Event, EventStatus, Speaker
from app.kernel.roles import Role
from tests.pages import sign_in
from tests.world import World


def signed(app: Flask, user: User) -> FlaskClient:
    client = app.test_client()
    sign_in(client, user)
    return client


@pytest.fixture
def office_event(world: World) -> Event:
    event = world.event(status="announced", registration=True, title="Rembuk Warga")
    for _ in range(60):
        world.registration(event)
    return event


def test_a_trainer_takes_no_names_from_an_event_of_others(app: Flask, world: World, office_event: Event) -> None:
    client, page = signed(app, world.user(Role.TRAINER)), f"/kegiatan/{office_event.id}"
    answer = client.post(f"{page}/pendaftaran.xlsx", data={"pribadi": "1"})
    assert answer.status_code == 404
    for path in (page, f"{page}/pendaftaran", f"{page}/foto", f"{page}/laporan"):
        assert client.get(path).status_code == 404, path


def test_a_trainer_cancels_no_event_of_others(app: Flask, world: World, office_event: Event, session: Session) -> None:
    client = signed(app, world.user(Role.TRAINER))
    answer = client.post(f"/kegiatan/{office_event.id}/batal", data={"reason": "Hujan"})
    assert answer.status_code == 404
    session.expire_all()
    assert session.get_one(Event, office_event.id).status == EventStatus.ANNOUNCED


@pytest.mark.parametrize("how", ["made", "speaks", "answers", "teaches", "made the batch"])
def test_a_trainer_keeps_what_is_theirs(app: Flask, world: World, session: Session, how: str) -> None:
    trainer = world.user(Role.TRAINER, name="Rani")
    if how in {"teaches", "made the batch"}:
        values = {"trainers": [trainer]} if how == "teaches" else {"created_by_id": trainer.id}
        event = session.get_one(Event, world.session_of(world.batch(**values)).event_id)
        event.speakers = []  # a guest holds this one
    else:
        event = world.event(status="announced", registration=True)
    if how == "made":
        event.created_by_id = trainer.id
    if how == "answers":
        event.responsible_id = trainer.id
    if how == "speaks":
        event.speakers = [Speaker(position=0, name="Rani", title="", name_key="rani", user_id=trainer.id)]
    person = world.registration(event)
    session.commit()
    client, page = signed(app, trainer), f"/kegiatan/{event.id}"
    assert client.get(page).status_code == 200
    file = client.post(f"{page}/pendaftaran.xlsx", data={"pribadi": "1"})
    assert file.status_code == 200
    cells = [cell for row in load_workbook(io.BytesIO(file.data)).active.values for cell in row]
    assert person.name in cells
    assert client.get(f"{page}/batal").status_code == 200
    assert event.title in client.get("/kegiatan").text


def test_who_also_works_as_planner_keeps_what_planners_keep(app: Flask, world: World, office_event: Event) -> None:
    client = signed(app, world.user(Role.TRAINER, Role.CONTRIBUTOR))
    assert client.get(f"/kegiatan/{office_event.id}/pendaftaran").status_code == 200


def test_nothing_that_a_trainer_sees_leads_where_it_does_not_open(
    app: Flask, world: World, office_event: Event, session: Session
) -> None:
    """Lists, calendar, home, the phone page and the file of them name own events alone."""
    trainer = world.user(Role.TRAINER, name="Rani")
    mine = session.get_one(
        Event, world.session_of(world.batch(trainers=[trainer]), starts_in=timedelta(hours=3)).event_id
    )
    world.event(title="Lewat tanpa laporan", starts_in=timedelta(days=-3))
    client, path = signed(app, trainer), f"/kegiatan/{office_event.id}"
    seen = ""
    for page in ("/", "/kalender", "/kegiatan", "/kegiatan?waktu=semua", "/catat", "/laporan-kegiatan", "/aspirasi"):
        answer = client.get(page, follow_redirects=True)
        if answer.status_code == 403:
            continue
        assert answer.status_code == 200, page
        assert f'"{path}' not in answer.text, page
        assert "Rembuk Warga" not in answer.text, page
        assert "Lewat tanpa laporan" not in answer.text, page
        seen += answer.text
    assert f"/kegiatan/{mine.id}" in seen


def test_a_trainer_plans_for_the_own_organisation(app: Flask, world: World) -> None:
    kim = world.kim(name="KIM Harapan")
    page = signed(app, world.user(Role.TRAINER)).get("/kegiatan/baru").text
    assert "Diskominfo" in page
    assert kim.name not in page
