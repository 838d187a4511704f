"""The page on which open texts are coded."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.evidence.responses.models import Response
from app.evidence.surveys.models import Wave
from app.kernel.roles import Role
from tests.pages import asked, sign_in
from tests.survey_sample import ANSWERS
from tests.world import World


@pytest.fixture
def wave(world: World) -> Wave:
    wave = world.wave()
    for text in ("Bank Sampah", "bank sampah", "Siti 0812", "<b>pajak</b>"):
        world.response(wave, answers={**ANSWERS, "p1": text})
    return wave


@pytest.fixture
def office(client: FlaskClient, world: World) -> FlaskClient:
    sign_in(client, world.user(Role.EDITOR))
    return client


def rows(session: Session) -> list[Response]:
    """The answers as they stand now."""
    session.rollback()
    session.expire_all()
    return list(session.scalars(select(Response)))


def mark(page: str) -> str:
    found = re.search(r'name="teks" value="([0-9a-f]{16})"', page)
    assert found
    return found[1]


def test_the_largest_group_comes_first_and_the_next_follows(office: FlaskClient, session: Session, wave: Wave) -> None:
    url = f"/survei/{wave.id}/kode"
    page = office.get(url).text
    assert "0 dari 4 jawaban sudah diberi kode" in page
    assert '<blockquote class="coding-text">Bank Sampah</blockquote>' in page
    assert "&lt;b&gt;pajak" in page
    done = office.post(url, data={"soal": "p1", "teks": mark(page), "kode": ["sampah"]})
    after = office.get(done.location).text
    assert "2 jawaban diberi kode." in after
    assert "2 dari 4 jawaban sudah diberi kode" in after
    assert [row.codes for row in rows(session) if row.codes] == [{"p1": ["sampah"]}] * 2


def test_nothing_chosen_is_no_code(office: FlaskClient, session: Session, wave: Wave) -> None:
    url = f"/survei/{wave.id}/kode"
    shown = mark(office.get(url).text)
    done = office.post(url, data={"soal": "p1", "teks": shown})
    assert "Belum ada kode yang dipilih" in office.get(done.location).text
    office.post(url, data={"soal": "p1", "teks": shown, "tanpa": "1"})
    assert sum(row.codes == {"p1": []} for row in rows(session)) == 2


def test_a_coded_text_is_found_and_coded_anew(office: FlaskClient, session: Session, wave: Wave) -> None:
    url = f"/survei/{wave.id}/kode"
    office.post(url, data={"soal": "p1", "teks": mark(office.get(url).text), "kode": ["sampah"]})
    coded = office.get(f"{url}?tampil=sudah").text
    link = re.search(r'href="([^"]*teks=[^"]*)"', coded)
    assert link
    page = office.get(link[1].replace("&amp;", "&")).text
    assert "sekarang: Bank Sampah" in page
    office.post(url, data={"soal": "p1", "teks": mark(page), "kode": ["tidak"], "tampil": "sudah"})
    assert [row.codes for row in rows(session) if row.codes] == [{"p1": ["tidak"]}] * 2


def test_a_group_that_somebody_else_has_coded_is_said_to_be_gone(office: FlaskClient, wave: Wave) -> None:
    url = f"/survei/{wave.id}/kode"
    shown = mark(office.get(url).text)
    office.post(url, data={"soal": "p1", "teks": shown, "kode": ["sampah"]})
    assert office.post(url, data={"soal": "p1", "teks": shown, "kode": ["tidak"]}).status_code == 409


def test_a_new_code_can_be_chosen_at_once(office: FlaskClient, wave: Wave) -> None:
    url = f"/survei/{wave.id}/kode"
    shown = mark(office.get(url).text)
    form = {"soal": "p1", "teks": shown, "text": "Pajak daring", "dimension": "smart-governance"}
    page = office.get(office.post(f"{url}/baru", data=form).location).text
    assert "Pajak daring" in page
    assert mark(page) == shown
    again = office.post(f"{url}/baru", data=form)
    assert again.status_code == 422
    assert "sudah ada" in again.text


def test_a_text_with_a_phone_number_is_blanked(office: FlaskClient, session: Session, wave: Wave) -> None:
    url = f"/survei/{wave.id}/kode"
    page = office.get(f"{url}?q=0812").text
    done = office.post(f"{url}/hapus-isi", data={"soal": "p1", "teks": mark(page)})
    assert "0812" not in office.get(done.location).text
    assert "0812" not in str([row.answers for row in rows(session)])


def test_the_page_asks_the_database_as_much_for_many_texts_as_for_few(
    office: FlaskClient, world: World, wave: Wave
) -> None:
    url = f"/survei/{wave.id}/kode"
    office.get(url)
    with asked() as few:
        office.get(url)
    for number in range(60):
        world.response(wave, answers={**ANSWERS, "p1": f"Layanan {number}"})
    with asked() as many:
        page = office.get(url).text
    assert len(many) == len(few)
    assert "63 tulisan yang berbeda" in page
    assert "Halaman 1 dari 2" in page


def test_other_addresses_are_not_there(office: FlaskClient, wave: Wave) -> None:
    assert office.get(f"/survei/{wave.id}/kode?soal=istilah").status_code == 404
