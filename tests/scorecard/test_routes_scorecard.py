"""The pages of the scorecard as people with different roles get them."""

import io
import re
from datetime import date

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app.evidence.surveys.models import Wave
from app.kernel.audit import AuditEntry
from app.kernel.roles import Role
from app.outreach.campaigns.models import KeyMessage, Service
from app.outreach.posts.content import content_hash
from app.oversight.scorecard.factors import MEASURES
from app.oversight.scorecard.models import IndicatorTarget, MessageCheck
from tests.pages import is_empty, sign_in
from tests.scorecard.build import an_office, indicators, sent, survey, wita
from tests.world import World

COUNT = re.compile(r"Jumlah: ([\d.]+)|dari ([\d.]+)</p>")


@pytest.fixture
def admin(client: FlaskClient, world: World) -> FlaskClient:
    sign_in(client, world.user(Role.ADMIN, Role.EDITOR, name="Rahma"))
    return client


def page(client: FlaskClient, path: str, **query: str) -> str:
    answer = client.get(path, query_string=query or None)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def counted(shown: str) -> int:
    """How many the list of a page says there are."""
    found = COUNT.search(shown)
    assert found is not None
    return int((found[1] or found[2]).replace(".", ""))


def test_each_figure_is_the_count_of_the_page_that_it_leads_to(
    admin: FlaskClient, world: World, session: Session
) -> None:
    an_office(world)
    shown, found = page(admin, "/rapor", periode="2026"), indicators(world)
    told = {key: one for key, one in found.items() if one.value is not None and key not in {"caught", "understood"}}
    assert set(told) == set(MEASURES) - {"caught", "understood"}
    for key, one in told.items():
        path = "/perlu-dikejar?keadaan=terlambat" if key == "overdue" else f"/rapor/data?indikator={key}&periode=2026"
        assert f'href="{path.replace("&", "&amp;")}"' in shown, key
        listed = page(admin, path)
        assert counted(listed) == one.n, key
        if one.met is not None:
            lacking = admin.get(path + "&tampil=kurang").get_data(as_text=True)
            assert (counted(lacking) if one.met < one.n else 0) == one.n - one.met, key
            assert "Tidak ada yang kurang" in lacking or one.met < one.n


def test_a_figure_of_a_survey_is_that_of_its_results(admin: FlaskClient, world: World, session: Session) -> None:
    wave = survey(world, 120)
    one = indicators(world)["understood"]
    shown = page(admin, "/rapor/data", indikator="understood", periode="2026")
    assert f'href="/survei/{wave.id}/hasil"' in shown
    results = page(admin, f"/survei/{wave.id}/hasil")
    assert one.value is not None
    assert f"{round(one.value)} %" in results
    assert "120" in results


def test_an_empty_office_reads_calmly(admin: FlaskClient) -> None:
    shown = page(admin, "/rapor")
    assert "Belum dicatat" in shown
    assert "scorecard-value" not in shown
    assert "Komitmen pelaksana" in shown
    assert "isposisi" not in shown
    assert is_empty(page(admin, "/rapor/data", indikator="decisions"))


def test_a_period_that_means_nothing_is_this_year_and_an_unknown_indicator_is_not_found(admin: FlaskClient) -> None:
    assert "Periode tahun 2026" in page(admin, "/rapor", periode="besok")
    assert admin.get("/rapor/data?indikator=karangan").status_code == 404
    assert "Desa terjangkau" in page(admin, "/rapor/data")
    assert admin.post("/rapor/target").status_code == 422
    assert admin.post("/rapor/target", data={"indikator": "karangan", "target": "1"}).status_code == 404


def test_the_file_says_what_the_page_says(admin: FlaskClient, world: World, session: Session) -> None:
    an_office(world)
    survey(world, 18, simulated=False)
    book = load_workbook(io.BytesIO(admin.get("/rapor/berkas?periode=2026").data))
    rows = list(book.active.iter_rows(values_only=True))  # type: ignore[union-attr]
    lines = {row[1]: row for row in rows[2:]}
    assert lines["Desa terjangkau"][2:4] == ("1 %", "3 dari 237 desa/kelurahan")
    assert lines["Desa terjangkau"][6] == "belum tercapai"
    assert len(lines) == len(MEASURES)
    data = load_workbook(io.BytesIO(admin.get("/rapor/data/berkas?indikator=decisions&periode=2026").data)).active
    assert data is not None
    assert ("Terjemahkan materi", "belum") in {(row[0], row[2]) for row in data.iter_rows(values_only=True)}


def test_a_file_with_practice_in_it_says_so_in_its_name_and_title(
    admin: FlaskClient, world: World, session: Session
) -> None:
    an_office(world)
    assert "Simulasi" not in admin.get("/rapor/berkas?periode=2026").headers["Content-Disposition"]
    for one in session.scalars(select(Wave)):
        one.simulated = True
    session.commit()
    answer = admin.get("/rapor/berkas?periode=2026")
    assert "Simulasi" in answer.headers["Content-Disposition"]
    sheet = load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    assert str(sheet["A1"].value).startswith("[Simulasi] Rapor Pelaksanaan")


def test_each_missing_budget_has_its_button_and_who_may_not_enter_it_reads_who_does(
    admin: FlaskClient, world: World, session: Session
) -> None:
    for name in ("Satu", "Dua"):
        world.campaign(name=name, starts_on=date(2026, 5, 1), ends_on=date(2026, 12, 31))
    shown = page(admin, "/rapor", periode="2026")
    assert "Catat anggaran Satu" in shown
    assert "Catat anggaran Dua" in shown
    sign_in(admin, world.user(Role.VIEWER))
    shown = page(admin, "/rapor", periode="2026")
    assert "Catat anggaran Satu" not in shown
    assert "dicatat oleh editor" in shown


def test_an_admin_sets_a_target_and_everybody_reads_who_did_and_when(
    client: FlaskClient, world: World, session: Session
) -> None:
    an_office(world)
    sign_in(client, world.user(Role.ADMIN, name="Ade"))
    given = {"indikator": "reached", "target": "1", "note": "Renstra", "version": "0"}
    assert client.post("/rapor/target", data=given).status_code == 302
    assert indicators(world)["reached"].state == "met"
    assert client.post("/rapor/target", data={**given, "target": "90"}).status_code == 422  # changed since it was seen
    assert client.post("/rapor/target", data={**given, "target": "101", "version": "1"}).status_code == 422
    assert session.query(IndicatorTarget).one().target == 1
    assert session.query(AuditEntry).filter_by(action="target.set").one().before == {"target": 80, "note": ""}
    client.post("/keluar")
    sign_in(client, world.user(Role.VIEWER))
    shown = page(client, "/rapor/target")
    assert "Ade" in shown
    assert "Renstra" in shown
    assert "Simpan" not in shown
    assert client.post("/rapor/target", data={**given, "version": "1"}).status_code == 403


def test_a_reader_notes_which_message_a_post_carries(admin: FlaskClient, world: World, session: Session) -> None:
    campaign = world.campaign()
    message = KeyMessage(campaign_id=campaign.id, position=1, text="Layanan ada di tangan Anda.")
    session.add(message)
    session.commit()
    posts = [sent(world, campaign, at=wita(11, day)) for day in (2, 3, 4)]
    shown = page(admin, "/rapor/pesan-kunci", periode="2026")
    assert shown.count("Belum dibaca</span>") == 3
    form = MultiDict([
        (f"materi-{posts[0].id}", str(message.id)), (f"isi-{posts[0].id}", content_hash(posts[0])),
        (f"materi-{posts[1].id}", "0"), (f"isi-{posts[1].id}", content_hash(posts[1])),
        (f"materi-{posts[2].id}", "0"), (f"isi-{posts[2].id}", "yang lama"),
    ])  # fmt: skip
    assert admin.post("/rapor/pesan-kunci?periode=2026", data=form).status_code == 302
    noted = {row.post_id: row.message for row in session.query(MessageCheck)}
    assert noted == {posts[0].id: "Layanan ada di tangan Anda.", posts[1].id: ""}
    again = page(admin, "/rapor/pesan-kunci", periode="2026")
    assert again.index(posts[2].title) < again.index(posts[0].title)
    assert session.query(AuditEntry).filter_by(action="post.message_noted").count() == 2


def test_posts_of_another_organisation_are_not_for_me_to_read(
    client: FlaskClient, world: World, session: Session
) -> None:
    own = world.organisation()
    service = Service(key="uji", name="Layanan Uji", owner_id=own.id)
    session.add(service)
    session.commit()
    post, about_us = (sent(world, world.campaign(), at=wita(11, 2), service_id=one) for one in (None, service.id))
    sign_in(client, world.user(Role.EDITOR, Role.OPD_CONTACT, organisation=own))
    for one in (post, about_us):
        form = {f"materi-{one.id}": "0", f"isi-{one.id}": one.content_hash}
        assert client.post("/rapor/pesan-kunci", data=form).status_code == 403
    assert session.query(MessageCheck).count() == 0
