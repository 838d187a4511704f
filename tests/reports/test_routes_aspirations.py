"""The pages of aspirations and of reach."""

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.areas.connectivity import load_blankspots
from app.base.areas.models import District, Village
from app.base.web.menu import COUNTS
from app.gatherings.events.models import Event, EventStatus
from app.gatherings.reports.models import Aspiration, AspirationStatus
from tests.pages import sign_in
from tests.reports.conftest import People

Logged = Callable[..., Event]


@pytest.fixture
def row(session: Session, logged: Logged) -> Aspiration:
    logged(questions=[("Kapan jembatan diperbaiki?", "")])
    return session.scalars(select(Aspiration)).one()


@pytest.fixture
def office(client: FlaskClient, people: People) -> FlaskClient:
    sign_in(client, people.editor)
    return client


def fresh(session: Session, row: Aspiration) -> Aspiration:
    session.rollback()
    session.expire_all()
    return session.get_one(Aspiration, row.id)


def test_from_the_office_to_the_opd_and_back_to_the_people(
    app: Any, session: Session, people: People, row: Aspiration
) -> None:
    clients = {name: app.test_client() for name in ("editor", "contact", "dian")}
    for name, client in clients.items():
        sign_in(client, getattr(people, name))
    assert clients["contact"].get(f"/aspirasi/{row.id}").status_code == 404
    sent = clients["editor"].post(f"/aspirasi/{row.id}/teruskan", data={"opd_id": people.opd.id, "due_on": ""})
    assert sent.status_code == 302
    assert "Kapan jembatan" in clients["contact"].get("/aspirasi").text
    clients["contact"].post(f"/aspirasi/{row.id}/jawab", data={"answer": "Mulai Januari."})
    assert fresh(session, row).status == AspirationStatus.ANSWERED
    assert "Mulai Januari." in clients["dian"].get(f"/aspirasi/{row.id}").text
    clients["dian"].post(f"/aspirasi/{row.id}/disampaikan")
    assert fresh(session, row).told_back_at is not None
    assert "Dijawab dan sudah disampaikan" in clients["editor"].get("/aspirasi").text


def test_complaints_are_sent_to_lapor(office: FlaskClient, row: Aspiration) -> None:
    for path in ("/aspirasi", f"/aspirasi/{row.id}"):
        shown = office.get(path).text
        assert 'href="https://www.lapor.go.id"' in shown
        assert "SP4N-LAPOR!" in shown


@pytest.mark.parametrize(
    ("path", "data", "said"),
    [
        ("teruskan", {"opd_id": "0"}, "Pilih OPD"),
        ("teruskan", {"opd_id": "99999"}, "tidak ada dalam daftar"),
        ("teruskan", {"opd_id": "OPD", "due_on": "2020-01-01"}, "paling cepat hari ini"),
        ("teruskan", {"opd_id": "OPD", "due_on": "kapan"}, "tidak bisa dibaca"),
        ("jawab", {"answer": "  "}, "Tulis jawabannya"),
        ("jawab", {"answer": "x" * 6000}, "Terlalu panjang"),
        ("tutup", {"reason": ""}, "wajib diisi"),
    ],
)
def test_what_cannot_be_used_is_said_beside_its_field(
    session: Session, office: FlaskClient, people: People, row: Aspiration, path: str, data: dict[str, str], said: str
) -> None:
    data = {key: str(people.opd.id) if value == "OPD" else value for key, value in data.items()}
    answer = office.post(f"/aspirasi/{row.id}/{path}", data=data)
    assert answer.status_code == 422
    assert said in answer.text
    assert fresh(session, row).status == AspirationStatus.NOTED


def test_what_was_typed_stays_when_somebody_was_faster(
    session: Session, office: FlaskClient, people: People, row: Aspiration
) -> None:
    office.post(f"/aspirasi/{row.id}/teruskan", data={"opd_id": people.opd.id})
    answer = office.post(f"/aspirasi/{row.id}/jawab", data={"answer": "Jawaban saya", "version": "1"})
    assert answer.status_code == 409
    assert "Jawaban saya" in answer.text


def test_a_form_error_does_not_hide_that_somebody_was_faster(
    session: Session, office: FlaskClient, people: People, row: Aspiration
) -> None:
    office.post(f"/aspirasi/{row.id}/teruskan", data={"opd_id": people.opd.id})
    data = {"answer": "x" * 6000, "version": "1"}
    wrong = office.post(f"/aspirasi/{row.id}/jawab", data=data)
    assert wrong.status_code == 422
    form = wrong.text.split(f'action="/aspirasi/{row.id}/jawab"')[1]
    again = re.search(r'name="version"[^>]*value="([^"]*)"', form)
    assert again
    second = office.post(f"/aspirasi/{row.id}/jawab", data={"answer": "Jawaban saya", "version": again[1]})
    assert second.status_code == 409
    third = re.search(r'name="version"[^>]*value="([^"]*)"', second.text.split(f'action="/aspirasi/{row.id}/jawab"')[1])
    assert third
    last = office.post(f"/aspirasi/{row.id}/jawab", data={"answer": "Jawaban saya", "version": third[1]})
    assert last.status_code == 302


def test_a_late_one_says_so_and_the_filter_finds_it(
    session: Session, office: FlaskClient, people: People, row: Aspiration
) -> None:
    row.opd_id, row.status = people.opd.id, AspirationStatus.ROUTED
    row.due_on = (people.world.clock.now() - timedelta(days=4)).date()
    session.commit()
    assert "Terlambat dijawab 4 hari" in office.get("/aspirasi?terlambat=1").text
    assert "Kapan jembatan" not in office.get("/aspirasi?status=answered").text
    assert office.get("/aspirasi?opd=99999999999&kecamatan='&hal=0&status=x").status_code == 200


def test_the_list_is_a_file_whose_cells_run_nothing(session: Session, office: FlaskClient, row: Aspiration) -> None:
    row.text = "=HYPERLINK(1)"
    session.commit()
    book = load_workbook(io.BytesIO(office.get("/aspirasi/berkas").data))
    assert (book.active["B2"].data_type, book.active["B2"].value) == ("s", "=HYPERLINK(1)")
    text = office.get("/aspirasi/berkas?bentuk=csv").data.decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text), delimiter=";"))[1][1] == "'=HYPERLINK(1)"


def test_the_menu_counts_what_waits_for_each(session: Session, app: Any, people: People, row: Aspiration) -> None:
    count = COUNTS["reports.aspirations"]

    def counted() -> list[int]:
        return [count(session, people.actor(name)) for name in ("editor", "contact", "dian")]

    assert counted() == [1, 0, 0]
    row.opd_id, row.status = people.opd.id, AspirationStatus.ROUTED
    session.flush()
    assert counted() == [0, 1, 0]


def test_villages_without_contact_stand_first_with_the_button_that_plans(
    session: Session, office: FlaskClient, people: People
) -> None:
    shown = office.get("/jangkauan").text
    assert "237" in shown
    assert "Belum pernah" in shown
    code = session.scalar(select(Village.code).order_by(Village.code.desc()))
    people.world.event(village_code=code, starts_in=timedelta(days=-2), status=EventStatus.HELD)
    name = session.scalar(select(Village.name).where(Village.code == code))
    assert f"/wilayah/desa/{code}" not in office.get(f"/jangkauan?q={name}").text
    assert code in office.get(f"/jangkauan?q={name}&keadaan=terjangkau").text
    assert code in office.get(f"/jangkauan?q={name}&hari=1").text


def test_reach_is_filtered_by_district_and_paged(session: Session, office: FlaskClient) -> None:
    district = session.scalars(select(District)).first()
    assert district is not None
    inside = session.scalars(select(Village.code).where(Village.district_code == district.code)).all()
    text = office.get(f"/jangkauan/berkas?bentuk=csv&kecamatan={district.code}").data.decode("utf-8-sig")
    assert {line[0] for line in csv.reader(io.StringIO(text), delimiter=";")} - {"Kode"} == set(inside)
    assert "51–100 dari" in office.get("/jangkauan?hal=2").text
    assert office.get("/jangkauan?hal=99999&hari=99999999999&program=7&keadaan=x").status_code == 200


def test_the_village_and_the_campaign_show_the_last_contact(
    session: Session, office: FlaskClient, people: People
) -> None:
    campaign, code = people.world.campaign(), people.kim.village_code
    people.world.event(
        village_code=code, starts_in=timedelta(days=-2), status=EventStatus.HELD, campaign_id=campaign.id, title="Temu"
    )
    village = office.get(f"/wilayah/{code}", follow_redirects=True)
    if village.status_code == 404:
        village = office.get(f"/wilayah/desa/{code}")
    assert "Kontak terakhir" in village.text
    assert "Temu" in village.text
    shown = office.get(f"/program/{campaign.id}").text
    assert "Desa terjangkau (kegiatan, cetakan, dan pelatihan)" in shown
    assert "1 dari 237 desa/kelurahan terjangkau" in shown


def test_a_contact_of_today_is_said_to_be_of_today(office: FlaskClient, people: People) -> None:
    code = people.kim.village_code
    people.world.event(village_code=code, starts_in=timedelta(hours=-1), status=EventStatus.HELD)
    village = office.get(f"/wilayah/desa/{code}").text
    listed = office.get(f"/jangkauan?keadaan=semua&q={code}").text
    assert "Kegiatan berlangsung. Hari ini." in village
    assert "hari ini" in listed
    for shown in (village, listed):
        assert not re.search(r"\b0 hari", shown)


def test_a_village_said_to_be_served_stands_as_once_a_blank_spot(session: Session, office: FlaskClient) -> None:
    load_blankspots(session)
    session.commit()
    shown = office.get("/jangkauan?q=Muara+Enggelam").text
    assert "Dulu blank spot (2021), dilaporkan terlayani 2023" in shown
    assert "3 blank spot menurut kabar terakhir" in shown
    assert "Muara Enggelam" not in office.get("/jangkauan?keadaan=blankspot").text
    assert "Umaq Dian" in office.get("/jangkauan?keadaan=blankspot").text


def test_who_was_slower_is_led_to_what_is_stored(office: FlaskClient, people: People, row: Aspiration) -> None:
    office.post(f"/aspirasi/{row.id}/teruskan", data={"opd_id": people.opd.id, "version": "1"})
    late = office.post(f"/aspirasi/{row.id}/teruskan", data={"opd_id": people.opd.id, "version": "1"})
    assert late.status_code == 409
    assert re.search(rf'href="/aspirasi/{row.id}" target="_blank"', late.text)
    wrong = office.post(f"/aspirasi/{row.id}/teruskan", data={"opd_id": 0, "version": "2"}).text
    assert "Lihat yang tersimpan" not in wrong
