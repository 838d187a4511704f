import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.areas.connectivity import load_blankspots
from app.base.areas.models import Connectivity, District
from app.kernel.roles import Role
from tests.pages import is_empty, sign_in
from tests.world import World

BATUQ = "64.02.01.2005"
STATEMENT = {
    "status": "none",
    "status_text": "tidak ada sinyal sama sekali",
    "year": "2026",
    "month": "7",
    "day": "",
    "source": "Kunjungan KIM, Juli 2026",
}


@pytest.fixture
def register(session: Session) -> None:
    load_blankspots(session)
    session.commit()


def test_districts_are_listed_with_their_counts(client: FlaskClient, world: World, register: None) -> None:
    sign_in(client, world.user(Role.VIEWER))
    page = client.get("/wilayah").text
    assert "20 kecamatan, 237 desa dan kelurahan" in page
    assert "Kota Bangun Darat" in page
    assert "23 desa tanpa jaringan" in page


def test_a_village_shows_its_dated_and_sourced_history(client: FlaskClient, world: World, register: None) -> None:
    sign_in(client, world.user(Role.VIEWER))
    page = client.get(f"/wilayah/desa/{BATUQ}").text
    assert "per Juli 2024" in page
    assert "tertangani 2023 (klaim Diskominfo)" in page
    assert "okeborneo.com" in page
    assert "Tambah catatan" not in page


def test_the_register_filter_gives_23_and_the_district_stands_beside(
    client: FlaskClient, world: World, register: None
) -> None:
    sign_in(client, world.user(Role.EDITOR))
    page = client.get("/wilayah/desa?daftar=2021").text
    assert page.count("/wilayah/desa/64.02.") == 23
    assert "Tabang" in page
    assert "237" not in client.get("/wilayah/desa?q=zzz").text
    assert is_empty(client.get("/wilayah/desa?q=zzz").text)


def test_a_list_of_villages_pages_and_says_how_many(client: FlaskClient, world: World) -> None:
    sign_in(client, world.user(Role.EDITOR))
    assert "1–50 dari 237" in client.get("/wilayah/desa").text
    assert "201–237 dari 237" in client.get("/wilayah/desa?hal=5").text
    assert client.get("/wilayah/desa?hal=999").status_code == 200
    assert client.get("/wilayah/desa?hal=x&keadaan=ngawur&kecamatan=ngawur").status_code == 200


def test_an_editor_adds_and_removes_a_statement(client: FlaskClient, world: World, session: Session) -> None:
    sign_in(client, world.user(Role.EDITOR))
    assert client.post(f"/wilayah/desa/{BATUQ}/jaringan", data=STATEMENT).status_code == 302
    page = client.get(f"/wilayah/desa/{BATUQ}").text
    assert "tidak ada sinyal sama sekali" in page
    assert "per Juli 2026" in page
    row = session.scalars(select(Connectivity)).one()
    assert client.post(f"/wilayah/jaringan/{row.id}/hapus").status_code == 302
    session.rollback()
    assert session.scalars(select(Connectivity)).all() == []


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"source": ""}, "wajib diisi"),
        ({"year": "2027"}, "belum terjadi"),
        ({"year": "x"}, "bilangan bulat"),
        ({"month": "", "day": "5"}, "Pilih bulannya juga"),
        ({"month": "2", "day": "31"}, "tidak ada dalam kalender"),
        ({"status": "ngawur"}, "Pilih salah satu"),
    ],
)
def test_a_wrong_statement_comes_back_filled(
    client: FlaskClient, world: World, session: Session, wrong: dict[str, str], sentence: str
) -> None:
    sign_in(client, world.user(Role.EDITOR))
    answer = client.post(f"/wilayah/desa/{BATUQ}/jaringan", data={**STATEMENT, **wrong})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "tidak ada sinyal sama sekali" in answer.text
    assert session.scalars(select(Connectivity)).all() == []


def test_population_is_keyed_in_with_its_source(client: FlaskClient, world: World, session: Session) -> None:
    sign_in(client, world.user(Role.ADMIN))
    url = "/wilayah/kecamatan/64.02.06/penduduk"
    assert client.post(url, data={"population": "120000", "source": ""}).status_code == 422
    assert client.post(url, data={"population": "120000", "source": "Disdukcapil"}).status_code == 302
    assert session.get_one(District, "64.02.06").population == 120_000
    assert "120.000" in client.get("/wilayah").text


def test_others_read_but_do_not_write(client: FlaskClient, world: World) -> None:
    sign_in(client, world.user(Role.COMMUNITY))
    assert client.get("/wilayah").status_code == 200
    assert client.post(f"/wilayah/desa/{BATUQ}/jaringan", data=STATEMENT).status_code == 403


def test_an_editor_of_another_organisation_does_not_write(client: FlaskClient, world: World) -> None:
    sign_in(client, world.user(Role.EDITOR, organisation=world.organisation()))
    assert "Tambah catatan" not in client.get(f"/wilayah/desa/{BATUQ}").text
    assert client.post(f"/wilayah/desa/{BATUQ}/jaringan", data=STATEMENT).status_code == 403


def test_unknown_codes_are_not_found(client: FlaskClient, world: World) -> None:
    sign_in(client, world.user(Role.EDITOR))
    for path in ("/wilayah/desa/99.99.99.9999", "/wilayah/kecamatan/99.99.99"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert "Cari lewat daftar wilayah" in answer.text


def test_the_picker_answers_options_or_json(client: FlaskClient, world: World) -> None:
    sign_in(client, world.user(Role.CONTRIBUTOR))
    assert f'<option value="{BATUQ}">Batuq, Muara Muntai</option>' in client.get("/wilayah/cari?q=batuq").text
    found = client.get("/wilayah/cari?q=batuq", headers={"Accept": "application/json"}).get_json()
    assert {"code": BATUQ, "name": "Batuq", "district": "Muara Muntai"} in found


def test_a_stranger_is_asked_to_sign_in(client: FlaskClient) -> None:
    assert "/masuk" in client.get("/wilayah").headers["Location"]
