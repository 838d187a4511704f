import re
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.base.web.panels import Panel, PanelLine
from app.kernel.clock import FrozenClock
from app.kernel.db import writing
from app.kernel.roles import Role
from app.outreach.campaigns.links import shorten
from app.outreach.campaigns.models import Campaign, Goal, LinkVisits, Service, Spending
from app.outreach.campaigns.panels import PANELS
from app.outreach.campaigns.service import load_services
from tests.pages import is_empty, sign_in
from tests.slots import holding
from tests.world import World


def filled(world: World, **changes):
    return {
        "name": "Kenal Smart City",
        "summary": "Ringkasan",
        "organisation_id": str(world.office().id),
        "starts_on": "2026-11-30",
        "ends_on": "2026-12-27",
        "audience": "both",
        "budget": "1,5 juta",
        "dimension_keys": ["smart-living"],
        "village_codes": ["64.02.12.2002"],
        **changes,
    }


def again(session: Session, campaign: Campaign) -> Campaign:
    session.rollback()
    return session.get_one(Campaign, campaign.id, populate_existing=True)


def test_an_empty_list_says_what_to_do_first(client: FlaskClient, world: World) -> None:
    sign_in(client, world.user(Role.EDITOR))
    page = client.get("/program").text
    assert is_empty(page)
    assert "Lihat Paket Materi" in page


def test_list_tells_how_many_and_pages(client: FlaskClient, world: World) -> None:
    for _number in range(30):
        world.campaign()
    sign_in(client, world.user(Role.VIEWER))
    page = client.get("/program").text
    assert "1–25 dari 30" in page
    assert "26–30 dari 30" in client.get("/program?hal=2").text
    assert "Program baru" not in page, "a viewer plans nothing"


def test_list_filters(client: FlaskClient, world: World) -> None:
    world.campaign(name="Kenal Smart City")
    world.campaign(name="UKM Go Digital")
    sign_in(client, world.user(Role.EDITOR))
    page = client.get("/program?q=ukm").text
    assert "UKM Go Digital" in page
    assert "Kenal Smart City" not in page
    assert is_empty(client.get("/program?status=cancelled").text)
    for wild in ("opd=99999999999999999999", "opd=x", "hal=99999999999999999999", "hal=-3", "status=hilang"):
        assert client.get(f"/program?{wild}").status_code == 200, wild


def test_list_is_downloaded_as_csv(client: FlaskClient, world: World) -> None:
    world.campaign(name='=HYPERLINK("http://jahat.example")', budget=5_000)
    world.campaign(name="Biasa")
    sign_in(client, world.user(Role.EDITOR))
    answer = client.get("/program/unduh.csv?q=hyperlink")
    assert answer.mimetype == "text/csv"
    lines = answer.text.splitlines()
    assert lines[0].startswith("\ufeffProgram;Status;OPD")
    assert len(lines) == 2
    assert lines[1].startswith("\"'=HYPERLINK"), "a spreadsheet must not run it"
    assert ";5000;0" in lines[1]


def test_a_campaign_is_planned(client: FlaskClient, world: World, session: Session) -> None:
    sign_in(client, world.user(Role.EDITOR))
    assert "Kecamatan Tabang" in client.get("/program/baru").text
    answer = client.post("/program/baru", data=filled(world))
    assert answer.status_code == 302
    session.rollback()
    campaign = session.scalars(select(Campaign)).one()
    assert answer.location.endswith(f"/program/{campaign.id}")
    assert (campaign.budget, campaign.audience) == (1_500_000, "both")
    assert [row.code for row in campaign.villages] == ["64.02.12.2002"]
    page = client.get(answer.location).text
    for words in (
        "Rp1.500.000",
        "Long Lalang",
        "Smart Living",
        "Direncanakan",
        "Warga dan ASN",
        "Sasaran belum dicatat",
    ):
        assert words in page


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "Bagian ini wajib diisi"),
        ({"ends_on": "2026-11-01"}, "mendahului tanggal mulai"),
        ({"village_codes": ["64.02.99.2001"]}, "64.02.99.2001 tidak dikenal"),
        ({"budget": "-5"}, "rupiah bulat"),
        ({"starts_on": "besok"}, "Tanggal ini tidak bisa dibaca"),
        ({"name": "x" * 300}, "Terlalu panjang"),
    ],
)
def test_a_wrong_entry_comes_back_filled(
    client: FlaskClient, world: World, session: Session, changes, sentence
) -> None:
    sign_in(client, world.user(Role.EDITOR))
    answer = client.post("/program/baru", data=filled(world, summary="Isian yang tidak hilang", **changes))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Isian yang tidak hilang" in answer.text
    assert session.scalar(select(Campaign.id)) is None


def test_second_editor_keeps_what_they_typed_and_can_save_again(
    client: FlaskClient, world: World, session: Session
) -> None:
    campaign = world.campaign(name="Awal")
    sign_in(client, world.user(Role.EDITOR))
    seen = re.search(r'name="version"[^>]*value="(\d+)"', client.get(f"/program/{campaign.id}/ubah").text)
    assert seen
    client.post(f"/program/{campaign.id}/ubah", data=filled(world, name="Dari orang lain", version=seen[1]))
    answer = client.post(f"/program/{campaign.id}/ubah", data=filled(world, name="Ketikan saya", version=seen[1]))
    assert answer.status_code == 422
    assert "baru saja diubah orang lain" in answer.text
    assert "Ketikan saya" in answer.text
    assert again(session, campaign).name == "Dari orang lain"
    fresh = re.search(r'name="version"[^>]*value="(\d+)"', answer.text)
    assert fresh
    client.post(f"/program/{campaign.id}/ubah", data=filled(world, name="Ketikan saya", version=fresh[1]))
    assert again(session, campaign).name == "Ketikan saya"


def test_status_moves_by_button_and_refuses_a_wrong_move(client: FlaskClient, world: World, session: Session) -> None:
    campaign = world.campaign()  # active
    sign_in(client, world.user(Role.EDITOR))
    page = client.get(f"/program/{campaign.id}").text
    assert "Tandai selesai" in page
    assert "Mulai program" not in page
    assert client.post(f"/program/{campaign.id}/status", data={"status": "ended"}).status_code == 302
    assert again(session, campaign).status == "ended"
    assert client.post(f"/program/{campaign.id}/status", data={"status": "active"}).status_code == 409
    assert client.post(f"/program/{campaign.id}/status", data={"status": "hilang"}).status_code == 422
    assert again(session, campaign).status == "ended"


def test_goals_messages_and_spending_by_form(client: FlaskClient, world: World, session: Session) -> None:
    campaign = world.campaign(budget=1_000_000)
    sign_in(client, world.user(Role.EDITOR))
    here = f"/program/{campaign.id}"
    for page in ("/sasaran/baru", "/pesan-kunci", "/belanja/baru"):
        assert client.get(here + page).status_code == 200
    goal = {
        "measure": "Warga yang mengenal istilah",
        "unit": "%",
        "baseline": "",
        "target": "42,5",
        "responsible_id": "",
    }
    assert client.post(f"{here}/sasaran/baru", data=goal).status_code == 302
    stored = session.scalars(select(Goal)).one()
    assert (stored.baseline, stored.target) == (None, 42.5)
    assert client.post(f"{here}/sasaran/baru", data={**goal, "target": "1.2.3"}).status_code == 422
    assert "42,5" in client.get(f"{here}/sasaran/{stored.id}").text
    assert client.post(f"{here}/pesan-kunci", data={"texts-0": "Satu pesan", "texts-1": ""}).status_code == 302
    spent = {"note": "cetak poster", "spent_on": "2026-11-24", "amount": "1.250.000", "hours": "2,5"}
    assert client.post(f"{here}/belanja/baru", data=spent).status_code == 302
    assert client.post(f"{here}/belanja/baru", data={**spent, "amount": "", "hours": ""}).status_code == 422
    page = client.get(here).text
    for words in ("belum dicatat", "42,5 %", "Satu pesan", "melebihi anggaran sebesar Rp250.000", "2,5 jam", "habis"):
        assert words in page, words
    session.rollback()
    spending = session.scalars(select(Spending)).one()
    client.post(f"{here}/belanja/{spending.id}/hapus")
    client.post(f"{here}/sasaran/{stored.id}/hapus")
    session.rollback()
    assert session.scalar(select(Spending.id)) is None
    assert session.scalar(select(Goal.id)) is None


def test_a_contact_reads_about_their_service_and_changes_nothing(
    client: FlaskClient, world: World, session: Session
) -> None:
    opd = world.organisation(name="Disdukcapil")
    load_services(session)
    service = session.scalars(select(Service).where(Service.key == "idaman-rt")).one()
    about, other = world.campaign(name="Tentang kami", services=[service]), world.campaign(name="Lain")
    sign_in(client, world.user(Role.OPD_CONTACT, organisation=opd))
    page = client.get("/program").text
    assert "Tentang kami" in page
    assert "Lain<" not in page
    assert client.get(f"/program/{other.id}").status_code == 404
    shown = client.get(f"/program/{about.id}")
    assert shown.status_code == 200
    assert "Ubah" not in shown.text
    assert client.get(f"/program/{about.id}/ubah").status_code == 403


def test_a_foreign_editor_finds_nothing(client: FlaskClient, world: World) -> None:
    campaign = world.campaign()
    sign_in(client, world.user(Role.EDITOR, organisation=world.organisation()))
    for path in ("", "/ubah", "/sasaran/baru", "/pesan-kunci", "/belanja/baru"):
        assert client.get(f"/program/{campaign.id}{path}").status_code == 404, path
    assert client.post(f"/program/{campaign.id}/status", data={"status": "ended"}).status_code == 404


def test_a_contributor_sees_no_buttons_on_what_others_made(client: FlaskClient, world: World) -> None:
    campaign = world.campaign()
    sign_in(client, world.user(Role.CONTRIBUTOR))
    assert "Tambah sasaran" not in client.get(f"/program/{campaign.id}").text
    assert client.post(f"/program/{campaign.id}/ubah", data=filled(world)).status_code == 403


def test_higher_rooms_show_their_panels(client: FlaskClient, world: World) -> None:
    line = PanelLine("Materi satu", "/materi/1", badge=("wait", "Draf"))
    shown = Panel("Materi", "Belum ada materi.", "/materi", total=7, lines=[line])
    campaign = world.campaign()
    sign_in(client, world.user(Role.VIEWER))
    with holding(PANELS, {"uji": lambda _session, _actor, _campaign: shown}):
        page = client.get(f"/program/{campaign.id}").text
    for words in ("Materi (7)", "Materi satu", "Draf", "6 lainnya"):
        assert words in page


# --- short links ---

PHONE = {"User-Agent": "Mozilla/5.0 (Linux; Android 13; CUBOT NOTE 20) AppleWebKit/537.36 Chrome/120 Mobile"}


@pytest.fixture
def code(session: Session, world: World, clock: FrozenClock) -> str:
    campaign = world.campaign(name="Kenal Smart City")
    link = shorten(
        session,
        purpose="post:1:2",
        target="https://kukarkab.go.id/x?a=1",
        campaign_id=campaign.id,
        source="facebook",
        medium="social",
        now=clock.now(),
    )
    session.commit()
    return link.code


def visits(session: Session) -> dict[date, int]:
    session.rollback()
    return {row.day: row.count for row in session.scalars(select(LinkVisits))}


def test_a_code_leads_on_and_counts_without_a_cookie(
    client: FlaskClient, session: Session, code: str, clock: FrozenClock
) -> None:
    answer = client.get(f"/t/{code}", headers=PHONE)
    assert answer.status_code == 302
    assert answer.location == (
        "https://kukarkab.go.id/x?a=1&utm_source=facebook&utm_medium=social&utm_campaign=kenal-smart-city"
    )
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    client.get(f"/t/{code.upper()}", headers=PHONE)
    clock.advance(hours=16)  # midnight in the regency, still the 24th in UTC
    client.get(f"/t/{code}", headers=PHONE)
    assert visits(session) == {date(2026, 11, 24): 2, date(2026, 11, 25): 1}


@pytest.mark.parametrize(
    "headers",
    [
        {"User-Agent": "facebookexternalhit/1.1"},
        {"User-Agent": "WhatsApp/2.23.20.0"},
        {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"},
        {"User-Agent": "Twitterbot/1.0"},
        {"User-Agent": ""},
        {**PHONE, "Sec-Purpose": "prefetch;prerender"},
        {**PHONE, "Purpose": "prefetch"},
    ],
)
def test_programs_that_look_ahead_are_led_on_uncounted(
    client: FlaskClient, session: Session, code: str, headers: dict[str, str]
) -> None:
    assert client.get(f"/t/{code}", headers=headers).status_code == 302
    assert visits(session) == {}


def test_head_is_not_a_visit(client: FlaskClient, session: Session, code: str) -> None:
    assert client.head(f"/t/{code}", headers=PHONE).status_code == 302
    assert visits(session) == {}


def test_an_unknown_code_gets_a_friendly_page(client: FlaskClient) -> None:
    answer = client.get("/t/tidakada")
    assert answer.status_code == 404
    assert "Tautan ini tidak kami kenal" in answer.text


def test_a_busy_database_does_not_hold_the_visitor(
    app: Flask, client: FlaskClient, session: Session, code: str
) -> None:
    with writing():
        session.rollback()
        session.execute(text("UPDATE campaigns SET name = name"))
        answer = client.get(f"/t/{code}", headers=PHONE)
    assert answer.status_code == 302
    assert visits(session) == {}
