"""The nine inputs that were answered by a fault: each is sent as it was found, and answered in words."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from gunicorn.http.body import Body, ChunkedReader
from gunicorn.http.unreader import IterUnreader

from app.kernel.roles import Role
from tests.pages import sign_in
from tests.records import Place
from tests.world import World

SQUARED = "²"
"""A digit to str.isdigit(), and none to int()."""
TWENTY = "9" * 20
"""A whole number that no column holds."""
Send = Callable[..., int]


@pytest.fixture
def place(app: Flask, client: FlaskClient, world: World) -> Place:
    """Records, with everybody's roles signed in."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
    office = world.office()
    person = world.user(*Role, organisation=office, position="kabid")
    sign_in(client, person)
    return Place(world, app.extensions["wiring"].storage, office, person)


@pytest.fixture
def send(client: FlaskClient, place: Place) -> Send:
    """Posts fields; returns the status."""

    def post(path: str, **data: Any) -> int:
        place.world.session.commit()
        return client.post(path, data=data).status_code

    return post


def test_the_office_of_whoever_asks_for_a_place_in_a_training(send: Send, app: Flask, world: World) -> None:
    batch = world.batch(sessions=1, capacity=5)
    world.session.commit()
    stranger = app.test_client()
    sent = {"name": "Siti Aminah", "phone": "0812-3456-7890", "consent": "1", "organisation_id": SQUARED}
    assert stranger.post(f"/ikut/{batch.code}", data=sent).status_code in {303, 422}


def test_the_version_of_a_post(send: Send, place: Place) -> None:
    post = place.post()
    sent = {
        "form_key": "k" * 32, "campaign_id": post.campaign_id, "title": "Judul", "text": "Isi",
        "scheduled_at": "2026-11-24T10:00", "audience": "residents",
        "outlets": [one.outlet_id for one in post.variants],
    }  # fmt: skip
    assert send(f"/materi/{post.id}/ubah", version=SQUARED, **sent) == 422


def test_the_version_of_a_group(send: Send, place: Place) -> None:
    path = f"/komunitas/{place.group().organisation_id}/ubah"
    assert send(path, version=SQUARED, name="KIM Uji", kind="kim") == 422


def test_the_version_of_a_printed_piece(send: Send, place: Place) -> None:
    piece = place.piece()
    sent = {"title": "Poster", "headline": "Judul", "lead": "Isi", "campaign_id": piece.campaign_id}
    assert send(f"/cetak/{piece.id}/ubah", version=SQUARED, **sent) == 422


def test_the_file_of_a_decree(send: Send, place: Place) -> None:
    sent = {"name": "KIM Uji", "kind": "kim", "village_code": place.village(), "decree_file_id": SQUARED}
    assert send("/komunitas/baru", **sent) == 303, "a file that is not there is none"


def test_the_number_of_a_sheet_that_is_keyed(send: Send, place: Place) -> None:
    assert send(f"/survei/{place.wave().id}/ketik", sheet=SQUARED) == 422


@pytest.mark.parametrize("field", ["sex", "age_band"])
def test_a_code_that_is_keyed(send: Send, place: Place, field: str) -> None:
    assert send(f"/survei/{place.wave().id}/ketik", **{"sheet": "1", field: SQUARED}) == 422


def test_the_parent_of_an_organisation(send: Send) -> None:
    sent = {"name": "Dinas Uji", "short": "DU", "kind": "opd", "active": "1", "parent_id": "\x85"}
    assert send("/organisasi/baru", **sent) in {303, 422}


def test_the_skill_that_somebody_saw(send: Send, place: Place) -> None:
    sent = {"skill_id": TWENTY, "level": "2", "on": "2026-11-20", "note": "Membuat tabel.", "project_id": "0"}
    assert send(f"/pelatihan/orang/{place.person_taught().id}/keterampilan", **sent) == 422


class Untouched:
    """What gunicorn's reader of chunks asks of a request."""

    def parse_trailers(self, _unreader: IterUnreader, _data: bytes | None) -> None: ...


@pytest.mark.parametrize("body", [b"zz\r\n{}\r\n0\r\n\r\n", b"2\r\n{}xx0\r\n\r\n"])
@pytest.mark.usefixtures("place")
def test_a_body_whose_chunks_are_broken(client: FlaskClient, body: bytes) -> None:
    chunks = Body(ChunkedReader(Untouched(), IterUnreader([body])))
    answer = client.post(
        "/catat/kirim",
        content_type="application/json",
        headers={"Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input": chunks, "wsgi.input_terminated": True},
    )
    assert answer.status_code in {400, 422}
