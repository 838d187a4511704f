"""The organiser's list of registered people."""

import io
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.gatherings.events.models import Event, EventStatus, Registration
from app.kernel.audit import AuditEntry
from app.kernel.roles import Role
from tests.pages import asked, sign_in
from tests.world import World


@pytest.fixture
def event(world: World) -> Event:
    return world.event(status=EventStatus.ANNOUNCED, registration=True, capacity=2, title="Rembuk")


@pytest.fixture
def client(client: FlaskClient, world: World) -> FlaskClient:
    sign_in(client, world.user(Role.EDITOR))
    return client


def actions(session: Session) -> list[str]:
    session.rollback()
    return list(session.scalars(select(AuditEntry.action).where(AuditEntry.action.startswith("event."))))


def test_names_are_listed_and_phones_are_masked(client: FlaskClient, event: Event, world: World) -> None:
    world.registration(event, "Siti Aminah", phone="+6281234567890", email="siti@contoh.id")
    html = client.get(f"/kegiatan/{event.id}/pendaftaran").text
    assert "Siti Aminah" in html
    assert "0812-••••-7890" in html
    for secret in ("3456", "siti@contoh.id"):
        assert secret not in html


def test_the_list_is_searched_filtered_and_paged_in_constant_questions(
    client: FlaskClient, event: Event, world: World
) -> None:
    path = f"/kegiatan/{event.id}/pendaftaran"
    world.registration(event, "Budi", status="waiting", told_sequence=-1)
    with asked() as few:
        client.get(path)
    for number in range(60):
        world.registration(event, f"Orang ke-{number}", status="waiting", told_sequence=-1)
    with asked() as many:
        html = client.get(path).text
    assert len(many) == len(few)
    assert "Halaman 1 dari 2" in html
    assert "Budi" not in client.get(f"{path}?q=orang").text
    assert "Belum ada yang mendaftar" not in client.get(f"{path}?q=zzz").text
    assert "Budi" in client.get(f"{path}?keadaan=waiting").text
    assert "Budi" not in client.get(f"{path}?keadaan=registered").text
    assert client.get(f"{path}?keadaan=x&hal=9999999999").status_code == 200


def test_a_person_is_entered_by_hand_and_the_contact_may_be_missing(
    client: FlaskClient, event: Event, session: Session
) -> None:
    path = f"/kegiatan/{event.id}/pendaftaran/tambah"
    assert client.post(path, data={"name": "Pak Ramli"}).status_code == 422  # nobody asked him
    assert client.post(path, data={"name": "Pak Ramli", "consent": "y"}).status_code == 303
    one = session.scalars(select(Registration)).one()
    assert (one.name, one.contact_key, one.status) == ("Pak Ramli", None, "registered")
    assert actions(session) == ["event.registration_added"]
    assert "Pak Ramli" in client.get(f"/kegiatan/{event.id}").text


def test_taking_somebody_off_gives_the_place_to_the_next(
    client: FlaskClient, event: Event, world: World, session: Session
) -> None:
    first, _second = world.registration(event), world.registration(event)
    waits = world.registration(event, status="waiting")
    answer = client.post(f"/kegiatan/{event.id}/pendaftaran/{first.id}/batal", follow_redirects=True)
    assert "Tempatnya diberikan kepada urutan berikutnya." in answer.text
    session.rollback()
    session.expire_all()
    assert (first.status, waits.status) == ("cancelled", "registered")
    assert "event.registration_cancelled" in actions(session)


def test_people_to_be_told_stand_on_a_list_with_a_message_for_whatsapp(
    client: FlaskClient, event: Event, world: World, session: Session
) -> None:
    one = world.registration(event, "Siti", phone="+6281234567890")
    event.sequence = 1
    world.session.commit()
    assert "1 orang belum dikabari" in client.get(f"/kegiatan/{event.id}").text
    path = f"/kegiatan/{event.id}/pendaftaran?keadaan=untold"
    html = client.get(path).text
    assert "https://wa.me/6281234567890?text=Halo%20Siti" in html
    assert "Sudah dikabari" in html
    client.post(f"/kegiatan/{event.id}/pendaftaran/{one.id}/dikabari")
    assert "Semua sudah dikabari" in client.get(path).text


@pytest.mark.parametrize("personal", [True, False])
def test_the_file_has_names_only_when_asked_and_that_is_written_down(
    client: FlaskClient, event: Event, world: World, session: Session, personal: bool
) -> None:
    world.registration(event, "=1+1", phone="+6281234567890", email="siti@contoh.id")
    data = {"pribadi": "1"} if personal else {}
    answer = client.post(f"/kegiatan/{event.id}/pendaftaran.xlsx", data=data)
    assert answer.content_type == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    sheet = load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row]
    shown = {str(cell.value) for cell in cells}
    assert ({"=1+1", "0812-3456-7890", "siti@contoh.id"} <= shown) is personal
    assert ("siti@contoh.id" in shown) is personal
    assert all(cell.data_type != "f" for cell in cells)
    assert actions(session) == (["event.registrations_exported"] if personal else [])


def test_a_kim_reaches_its_own_lists_only(client: FlaskClient, world: World) -> None:
    kim = world.kim()
    own = world.event(organisation_id=kim.id, status=EventStatus.ANNOUNCED, registration=True)
    foreign = world.event(organisation_id=world.kim().id, status=EventStatus.ANNOUNCED, registration=True)
    client.post("/keluar")
    sign_in(client, world.user(Role.COMMUNITY, organisation=kim))
    assert client.get(f"/kegiatan/{own.id}/pendaftaran").status_code == 200
    one = world.registration(foreign)
    for path in ("", "/tambah"):
        assert client.get(f"/kegiatan/{foreign.id}/pendaftaran{path}").status_code == 404
    assert client.post(f"/kegiatan/{foreign.id}/pendaftaran.xlsx").status_code == 404
    assert client.post(f"/kegiatan/{own.id}/pendaftaran/{one.id}/batal").status_code == 404


def test_an_event_that_is_over_takes_nobody_in(client: FlaskClient, world: World, session: Session) -> None:
    past = world.event(status=EventStatus.HELD, starts_in=timedelta(days=-3), registration=True)
    answer = client.post(f"/kegiatan/{past.id}/pendaftaran/tambah", data={"name": "Siti", "consent": "y"})
    assert answer.status_code == 422
    assert "sudah selesai atau dibatalkan" in answer.text
    assert session.scalars(select(Registration)).all() == []
