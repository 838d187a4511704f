"""The pages of reports, and that their files say what the pages say."""

import io
import json
import re
import zipfile
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.gatherings.events.models import EventStatus
from app.kernel.roles import Role
from app.kernel.text import T
from app.outreach.campaigns.models import Decision, Dimension
from app.outreach.campaigns.reference import load_dimensions
from app.outreach.publishing.models import Measurement
from app.oversight.insights.overview import NOBODY_YET
from app.oversight.recaps import evaluations
from app.oversight.recaps.models import EvaluationCell, EvaluationRow
from app.oversight.recaps.open_data import resources
from app.oversight.recaps.open_set import tables_in_words
from config import ROOT
from tests.pages import asked, is_empty, sign_in
from tests.recaps.test_open_data import delivery, proof
from tests.results.build import drawn, planted, villages
from tests.world import World

PERIOD = "2026-11"
PAGES = ("/laporan-berkala", "/laporan-berkala/program", "/laporan-berkala/evaluasi", "/laporan-berkala/data-terbuka")
EVIL = '=HYPERLINK("x") #strong[a] $x$ \\ <b>*tebal*</b>'


@pytest.fixture
def office(client: FlaskClient, world: World) -> FlaskClient:
    sign_in(client, world.user(Role.EDITOR, name="Rahma"))
    return client


@pytest.fixture
def month(session: Session, world: World) -> World:
    """November: two events in two villages, one of them counted, two posts, a proof, a decision."""
    load_dimensions(session)
    campaign = world.campaign(name=EVIL)
    for place, people in ((0, 41), (3, None)):
        world.event(
            starts_in=timedelta(days=-2), status=EventStatus.HELD, village_code=world.village(place), people=people,
            campaign_id=campaign.id,
        )  # fmt: skip
    world.event(starts_in=timedelta(days=-60), status=EventStatus.HELD, village_code=world.village(6))
    delivery(world, views=1234)
    delivery(world, views=0)
    proof(world, [world.village(9)], 250)
    now = world.clock.now()
    world._add(
        Decision(campaign_id=campaign.id, text=EVIL, owner_text="Kabid", due_on=date(2026, 11, 20),
                 decided_on=date(2026, 11, 10), recorded_at=now)
    )  # fmt: skip
    return world


def page(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def words(html: str) -> str:
    """What a person reads of the main part of a page."""
    main = html[html.index("<main") : html.index("</main>")]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def pdf_text(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.mimetype == "application/pdf"
    return " ".join(" ".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(answer.data)).pages).split())


def sheets(client: FlaskClient, path: str) -> dict[str, list[tuple[object, ...]]]:
    book = load_workbook(io.BytesIO(client.get(path).data))
    return {sheet.title: [tuple(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}


def squeezed(text: str) -> str:
    return re.sub(r"[\s\u200b-]+", "", text)


def test_the_pages_are_empty_and_helpful_before_anything_happened(office: FlaskClient) -> None:
    for path in PAGES:
        page(office, path)
    assert is_empty(page(office, "/laporan-berkala/evaluasi"))
    shown = words(page(office, f"/laporan-berkala/masa/{PERIOD}"))
    assert "Belum ada kegiatan yang berlangsung pada masa ini." in shown
    assert "Belum ada unggahan pada masa ini." in shown
    assert "Pengenalan belum dicatat" in shown
    assert str(T(NOBODY_YET.msgid, period="November 2026")) in shown
    assert not re.search(r"\b0 dari", shown[shown.index("Desa yang terjangkau") : shown.index("Unggahan")])
    assert "Yang belum terjangkau" not in shown
    assert "Semua desa" not in sheets(office, f"/laporan-berkala/masa/{PERIOD}/laporan.xlsx")
    printed = pdf_text(office, f"/laporan-berkala/masa/{PERIOD}/laporan.pdf")
    assert "95 %%" not in shown + printed


def test_page_pdf_and_workbook_say_the_same(office: FlaskClient, month: World) -> None:
    shown = words(page(office, f"/laporan-berkala/masa/{PERIOD}"))
    printed = squeezed(pdf_text(office, f"/laporan-berkala/masa/{PERIOD}/laporan.pdf"))
    book = sheets(office, f"/laporan-berkala/masa/{PERIOD}/laporan.xlsx")
    told = [str(row[2]) for row in book["Isi"]]

    for said in (
        "3 dari 237 desa/kelurahan terjangkau pada November 2026.",
        "2 dari 2 unggahan terbit.",
        "250 lembar terbukti terpasang atau dibagikan di 1 desa/kelurahan.",
        "2 kegiatan berlangsung.",
        "1 keputusan dibuat, jatuh tempo, atau selesai pada masa ini.",
    ):
        assert said in shown
        assert squeezed(said) in printed
        assert said in told
    overview = words(page(office, f"/ikhtisar?periode={PERIOD}"))
    for said in [row[2] for row in book["Isi"] if row[:2] == ("Ringkasan", "Kalimat")]:
        assert str(said) in overview
    village = next(row for row in book["Semua desa"] if row[0] == month.village(0))
    assert village[3] == "ya"
    assert sum(row[3] == "ya" for row in book["Semua desa"]) == 3
    # 41 people in the one event that was counted, and nobody says 0 for the other
    assert ("Sosialisasi", 2, 1, 41) in book["Kegiatan"]
    assert "dihitung di 1 kegiatan" in shown
    # the platform's own count; what it does not give is no number
    x = next(row for row in book["Unggahan"] if str(row[0]).startswith("X"))
    assert x[3] == 1234
    assert "tidak tersedia" in x


def test_training_is_counted_by_name_and_a_channel_says_how_many_posts_gave_a_figure(
    office: FlaskClient, session: Session, month: World
) -> None:
    batch = month.batch(sessions=1)
    event = batch.sessions[0].event
    event.starts_at, event.status = month.clock.now() - timedelta(days=2), EventStatus.HELD
    session.execute(update(Measurement).where(Measurement.views == 0).values(views=None))
    session.commit()
    book = sheets(office, f"/laporan-berkala/masa/{PERIOD}/laporan.xlsx")
    training = next(row for row in book["Kegiatan"] if row[0] == "Pelatihan")
    assert training[2:4] == (None, "dicatat per peserta, lihat bagian Pelatihan")
    x = next(row for row in book["Unggahan"] if str(row[0]).startswith("X"))
    assert (x[1], x[3]) == (2, "1.234 dari 1 unggahan")
    shown = words(page(office, f"/laporan-berkala/masa/{PERIOD}"))
    assert "1.234 dari 1 unggahan" in shown


def test_what_people_wrote_is_text_in_every_file(office: FlaskClient, month: World) -> None:
    assert squeezed(EVIL) in squeezed(pdf_text(office, f"/laporan-berkala/masa/{PERIOD}/laporan.pdf"))
    book = load_workbook(io.BytesIO(office.get(f"/laporan-berkala/masa/{PERIOD}/laporan.xlsx").data))
    cell = next(cell for row in book["Keputusan dan komitmen"] for cell in row if cell.value == EVIL)
    assert cell.data_type == "s"
    assert "<b>*tebal*</b>" not in page(office, f"/laporan-berkala/masa/{PERIOD}")


def test_a_period_that_is_none_or_has_not_begun_is_not_there(office: FlaskClient) -> None:
    for name in ("2026-12", "2026-13", "kemarin", "1999"):
        assert office.get(f"/laporan-berkala/masa/{name}").status_code == 404


def test_simulated_awareness_is_marked_on_the_page_and_in_every_file(
    office: FlaskClient, session: Session, world: World
) -> None:
    load_dimensions(session)
    places = villages(world, 4)
    before = drawn(world, places, stage="baseline", starts_on=date(2026, 10, 1), ends_on=date(2026, 10, 20))
    after = drawn(world, places, stage="after", before_id=before.id, starts_on=date(2026, 11, 1),
                  ends_on=date(2026, 11, 20))  # fmt: skip
    planted(world, before, places, 120, 0.2)
    planted(world, after, places, 120, 0.7)
    for wave in (before, after):
        wave.status, wave.simulated = "closed", True
    session.commit()

    shown = words(page(office, f"/laporan-berkala/masa/{PERIOD}"))
    answer = office.get(f"/laporan-berkala/masa/{PERIOD}/laporan.pdf")
    printed = pdf_text(office, f"/laporan-berkala/masa/{PERIOD}/laporan.pdf")
    book = sheets(office, f"/laporan-berkala/masa/{PERIOD}/laporan.xlsx")

    assert "Memuat simulasi." in shown
    assert "SIMULASI" in printed
    assert "Simulasi_Laporan" in answer.headers["Content-Disposition"]
    assert str(book["Isi"][0][0]).startswith("[Simulasi]")
    assert str(book["Pengenalan"][0][0]).startswith("[Simulasi]")


def test_a_report_asks_the_same_number_of_questions_whatever_happened(
    office: FlaskClient, session: Session, world: World, month: World
) -> None:
    page(office, f"/laporan-berkala/masa/{PERIOD}")  # what is loaded once
    with asked() as few:
        page(office, f"/laporan-berkala/masa/{PERIOD}")
    for place in range(12):
        world.event(starts_in=timedelta(days=-3), status=EventStatus.HELD, village_code=world.village(place * 7))
        delivery(world, views=place)
        proof(world, [world.village(place)], 5)
    with asked() as many:
        page(office, f"/laporan-berkala/masa/{PERIOD}")
    assert len(many) == len(few)


def test_the_report_of_a_campaign_is_its_chain(office: FlaskClient, session: Session, month: World) -> None:
    campaign_id = session.scalars(select(Decision.campaign_id)).one()
    chain = words(page(office, f"/program/{campaign_id}/rantai"))
    printed = squeezed(pdf_text(office, f"/laporan-berkala/program/{campaign_id}/laporan.pdf"))
    book = sheets(office, f"/laporan-berkala/program/{campaign_id}/laporan.xlsx")
    said = next(row for row in book["Keluaran"] if row[0] == "Kegiatan berlangsung")
    assert "2 kegiatan" in said
    assert "2 kegiatan" in chain
    assert squeezed("2 kegiatan") in printed
    assert "belumdicatat" in printed
    assert not any("(Angka tiap saluran" in str(row[0]) for rows in book.values() for row in rows), "said once, above"
    assert squeezed(EVIL) in printed
    listed = page(office, "/laporan-berkala/program?q=HYPERLINK")
    assert f"/laporan-berkala/program/{campaign_id}/laporan.pdf" in listed
    assert is_empty(page(office, "/laporan-berkala/program?q=zzz"))


def test_an_opd_gets_only_the_reports_of_its_own_programmes(client: FlaskClient, world: World) -> None:
    foreign = world.campaign()
    sign_in(client, world.user(Role.VIEWER, organisation=world.organisation()))
    assert client.get(f"/laporan-berkala/program/{foreign.id}/laporan.pdf").status_code == 404
    assert foreign.name not in page(client, "/laporan-berkala/program")


def test_the_sheet_is_filled_in_from_a_form_and_told_in_its_files(
    office: FlaskClient, session: Session, world: World
) -> None:
    load_dimensions(session)
    session.commit()
    dimension = session.scalars(select(Dimension.key).order_by(Dimension.position)).first()
    made = office.post("/laporan-berkala/evaluasi/2026/baris/baru", data={"dimension_key": dimension, "title": EVIL})
    assert made.status_code == 303
    session.rollback()
    row = session.scalars(select(EvaluationRow)).one()
    cell = f"/laporan-berkala/evaluasi/baris/{row.id}/output"
    version = str(row.version)
    saved = office.post(
        cell, data={"text": "Dua belas desa", "number": "12,5", "unit": "desa", "n": "20", "version": version}
    )
    assert saved.status_code == 303
    stale = office.post(cell, data={"text": "Lain", "version": version})
    assert stale.status_code == 422
    assert "baru saja diubah orang lain" in stale.get_data(as_text=True)
    assert "Lain" in stale.get_data(as_text=True), "what was typed stays"
    session.rollback()
    assert [(one.number, one.n) for one in session.scalars(select(EvaluationCell))] == [(12.5, 20)]
    assert office.post(f"{cell}/bukti", data={"title": "Halaman", "address": "/kegiatan"}).status_code == 303
    assert office.post(f"{cell}/bukti", data={"title": "X", "address": "https://x.com/a"}).status_code == 422

    sheet = page(office, "/laporan-berkala/evaluasi?tahun=2026")
    assert "12,5 desa" in sheet
    assert "n = 20" in sheet
    assert "Bobot belum dicatat" in sheet
    printed = squeezed(pdf_text(office, "/laporan-berkala/evaluasi/2026/lembar.pdf"))
    for said in (EVIL, "Dua belas desa", "12,5", "Bobot tahun 2026 belum dicatat.", "http://localhost/kegiatan"):
        assert squeezed(said) in printed
    book = sheets(office, "/laporan-berkala/evaluasi/2026/lembar.xlsx")
    told = next(row for rows in book.values() for row in rows if row[1] == "Dua belas desa")
    assert told[2:5] == (12.5, "desa", 20)
    assert office.get("/laporan-berkala/evaluasi/2026/bobot").status_code == 403


def test_weights_are_typed_by_the_admin(client: FlaskClient, world: World) -> None:
    sign_in(client, world.user(Role.ADMIN))
    path = "/laporan-berkala/evaluasi/2026/bobot"
    weights = {"w_baseline": "10", "w_output": "30", "w_outcome": "30", "w_impact": "20", "version": "0"}
    wrong = client.post(path, data={**weights, "w_quick_win": "9,5", "source": "Pedoman"})
    assert wrong.status_code == 422
    assert "sekarang 99,5" in wrong.get_data(as_text=True)
    assert client.post(path, data={**weights, "w_quick_win": "10", "source": "Pedoman"}).status_code == 303
    assert "Bobot menurut: Pedoman" in page(client, "/laporan-berkala/evaluasi?tahun=2026")
    assert "Bobot belum dicatat" in page(client, "/laporan-berkala/evaluasi?tahun=2025")


def test_the_document_says_what_the_set_says() -> None:
    written = (ROOT / "docs" / "data-terbuka.md").read_text(encoding="utf-8")
    assert tables_in_words(resources()).rstrip() in written, "write it again: see the head of the file"


def test_the_open_set_streams_and_the_page_tells_its_columns(office: FlaskClient, month: World, app: Flask) -> None:
    answer = office.get("/laporan-berkala/data-terbuka/berkas.zip")
    assert "Content-Length" not in answer.headers
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    package = json.loads(archive.read("datapackage.json"))
    shown = page(office, "/laporan-berkala/data-terbuka")
    assert "Lisensi belum ditetapkan." in shown
    for resource in package["resources"]:
        assert resource["path"] in archive.namelist()
        assert f"{resource['name']}.csv" in shown
        for field in resource["schema"]["fields"]:
            assert f"<code>{field['name']}</code>" in shown
    assert json.loads(office.get("/laporan-berkala/data-terbuka/datapackage.json").data)["name"] == package["name"]
    assert "kode_desa" in office.get("/laporan-berkala/data-terbuka/kamus.csv").get_data(as_text=True)


def test_a_post_stands_in_the_month_in_which_it_was_due(office: FlaskClient, world: World) -> None:
    late = delivery(world, views=77)
    late.due_at, late.sent_at = datetime(2026, 10, 31, 15, 50, tzinfo=UTC), datetime(2026, 10, 31, 16, 10, tzinfo=UTC)
    world.session.commit()
    due = words(page(office, "/laporan-berkala/masa/2026-10"))
    assert "1 dari 1 unggahan terbit." in due
    assert re.search(r"\b1 1\b.* 77\b", due[due.index("Ada angkanya") :]), "and in the table by channel"
    assert "Belum ada unggahan pada masa ini." in words(page(office, "/laporan-berkala/masa/2026-11"))


def test_a_part_that_the_sheet_lacks_is_not_found_whatever_is_typed(
    office: FlaskClient, world: World, session: Session
) -> None:
    load_dimensions(session)
    key = session.scalars(select(Dimension.key)).first() or ""
    row = evaluations.add_row(
        session, world.actor(Role.EDITOR), 2026, dimension_key=key, title="x", campaign_id=None, now=world.clock.now()
    )
    session.commit()
    cell = f"/laporan-berkala/evaluasi/baris/{row.id}/tidak-ada"
    assert office.post(cell, data={"number": "abc"}).status_code == 404
    assert office.post(f"{cell}/bukti", data={"title": "x" * 999}).status_code == 404


def test_the_own_site_is_that_of_the_settings_whatever_host_a_request_names(
    office: FlaskClient, session: Session
) -> None:
    load_dimensions(session)
    session.commit()
    dimension = session.scalars(select(Dimension.key).order_by(Dimension.position)).first()
    office.post("/laporan-berkala/evaluasi/2026/baris/baru", data={"dimension_key": dimension, "title": "Baris"})
    session.rollback()
    evidence = f"/laporan-berkala/evaluasi/baris/{session.scalars(select(EvaluationRow)).one().id}/output/bukti"
    for cookie in list(office._cookies.values()):  # the browser that was led astray brings its session along
        office.set_cookie(cookie.key, cookie.value, domain="jahat.example")

    def add(address: str) -> int:
        sent = {"title": "Halaman", "address": address}
        return office.post(evidence, data=sent, base_url="http://jahat.example").status_code

    assert add("http://jahat.example/kegiatan") == 422, "a page of another site"
    assert add("http://localhost/kegiatan") == 303
