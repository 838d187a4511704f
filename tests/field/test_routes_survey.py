"""The page for interviews: whose surveys it carries, its weight, and what its script sends."""

import html
import io
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.base.people.models import Organisation, User
from app.evidence.instruments.models import SurveyAudience
from app.evidence.responses.models import Response
from app.evidence.surveys.models import Mode, WaveStatus
from app.kernel.clock import FrozenClock
from app.kernel.roles import Role
from tests.field.build import LONG_LALANG, interview, record
from tests.pages import asked, is_empty, sign_in
from tests.web.conftest import built  # noqa: F401 (fixture)
from tests.world import World

KILOBYTE = 1024
OTHER = "64.02.12.2003"


@pytest.fixture
def enumerator(world: World) -> User:
    return world.user(Role.ENUMERATOR, name="Citra")


@pytest.fixture
def signed(client: FlaskClient, enumerator: User) -> FlaskClient:
    sign_in(client, enumerator)
    return client


def facts(text: str, code: str, name: str) -> Any:
    """What the page knows of a survey."""
    option = re.search(rf'<option value="{code}"[^>]*>', text)
    assert option is not None
    found = re.search(rf'data-{name}="([^"]*)"', option[0])
    assert found is not None
    return json.loads(html.unescape(found[1]))


def long_instrument() -> dict[str, Any]:
    """25 questions of the length of the standard ones."""
    options = [{"key": str(number), "text": f"Jawaban nomor {number} yang cukup panjang"} for number in range(1, 6)]
    rows = [{"key": f"r{number}", "text": f"Layanan nomor {number} dari pemerintah"} for number in range(8)]
    questions = [
        {
            "key": f"p{number}", "kind": "grid" if number % 8 == 0 else "one",
            "text": f"Pertanyaan nomor {number}: dalam tiga bulan terakhir, apakah Anda pernah memakai layanan ini?",
            "options": options, **({"rows": rows} if number % 8 == 0 else {}),
        }
        for number in range(25)
    ]  # fmt: skip
    return {
        "title": "Panjang", "consent": "Survei ini sukarela dan tanpa nama. Bersedia?", "thanks": "Terima kasih.",
        "sections": [{"key": "a", "title": "A", "questions": questions}],
    }  # fmt: skip


@pytest.mark.usefixtures("built")
def test_the_whole_page_weighs_at_most_60_kb_on_a_cold_cache(signed: FlaskClient, world: World) -> None:
    """Page with 25 questions and every village, styles, scripts, sprite, icon, manifest and service worker."""
    world.wave(instrument=world.instrument(long_instrument()))
    line = {"Accept-Encoding": "gzip, br"}
    page = signed.get("/catat/survei/", headers=line)
    text = signed.get("/catat/survei/").text
    parts = set(re.findall(r'(?:href|src)="(/static/build/[^"#]+|/catat/[\w.]+webmanifest)', text)) | {"/catat/sw.js"}
    sizes = {part: len(signed.get(part, headers=line).data) for part in parts}
    assert len([part for part in sizes if part.endswith((".css", ".js", ".svg", ".png", ".webmanifest"))]) >= 9
    assert len(page.data) + sum(sizes.values()) <= 60 * KILOBYTE, (len(page.data), sizes)
    assert "data-question" in text
    assert "main-" not in " ".join(sizes)


def test_only_open_surveys_that_are_asked_with_a_phone_are_carried_along(signed: FlaskClient, world: World) -> None:
    own = world.wave(name="Survei awal Tabang")
    for values in (
        {"status": WaveStatus.DRAFT}, {"status": WaveStatus.CLOSED}, {"modes": [Mode.LINK]}, {"simulated": True},
    ):  # fmt: skip
        world.wave(name="Bukan ini", **values)
    text = signed.get("/catat/survei/").text
    assert f'data-survey="{own.code}" data-language="id"' in text
    assert f'data-survey="{own.code}" data-language="kut"' in text
    assert "Pernah dengar istilah Smart City?" in text
    assert "Bukan ini" not in text


def test_the_surveys_are_the_offices_and_the_own(client: FlaskClient, world: World) -> None:
    own, other = world.organisation("kim"), world.organisation()
    names = {world.office().id: "Milik kantor", own.id: "Milik sendiri", other.id: "Milik lain"}
    for number, name in names.items():
        world.wave(organisation_id=number, name=name)
    sign_in(client, world.user(Role.COMMUNITY, organisation=own))
    text = client.get("/catat/survei/").text
    assert [name in text for name in names.values()] == [True, True, False]


def test_planned_places_come_with_their_targets_and_what_is_done(signed: FlaskClient, world: World) -> None:
    wave = world.wave(places={LONG_LALANG: 10, OTHER: None}, quotas={"f.25-34": 4}, target=20)
    world.response(wave, place=LONG_LALANG)
    world.response(wave, place=OTHER, sex="m", mode="paper")
    text = signed.get("/catat/survei/").text
    assert f'<option value="{LONG_LALANG}" data-target="10">Long Lalang' in text
    assert f'<option value="{OTHER}">' in text
    assert "Anggana" not in text
    assert facts(text, wave.code, "done") == {LONG_LALANG: 1, OTHER: 1}
    assert facts(text, wave.code, "cells") == {"f.25-34": 1, "m.25-34": 1}
    assert facts(text, wave.code, "quotas") == {"f.25-34": 4}


def test_who_answered_by_link_fills_no_target_and_no_quota(signed: FlaskClient, world: World) -> None:
    wave = world.wave(places={LONG_LALANG: 10}, quotas={"f.25-34": 1}, target=10)
    for mode in ("link", "link", "import"):
        world.response(wave, place=LONG_LALANG, mode=mode)
    text = signed.get("/catat/survei/").text
    assert facts(text, wave.code, "done") == {LONG_LALANG: 1}
    assert facts(text, wave.code, "cells") == {"f.25-34": 1}


def test_without_planned_places_every_village_stands_by_district(signed: FlaskClient, world: World) -> None:
    for _ in range(2):
        world.wave()
    text = signed.get("/catat/survei/").text
    assert text.count('<optgroup label="Anggana">') == 1  # once for both
    assert f'<option value="{LONG_LALANG}">Long Lalang' in text


def test_civil_servants_are_asked_by_opd(signed: FlaskClient, world: World) -> None:
    opd = world.organisation(name="Dinas Kebersihan")
    world.wave(audience=SurveyAudience.CIVIL_SERVANTS)
    text = signed.get("/catat/survei/").text
    assert f'<option value="opd:{opd.id}">Dinas Kebersihan' in text
    assert "Anggana" not in text


def test_the_page_asks_no_more_for_many_answers(signed: FlaskClient, world: World) -> None:
    wave = world.wave(places={LONG_LALANG: 10})
    with asked() as few:
        signed.get("/catat/survei/")
    for _ in range(5):
        world.response(wave, place=LONG_LALANG)
    with asked() as many:
        signed.get("/catat/survei/")
    assert len(many) == len(few)


def test_without_a_script_the_page_says_where_else_to_go(client: FlaskClient, world: World) -> None:
    wave, only_phone = world.wave(), world.wave(name="Hanya HP", modes=[Mode.PHONE])
    for role, paper in ((Role.EDITOR, True), (Role.ENUMERATOR, False)):
        sign_in(client, world.user(role))
        text = client.get("/catat/survei/").text
        without = text[text.index("<noscript>") : text.index("</noscript>")]
        assert "memerlukan JavaScript" in without
        assert (f'href="/survei/{wave.id}/kertas"' in without) is paper
        assert f'href="/s/{wave.code}"' in without
        assert f"{only_phone.name}: minta formulir kertasnya kepada kantor" in without
        client.post("/keluar")


def test_without_an_open_survey_the_page_says_so(signed: FlaskClient) -> None:
    assert is_empty(signed.get("/catat/survei/").text)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.APPROVER, Role.OPD_CONTACT, Role.TRAINER])
def test_others_do_not_interview(client: FlaskClient, world: World, role: Role) -> None:
    sign_in(client, world.user(role))
    assert client.get("/catat/survei/").status_code == 403


def test_an_enumerator_is_signed_in_for_the_script_and_sends(
    signed: FlaskClient, world: World, session: Session, kim: Organisation, enumerator: User
) -> None:
    assert signed.get("/catat/sesi").json["user"] == enumerator.id
    assert signed.get("/catat/").status_code == 403
    body = {"device_now": "2026-11-24T08:00:00+08:00", "records": [interview(world.wave()), record(kim)]}
    answer = signed.post("/catat/kirim", json=body)
    stored, refused = answer.json["records"]
    assert (stored["state"], refused["state"]) == ("stored", "forbidden")
    assert stored["at"] == "2026-11-24T00:00:00+00:00"
    assert session.scalars(select(Response.by_id)).all() == [enumerator.id]


def test_the_page_says_of_which_build_and_whose_it_is(signed: FlaskClient, enumerator: User) -> None:
    page = signed.get("/catat/survei/")
    assert page.headers["X-Gaung-Person"] == str(enumerator.id)
    assert page.headers["X-Gaung-Build"] in signed.get("/catat/sw.js").text


def test_an_exported_interview_is_read_in_by_the_office_and_counted_once(
    signed: FlaskClient, world: World, session: Session, clock: FrozenClock
) -> None:
    wave = world.wave(opened_at=clock.now() - timedelta(days=2))
    file = {"format": "gaung-catatan", "version": 1, "records": [interview(wave)], "photos": []}
    for words in ("Diterima", "Sudah ada sejak sebelumnya"):
        data = {"file": (io.BytesIO(json.dumps(file).encode()), "wawancara.json")}
        page = signed.post("/catat/berkas", data=data)
        assert words in page.text
        assert "Wawancara survei" in page.text
    assert session.scalar(select(func.count()).select_from(Response)) == 1
