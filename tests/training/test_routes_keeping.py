"""Sessions of a batch take their people from the batch alone."""

from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.gatherings.events.models import Registration
from app.kernel.roles import Role
from tests.pages import sign_in
from tests.world import World


def test_nobody_is_added_at_a_session_but_in_its_batch(client: FlaskClient, session: Session, world: World) -> None:
    batch = world.batch(sessions=1)
    lists = f"/kegiatan/{batch.sessions[0].event_id}/pendaftaran"
    session.commit()
    sign_in(client, world.user(Role.EDITOR))
    people = f"/pelatihan/{batch.id}/peserta"
    for answer in (client.get(f"{lists}/tambah"), client.post(f"{lists}/tambah", data={"name": "Ali", "consent": "y"})):
        assert answer.status_code == 409
        assert f"Ini pertemuan “{batch.name}”" in answer.text
        assert people in answer.text
    assert session.scalar(select(func.count(Registration.id))) == 0
    html = client.get(lists).text
    assert people in html
    assert f"{lists}/tambah" not in html


def test_an_event_of_its_own_still_takes_people(client: FlaskClient, session: Session, world: World) -> None:
    event = world.event(kind="training")
    session.commit()
    sign_in(client, world.user(Role.EDITOR))
    assert client.get(f"/kegiatan/{event.id}/pendaftaran/tambah").status_code == 200
