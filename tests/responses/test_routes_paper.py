"""The page of numbered forms."""

import io

import pikepdf
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.evidence.surveys.models import Wave
from app.kernel.audit import AuditEntry
from app.kernel.roles import Role
from tests.pages import sign_in
from tests.world import VILLAGE, World


@pytest.fixture
def office(client: FlaskClient, world: World) -> FlaskClient:
    sign_in(client, world.user(Role.EDITOR))
    return client


def pages(data: bytes) -> int:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return len(pdf.pages)


def test_forms_are_prepared_and_fetched(office: FlaskClient, world: World, session: Session) -> None:
    wave = world.wave()
    done = office.post(f"/survei/{wave.id}/kertas", data={"copies": "12", "place": VILLAGE, "language": "id"})
    assert done.status_code == 303
    page = office.get(done.location).text
    assert "Formulir 1 sampai 12" in page
    assert "Unduh PDF" in page
    answer = office.get(f"/survei/{wave.id}/kertas.pdf?dari=1&sampai=12")
    assert answer.mimetype == "application/pdf"
    assert pages(answer.data) == 12
    assert pages(office.get(f"/survei/{wave.id}/kertas.pdf?dari=1&sampai=2&bolak=1").data) == 3  # a blank back
    session.expire_all()
    assert session.get_one(Wave, wave.id).sheets == 12


def test_a_wrong_number_of_copies_is_named_beside_the_field(office: FlaskClient, world: World) -> None:
    wave = world.wave()
    answer = office.post(f"/survei/{wave.id}/kertas", data={"copies": "900", "place": "", "language": "id"})
    assert answer.status_code == 422
    assert "antara 1 dan 500" in answer.text
    assert 'value="900"' in answer.text


def test_some_numbers_are_printed_again(office: FlaskClient, world: World, session: Session) -> None:
    wave = world.wave()
    office.post(f"/survei/{wave.id}/kertas", data={"copies": "5", "place": "", "language": "id"})
    again = office.post(f"/survei/{wave.id}/kertas/lagi", data={"first": "2", "last": "3"})
    assert pages(office.get(again.location).data) == 2
    assert office.post(f"/survei/{wave.id}/kertas/lagi", data={"first": "4", "last": "9"}).status_code == 422
    assert office.get(f"/survei/{wave.id}/kertas.pdf?dari=4&sampai=9").status_code == 422
    actions = session.scalars(select(AuditEntry.action)).all()
    assert actions.count("survey.forms_reprinted") == 1


def test_a_draft_shows_a_specimen_only(office: FlaskClient, world: World) -> None:
    wave = world.wave(status="draft")
    page = office.get(f"/survei/{wave.id}/kertas").text
    assert "Buka survei ini dahulu" in page
    assert "Siapkan formulir baru" not in page
    assert pages(office.get(f"/survei/{wave.id}/kertas.pdf").data) == 1
    assert office.post(f"/survei/{wave.id}/kertas", data={"copies": "1", "language": "id"}).status_code == 422


def test_the_page_of_the_survey_says_how_far_it_is(office: FlaskClient, world: World) -> None:
    wave = world.wave(sheets=7)
    world.response(wave, mode="paper", sheet=1)
    page = office.get(f"/survei/{wave.id}").text
    assert "6 lembar belum diketik" in page
    assert "Jawaban tulisan" in page
