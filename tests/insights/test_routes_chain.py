"""The page of a campaign's chain, its file, and the figures of services, on SQLite."""

import html
import io
import re
from datetime import timedelta

from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.areas.models import Village
from app.kernel.roles import Role
from app.outreach.campaigns.models import Decision
from app.oversight.insights.models import ImpactFigure
from tests.insights.build import full, ordered, piece, proved
from tests.insights.test_chain import TODAY
from tests.insights.test_chain_surveys import pair
from tests.pages import sign_in
from tests.publishing.counted import measured, sent
from tests.world import World

FORM = {"what": "Pendaftar baru", "value": "1.250", "unit": "orang", "on": "2026-11-20", "source": "Laporan"}


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_the_seven_steps_stand_in_order_and_lead_to_their_records(client: FlaskClient, world: World) -> None:
    sign_in(client, world.user(Role.VIEWER))
    campaign = full(world)
    page = client.get(f"/program/{campaign.id}/rantai").text
    titles = re.findall(r'<h2 class="card-title" id="\w+-judul">([^<]+)</h2>', page)
    assert titles == [
        "Sasaran", "Masukan", "Keluaran", "Tanggapan", "Hasil", "Pemakaian layanan", "Pembelajaran",
    ]  # fmt: skip
    for source in (f"/tayang?program={campaign.id}", f"/kegiatan?program={campaign.id}",
                   f"/cetak/bukti?program={campaign.id}", f"/jangkauan?program={campaign.id}"):  # fmt: skip
        assert source in page
    assert f'href="/program/{campaign.id}"' in page
    assert "dampak program" not in page.lower()
    assert "Catat belanja" not in page, "a viewer enters nothing"
    told = words(page)
    assert "Catat angka layanan: oleh editor." in told
    rows = re.findall(r"<tr>\s*<th scope=\"row\">.*?</tr>", page, re.S)
    assert len(rows) > 8
    assert [row for row in rows if "Sumber: " not in row or "Target" not in row or "chain-moved" not in row] == []
    assert ">tidak ada</td>" in page


def test_a_viewer_is_told_who_enters_what_is_missing(client: FlaskClient, world: World) -> None:
    sign_in(client, world.user(Role.VIEWER))
    told = words(client.get(f"/program/{world.campaign().id}/rantai").text)
    assert "Belanja: belum dicatat dicatat oleh editor" in told
    assert "Dicatat oleh editor." in told[told.index("Keputusan belum dicatat") :]


def test_a_figure_leads_to_what_it_counts(client: FlaskClient, world: World, session: Session) -> None:
    sign_in(client, world.user(Role.VIEWER))
    campaign, near, far = full(world), world.village(1), world.village(9)
    campaign.villages = [session.get_one(Village, near)]
    proved(world, piece(world, campaign), 5, [far])
    short, done = piece(world, campaign), piece(world, campaign)
    short.title, done.title = "Poster belum terbukti", "Poster terbukti"
    ordered(world, short, 9)
    ordered(world, done, 5)
    proved(world, done, 5, [near])
    aimed = world.post(world.outlet("x"), campaign=campaign, title="Untuk satu desa")
    aimed.villages = [session.get_one(Village, near)]
    world.post(world.outlet("x"), campaign=campaign, title="Untuk semua")
    session.commit()
    page = client.get(f"/program/{campaign.id}/rantai").text

    def behind(label: str) -> str:
        found = re.search(rf'<a href="([^"]+)">{label}', page)
        assert found, label
        return client.get(html.unescape(found[1]).split("#")[0]).text

    reached = behind("Desa/kelurahan terjangkau")
    assert "Desa yang pernah terjangkau. Hanya kontak dan wilayah program Kenal" in reached
    assert f"/wilayah/desa/{near}" in reached
    assert f"/wilayah/desa/{far}" not in reached
    assert "3.650" not in reached
    assert "Desa/kelurahan 1 " in words(reached), "of the campaign's area alone"
    pieces = behind("Cetakan dipesan, belum ada buktinya")
    assert "Poster belum terbukti" in pieces
    assert "Poster terbukti" not in pieces
    posts = behind("Desa/kelurahan yang dituju unggahan")
    assert "Untuk satu desa" in posts
    assert "Untuk semua" not in posts
    assert f"/program/{campaign.id}/tayangan#tautan" in page
    assert 'id="tautan"' in behind("Kode QR cetakan dibuka")


def test_the_campaigns_page_leads_there(client: FlaskClient, world: World) -> None:
    sign_in(client, world.user(Role.VIEWER))
    campaign = world.campaign()
    assert f'href="/program/{campaign.id}/rantai"' in client.get(f"/program/{campaign.id}").text


def test_what_is_missing_has_its_button(client: FlaskClient, world: World) -> None:
    sign_in(client, world.user(Role.EDITOR))
    campaign = world.campaign()
    page = client.get(f"/program/{campaign.id}/rantai").text
    told = words(page)
    assert "Belanja : belum dicatat Catat belanja" in told.replace("Belanja:", "Belanja :")
    for address in ("sasaran/baru", "belanja/baru", "rantai/angka/baru", "keputusan/baru"):
        assert f"/program/{campaign.id}/{address}" in page
    assert f"/survei/baru?program={campaign.id}&amp;tahap=baseline" in page
    assert not re.search(r"\b0 (lembar|jam|kunjungan|kegiatan)\b", told)


def test_a_called_off_campaign_offers_nothing(client: FlaskClient, world: World) -> None:
    sign_in(client, world.user(Role.EDITOR))
    campaign = world.campaign(status="cancelled")
    page = client.get(f"/program/{campaign.id}/rantai").text
    assert "Program ini dibatalkan" in page
    assert "/survei/baru" not in page
    assert client.post(f"/program/{campaign.id}/rantai/angka/baru", data=FORM).status_code == 409


def test_another_opds_contact_does_not_find_it(client: FlaskClient, world: World) -> None:
    mine, other = world.organisation(), world.organisation()
    campaign = world.campaign(organisation_id=mine.id)
    sign_in(client, world.user(Role.OPD_CONTACT, organisation=other))
    for address in ("", ".xlsx", "/angka"):
        assert client.get(f"/program/{campaign.id}/rantai{address}").status_code == 404
    client.get("/keluar")
    client.post("/keluar")
    sign_in(client, world.user(Role.OPD_CONTACT, organisation=mine))
    assert client.get(f"/program/{campaign.id}/rantai").status_code == 200


def test_decisions_close_the_page(client: FlaskClient, world: World) -> None:
    sign_in(client, world.user(Role.EDITOR))
    campaign = world.campaign()
    world._add(
        Decision(
            campaign_id=campaign.id, text="Datangi Tabang", owner_text="Kabid", due_on=TODAY - timedelta(days=3),
            decided_on=TODAY - timedelta(days=30), recorded_at=world.clock.now(),
        )
    )  # fmt: skip
    page = words(client.get(f"/program/{campaign.id}/rantai").text)
    assert "1 keputusan lewat batas waktunya." in page
    assert page.index("Pembelajaran Yang diputuskan") < page.index("Datangi Tabang") < page.index("Catat keputusan")


def test_the_file_says_what_the_page_says(client: FlaskClient, world: World) -> None:
    sign_in(client, world.user(Role.VIEWER))
    campaign = full(world)
    measured(world, sent(world, world.outlet("instagram"), campaign=campaign), 24, views=70)
    pair(world, campaign, people=18)
    book = load_workbook(io.BytesIO(client.get(f"/program/{campaign.id}/rantai.xlsx").data))
    head, *rows = book["Rantai program"].iter_rows(min_row=2, values_only=True)
    lines = {row[1]: dict(zip(head, row, strict=True)) for row in rows}
    assert (lines["Belanja"]["Keadaan (angka)"], lines["Belanja"]["Target (angka)"]) == (1_000_000, 10_000_000)
    assert lines["Tempat pelatihan terpakai"]["Keadaan"] == "belum dicatat"
    assert lines["Tempat pelatihan terpakai"]["Keadaan (angka)"] is None
    assert lines["Instagram: akun terjangkau"]["Keadaan"] == "tidak tersedia"
    assert lines["Mengenal istilah"]["Keadaan"] == "belum cukup (18 dari 30)"
    assert lines["Mengenal istilah"]["Keadaan (angka)"] is None
    months = list(book["Per bulan"].iter_rows(min_row=3, values_only=True))
    assert ("Masukan", "Belanja", 1_000_000) in [(row[0], row[1], row[3]) for row in months]


def test_the_file_of_a_practice_survey_says_so(client: FlaskClient, world: World) -> None:
    sign_in(client, world.user(Role.VIEWER))
    campaign = world.campaign(name="Kenal")
    pair(world, campaign, people=40, simulated=True)
    answer = client.get(f"/program/{campaign.id}/rantai.xlsx")
    assert "Simulasi" in answer.headers["Content-Disposition"]
    assert load_workbook(io.BytesIO(answer.data))["Rantai program"]["A1"].value == "[Simulasi] Rantai program Kenal"


def test_a_figure_of_a_service_is_recorded_mended_and_taken_away(
    client: FlaskClient, world: World, session: Session
) -> None:
    sign_in(client, world.user(Role.EDITOR))
    campaign = world.campaign()
    home = f"/program/{campaign.id}/rantai"
    assert client.post(f"{home}/angka/baru", data={**FORM, "on": "2027-01-01"}).status_code == 422
    answer = client.post(f"{home}/angka/baru", data=FORM)
    assert answer.status_code == 303
    assert "1.250 orang" in client.get(home).text
    figure = session.scalars(select(ImpactFigure)).one()
    assert figure.value == 1250
    form = client.get(f"{home}/angka/{figure.id}").text
    assert 'value="1.250"' in form
    changed = {**FORM, "value": "1.300,5", "version": "1"}
    assert client.post(f"{home}/angka/{figure.id}", data=changed).status_code == 303
    stale = client.post(f"{home}/angka/{figure.id}", data=changed)
    assert stale.status_code == 422
    assert "diubah orang lain" in stale.text
    assert 'name="version" type="hidden" value="2"' in stale.text
    assert "1.300,5" in client.get(f"{home}/angka").text
    assert client.post(f"{home}/angka/{figure.id}/hapus").status_code == 303
    assert "belum dicatat" in client.get(f"{home}/angka").text


def test_numbers_that_no_record_has_are_addresses_that_do_not_exist(client: FlaskClient, world: World) -> None:
    sign_in(client, world.user(Role.EDITOR))
    campaign = world.campaign()
    for address in ("/program/99999/rantai", f"/program/{campaign.id}/rantai/angka/77",
                    "/program/99999999999999999999/rantai"):  # fmt: skip
        assert client.get(address).status_code == 404
