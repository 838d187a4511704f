"""What came out of a goal, as a person writes it down from the page of a campaign."""

from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.roles import Role
from app.outreach.campaigns.models import Campaign, Goal
from tests.pages import sign_in
from tests.results.build import drawn, planted, villages
from tests.world import World

TYPED = {"result": "43,5", "result_on": "2026-11-23", "note": "Daftar hadir 12 desa"}


@pytest.fixture
def campaign(world: World) -> Campaign:
    made = world.campaign(starts_on=date(2026, 10, 1), ends_on=date(2026, 11, 20))
    world._add(Goal(campaign_id=made.id, measure="Mengenal", baseline=20, target=40, due_on=date(2026, 12, 1)))
    return made


def the_one(session: Session) -> Goal:
    session.rollback()
    return session.scalars(select(Goal)).one()


def test_a_result_from_the_row_of_the_goal_to_the_row_of_the_goal(
    client: FlaskClient, campaign: Campaign, world: World, session: Session
) -> None:
    here = f"/program/{campaign.id}"
    page = f"{here}/sasaran/{the_one(session).id}/hasil"
    sign_in(client, world.user(Role.EDITOR))
    assert f'href="{page}"' in client.get(here).text
    asked = client.get(page).text
    for words in ("20 %", "40 %", "1 Des 2026"):
        assert words in asked
    answer = client.post(page, data=TYPED)
    assert (answer.status_code, answer.location) == (303, f"{here}#sasaran")
    shown = client.get(here).text
    for words in ("43,5 %", "tercapai", "Daftar hadir 12 desa", "Ubah hasil"):
        assert words in shown
    assert 'value="43,5"' in client.get(page).text
    assert client.post(f"{page}?dari=rantai", data={**TYPED, "result": "12"}).location.endswith("/rantai#goals")
    assert "belum tercapai" in client.get(here).text
    assert client.post(f"{page}/hapus").status_code == 303
    assert the_one(session).result is None


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"result": "empat puluh"}, "Isi dengan angka"),
        ({"result": ""}, "Bagian ini wajib diisi"),
        ({"result_on": "2026-11-25"}, "Tanggal ini belum terjadi"),
        ({"result_on": "2026-09-30"}, "sebelum program mulai"),
        ({"note": " "}, "Tulis asal angkanya"),
    ],
)
def test_what_cannot_be_kept_is_said_beside_its_field_and_nothing_typed_is_lost(
    client: FlaskClient, campaign: Campaign, world: World, session: Session, changes: dict[str, str], sentence: str
) -> None:
    sign_in(client, world.user(Role.EDITOR))
    typed = {**TYPED, **changes}
    answer = client.post(f"/program/{campaign.id}/sasaran/{the_one(session).id}/hasil", data=typed)
    assert answer.status_code == 422
    assert sentence in answer.text
    for value in typed.values():
        assert value in answer.text
    assert the_one(session).result is None


def test_a_closed_survey_offers_its_shares_and_only_those_that_may_be_shown(
    client: FlaskClient, campaign: Campaign, world: World, session: Session
) -> None:
    places, instrument = villages(world, 9), world.instrument()
    held = {"campaign_id": campaign.id, "status": "closed", "instrument": instrument, "stage": "after",
            "starts_on": date(2026, 11, 1), "ends_on": date(2026, 11, 20)}  # fmt: skip
    large = drawn(world, places, name="Survei sesudah", **held)
    planted(world, large, places, 200, 0.6)
    for few in (drawn(world, places, name="Terlalu kecil", **held),
                drawn(world, places, name="Latihan", simulated=True, **held)):  # fmt: skip
        planted(world, few, places, 25 if few.name == "Terlalu kecil" else 100, 0.6)
    sign_in(client, world.user(Role.EDITOR))
    page = f"/program/{campaign.id}/sasaran/{the_one(session).id}/hasil"
    asked = client.get(page).text
    assert "Survei sesudah" in asked
    assert "Terlalu kecil" not in asked
    assert "Latihan" not in asked
    assert "Kepercayaan" not in asked  # a mean is no share
    key = f"{large.id}.istilah"
    assert f"ambil={key}" in asked
    filled = client.get(f"{page}?ambil={key}").text
    assert "n = 200, 95 %: " in filled
    assert 'value="2026-11-20"' in filled
    value = filled.split('name="result"')[1].split('value="')[1].split('"')[0]
    note = filled.split('name="note"')[1].split(">")[1].split("<")[0].strip()
    stored = {"result": value, "result_on": "2026-11-20", "note": note, "taken": key}
    assert client.post(page, data=stored).status_code == 303
    assert the_one(session).result_wave_id == large.id
    assert the_one(session).result == float(value)
    assert f'/survei/{large.id}/hasil"' in client.get(f"/program/{campaign.id}").text
