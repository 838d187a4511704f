"""The public link: consent first, one question a screen with or without a script, and stored once at the end."""

import json
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, insert, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.evidence.responses.models import Response, ResponseConflict
from app.evidence.responses.public.links import new_keys
from app.evidence.responses.service import mark_of, sheet_uuid
from app.evidence.surveys.models import Wave
from app.kernel.clock import FrozenClock
from tests.survey_sample import ANSWERS, DEFINITION
from tests.world import VILLAGE, World

OTHER = "64.02.12.2003"

JSON = {"Accept": "application/json"}


def sheet(**values: Any) -> dict[str, Any]:
    plain = {
        "uuid": str(uuid.uuid4()), "place": VILLAGE, "sex": "f", "age_band": "25-34", "language": "id",
        "answers": ANSWERS, "started_at": "2026-11-23T23:50:00.000Z", "ended_at": "2026-11-23T23:59:00.000Z",
    }  # fmt: skip
    return {**plain, **values}


def hand_in(client: FlaskClient, wave: Wave, one: dict[str, Any], **more: Any) -> TestResponse:
    return client.post(f"/s/{wave.code}/kirim", data={"jawaban": json.dumps(one)}, **{"headers": JSON, **more})


def stored(session: Session) -> list[Response]:
    session.rollback()
    return list(session.scalars(select(Response).order_by(Response.received_at)))


# --- the first page ---


def test_consent_comes_first_and_says_what_is_to_be_known(client: FlaskClient, world: World) -> None:
    wave = world.wave(purpose="Menilai sosialisasi.")
    page = client.get(f"/s/{wave.code}").text
    for words in ("Saya bersedia, mulai", "Tidak bersedia", "Menilai sosialisasi.", "5 tahun", "menit", "tanpa nama"):
        assert words in page
    assert page.index("Saya bersedia") < page.index("data-question")
    assert "Survei ini sukarela dan tanpa nama. Bersedia?" in page


def test_neither_name_nor_number_is_asked_for(client: FlaskClient, world: World) -> None:
    page = client.get(f"/s/{world.wave().code}").text
    names = set(re.findall(r'<(?:input|select|textarea)[^>]* name="([^"]+)"', page))
    about = {"csrf_token", "b", "place", "sex", "age_band"}
    assert {name.partition(".")[0].partition("/")[0] for name in names} - about == {
        one["key"] for section in DEFINITION["sections"] for one in section["questions"]
    }


def test_the_page_is_listed_nowhere_and_kept_by_nobody(client: FlaskClient, world: World) -> None:
    answer = client.get(f"/s/{world.wave().code}")
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Referrer-Policy"] == "same-origin"


def test_a_village_of_the_link_is_known_and_not_asked(client: FlaskClient, world: World) -> None:
    wave = world.wave()
    page = client.get(f"/s/{wave.code}/{VILLAGE}").text
    assert "Kecamatan" in page
    assert 'data-about="place"' not in page
    assert f'data-place="{VILLAGE}"' in page


def test_an_unknown_village_says_so_and_shows_the_way_out(client: FlaskClient, world: World) -> None:
    wave = world.wave()
    answer = client.get(f"/s/{wave.code}/64.02.99.9999")
    assert answer.status_code == 404
    assert "tidak dikenal" in answer.text
    assert f'href="/s/{wave.code}"' in answer.text


def test_civil_servants_pick_their_opd(client: FlaskClient, world: World) -> None:
    own = world.organisation(name="Dinas Perikanan")
    wave = world.wave(audience="civil_servants")
    page = client.get(f"/s/{wave.code}").text
    assert "Anda bekerja di OPD mana?" in page
    assert f'<option value="opd:{own.id}">Dinas Perikanan</option>' in page
    assert "Dinas Perikanan" in client.get(f"/s/{wave.code}/opd:{own.id}").text
    assert client.get(f"/s/{wave.code}/opd:99999999999999999999").status_code == 404


def test_another_language_is_a_link_away(client: FlaskClient, world: World) -> None:
    wave = world.wave()
    assert "Bahasa Kutai" in client.get(f"/s/{wave.code}").text
    page = client.get(f"/s/{wave.code}?b=kut").text
    assert "Pernah dengar istilah Smart City?" in page
    assert "Dari mana?" in page  # no translation: Indonesian
    assert client.get(f"/s/{wave.code}?b=xx").status_code == 200


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"status": "draft"}, "belum dibuka"),
        ({"status": "closed"}, "sudah ditutup"),
        ({"status": "cancelled"}, "sudah ditutup"),
        ({"modes": ["paper"]}, "tidak diisi lewat tautan"),
    ],
)
def test_a_survey_that_takes_no_answers_is_friendly_about_it(
    client: FlaskClient, world: World, values: dict[str, Any], words: str
) -> None:
    answer = client.get(f"/s/{world.wave(**values).code}")
    assert words in answer.text
    assert "data-question" not in answer.text


def test_an_unknown_code_is_said(client: FlaskClient) -> None:
    answer = client.get("/s/tidakada")
    assert (answer.status_code, "Survei ini tidak ditemukan" in answer.text) == (404, True)
    assert hand_in(client, Wave(code="tidakada"), sheet()).status_code == 404


def test_a_simulated_survey_says_so_on_every_page(client: FlaskClient, world: World) -> None:
    wave = world.wave(simulated=True)
    for page in (
        client.get(f"/s/{wave.code}"),
        client.post(f"/s/{wave.code}/isi"),
        client.get(f"/s/{wave.code}/terima-kasih"),
    ):
        assert "Latihan (simulasi)" in page.text


def test_practising_checks_the_answers_and_stores_nothing(client: FlaskClient, world: World, session: Session) -> None:
    wave = world.wave(simulated=True)
    assert hand_in(client, wave, sheet(sex="x")).status_code == 422
    assert hand_in(client, wave, sheet()).json == {"state": "practice", "receipt": "LATIHAN"}
    assert "tidak disimpan" in client.get(f"/s/{wave.code}").text
    steps = through(Steps(client, wave, place=VILLAGE)).post(to="kirim")
    assert steps.answer.status_code == 303
    assert stored(session) == []


def test_a_survey_of_some_villages_offers_them_first_and_marks_the_others(
    client: FlaskClient, world: World, session: Session
) -> None:
    wave = world.wave(places={OTHER: None})
    page = client.get(f"/s/{wave.code}").text
    assert page.index(f'value="{OTHER}"') < page.index(f'value="{VILLAGE}"')
    assert re.search(
        rf'<optgroup label="Tempat lain: [^"]+">(<option[^>]*>[^<]*</option>)*<option value="{VILLAGE}"', page
    )
    client.delete_cookie(f"survei_{wave.code}", path=f"/s/{wave.code}")
    hand_in(client, wave, sheet(place=VILLAGE))
    hand_in(client, wave, sheet(place=OTHER))
    assert {row.place: row.flags for row in stored(session)} == {VILLAGE: ["outside"], OTHER: []}


@pytest.mark.parametrize("code", ["", "HUBUNGI0", "HUBUNGI0.karangan"])
def test_nobody_makes_a_receipt_up(client: FlaskClient, world: World, code: str) -> None:
    answer = client.get(f"/s/{world.wave().code}/terima-kasih?kode={code}")
    assert answer.status_code == 404
    assert "HUBUNGI0" not in answer.text
    assert "sudah diterima" not in answer.text


def test_who_declines_leaves_nothing(client: FlaskClient, world: World, session: Session) -> None:
    wave = world.wave()
    assert "Tidak ada yang disimpan" in client.get(f"/s/{wave.code}/tidak").text
    assert stored(session) == []


# --- handing in with a script ---


def test_answers_are_stored_and_a_receipt_is_given(
    client: FlaskClient, world: World, session: Session, clock: FrozenClock
) -> None:
    wave, one = world.wave(), sheet()
    answer = hand_in(client, wave, one)
    assert answer.json == {"state": "stored", "receipt": one["uuid"][:8].upper()}
    (row,) = stored(session)
    assert (row.wave_id, row.mode, row.place, row.sex, row.age_band) == (wave.id, "link", VILLAGE, "f", "25-34")
    assert row.answers == ANSWERS
    assert row.received_at == clock.now()
    assert (row.ended_at - row.started_at) == timedelta(minutes=9)  # type: ignore[operator]


def test_a_resend_after_a_lost_reply_counts_once(client: FlaskClient, world: World, session: Session) -> None:
    wave, one = world.wave(), sheet()
    answers = [hand_in(client, wave, {**one, "ended_at": f"2026-11-23T23:5{n}:00Z"}) for n in range(3)]
    assert [answer.json["state"] for answer in answers] == ["stored", "known", "known"]  # type: ignore[index]
    (row,) = stored(session)
    assert row.repeats == 2


def test_other_answers_under_the_same_uuid_wait_for_a_person(
    client: FlaskClient, world: World, session: Session
) -> None:
    wave, one = world.wave(), sheet()
    hand_in(client, wave, one)
    answer = hand_in(client, wave, {**one, "answers": {**ANSWERS, "percaya": "1"}})
    assert answer.json["state"] == "conflict"  # type: ignore[index]
    assert len(stored(session)) == 1
    assert session.scalar(select(func.count()).select_from(ResponseConflict)) == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"place": "64.02.99.9999"}, "place"),
        ({"place": ""}, "place"),
        ({"place": {"a": 1}}, "place"),
        ({"age_band": "12-16"}, "age_band"),
        ({"age_band": "under"}, "age_band"),
        ({"sex": "x"}, "sex"),
        ({"uuid": "bukan"}, "uuid"),
        ({"answers": {key: value for key, value in ANSWERS.items() if key != "percaya"}}, "percaya"),
        ({"answers": {**ANSWERS, "percaya": "9"}}, "percaya"),
        ({"answers": {**ANSWERS, "percaya": ["3"]}}, "percaya"),
        ({"answers": {**ANSWERS, "kali": 1e400}}, "kali"),
        ({"answers": {**ANSWERS, "kenal": {"idaman": "belum"}}}, "kenal"),
    ],
)
def test_what_cannot_be_is_said_by_its_field_and_nothing_is_stored(
    client: FlaskClient, world: World, session: Session, change: dict[str, Any], field: str
) -> None:
    answer = hand_in(client, world.wave(), sheet(**change))
    assert answer.status_code == 422
    assert field in [problem["field"] for problem in answer.json["problems"]]  # type: ignore[index]
    assert stored(session) == []


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "1", '{"answers": []}', '{"answers": {"p1": "a\\u0000b"}}', "[" * 9000]
)
def test_what_is_no_sheet_of_answers_is_refused(client: FlaskClient, world: World, session: Session, text: str) -> None:
    answer = client.post(f"/s/{world.wave().code}/kirim", data={"jawaban": text}, headers=JSON)
    assert answer.status_code == 422
    assert answer.is_json  # the page's script must know that it is us who say no
    assert stored(session) == []


def test_too_much_is_turned_away_before_it_is_read(client: FlaskClient, world: World) -> None:
    wave = world.wave()
    for path in ("kirim", "isi"):
        answer = client.post(f"/s/{wave.code}/{path}", data={"jawaban": "x" * 400_000}, headers=JSON)
        assert answer.status_code == 413
        assert answer.is_json


def test_times_that_cannot_be_are_left_out(client: FlaskClient, world: World, session: Session) -> None:
    for started in ("0001-01-01T00:00:00+14:00", "besok", "2026-11-24T09:00", 5, "2026-11-24T05:00:00Z"):
        assert hand_in(client, world.wave(), sheet(started_at=started, ended_at="2026-11-24T04:00Z")).status_code == 200
    assert {row.started_at for row in stored(session)} == {None}


def test_closing_while_somebody_answers_is_said_and_nothing_is_stored(
    client: FlaskClient, world: World, session: Session
) -> None:
    wave = world.wave()
    wave.status = "closed"
    session.commit()
    answer = hand_in(client, wave, sheet())
    assert answer.status_code == 409
    assert "sudah ditutup" in answer.json["sentence"]  # type: ignore[index]
    assert "tidak disimpan" in answer.json["sentence"]  # type: ignore[index]
    assert stored(session) == []


def test_what_was_finished_before_closing_still_arrives_and_is_marked(
    client: FlaskClient, world: World, session: Session, clock: FrozenClock
) -> None:
    """Somebody without a signal was promised that nothing is lost."""
    wave = world.wave()
    wave.status, wave.closed_at = "closed", clock.now()
    session.commit()
    clock.advance(days=13)
    page = client.get(f"/s/{wave.code}").text
    assert "data-send" in page  # it is sent from here
    assert hand_in(client, wave, sheet()).json["state"] == "stored"  # type: ignore[index]
    assert hand_in(client, wave, sheet(ended_at="2026-11-24T08:00:00Z")).status_code == 409
    assert hand_in(client, wave, sheet(ended_at=None)).status_code == 409
    assert [row.flags for row in stored(session)] == [["late"]]
    clock.advance(days=2)
    assert hand_in(client, wave, sheet()).status_code == 409
    assert "data-send" not in client.get(f"/s/{wave.code}").text


def test_a_resend_after_closing_is_still_known(client: FlaskClient, world: World, session: Session) -> None:
    wave, one = world.wave(), sheet()
    hand_in(client, wave, one)
    wave.status = "closed"
    session.commit()
    assert hand_in(client, wave, one).json["state"] == "known"  # type: ignore[index]


def test_a_link_cannot_pass_for_a_numbered_paper_form(client: FlaskClient, world: World, session: Session) -> None:
    wave, number = world.wave(), sheet_uuid(session, world.wave(), 7)
    world.response(wave, mode="paper", sheet=7, uuid=number)
    answer = hand_in(client, wave, sheet(uuid=number, sheet=8, answers={**ANSWERS, "percaya": "1"}))
    assert answer.status_code == 422
    assert [row.sheet for row in stored(session)] == [7]
    assert session.scalars(select(ResponseConflict)).all() == []


# --- marks of repeats ---


def test_a_second_answer_from_the_same_browser_is_marked_not_refused(
    client: FlaskClient, world: World, session: Session
) -> None:
    wave = world.wave()
    given = client.get(f"/s/{wave.code}").headers["Set-Cookie"]
    assert "HttpOnly" in given
    assert "SameSite=Lax" in given
    assert f"Path=/s/{wave.code}" in given
    assert "survei_" not in client.get(f"/s/{wave.code}").headers.get("Set-Cookie", "")  # it has one
    for one in (sheet(), sheet()):
        assert hand_in(client, wave, one).json["state"] == "stored"  # type: ignore[index]
    assert sorted(row.flags for row in stored(session)) == [[], ["repeat"]]


def test_two_browsers_at_one_address_are_two_people(app: Flask, world: World, session: Session) -> None:
    wave = world.wave()
    for _ in range(2):
        browser = app.test_client()
        browser.get(f"/s/{wave.code}")
        hand_in(browser, wave, sheet())
    assert [row.flags for row in stored(session)] == [[], []]


def test_a_link_for_one_person_that_is_used_twice_is_marked(app: Flask, world: World, session: Session) -> None:
    wave = world.wave()
    key, other = new_keys(app.config["SECRET_KEY"], wave, 2)
    assert f'data-key="{key}"' in app.test_client().get(f"/s/{wave.code}?k={key}").text
    for used in (key, other, key, "karangan", "karangan"):
        hand_in(app.test_client(), wave, sheet(key=used))
    rows = stored(session)
    assert sorted(row.flags for row in rows) == [[], [], [], [], ["repeat"]]
    assert {row.link_mark for row in rows} == {mark_of(wave, key), mark_of(wave, other), None}


# --- without a script ---


class Steps:
    """A browser without a script: posts what the page's form holds."""

    def __init__(self, client: FlaskClient, wave: Wave, **first: str) -> None:
        self.client, self.code = client, wave.code
        self.answer = client.post(f"/s/{self.code}/isi", data=first)

    @property
    def page(self) -> str:
        return unescape(self.answer.text)

    @property
    def at(self) -> str:
        found = re.search(r'data-(?:question|about)="([^"]+)"', self.page)
        return found[1] if found else ""

    def post(self, way: str = "lanjut", to: str = "isi", **fields: Any) -> "Steps":
        isian = re.search(r'name="isian" value="([^"]+)"', self.page)
        assert isian, self.page
        data = {"isian": isian[1], "arah": way, **{name.replace("__", "."): value for name, value in fields.items()}}
        self.answer = self.client.post(f"/s/{self.code}/{to}", data=data)
        return self


def test_everything_without_a_script(client: FlaskClient, world: World, session: Session, clock: FrozenClock) -> None:
    wave = world.wave()
    steps = Steps(client, wave)
    assert steps.at == "place"
    assert "Pertanyaan 1 dari 9" in steps.page  # where from is asked of those who saw something
    assert steps.post(place="").answer.status_code == 422
    assert "Pilih desa atau kelurahan." in steps.page
    steps.post(place=VILLAGE).post(sex="f").post(age_band="25-34")
    assert steps.at == "p1"
    assert "Jangan tulis nama orang" in steps.page
    steps.post(p1="bank sampah")
    assert steps.at == "istilah"
    assert 'value="kembali"' not in steps.page  # p1 is not gone back to
    steps.post(istilah="dengar").post(lihat="ya")
    assert steps.at == "sumber"
    steps.post("kembali", sumber=["kim"])
    assert steps.at == "lihat"
    assert re.search(r'value="ya"[^>]* checked', steps.page)
    steps.post(lihat="ya")
    assert re.search(r'value="kim"[^>]* checked', steps.page)  # nothing typed is lost
    steps.post(sumber=["kim", "lain"], **{"sumber/lain": "pasar malam"})
    steps.post(kenal__idaman="belum", kenal__sampah="tahu")
    assert steps.answer.status_code == 422
    assert "Pilih satu jawaban untuk tiap baris." in steps.page
    assert len(re.findall(r"<input type=\"radio\"[^>]* checked", steps.page)) == 2
    steps.post(kenal__idaman="belum", kenal__sampah="tahu", kenal__kim="dengar", kenal__palsu="belum").post(percaya="3")
    assert steps.post(kali="banyak").answer.status_code == 422
    assert 'value="banyak"' in steps.page
    clock.advance(minutes=4)
    steps.post(kali="3")
    assert stored(session) == []  # nothing before the last button
    steps.post(to="kirim")
    assert steps.answer.status_code == 303
    (row,) = stored(session)
    assert row.answers == {
        **ANSWERS,
        "p1": "bank sampah",
        "sumber": ["kim", "lain"],
        "sumber/lain": "pasar malam",
        "kali": 3,
    }
    assert row.ended_at - row.started_at == timedelta(minutes=4)  # type: ignore[operator]
    assert row.uuid[:8].upper() in client.get(steps.answer.location).text


def test_the_last_button_twice_counts_once(client: FlaskClient, world: World, session: Session) -> None:
    steps = through(Steps(client, world.wave(), place=VILLAGE))
    page = steps.answer
    steps.post(to="kirim")
    steps.answer = page
    steps.post(to="kirim")
    assert steps.answer.status_code == 303
    assert len(stored(session)) == 1


def through(steps: Steps) -> Steps:
    """From the sex to the last screen."""
    steps.post(sex="m").post(age_band="55+").post(p1="").post(istilah="belum").post(lihat="tidak")
    assert steps.at == "kenal"  # where from is not asked
    steps.post(kenal__idaman="belum", kenal__sampah="belum", kenal__kim="belum", kenal__palsu="belum")
    return steps.post(percaya="4").post(kali="")


def test_a_child_is_thanked_and_nothing_is_stored(client: FlaskClient, world: World, session: Session) -> None:
    steps = Steps(client, world.wave(), place=VILLAGE).post(sex="m").post(age_band="under")
    assert "17 tahun ke atas" in steps.page
    assert stored(session) == []


def test_who_pressed_the_wrong_age_goes_back(client: FlaskClient, world: World, session: Session) -> None:
    steps = Steps(client, world.wave(), place=VILLAGE).post(sex="m").post(age_band="under").post("ulang")
    assert steps.at == "age_band"
    assert not re.search(r'value="under"[^>]* checked', steps.page)
    assert steps.post(age_band="55+").at == "p1"


def test_a_changed_answer_takes_what_hung_on_it_away(client: FlaskClient, world: World, session: Session) -> None:
    steps = (
        Steps(client, world.wave(), place=VILLAGE).post(sex="m").post(age_band="55+").post(p1="").post(istilah="belum")
    )
    steps.post(lihat="ya").post(sumber=["kim"]).post("kembali").post("kembali")
    assert steps.at == "lihat"
    steps.post(lihat="tidak")
    assert steps.at == "kenal"
    steps.post(kenal__idaman="belum", kenal__sampah="belum", kenal__kim="belum", kenal__palsu="belum")
    steps.post(percaya="4").post(kali="").post(to="kirim")
    (row,) = stored(session)
    assert "sumber" not in row.answers


def test_what_was_not_signed_here_starts_anew(client: FlaskClient, world: World, session: Session) -> None:
    wave, other = world.wave(), world.wave()
    steps = Steps(client, other, place=VILLAGE)
    steps.code = wave.code
    assert steps.post(sex="m").answer.status_code == 422
    assert client.post(f"/s/{wave.code}/isi", data={"isian": "karangan"}).status_code == 422
    assert client.post(f"/s/{wave.code}/kirim", data={"isian": "karangan"}).status_code == 422
    assert stored(session) == []


def test_closing_between_the_screens_is_said(client: FlaskClient, world: World, session: Session) -> None:
    wave = world.wave()
    steps = through(Steps(client, wave, place=VILLAGE))
    wave.status = "closed"
    session.commit()
    steps.post(to="kirim")
    assert steps.answer.status_code == 409
    assert "tidak disimpan" in steps.page


def test_handing_in_before_the_end_goes_back_to_what_is_missing(client: FlaskClient, world: World) -> None:
    steps = Steps(client, world.wave(), place=VILLAGE).post(sex="m")
    steps.post(to="kirim")
    assert steps.answer.status_code == 422
    assert steps.at == "age_band"


def test_closing_between_two_screens_is_said(client: FlaskClient, world: World, session: Session) -> None:
    wave = world.wave()
    steps = Steps(client, wave, place=VILLAGE)
    wave.status = "closed"
    session.commit()
    assert steps.post(sex="f").answer.status_code == 409
    assert "tidak disimpan" in steps.page


def test_a_page_older_than_its_session_loses_nothing(app: Flask, world: World, session: Session) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    wave, client = world.wave(), app.test_client()
    answer = hand_in(client, wave, sheet())
    assert (answer.status_code, "terlalu lama" in answer.json["sentence"]) == (400, True)  # type: ignore[index]
    app.config["WTF_CSRF_ENABLED"] = False
    steps = Steps(client, wave, place=VILLAGE).post(sex="f").post(age_band="55+")
    app.config["WTF_CSRF_ENABLED"] = True
    steps.post(p1="bank sampah")
    assert steps.answer.status_code == 400
    assert steps.at == "p1"
    assert "bank sampah</textarea>" in steps.page
    token = re.search(r'name="csrf_token" value="([^"]+)"', steps.page)
    assert token
    assert steps.post(p1="bank sampah", csrf_token=token[1]).at == "istilah"
    assert stored(session) == []


# --- how much it asks ---


def test_the_public_path_asks_the_same_few_questions_whatever_there_is(
    app: Flask, client: FlaskClient, world: World, session: Session
) -> None:
    wave = world.wave()
    client.get(f"/s/{wave.code}")  # the definition is in memory from here on
    found = [asked(app, client, wave)]
    now = world.clock.now()
    rows = [
        {"uuid": str(uuid.uuid4()), "wave_id": wave.id, "mode": "link", "place": VILLAGE, "sex": "f", "age_band": "55+",
         "answers": ANSWERS, "content_hash": "x", "received_at": now, "device_mark": f"m{n}"}
        for n in range(10_000)
    ]  # fmt: skip
    session.execute(insert(Response), rows)
    session.commit()
    found.append(asked(app, client, wave))
    assert (
        found == [{"page": 2, "village": 2, "step": 2, "screen": 1, "send": 5, "again": 6}] * 2
    )  # one of "send" counts for the limits


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """What the database is asked meanwhile."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        seen.append(statement)

    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def asked(app: Flask, client: FlaskClient, wave: Wave) -> dict[str, int]:
    one, steps = sheet(), Steps(client, wave, place=VILLAGE)
    isian = re.search(r'name="isian" value="([^"]+)"', steps.page)
    assert isian
    requests = {
        "page": lambda: client.get(f"/s/{wave.code}"),
        "village": lambda: client.get(f"/s/{wave.code}/{VILLAGE}"),
        "step": lambda: client.post(f"/s/{wave.code}/isi", data={"place": VILLAGE}),
        "screen": lambda: client.post(f"/s/{wave.code}/isi", data={"isian": isian[1], "sex": "f"}),
        "send": lambda: hand_in(client, wave, one),
        "again": lambda: hand_in(client, wave, one),
    }
    counted = {}
    for name, ask in requests.items():
        with statements(app) as seen:
            assert ask().status_code == 200
        assert not any("FROM responses" in one and "WHERE" not in one for one in seen)
        counted[name] = len([one for one in seen if not one.startswith("BEGIN")])
    return counted
