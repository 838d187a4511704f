"""The page Perlu Dikejar: what it shows, to whom, and the same as a file."""

import io
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from app.base.notices.models import NoticePreference
from app.kernel.clock import FrozenClock
from app.kernel.roles import Role
from app.oversight.control.models import Escalation
from tests.control.records import bidang, delivery
from tests.pages import asked, sign_in
from tests.world import World


@pytest.fixture
def reader(client: FlaskClient, world: World) -> FlaskClient:
    sign_in(client, world.user(Role.VIEWER))
    return client


def text(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return " ".join(answer.get_data(as_text=True).split())


def test_each_thing_says_how_late_with_whom_and_what_to_do(
    reader: FlaskClient, session: Session, world: World, clock: FrozenClock
) -> None:
    place = bidang(world)
    late = delivery(world, ago=timedelta(days=7), organisation_id=place.id, title="Poster A",
                    responsible_id=world.user(Role.EDITOR, name="Siti").id)  # fmt: skip
    session.add(
        Escalation(kind="delivery", subject_id=late.id, level=1, on=clock.now().date(), told=[], at=clock.now())
    )
    session.commit()
    page = text(reader, "/perlu-dikejar")
    for words in ("Terlambat 5 hari kerja", "Poster A", "Siti", "Bidang IKP", "Sudah disampaikan ke",
                  "Kepala bidang", "Lihat"):  # fmt: skip
        assert words in page
    assert f'href="/tayang/{late.id}"' in page


def test_who_cannot_do_it_only_looks_and_all_read_when_it_rises(client: FlaskClient, world: World) -> None:
    kabid = world.user(Role.APPROVER, position="kabid")
    delivery(world, title="Poster A")
    for user, acts in ((kabid, False), (world.user(Role.EDITOR), True)):
        sign_in(client, user)
        page = text(client, "/perlu-dikejar")
        assert ("Periksa penayangannya" in page) is acts
        assert "terlambat 3 hari kerja disampaikan ke kepala bidangnya; yang terlambat 7 hari kerja" in page


def test_filters_narrow_the_list_and_not_the_counts(reader: FlaskClient, world: World) -> None:
    place = bidang(world)
    delivery(world, organisation_id=place.id, title="Poster A")
    delivery(world, title="Poster B")
    world.post(title="Poster C")
    page = text(reader, f"/perlu-dikejar?bidang={place.id}")
    assert "Poster A" in page
    assert "Poster B" not in page
    assert "<dd>2</dd>" in page
    late, soon = text(reader, "/perlu-dikejar?keadaan=terlambat"), text(reader, "/perlu-dikejar?keadaan=hampir")
    assert ("Poster C" in late, "Poster C" in soon, "Poster A" in soon) == (False, True, False)
    assert "Tidak ada yang cocok" in text(reader, "/perlu-dikejar?siapa=saya")
    assert "Poster B" in text(reader, "/perlu-dikejar?q=poster+b&jenis=delivery&urut=baru")
    assert text(reader, "/perlu-dikejar?jenis=lain&bidang=abc&hal=99")


def test_an_opd_sees_its_own_only(client: FlaskClient, world: World) -> None:
    opd = world.organisation(name="Dinas PU")
    delivery(world, organisation_id=opd.id, title="Punya PU")
    delivery(world, title="Punya kantor")
    sign_in(client, world.user(Role.OPD_CONTACT, organisation=opd))
    page = text(client, "/perlu-dikejar")
    assert "Punya PU" in page
    assert "Punya kantor" not in page


def test_where_nothing_is_late_the_page_says_so(reader: FlaskClient) -> None:
    assert "Tidak ada yang terlambat" in text(reader, "/perlu-dikejar")


def test_the_file_has_the_list_and_the_counts(reader: FlaskClient, world: World) -> None:
    delivery(world, title="=1+1", ago=timedelta(days=7))
    world.post(title="Poster C")
    book = load_workbook(io.BytesIO(reader.get("/perlu-dikejar/berkas?keadaan=terlambat").data))
    rows = list(book["Perlu dikejar"].iter_rows(values_only=True))
    assert [row[:4] for row in rows[1:]] == [("Terlambat", 5, "Materi gagal, terlewat atau belum pasti terbit", "=1+1")]
    assert list(book["Menurut bidang"].iter_rows(values_only=True))[1][:4] == ("Diskominfo", 1, 1, 5)


def test_a_long_list_has_pages_and_the_same_number_of_questions(reader: FlaskClient, world: World) -> None:
    delivery(world)
    reader.get("/perlu-dikejar")
    with asked() as few:
        reader.get("/perlu-dikejar")
    for _ in range(30):
        delivery(world)
    with asked() as many:
        page = text(reader, "/perlu-dikejar?hal=2")
    assert "26–31 dari 31" in page
    assert len(many) == len(few)


def test_who_supervises_can_leave_the_summary_off(reader: FlaskClient, session: Session) -> None:
    assert "Berhenti kirim ringkasan" in text(reader, "/pemberitahuan")
    reader.post("/pemberitahuan/ringkasan", data={"digest": "0"})
    assert session.query(NoticePreference).one().digest is False
    assert "Kirim ringkasan lagi" in text(reader, "/pemberitahuan")
