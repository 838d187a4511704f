"""The pages of a file of answers."""

import io
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from app.evidence.responses.imports.steps import work
from app.evidence.responses.models import Response, ResponseImport
from app.evidence.surveys.models import Wave
from app.kernel.clock import FrozenClock
from app.kernel.roles import Role
from config import Settings
from tests.pages import sign_in
from tests.responses.test_imports import ROW, TITLES
from tests.world import VILLAGE, World

CSV = "\n".join(";".join(line) for line in (TITLES, ROW, ROW)).encode()


@pytest.fixture
def wave(world: World) -> Wave:
    return world.wave()


@pytest.fixture
def editor(client: FlaskClient, world: World) -> FlaskClient:
    sign_in(client, world.user(Role.EDITOR))
    return client


def upload(client: FlaskClient, wave: Wave, data: bytes = CSV, name: str = "jawaban.csv") -> str:
    page = client.post(
        f"/survei/{wave.id}/impor", data={"file": (io.BytesIO(data), name)}, content_type="multipart/form-data"
    )
    assert page.status_code == 303, page.text
    return str(page.headers["Location"])


def test_a_file_is_watched_and_taken(
    editor: FlaskClient, wave: Wave, sessions: "sessionmaker[Session]", clock: FrozenClock
) -> None:
    address = upload(editor, wave)
    state = editor.get(f"{address}/keadaan").text
    assert "every 1s" in state
    assert "Menunggu diperiksa" in state
    work(sessions, clock, tz="Asia/Makassar")
    state = editor.get(address).text
    assert "every 1s" not in state
    assert "Masukkan 2 jawaban" in state
    editor.post(f"{address}/masukkan")
    work(sessions, clock, tz="Asia/Makassar")
    assert "2 jawaban baru dimasukkan" in editor.get(address).text
    with sessions() as session:
        assert session.scalar(select(func.count()).select_from(Response)) == 2


def test_what_is_wrong_is_named_by_line_and_column(
    editor: FlaskClient, wave: Wave, sessions: "sessionmaker[Session]", clock: FrozenClock
) -> None:
    address = upload(editor, wave, CSV.replace(b"25-34", b"203"))
    work(sessions, clock, tz="Asia/Makassar")
    page = editor.get(address).text
    assert "Tidak ada yang dimasukkan" in page
    assert "<td>2</td><td>kelompok_umur</td>" in page
    assert "Umur 203 tidak bisa diterima" in page


@pytest.mark.parametrize(("data", "said"), [(b"", "kosong"), (None, "Pilih dulu berkas")])
def test_no_file_says_what_to_do(editor: FlaskClient, wave: Wave, data: bytes | None, said: str) -> None:
    given = {"file": (io.BytesIO(data), "a.csv")} if data is not None else {}
    page = editor.post(f"/survei/{wave.id}/impor", data=given, content_type="multipart/form-data")
    assert page.status_code == 422
    assert said in page.text


def test_a_closed_survey_takes_no_file_and_keeps_none(
    editor: FlaskClient, world: World, settings: Settings, clock: FrozenClock
) -> None:
    wave = world.wave(status="closed", closed_at=clock.now())
    page = editor.post(
        f"/survei/{wave.id}/impor", data={"file": (io.BytesIO(CSV), "a.csv")}, content_type="multipart/form-data"
    )
    assert page.status_code == 422
    assert "sudah ditutup" in page.text
    assert not list(Path(settings.var_dir).glob("imports/*"))


def test_the_template_has_every_column_and_what_it_means(editor: FlaskClient, wave: Wave) -> None:
    book = load_workbook(io.BytesIO(editor.get(f"/survei/{wave.id}/impor/templat.xlsx").data))
    assert book.sheetnames == ["Jawaban", "Kamus", "Tempat"]
    titles = [cell.value for cell in book["Jawaban"][1]]
    assert set(TITLES) <= set(titles)
    assert {cell.value for cell in book["Kamus"]["A"]} >= set(titles)


def test_another_office_reaches_no_file(client: FlaskClient, world: World, wave: Wave, session: Session) -> None:
    sign_in(client, world.user(Role.EDITOR))
    address = upload(client, wave)
    client.post("/keluar")
    sign_in(client, world.user(Role.EDITOR, organisation=world.organisation()))
    assert client.get(address).status_code == 404
    assert session.scalars(select(ResponseImport)).one().status == "uploaded"


def checked(client: FlaskClient, wave: Wave, sessions: "sessionmaker[Session]", clock: FrozenClock, data: bytes) -> str:
    """The page of a file that was checked."""
    address = upload(client, wave, data)
    work(sessions, clock, tz="Asia/Makassar")
    return client.get(address).text


def put_in(client: FlaskClient, wave: Wave, sessions: "sessionmaker[Session]", clock: FrozenClock, data: bytes) -> None:
    address = upload(client, wave, data)
    work(sessions, clock, tz="Asia/Makassar")
    client.post(f"{address}/masukkan")
    work(sessions, clock, tz="Asia/Makassar")


def test_equal_lines_are_asked_about(
    editor: FlaskClient, wave: Wave, sessions: "sessionmaker[Session]", clock: FrozenClock
) -> None:
    put_in(editor, wave, sessions, clock, CSV)
    address = upload(editor, wave)
    work(sessions, clock, tz="Asia/Makassar")
    page = editor.get(address).text
    assert "Apakah ini berkas yang sama lagi" in page
    assert "Orang lain: masukkan 2 jawaban" in page
    assert "Masukkan 0" not in page
    editor.post(f"{address}/masukkan", data={"others": "1"})
    work(sessions, clock, tz="Asia/Makassar")
    with sessions() as session:
        assert session.scalar(select(func.count()).select_from(Response)) == 4


def test_a_button_says_what_it_does(
    editor: FlaskClient, wave: Wave, sessions: "sessionmaker[Session]", clock: FrozenClock
) -> None:
    uuid = "5f0e9a4e-94a7-4e7f-9d3c-111111111111"
    named = "\n".join(";".join(line) for line in (("uuid", *TITLES), (uuid, *ROW)))
    put_in(editor, wave, sessions, clock, named.encode())
    page = checked(editor, wave, sessions, clock, named.encode())
    assert "sudah ada. Tidak ada yang perlu dimasukkan" in page
    assert "Masukkan 0" not in page
    other = checked(editor, wave, sessions, clock, named.replace(";3;2", ";1;2").encode())
    assert "Simpan 1 versi lain untuk diputuskan" in other


def test_the_template_names_the_places_of_the_survey(editor: FlaskClient, world: World) -> None:
    wave = world.wave(places={VILLAGE: 10})
    book = load_workbook(io.BytesIO(editor.get(f"/survei/{wave.id}/impor/templat.xlsx").data))
    assert [row[0].value for row in book["Tempat"].iter_rows(min_row=2)] == [VILLAGE]
