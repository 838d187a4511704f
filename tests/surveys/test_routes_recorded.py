"""The pages of surveys that were done elsewhere."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.evidence.surveys.models import RecordedResult
from app.kernel.roles import Role
from tests.pages import is_empty, sign_in
from tests.world import World

FORM = {
    "title": "Tinjauan 2021", "year": "2021", "month": "", "day": "", "audience": "residents", "asked": "30",
    "finding": "Sebagian besar baru mengenal istilah", "source": "Tinjauan kementerian, 2021",
    "answer-0-text": "Baru mengenal istilah", "answer-0-count": "", "answer-0-counts": "y",
}  # fmt: skip
NEW = "/survei/hasil-luar/baru"


@pytest.fixture
def editor(client: FlaskClient, world: World) -> FlaskClient:
    sign_in(client, world.user(Role.EDITOR))
    return client


def record(client: FlaskClient, **changed: Any) -> str:
    answer = client.post(NEW, data={**FORM, **changed})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def test_two_minutes_and_it_stands_with_what_is_unknown_said_so(editor: FlaskClient, session: Session) -> None:
    page = editor.get(record(editor))
    assert page.status_code in {200, 422}
    assert "Tinjauan 2021" in page.text
    assert "tidak diketahui" in page.text
    result = session.scalars(select(RecordedResult)).one()
    assert (result.done_precision, result.answers[0]["count"]) == ("year", None)
    listed = editor.get("/survei/hasil-luar")
    assert listed.status_code in {200, 422}
    assert re.search(r">\s*2021\s*<", listed.text)
    assert "30 orang" in listed.text


def test_an_empty_list_says_what_belongs_here_and_a_filter_that_finds_nothing_is_cleared(editor: FlaskClient) -> None:
    assert is_empty(editor.get("/survei/hasil-luar").text)
    record(editor)
    assert "Tinjauan 2021" in editor.get("/survei/hasil-luar?q=kementerian&siapa=residents").text
    nothing = editor.get("/survei/hasil-luar?siapa=civil_servants").text
    assert is_empty(nothing)
    assert "Tinjauan 2021" not in nothing


def test_a_wrong_form_comes_back_with_what_was_typed(editor: FlaskClient) -> None:
    page = editor.post(NEW, data={**FORM, "answer-0-count": "banyak", "year": "2021"})
    assert page.status_code == 422
    assert "bukan jumlah orang" in page.text
    assert 'value="banyak"' in page.text
    over = editor.post(NEW, data={**FORM, "answer-0-count": "31"})
    assert "melebihi yang ditanya" in over.text
    assert over.status_code in {200, 422}


def test_a_row_more_saves_nothing(editor: FlaskClient, session: Session) -> None:
    page = editor.post(NEW, data={**FORM, "tambah": "1"})
    assert page.status_code == 200
    assert 'name="answer-3-text"' in page.text
    assert session.scalars(select(RecordedResult)).all() == []


def test_edited_removed_and_brought_back(editor: FlaskClient, session: Session) -> None:
    url = record(editor, month="7", **{"answer-0-count": "21"})
    form = editor.get(f"{url}/ubah")
    assert form.status_code in {200, 422}
    version = re.search(r'name="version"[^>]*value="(\d+)"', form.text)
    assert version
    changed = {**FORM, "version": version.group(1), "answer-0-count": "22", "month": "7"}
    assert editor.post(f"{url}/ubah", data=changed).status_code == 303
    assert "22 dari 30 orang" in editor.get(url).text
    assert "Juli 2021" in editor.get(url).text
    assert editor.post(f"{url}/ubah", data={**changed, "answer-0-count": "5"}).status_code == 422, (
        "somebody was quicker"
    )
    gone = editor.post(f"{url}/hapus", data={"version": "2"})
    assert gone.status_code == 303
    page = editor.get(gone.headers["Location"])
    assert "Urungkan" in page.text
    assert editor.get(url).status_code == 404
    assert editor.post(f"{url}/kembalikan").headers["Location"] == url
    assert "22 dari 30 orang" in editor.get(url).text
    assert "Urungkan" not in editor.get(gone.headers["Location"]).text


def test_the_page_of_the_campaign_lists_what_was_recorded_for_it(editor: FlaskClient, world: World) -> None:
    campaign = world.campaign()
    assert f"/survei/hasil-luar/baru?program={campaign.id}" in editor.get(f"/program/{campaign.id}").text
    record(editor, campaign_id=str(campaign.id))
    page = editor.get(f"/program/{campaign.id}").text
    assert "Hasil survei dari luar" in page
    assert "Tinjauan 2021" in page


def test_readers_read_and_do_not_write(client: FlaskClient, world: World) -> None:
    sign_in(client, world.user(Role.VIEWER))
    page = client.get("/survei/hasil-luar")
    assert page.status_code == 200
    assert NEW not in page.text
    assert client.get(NEW).status_code == 403
