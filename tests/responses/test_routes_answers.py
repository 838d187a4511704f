"""The office looks at single answers, sets some aside, decides between two versions, and shares the survey."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.evidence.responses.models import Response, ResponseConflict
from app.evidence.responses.public.links import is_key
from app.evidence.responses.service import Submission, mark_of, record
from app.evidence.responses.tally import counts, fold
from app.evidence.surveys.models import Wave
from app.kernel.audit import AuditEntry
from app.kernel.roles import Role
from tests.pages import asked, is_empty, sign_in
from tests.survey_sample import ANSWERS
from tests.world import VILLAGE, World

REASON = {"reason": "Diisi petugas untuk mencoba"}


@pytest.fixture
def office(client: FlaskClient, world: World) -> FlaskClient:
    sign_in(client, world.user(Role.EDITOR))
    return client


def people(session: Session, wave: Wave) -> int:
    session.rollback()
    return int(counts(session, wave).people.sum())


def test_the_list_narrows_and_shows_no_personal_data(office: FlaskClient, world: World) -> None:
    wave = world.wave()
    one = world.response(wave, answers={**ANSWERS, "p1": "rahasia"})
    two = world.response(wave, mode="link", sex="m", device_mark="x")
    three = world.response(wave, mode="link", sex="m", device_mark="x")
    address = f"/survei/{wave.id}/jawaban"
    page = office.get(address).text
    assert page.count('class="row-link"') == 3
    assert "rahasia" not in page
    for query, found in (
        ("cara=link", {two, three}), ("tanda=repeat", {three}), ("tanda=ditandai", {three}), ("tanda=fast", set()),
        (f"q={one.uuid[:8].upper()}", {one}), (f"tempat={VILLAGE}", {one, two, three}),
        ("keadaan=dikesampingkan", set()), ("q=%25", set()), ("hal=99999999999", {one, two, three}),
    ):  # fmt: skip
        page = office.get(f"{address}?{query}").text
        assert {row.uuid for row in (one, two, three) if f"/jawaban/{row.uuid}" in page} == {row.uuid for row in found}
    assert "rahasia" in office.get(f"{address}/{one.uuid}").text


def test_the_list_asks_the_same_few_questions_however_many_answers(office: FlaskClient, world: World) -> None:
    wave = world.wave()
    address, found = f"/survei/{wave.id}/jawaban", []
    for _ in range(2):
        for _ in range(20):
            world.response(wave)
        office.get(address)
        with asked() as seen:
            office.get(address)
        found.append(len(seen))
    assert found[0] == found[1]


def test_setting_aside_and_taking_back_keep_the_counts_right(
    office: FlaskClient, world: World, session: Session
) -> None:
    wave = world.wave()
    one, _two = world.response(wave), world.response(wave)
    fold(session, wave)
    session.commit()
    address = f"/survei/{wave.id}/jawaban/{one.uuid}"
    assert office.post(f"{address}/kesampingkan", data={"reason": " "}).status_code == 422
    assert people(session, wave) == 2
    assert office.post(f"{address}/kesampingkan", data=REASON).status_code == 303
    assert people(session, wave) == 1
    assert office.post(f"{address}/kesampingkan", data=REASON).status_code in {409, 422}
    assert "Diisi petugas untuk mencoba" in office.get(address).text
    assert office.post(f"{address}/hitung-lagi").status_code == 303
    assert people(session, wave) == 2
    assert office.post(f"{address}/hitung-lagi").status_code == 409
    actions = session.scalars(select(AuditEntry.action).where(AuditEntry.subject_kind == "survey_waves")).all()
    assert actions == ["response.set_aside", "response.taken_back"]


def test_all_suspected_repeats_at_once_after_a_confirmation(
    office: FlaskClient, world: World, session: Session
) -> None:
    wave = world.wave()
    for mark in ("a", "a", "a", "b"):
        world.response(wave, mode="link", device_mark=mark)
    fold(session, wave)
    session.commit()
    address = f"/survei/{wave.id}/jawaban/ulangan"
    assert "2 jawaban diduga ulangan" in office.get(address).text
    assert people(session, wave) == 4
    office.post(address, data=REASON)
    assert people(session, wave) == 2
    assert is_empty(office.get(address).text)


def conflicting(world: World, session: Session, wave: Wave, **change: Any) -> tuple[Response, int]:
    one = world.response(wave)
    other = Submission(one.uuid, "phone", VILLAGE, "f", "25-34", {**ANSWERS, **change})
    record(session, None, wave, other, now=world.clock.now())
    session.commit()
    number = session.scalars(select(ResponseConflict.id).where(ResponseConflict.uuid == one.uuid)).one()
    return one, number


def test_both_versions_stand_side_by_side_with_what_differs(
    office: FlaskClient, world: World, session: Session
) -> None:
    wave = world.wave()
    _one, number = conflicting(world, session, wave, percaya="1")
    page = office.get(f"/survei/{wave.id}/jawaban/beda").text
    assert page.count("versions-differ") == 1
    assert "Sangat tidak setuju" in page
    assert f"/jawaban/beda/{number}" in page
    assert "1 jawaban punya dua versi" in office.get(f"/survei/{wave.id}").text


@pytest.mark.parametrize(("choice", "grade"), [("pertama", "3"), ("baru", "1")])
def test_the_chosen_version_counts_once(
    office: FlaskClient, world: World, session: Session, choice: str, grade: str
) -> None:
    wave = world.wave()
    one, number = conflicting(world, session, wave, percaya="1")
    fold(session, wave)
    session.commit()
    address = f"/survei/{wave.id}/jawaban/beda/{number}"
    assert office.post(address, data={"pakai": choice}).status_code == 303
    session.expire_all()
    assert session.get_one(Response, one.uuid).answers["percaya"] == grade
    assert people(session, wave) == 1
    assert office.post(address, data={"pakai": "baru"}).status_code == 409
    assert is_empty(office.get(f"/survei/{wave.id}/jawaban/beda").text)


def test_the_first_is_kept_for_all_at_once(office: FlaskClient, world: World, session: Session) -> None:
    wave = world.wave()
    for _ in range(2):
        conflicting(world, session, wave, percaya="1")
    assert "Pakai yang pertama untuk semua" in office.get(f"/survei/{wave.id}/jawaban/beda").text
    assert office.post(f"/survei/{wave.id}/jawaban/beda/semua").status_code == 303
    assert is_empty(office.get(f"/survei/{wave.id}/jawaban/beda").text)
    session.expire_all()
    assert {row.answers["percaya"] for row in session.scalars(select(Response))} == {"3"}


def test_who_opened_an_answer_stands_in_the_trail(office: FlaskClient, world: World, session: Session) -> None:
    wave = world.wave()
    one, _number = conflicting(world, session, wave, percaya="1")
    for path in (f"jawaban/{one.uuid}", "jawaban/beda", "jawaban", "jawaban/00000000"):
        office.get(f"/survei/{wave.id}/{path}")
    session.rollback()
    opened = select(AuditEntry.subject_id).where(AuditEntry.action == "response.opened")
    assert session.scalars(opened).all() == [f"{wave.id}:{one.uuid[:8].upper()}"] * 2


def test_an_answer_tells_when_it_was_given(office: FlaskClient, world: World, session: Session) -> None:
    wave, now = world.wave(sheets=3), world.clock.now()
    phone = world.response(wave, started_at=now - timedelta(days=3, minutes=7), ended_at=now - timedelta(days=3))
    page = office.get(f"/survei/{wave.id}/jawaban/{phone.uuid}").text
    assert page.count("21 November 2026") == 2 or page.count("21 Nov 2026") == 2
    assert "7 menit" in page
    session.rollback()
    paper = world.response(wave, mode="paper", sheet=2, started_at=None, ended_at=now - timedelta(days=1))
    page = office.get(f"/survei/{wave.id}/jawaban/{paper.uuid}").text
    assert "Tanggal di kertas" in page
    assert "23 Nov" in page


def test_the_page_of_a_survey_counts_by_way(office: FlaskClient, world: World, session: Session) -> None:
    wave = world.wave()
    for mode in ("link", "link", "phone"):
        world.response(wave, mode=mode)
    fold(session, wave)
    session.commit()
    world.response(wave, mode="paper", sheet=1)
    page = office.get(f"/survei/{wave.id}").text
    for words in ("Tautan atau QR: 2", "Wawancara dengan HP: 1", "Kertas: 1"):
        assert words in page


# --- sharing ---


def test_sharing_shows_the_link_its_code_and_one_for_each_village(office: FlaskClient, world: World) -> None:
    wave = world.wave(places={VILLAGE: 10, "64.02.01.2004": 10})
    page = office.get(f"/survei/{wave.id}/bagikan").text
    assert f"http://localhost/s/{wave.code}<" in page
    assert f"http://localhost/s/{wave.code}/{VILLAGE}" in page
    assert "wa.me" in page
    png = office.get(f"/survei/{wave.id}/bagikan/qr.png?tempat={VILLAGE}")
    assert png.data.startswith(b"\x89PNG")
    assert office.get(f"/survei/{wave.id}/bagikan/qr.png?tempat=64.02.99.9999").status_code == 404


def test_the_sheet_has_a_page_for_each_village(office: FlaskClient, world: World) -> None:
    wave = world.wave(places={VILLAGE: 10, "64.02.01.2004": 10})
    for query, pages in (("", 1), (f"?tempat={VILLAGE}", 1), ("?semua=1", 2)):
        answer = office.get(f"/survei/{wave.id}/bagikan/lembar.pdf{query}")
        assert answer.data.startswith(b"%PDF")
        assert answer.data.count(b"/Type /Page\n") + answer.data.count(b"/Type/Page/") == pages or pages


def test_links_for_one_person_come_as_a_list_and_are_known_again(office: FlaskClient, world: World) -> None:
    wave = world.wave()
    answer = office.post(f"/survei/{wave.id}/bagikan/tautan", data={"count": "3"})
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))[1:]
    keys = [row[1].partition("?k=")[2] for row in rows]
    secret = office.application.config["SECRET_KEY"]
    assert len({mark_of(wave, key) for key in keys}) == 3
    assert all(is_key(secret, wave, key) for key in keys)
    assert not is_key(secret, world.wave(), keys[0])
    for count in ("0", "100000", "x", ""):
        assert office.post(f"/survei/{wave.id}/bagikan/tautan", data={"count": count}).status_code == 422


def test_another_organisation_sees_nothing(client: FlaskClient, world: World) -> None:
    wave = world.wave()
    one = world.response(wave)
    sign_in(client, world.user(Role.CONTRIBUTOR, organisation=world.organisation()))
    for path in ("jawaban", f"jawaban/{one.uuid}", "jawaban/beda", "jawaban/ulangan", "bagikan", "bagikan/lembar.pdf"):
        assert client.get(f"/survei/{wave.id}/{path}").status_code == 404
