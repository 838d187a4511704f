"""The keying page without a script, and the report of differences."""

import io
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.evidence.responses.models import Response, ResponseConflict
from app.evidence.surveys.models import Wave
from app.kernel.clock import FrozenClock
from app.kernel.roles import Role
from tests.pages import is_empty, sign_in
from tests.responses.test_keying import LINES
from tests.world import VILLAGE, World

SHEET = {"sheet": "4", "place": VILLAGE, "asked_on": "23/11", "sex": "1", "age_band": "2"} | {
    f"q.{name}": value for name, value in LINES.items()
}


@pytest.fixture
def wave(world: World) -> Wave:
    return world.wave(sheets=9)


@pytest.fixture
def office(client: FlaskClient, world: World) -> FlaskClient:
    sign_in(client, world.user(Role.EDITOR, name="Ani"))
    return client


def test_a_sheet_is_typed_and_the_next_is_asked_for(office: FlaskClient, session: Session, wave: Wave) -> None:
    done = office.post(f"/survei/{wave.id}/ketik", data=SHEET)
    assert done.status_code == 303
    page = office.get(done.location).text
    assert "Lembar 4 tersimpan." in page
    assert 'name="sheet" value="5"' in page
    assert f'<option value="{VILLAGE}" selected>' in page
    row = session.scalars(select(Response)).one()
    assert (row.sheet, row.sex, row.age_band, row.mode) == (4, "f", "25-34", "paper")
    assert row.ended_at is not None
    assert row.ended_at.isoformat() == "2026-11-22T16:00:00+00:00"  # the day began


def test_what_is_wrong_stands_on_top_and_beside_and_nothing_typed_is_lost(office: FlaskClient, wave: Wave) -> None:
    answer = office.post(f"/survei/{wave.id}/ketik", data={**SHEET, "sheet": "99", "q.percaya": "9", "age_band": "7"})
    assert answer.status_code == 422
    assert answer.text.count("bernomor 1 sampai 9") == 2
    assert answer.text.count("Kode 9 tidak ada") == 2
    assert 'value="bank sampah"' in answer.text
    assert 'value="99"' in answer.text
    assert 'href="#k-percaya"' in answer.text


def test_what_is_wrong_in_a_grid_is_numbered_as_on_paper(office: FlaskClient, wave: Wave) -> None:
    wrong = {"q.kenal.sampah": "9", "q.percaya": "9", "asked_on": "32/13"}
    page = office.post(f"/survei/{wave.id}/ketik", data={**SHEET, **wrong}).text
    assert "Ketik hari dan bulan, misalnya 24/11" in page
    page = office.post(f"/survei/{wave.id}/ketik", data={**SHEET, **wrong, "asked_on": ""}).text
    assert "5.b Bank Sampah: Kode 9" in page
    assert "6. Informasi smart city" in page


def test_an_empty_form_is_answered_with_what_is_missing(office: FlaskClient, wave: Wave) -> None:
    answer = office.post(f"/survei/{wave.id}/ketik", data={})
    assert answer.status_code == 422
    assert "Ketik kodenya" in answer.text
    assert office.post(f"/survei/{wave.id}/ketik", data={**SHEET, "asked_on": "kemarin"}).status_code == 422


def test_every_code_stands_beside_its_line(office: FlaskClient, wave: Wave) -> None:
    page = office.get(f"/survei/{wave.id}/ketik").text
    assert "<b>3</b> Tahu artinya" in page
    assert 'name="q.kenal.sampah"' in page
    assert 'name="q.sumber/lain"' in page


def test_without_numbered_forms_there_is_nothing_to_type(office: FlaskClient, world: World) -> None:
    assert is_empty(office.get(f"/survei/{world.wave().id}/ketik").text)


def test_an_enumerator_types_and_sees_no_typing_of_others(
    app: Any, office: FlaskClient, world: World, session: Session, wave: Wave
) -> None:
    office.post(f"/survei/{wave.id}/ketik", data=SHEET)
    asker = app.test_client()
    sign_in(asker, world.user(Role.ENUMERATOR))
    done = asker.post(f"/survei/{wave.id}/ketik", data={**SHEET, "q.percaya": "1"})
    page = asker.get(done.location).text
    assert "sudah pernah diketik dengan isi lain" in page
    assert "Setuju, " not in page
    assert asker.get(f"/survei/{wave.id}/ketik/beda").status_code == 403
    assert session.scalars(select(ResponseConflict)).one().payload["answers"]["percaya"] == "1"


def test_a_difference_is_shown_side_by_side_and_decided(
    app: Any, office: FlaskClient, world: World, session: Session, wave: Wave
) -> None:
    office.post(f"/survei/{wave.id}/ketik/ganda", data={"double_keying": "y"})
    office.post(f"/survei/{wave.id}/ketik", data=SHEET)
    second = app.test_client()
    sign_in(second, world.user(Role.EDITOR, name="Budi"))
    page = second.get(f"/survei/{wave.id}/ketik").text
    assert "Menunggu ketikan kedua dari Anda: 4." in page
    second.post(f"/survei/{wave.id}/ketik", data={**SHEET, "q.percaya": "1"})
    page = office.get(f"/survei/{wave.id}/ketik/beda").text
    assert "Lembar 4" in page
    assert ">Setuju</td>" in page
    assert ">Sangat tidak setuju</td>" in page
    assert "Ani" in page
    assert "Budi" in page
    book = load_workbook(io.BytesIO(office.get(f"/survei/{wave.id}/ketik/beda.xlsx").data))
    row = [cell.value for cell in book["Perbedaan"][2]]
    assert row[0] == 4
    assert row[2:4] == ["Setuju", "Sangat tidak setuju"]
    (conflict,) = session.scalars(select(ResponseConflict.id))
    assert office.post(f"/survei/{wave.id}/ketik/beda/{conflict}", data={"pakai": "kedua"}).status_code == 303
    session.rollback()
    session.expire_all()
    assert session.scalars(select(Response)).one().answers["percaya"] == "1"
    assert office.post(f"/survei/{wave.id}/ketik/beda/{conflict}", data={"pakai": "kedua"}).status_code == 409
    office.post(f"/survei/{wave.id}/ketik/ganda", data={})
    assert "Pakai ketik ganda" in office.get(f"/survei/{wave.id}/ketik").text


def test_an_enumerator_finds_the_surveys_to_type_from_the_menu(
    client: FlaskClient, world: World, wave: Wave, clock: FrozenClock
) -> None:
    old = world.wave(sheets=3, status="closed", closed_at=clock.now() - timedelta(days=20))
    sign_in(client, world.user(Role.ENUMERATOR))
    page = client.get("/survei/ketik").text
    assert f'href="/survei/{wave.id}/ketik"' in page
    assert "0 dari 9 lembar" in page
    assert old.name not in page
    assert 'href="/survei/ketik"' in page
    assert f'href="/survei/{wave.id}"' not in client.get(f"/survei/{wave.id}/ketik").text
    assert is_empty(client.get("/survei/ketik?q=zzz").text)


def test_a_closed_survey_says_what_may_still_be_typed(office: FlaskClient, world: World, clock: FrozenClock) -> None:
    closed = world.wave(sheets=9, status="closed", closed_at=clock.now() - timedelta(hours=3))
    assert "isi tanggalnya" in office.get(f"/survei/{closed.id}/ketik").text
    answer = office.post(f"/survei/{closed.id}/ketik", data={**SHEET, "asked_on": ""})
    assert answer.status_code == 422
    assert "sudah ditutup, jadi jawaban baru tidak diterima" in answer.text
    assert office.post(f"/survei/{closed.id}/ketik", data=SHEET).status_code == 303
