import re
from collections.abc import Callable
from datetime import timedelta

import html5lib
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.desk import words
from app.kernel.clock import FrozenClock
from app.kernel.roles import Role
from app.outreach.publishing.heartbeat import beat
from tests import pages
from tests.desk.test_states import deliver
from tests.pages import is_empty
from tests.world import World

SignIn = Callable[..., FlaskClient]


@pytest.fixture
def sign_in(client: FlaskClient, world: World) -> SignIn:
    def enter(*roles: Role, **values) -> FlaskClient:
        pages.sign_in(client, world.user(*roles, **values))
        return client

    return enter


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def main_of(page: str) -> str:
    return page.partition("<main")[2].partition("</main>")[0]


@pytest.mark.parametrize("path", ["/", "/kalender"])
def test_nobody_enters_without_signing_in(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 302


@pytest.mark.parametrize("role", list(Role))
def test_everybody_has_a_home(sign_in: SignIn, role: Role) -> None:
    page = sign_in(role).get("/")
    assert page.status_code == 200
    assert "Perlu Ditindaklanjuti" in page.text


def current_of(page: str) -> str:
    """The label of the menu item that is lit."""
    lit = re.search(r'<li><a [^>]*aria-current="page"[^>]*>(.*?)</a>', page, re.DOTALL)
    return text_of(lit[1]).strip() if lit else ""


def test_who_only_proves_finds_the_way_from_home_and_menu(sign_in: SignIn) -> None:
    client = sign_in(Role.COMMUNITY)
    assert 'href="/cetak/bukti/catat"' in main_of(client.get("/").text)
    assert [current_of(client.get(path).text) for path in ("/cetak/bukti", "/cetak/bukti/catat")] == [
        "Bukti terpasang",
        "Bukti terpasang",
    ]


def test_who_opens_all_of_printing_has_one_menu_item_for_it(sign_in: SignIn) -> None:
    client = sign_in(Role.EDITOR)
    assert "Catat bukti terpasang" not in client.get("/").text
    page = client.get("/cetak/bukti").text
    assert current_of(page) == "Cetak"
    assert '<li><a href="/cetak/bukti"' not in page


def test_a_post_to_approve_belongs_to_the_approvals(sign_in: SignIn, world: World, session: Session) -> None:
    post = world.post(world.outlet(), status="in_review")
    post.steps, post.waiting_for, post.round, post.submitted_at = ["kabid"], "kabid", 1, world.clock.now()
    session.commit()
    client = sign_in(Role.APPROVER, position="kabid")
    assert current_of(client.get(f"/persetujuan/{post.id}").text).startswith("Persetujuan")
    assert current_of(client.get(f"/materi/{post.id}").text) == "Materi"


@pytest.mark.parametrize("role", [Role.COMMUNITY, Role.TRAINER, Role.ENUMERATOR])
def test_the_calendar_is_for_the_office_and_contacts(sign_in: SignIn, role: Role) -> None:
    assert sign_in(role).get("/kalender").status_code == 403


def test_an_empty_installation_shows_the_first_steps(sign_in: SignIn) -> None:
    page = sign_in(Role.EDITOR).get("/").text
    assert "Langkah pertama" in page
    assert "Semua sudah beres" not in page


def test_who_only_watches_looks_at_what_waits_for_others(
    sign_in: SignIn, session: Session, world: World, clock: FrozenClock
) -> None:
    outlet = world.outlet(responsible_id=world.user(Role.EDITOR, name="Erna").id)
    deliver(session, clock, world.post(outlet, title="Gagal", status="approved"), outlet, "failed")
    world.outlet(name="Putus", status="needs_sign_in")
    page = text_of(main_of(sign_in(Role.VIEWER).get("/").text))
    for word in ("Perbaiki", "Hubungkan", "hal menunggu", "Semua sudah beres"):
        assert word not in page
    assert "tidak ada yang menunggu Anda" in page
    assert "penanggung jawab: Erna" in page
    assert page.count("Lihat :") + page.count("Lihat:") == 2


@pytest.mark.parametrize("role", [Role.APPROVER, Role.VIEWER])
def test_who_can_take_none_of_the_first_steps_is_not_shown_them(sign_in: SignIn, role: Role) -> None:
    assert "Langkah pertama" not in sign_in(role).get("/").text


def test_the_first_steps_fold_away_once_half_are_done(sign_in: SignIn, world: World) -> None:
    client = sign_in(Role.EDITOR)
    assert '<details class="card first-steps" open>' in client.get("/").text
    world.post(world.outlet())
    page = client.get("/").text
    assert '<details class="card first-steps">' in page
    assert "2 dari 4 sudah" in page or "3 dari 4 sudah" in page


def side(page: str, title: str) -> str:
    """The words of a list beside the work, by its heading."""
    return next(part for part in map(text_of, page.split('<section class="card side-list"')) if f"> {title} " in part)


def test_an_event_of_today_stands_under_today(sign_in: SignIn, world: World) -> None:
    world.event(starts_in=timedelta(hours=2), title="Sosialisasi siang ini", status="announced")
    page = sign_in(Role.EDITOR).get("/").text
    assert "Hari ini 1 " in side(page, "Hari ini")
    assert "Sosialisasi siang ini" in side(page, "Hari ini")
    assert "Sosialisasi siang ini" not in side(page, "Kegiatan mendatang")


@pytest.mark.parametrize("path", ["/kalender", "/kalender?tampilan=daftar", "/kalender?hari=2026-11-24"])
def test_the_calendar_plans_events_too(sign_in: SignIn, path: str) -> None:
    client = sign_in(Role.EDITOR)
    assert 'href="/kegiatan/baru"' in main_of(client.get(path).text)
    client.post("/keluar")
    assert 'href="/kegiatan/baru"' not in main_of(sign_in(Role.VIEWER).get(path).text)


def test_a_quiet_day_says_so(sign_in: SignIn, world: World) -> None:
    later = world.clock.now() + timedelta(days=9)
    world.post(world.outlet(), status="approved", scheduled_at=later, useful_until=None, round=1)
    assert "Semua sudah beres" in sign_in(Role.VIEWER).get("/").text


def test_home_leads_to_what_waits(sign_in: SignIn, world: World, session: Session, clock: FrozenClock) -> None:
    outlet = world.outlet("x", name="@kukar", status="needs_sign_in")
    post = world.post(outlet, title="Lapor <b>jalan</b>", status="approved")
    deliver(session, clock, post, outlet, "unknown")
    world.post(outlet, title="Hampir lupa")
    page = sign_in(Role.EDITOR).get("/").text
    assert 'href="/tayang/1"' in page
    assert "Belum pasti terbit" in page
    assert "Akun perlu dihubungkan ulang" in page
    assert "Draf yang waktunya dekat" in page
    assert "Lapor &lt;b&gt;jalan&lt;/b&gt;" in page
    assert "3 hal menunggu" in text_of(page)


def test_home_warns_when_the_sender_stands_still(sign_in: SignIn, world: World, session: Session) -> None:
    world.post(world.outlet(), status="approved")
    assert "Pengirim sedang berhenti" in sign_in(Role.EDITOR).get("/").text
    beat(session, now=world.clock.now())
    session.commit()
    assert "Pengirim sedang berhenti" not in sign_in(Role.EDITOR).get("/").text


@pytest.mark.parametrize(
    "path", ["/", "/kalender", "/kalender?tampilan=daftar", "/kalender?hari=2026-11-24", "/kalender?status=gagal"]
)
def test_pages_are_valid_html_with_a_title_and_one_primary_action(
    sign_in: SignIn, world: World, session: Session, clock: FrozenClock, path: str
) -> None:
    outlet = world.outlet()
    deliver(session, clock, world.post(outlet, status="approved"), outlet, "failed")
    page = sign_in(Role.EDITOR).get(path).text
    parser = html5lib.HTMLParser()
    parser.parse(page)
    assert parser.errors == []
    assert re.search(r"<title>[^<]+ – Sosialisasi", page)
    assert main_of(page).count("btn-primary") == 1
    identifiers = re.findall(r'\bid="([^"]+)"', page)
    assert len(identifiers) == len(set(identifiers))


def test_a_crowded_day_links_to_its_list(sign_in: SignIn, world: World) -> None:
    campaign = world.campaign()
    for number in range(74):
        moment = world.clock.now() + timedelta(minutes=number)
        world.post(campaign=campaign, title=f"Materi ke-{number}", scheduled_at=moment, useful_until=None)
    page = sign_in(Role.EDITOR).get("/kalender").text
    more = re.search(r'href="([^"]+)">\+(\d+) lainnya', page)
    assert more
    assert more[1] == "/kalender?hari=2026-11-24"
    assert more[2] == "71"
    assert page.count("Materi ke-") == 3
    client = sign_in(Role.EDITOR)
    day = client.get(more[1]).text
    assert "1–50 dari 74" in text_of(day)
    assert "Materi ke-73" in client.get(more[1] + "&hal=2").text


def test_today_is_marked_and_the_week_begins_on_monday(sign_in: SignIn) -> None:
    page = sign_in(Role.EDITOR).get("/kalender").text
    today = page.partition('id="hari-ini"')[2][:400]
    assert "Sel, 24 Nov 2026" in today
    assert page.index("Senin") < page.index("Minggu")


def test_months_and_filters_move_along(sign_in: SignIn, world: World) -> None:
    campaign = world.campaign(name="Kenal Smart City")
    page = sign_in(Role.EDITOR).get(f"/kalender?bulan=2026-12&program={campaign.id}").text
    assert "Desember 2026" in page
    assert f'href="/kalender?bulan=2027-01&amp;program={campaign.id}"' in page
    assert f'<option value="{campaign.id}" selected>Kenal Smart City</option>' in page


@pytest.mark.parametrize(
    "query",
    [
        "bulan=x",
        "bulan=99999-01",
        "hari=2026-02-30",
        "hari=0001-01-01",
        "program=x",
        "saluran=fax",
        "status=?",
        "hal=-1&tampilan=daftar",
        "hal=x&tampilan=daftar",
    ],
)
def test_a_garbled_address_shows_the_present_month(sign_in: SignIn, query: str) -> None:
    page = sign_in(Role.EDITOR).get(f"/kalender?{query}")
    assert page.status_code == 200
    assert "November 2026" in page.text


def test_an_empty_result_says_what_to_do(sign_in: SignIn) -> None:
    page = sign_in(Role.EDITOR).get("/kalender?tampilan=daftar&bulan=2027-05&status=gagal").text
    assert is_empty(page)
    assert is_empty(sign_in(Role.EDITOR).get("/kalender?hari=2027-05-01").text)


def test_home_and_its_menu_ask_once_what_waits_for_a_second_person(sign_in: SignIn) -> None:
    client = sign_in(Role.ADMIN)
    with pages.asked() as seen:
        assert client.get("/").status_code == 200
    assert sum("FROM proposals" in one for one in seen.statements) == 1


def test_home_takes_as_many_queries_with_much_as_with_little(
    sign_in: SignIn, world: World, session: Session, clock: FrozenClock, app: Flask
) -> None:
    client = sign_in(Role.EDITOR, Role.APPROVER, Role.ADMIN)
    with app.app_context():
        engine = app.extensions["sqlalchemy"].engine

    def queries() -> int:
        statements: list[str] = []

        def note(_connection, _cursor, statement, *_more) -> None:
            statements.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        assert client.get("/").status_code == 200
        event.remove(engine, "before_cursor_execute", note)
        return len(statements)

    def more(count: int) -> None:
        for _ in range(count):
            outlet = world.outlet(status="needs_sign_in")
            deliver(session, clock, world.post(outlet, status="approved"), outlet, "failed")
            world.post(outlet)

    def more_events(count: int) -> None:
        contact = world.user(Role.COMMUNITY, organisation=world.kim())
        for _ in range(count):
            over = world.event(starts_in=timedelta(days=-2))
            world.report(world.event(starts_in=timedelta(days=-2)), recorded_by_id=contact.id)
            world.aspiration(over)
            world.event(starts_in=timedelta(days=1))
            world.event(starts_in=timedelta(hours=1))

    more(1)
    more_events(1)
    few = queries()
    more(8)
    more_events(8)
    assert queries() == few


def test_the_month_shows_a_printer_before_a_print_order(sign_in: SignIn, world: World) -> None:
    world.post(world.outlet("newspaper"), title=words.PRINT_ORDER + "Artikel koran")
    page = sign_in(Role.EDITOR).get("/kalender").text
    entry = re.search(r'<a class="entry entry-muted".*?</a>', page, re.DOTALL)
    assert entry
    assert "#printer" in entry[0]
    assert '<span class="entry-label">Pesan cetak: </span>Artikel koran' in entry[0]


@pytest.mark.parametrize(
    ("kinds", "title", "printer"),
    [
        (["newspaper", "printer"], "Artikel koran", True),
        (["newspaper", "x"], "Artikel koran", False),
        (["x"], "Pesan cetak: cara memesan", False),
        ([], "Pesan cetak: Artikel koran", False),
    ],
)
def test_the_printer_goes_by_the_outlets_and_not_by_the_title(
    sign_in: SignIn, world: World, kinds: list[str], title: str, printer: bool
) -> None:
    world.post(*(world.outlet(kind) for kind in kinds), title=title)
    page = sign_in(Role.EDITOR).get("/kalender").text
    entry = re.search(r'<a class="entry entry-muted".*?<span class="entry-title">(.*?)</span> <span', page, re.DOTALL)
    assert entry
    assert ("#printer" in entry[0]) is printer
    assert entry[1] == title


def test_who_works_in_a_village_finds_one_large_button_first(sign_in: SignIn, world: World) -> None:
    page = main_of(sign_in(Role.COMMUNITY, organisation=world.kim()).get("/").text)
    assert page.count("btn-primary") == 1
    button = re.search(r'<a class="btn btn-primary[^"]*" href="/catat/".*?</a>', page, re.DOTALL)
    assert button
    assert "Catat kegiatan" in text_of(button[0])
    assert page.index(button[0]) < page.index("Kegiatan mendatang")
    assert "Catat kegiatan" not in main_of(sign_in(Role.EDITOR).get("/").text)


def test_home_leads_to_reports_aspirations_and_events(sign_in: SignIn, world: World) -> None:
    kim = world.kim()
    ago = timedelta(days=-2)
    over = world.event(starts_in=ago, title="Belum ada laporannya", organisation_id=kim.id)
    back = world.event(starts_in=ago, title="Kurang foto", organisation_id=kim.id)
    world.report(back, status="returned", return_note="Fotonya <b>mana</b>?")
    asked = world.aspiration(over, text="Kapan jalan diperbaiki?", status="answered", answer="Tahun depan.")
    soon = world.event(starts_in=timedelta(days=2), title="Rapat anggota", organisation_id=kim.id)
    page = sign_in(Role.COMMUNITY, organisation=kim).get("/").text
    for path in (
        f"/kegiatan/{over.id}/laporan/ubah",
        f"/kegiatan/{back.id}/laporan/ubah",
        f"/aspirasi/{asked.id}",
        f"/kegiatan/{soon.id}",
    ):
        assert f'href="{path}"' in page, path
    assert "Fotonya &lt;b&gt;mana&lt;/b&gt;?" in page
    assert "3 hal menunggu" in text_of(page)


def test_an_opd_contact_is_told_what_is_late(sign_in: SignIn, world: World) -> None:
    dinas = world.organisation()
    event = world.event(starts_in=timedelta(days=-20))
    today = world.clock.now().date()
    world.aspiration(event, text="Terlambat", status="routed", opd_id=dinas.id, due_on=today - timedelta(days=1))
    page = text_of(sign_in(Role.OPD_CONTACT, organisation=dinas).get("/").text)
    assert "Aspirasi warga menunggu 1" in page
    assert "Lewat tenggat" in page


@pytest.mark.parametrize("path", ["/kalender", "/kalender?tampilan=daftar", "/kalender?hari=2026-11-24"])
def test_the_calendar_shows_an_event_with_its_time_and_that_it_was_moved(
    sign_in: SignIn, world: World, path: str
) -> None:
    moment = world.clock.now() + timedelta(hours=2)
    event = world.event(title="Sosialisasi di Tabang", starts_at=moment, moved_from=moment - timedelta(days=1))
    page = main_of(sign_in(Role.EDITOR).get(path).text)
    assert f'href="/kegiatan/{event.id}"' in page
    for words_ in ("Sosialisasi di Tabang", "10.00", "Dipindahkan", "Direncanakan"):
        assert words_ in page, words_
