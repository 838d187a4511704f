"""The page of downloads, and its files."""

import io

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.evidence.surveys.models import Wave
from app.kernel.audit import AuditEntry
from app.kernel.roles import Role
from tests.pages import sign_in
from tests.world import World


@pytest.fixture
def wave(world: World) -> Wave:
    wave = world.wave()
    for number in range(30):
        world.response(wave, sex="f" if number % 2 else "m")
    return wave


def test_a_csv_goes_out_and_is_noted(client: FlaskClient, world: World, wave: Wave, session: Session) -> None:
    sign_in(client, world.user(Role.EDITOR))
    page = client.post(f"/survei/{wave.id}/unduh/jawaban", data={"bentuk": "csv", "tulisan": "1"})
    lines = page.data.decode("utf-8-sig").splitlines()
    assert len(lines) == 31
    assert lines[0].startswith("uuid;cara;tempat")
    assert "p1;" in lines[0]
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "responses.exported")).one()
    assert entry.after == {"answers": 30, "texts": True, "who": False}


def test_a_workbook_brings_its_codebook(client: FlaskClient, world: World, wave: Wave) -> None:
    sign_in(client, world.user(Role.EDITOR))
    page = client.post(f"/survei/{wave.id}/unduh/jawaban", data={"bentuk": "xlsx"})
    book = load_workbook(io.BytesIO(page.data))
    assert book.sheetnames == ["Jawaban", "Kamus"]
    titles = [cell.value for cell in book["Jawaban"][1]]
    assert set(titles) <= {cell.value for cell in book["Kamus"]["A"]}


def test_a_simulated_survey_says_so_in_name_and_lines(client: FlaskClient, world: World, wave: Wave) -> None:
    wave.simulated = True
    world.session.commit()
    sign_in(client, world.user(Role.VIEWER))
    page = client.get(f"/survei/{wave.id}/unduh/umum.csv")
    assert "simulasi-jawaban-umum" in page.headers["Content-Disposition"]
    assert ";ya;" in page.data.decode().splitlines()[1]


def test_who_only_reads_gets_no_single_answers(client: FlaskClient, world: World, wave: Wave) -> None:
    sign_in(client, world.user(Role.VIEWER))
    page = client.get(f"/survei/{wave.id}/unduh").text
    assert "Untuk umum" in page
    assert "Untuk analis" not in page
    assert client.post(f"/survei/{wave.id}/unduh/jawaban", data={"bentuk": "csv"}).status_code == 403
    assert client.get(f"/survei/{wave.id}/unduh/umum.exe").status_code == 404


def test_few_answers_are_not_for_everybody(client: FlaskClient, world: World) -> None:
    wave = world.wave()
    world.response(wave)
    sign_in(client, world.user(Role.VIEWER))
    assert "Belum cukup (1 dari 30)" in client.get(f"/survei/{wave.id}/unduh").text
    assert client.get(f"/survei/{wave.id}/unduh/umum.csv").status_code == 409
