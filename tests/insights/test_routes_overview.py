"""Ikhtisar and the three sentences on the home page, on SQLite."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from app.gatherings.events.models import EventStatus
from app.kernel.roles import Role
from app.outreach.publishing.models import DeliveryStatus
from tests.control.records import delivery
from tests.pages import sign_in
from tests.world import World


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_an_empty_office_reads_what_is_missing_and_where_to_enter_it(client: FlaskClient, world: World) -> None:
    sign_in(client, world.user(Role.EDITOR))
    page = client.get("/ikhtisar").text
    told = words(page)
    assert "Pengenalan belum dicatat" in told
    assert "Belum dicatat: dalam 12 bulan terakhir belum ada kegiatan" in told
    assert "Tidak ada yang terlambat." in told
    assert told.count("belum dicatat") >= 6, "each dimension"
    assert 'href="/survei/baru"' in page
    assert 'href="/kegiatan/baru"' in page


def test_every_number_leads_to_the_page_that_counts_it(client: FlaskClient, world: World) -> None:
    sign_in(client, world.user(Role.VIEWER))
    world.event(starts_in=-timedelta(days=3), village_code="64.02.01.2003", status=EventStatus.HELD)
    delivery(world, DeliveryStatus.FAILED, ago=timedelta(days=3))
    page = client.get("/ikhtisar?periode=2026").text
    assert "236 dari 237 desa/kelurahan belum terjangkau dalam tahun 2026" in words(page)
    listed = client.get("/peta-desa?periode=2026&tampilan=tabel&kecamatan=64.02.01&keadaan=belum")
    assert "/peta-desa?periode=2026&amp;tampilan=tabel&amp;keadaan=belum-pernah" in page
    assert listed.status_code == 200
    assert "belum terjangkau" in words(listed.text)
    late = re.search(r'href="(/perlu-dikejar\?bidang=\d+&amp;keadaan=terlambat)"', page)
    assert late
    assert client.get(late[1].replace("&amp;", "&")).status_code == 200
    assert client.get("/pengenalan").status_code == 200


@pytest.mark.parametrize("period", ["2026-10", "2025", "2026-K3"])
def test_another_period_is_asked_for_by_its_name(client: FlaskClient, world: World, period: str) -> None:
    sign_in(client, world.user(Role.VIEWER))
    world.event(starts_in=-timedelta(days=40), village_code="64.02.01.2003", status=EventStatus.HELD)
    page = client.get(f"/ikhtisar?periode={period}").text
    assert f'value="{period}" selected' in page
    assert ("Belum dicatat: dalam" in words(page)) == (period != "2026-10")


def test_a_period_that_is_none_is_the_last_twelve_months(client: FlaskClient, world: World) -> None:
    sign_in(client, world.user(Role.VIEWER))
    assert 'value="2025-11-25_2026-11-24" selected' in client.get("/ikhtisar?periode=2026-99").text


@pytest.mark.parametrize("role", [Role.VIEWER, Role.APPROVER])
def test_a_manager_of_the_office_opens_with_the_three_sentences(client: FlaskClient, world: World, role: Role) -> None:
    sign_in(client, world.user(role, organisation=world.office()))
    page = client.get("/").text
    assert 'id="ikhtisar"' in page
    assert page.index('id="ikhtisar"') < page.index('class="desk"')
    assert "Tidak ada yang terlambat." in words(page)


@pytest.mark.parametrize("role", [Role.CONTRIBUTOR, Role.COMMUNITY, Role.TRAINER, Role.OPD_CONTACT])
def test_others_open_with_their_own_work(client: FlaskClient, world: World, role: Role) -> None:
    sign_in(client, world.user(role))
    assert 'id="ikhtisar"' not in client.get("/").text


@pytest.mark.parametrize("role", [Role.COMMUNITY, Role.TRAINER, Role.OPD_CONTACT, Role.ENUMERATOR])
def test_who_is_not_of_the_staff_does_not_open_it(client: FlaskClient, world: World, role: Role) -> None:
    sign_in(client, world.user(role))
    assert client.get("/ikhtisar").status_code == 403
