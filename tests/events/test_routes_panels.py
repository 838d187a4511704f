"""Events on the page of a campaign and of a village."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from app.gatherings.events.models import EventStatus
from app.kernel.roles import Role
from tests.pages import asked, sign_in
from tests.world import World


@pytest.fixture
def editor(client: FlaskClient, world: World) -> FlaskClient:
    sign_in(client, world.user(Role.EDITOR))
    return client


def test_a_campaign_shows_its_events_and_where_to_plan_one(editor: FlaskClient, world: World) -> None:
    campaign = world.campaign()
    world.event(campaign_id=campaign.id, title="Kenal di balai")
    world.event(title="Milik program lain")
    page = editor.get(f"/program/{campaign.id}").text
    assert "Kenal di balai" in page
    assert "Milik program lain" not in page
    assert f"/kegiatan/baru?program={campaign.id}" in page


def test_a_campaign_links_to_its_calendar_once_it_has_a_public_event(editor: FlaskClient, world: World) -> None:
    campaign = world.campaign()
    world.event(campaign_id=campaign.id)
    feed = f"/agenda/program/{campaign.id}.ics"
    assert feed not in editor.get(f"/program/{campaign.id}").text
    world.event(campaign_id=campaign.id, status=EventStatus.ANNOUNCED)
    assert f'<a href="{feed}">' in editor.get(f"/program/{campaign.id}").text
    assert editor.get(feed).status_code == 200


def test_a_village_shows_its_events_and_that_it_was_reached(editor: FlaskClient, world: World) -> None:
    code = world.village(7)
    path = f"/wilayah/desa/{code}"
    assert "Belum ada yang terlaksana" in editor.get(path).text
    world.event(village_code=code, title="Baru rencana")
    assert "Belum ada yang terlaksana" in editor.get(path).text, "a plan reaches nobody"
    world.event(
        village_code=code, title="Sudah", status=EventStatus.VERIFIED, starts_in=timedelta(days=-4), people=1234
    )
    world.event(village_code=code, title="Yang dibatalkan", status=EventStatus.CANCELLED)
    world.event(title="Di desa lain")
    page = editor.get(path).text
    for words in ("1 terlaksana, terakhir Jum, 20 Nov 2026", "Baru rencana", "1.234 orang hadir"):
        assert words in page
    assert "Di desa lain" not in page
    assert "Yang dibatalkan" not in page
    assert f"/kegiatan/baru?desa={code}" in page


def test_what_another_group_did_reaches_the_village_without_being_listed(client: FlaskClient, world: World) -> None:
    """For whoever may not see the event itself."""
    code = world.village(7)
    kim, other = world.kim(), world.kim()
    world.event(
        village_code=code, organisation_id=other.id, title="Rapat tertutup", status=EventStatus.HELD,
        starts_in=timedelta(days=-1),
    )  # fmt: skip
    sign_in(client, world.user(Role.OPD_CONTACT, organisation=kim))
    page = client.get(f"/wilayah/desa/{code}")
    assert "1 terlaksana" in page.text
    assert "Rapat tertutup" not in page.text


def test_the_village_asks_as_much_for_many_events(editor: FlaskClient, world: World) -> None:
    code = world.village(7)
    world.event(village_code=code)
    editor.get(f"/wilayah/desa/{code}")
    with asked() as few:
        editor.get(f"/wilayah/desa/{code}")
    for _number in range(5):
        world.event(village_code=code)
    with asked() as many:
        editor.get(f"/wilayah/desa/{code}")
    assert len(few) == len(many)
