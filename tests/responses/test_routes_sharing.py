"""How a survey is shared: links of villages and OPDs, links for one person each, and nothing once it is over."""

import csv
import io
import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.kernel.roles import Role
from tests.pages import sign_in
from tests.world import VILLAGE, World


@pytest.fixture
def office(client: FlaskClient, world: World) -> FlaskClient:
    sign_in(client, world.user(Role.EDITOR))
    return client


def test_any_village_of_an_open_survey_has_a_link_a_code_and_a_poster(office: FlaskClient, world: World) -> None:
    wave = world.wave()
    page = office.get(f"/survei/{wave.id}/bagikan").text
    assert f"/s/{wave.code}/{VILLAGE}" not in page  # hundreds: a district is chosen first
    assert "Pilih kecamatan" in page
    shown = office.get(f"/survei/{wave.id}/bagikan?kecamatan={VILLAGE[:8]}").text
    assert f"/s/{wave.code}/{VILLAGE}<" in shown
    assert f"/s/{wave.code}/64.02.12" not in shown
    for path in (f"qr.png?tempat={VILLAGE}", f"lembar.pdf?tempat={VILLAGE}", "lembar.pdf?semua=1&kecamatan=64.02.01"):
        assert office.get(f"/survei/{wave.id}/bagikan/{path}").status_code == 200
    assert office.get(f"/survei/{wave.id}/bagikan/qr.png?tempat=64.02.99.9999").status_code == 404


def test_links_for_one_person_may_carry_their_opd(office: FlaskClient, world: World) -> None:
    own = world.organisation(name="Dinas Perikanan")
    wave = world.wave(audience="civil_servants", places={f"opd:{own.id}": 5})
    answer = office.post(f"/survei/{wave.id}/bagikan/tautan", data={"count": "2", "place": f"opd:{own.id}"})
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))[1:]
    assert [row[2] for row in rows] == ["Dinas Perikanan"] * 2
    path = re.sub(r"^https?://[^/]+", "", rows[0][1])
    assert path.startswith(f"/s/{wave.code}/opd:{own.id}?k=")
    page = office.get(path).text
    assert f'data-place="opd:{own.id}"' in page
    assert "data-key=" in page
    assert "nama, NIP" in page
    wrong = office.post(f"/survei/{wave.id}/bagikan/tautan", data={"count": "2", "place": "opd:999999"})
    assert wrong.status_code == 422


@pytest.mark.parametrize("values", [{"status": "closed"}, {"status": "cancelled"}])
def test_a_survey_that_is_over_invites_nobody(office: FlaskClient, world: World, values: dict[str, Any]) -> None:
    page = office.get(f"/survei/{world.wave(**values).id}/bagikan").text
    assert "wa.me" not in page
    assert "Bantu kami" not in page
    assert "sudah ditutup" in page
