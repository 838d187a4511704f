"""The pages of the day: the list at the door, tickets, the code at the door, the paper sheet."""

import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from PIL import Image
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.base.documents.render import renderer
from app.gatherings.attendance import routes_checkin
from app.gatherings.attendance.sheet import poster_data
from app.gatherings.events.models import Attendance, Event, EventStatus, Registration
from app.gatherings.events.registration.tokens import Tokens
from app.kernel.audit import AuditEntry
from app.kernel.clock import FrozenClock
from app.kernel.roles import Role
from config import Settings
from tests.pages import asked, is_empty, sign_in
from tests.world import World

NOW = timedelta(0)


@pytest.fixture
def event(world: World) -> Event:
    return world.event(title="Sosialisasi Posyandu", status=EventStatus.ANNOUNCED, starts_in=NOW)


@pytest.fixture
def staff(client: FlaskClient, world: World) -> Any:
    user = world.user(Role.EDITOR)
    sign_in(client, user)
    return user


@pytest.fixture
def tokens(settings: Settings) -> Tokens:
    return Tokens(settings.secret_key)


Rows = Callable[[], list[Attendance]]


@pytest.fixture
def rows(session: Session) -> Rows:
    def read() -> list[Attendance]:
        session.rollback()
        session.expire_all()
        return list(session.scalars(select(Attendance).order_by(Attendance.id)))

    return read


def words(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


# --- the list ---


def test_an_empty_list_says_what_can_be_done(client: FlaskClient, staff: Any, event: Event) -> None:
    page = client.get(f"/kegiatan/{event.id}/hadir")
    assert page.status_code == 200
    assert is_empty(page.text)
    assert f"/kegiatan/{event.id}/hadir/lembar" in page.text
    assert "Mulai catat hadir" in page.text


def test_a_person_is_ticked_and_unticked_without_javascript(
    client: FlaskClient, world: World, staff: Any, event: Event, rows: Rows
) -> None:
    siti = world.registration(event, "Siti Aminah")
    here = f"/kegiatan/{event.id}/hadir?q=siti"
    assert "Siti Aminah" in client.get(here).text
    answer = client.post(f"/kegiatan/{event.id}/hadir/catat/{siti.id}", data={"next": here})
    assert answer.status_code == 303
    assert answer.location == f"{here}#orang-r{siti.id}"
    page = words(client.get(here))
    assert "Siti Aminah dicatat hadir." in page
    assert "Hadir 08.00 WITA" in page
    assert "1 dari 1 pendaftar" in page
    again = client.post(f"/kegiatan/{event.id}/hadir/catat/{siti.id}", follow_redirects=True)
    assert "sudah dicatat hadir sejak 08.00 WITA" in words(again)
    [row] = rows()
    client.post(f"/kegiatan/{event.id}/hadir/hapus/{row.id}", data={"next": here})
    assert rows() == []
    assert "Batalkan catatan hadir Siti Aminah?" not in client.get(here).text


def test_the_waiting_list_is_counted_apart_from_those_with_a_place(
    client: FlaskClient, world: World, staff: Any, event: Event
) -> None:
    world.registration(event)
    world.registration(event)
    waiting = world.registration(event, status="waiting")
    client.post(f"/kegiatan/{event.id}/hadir/catat/{waiting.id}")
    page = words(client.get(f"/kegiatan/{event.id}/hadir"))
    for counted in ("1 nama hadir", "0 dari 2 pendaftar", "1 di daftar tunggu"):
        assert counted in page


def test_htmx_gets_the_one_line_and_the_new_counts(
    client: FlaskClient, world: World, staff: Any, event: Event, rows: Rows
) -> None:
    siti = world.registration(event, "Siti <b>Aminah</b>")
    answer = client.post(f"/kegiatan/{event.id}/hadir/catat/{siti.id}", headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert f'id="orang-r{siti.id}"' in answer.text
    assert 'id="hitung-hadir" hx-swap-oob="true"' in answer.text
    assert "<b>Aminah" not in answer.text
    assert len(rows()) == 1


def test_the_list_is_searched_filtered_and_paged(client: FlaskClient, world: World, staff: Any, event: Event) -> None:
    for number in range(52):
        world.registration(event, f"Warga {number:02}")
    waiting = world.registration(event, "Zainal Tunggu", status="waiting")
    world.registration(event, "Gagal Ikut", status="cancelled")
    guest = {"name": "Tamu Baru", "organisation": "Dinas Sosial", "sex": "f", "age_band": "adult"}
    client.post(f"/kegiatan/{event.id}/hadir/langsung", data={**guest, "role": "participant"})
    first = client.get(f"/kegiatan/{event.id}/hadir").text
    assert "Warga 00" in first
    assert "Zainal Tunggu" not in first
    assert "Gagal Ikut" not in first
    assert "Zainal Tunggu" in client.get(f"/kegiatan/{event.id}/hadir?hal=2").text
    here = words(client.get(f"/kegiatan/{event.id}/hadir?keadaan=here"))
    assert "Tamu Baru" in here
    assert "tanpa mendaftar" in here
    assert "Warga 00" not in here
    wait = client.get(f"/kegiatan/{event.id}/hadir?keadaan=waiting").text
    assert "Zainal Tunggu" in wait
    assert "Warga 00" not in wait
    assert "Tamu Baru" in client.get(f"/kegiatan/{event.id}/hadir?q=dinas+sosial").text
    assert is_empty(client.get(f"/kegiatan/{event.id}/hadir?q=%25").text)
    done = client.post(f"/kegiatan/{event.id}/hadir/catat/{waiting.id}", headers={"HX-Request": "true"})
    assert "Daftar tunggu" in done.text


def test_the_list_asks_the_database_as_often_for_many_as_for_few(
    client: FlaskClient, world: World, staff: Any, event: Event
) -> None:
    world.registration(event)
    client.get(f"/kegiatan/{event.id}/hadir")
    with asked() as few:
        client.get(f"/kegiatan/{event.id}/hadir")
    for number in range(30):
        world.registration(event, village_code=world.village(number))
    with asked() as many:
        client.get(f"/kegiatan/{event.id}/hadir")
    assert len(many) == len(few)


def test_a_walk_in_of_a_known_name_is_asked_about_and_nothing_typed_is_lost(
    client: FlaskClient, staff: Any, event: Event, rows: Rows
) -> None:
    url = f"/kegiatan/{event.id}/hadir/langsung"
    filled = {"name": "Ani", "organisation": "Desa A", "sex": "f", "age_band": "u", "role": "committee"}
    assert "certain" not in client.get(f"/kegiatan/{event.id}/hadir").text
    assert client.post(url, data=filled).status_code == 303
    again = client.post(url, data=filled)
    assert again.status_code == 422
    assert "sudah tercatat hadir" in words(again)
    assert 'value="Desa A"' in again.text
    assert 'name="certain"' in again.text
    assert client.post(url, data={**filled, "certain": "y"}).status_code == 303
    assert [row.role for row in rows()] == ["committee", "committee"]
    missing = client.post(url, data={**filled, "name": ""})
    assert missing.status_code == 422
    assert 'href="#name"' in missing.text


def test_more_than_the_places_is_noted(client: FlaskClient, world: World, staff: Any) -> None:
    event = world.event(status=EventStatus.ANNOUNCED, starts_in=NOW, capacity=1)
    for _ in range(2):
        client.post(f"/kegiatan/{event.id}/hadir/catat/{world.registration(event).id}")
    page = words(client.get(f"/kegiatan/{event.id}/hadir"))
    assert "Yang hadir 2 orang, lebih dari tempat yang disediakan" in page


def test_a_speaker_of_the_plan_is_ticked(client: FlaskClient, world: World, staff: Any, rows: Rows) -> None:
    event = world.event(status=EventStatus.ANNOUNCED, starts_in=NOW, speakers=["dr. Rina"])
    assert "dr. Rina" in client.get(f"/kegiatan/{event.id}/hadir").text
    client.post(f"/kegiatan/{event.id}/hadir/narasumber/{event.speakers[0].id}")
    assert [row.role for row in rows()] == ["speaker"]


def test_people_are_counted_where_names_are_not_taken(
    client: FlaskClient, session: Session, staff: Any, event: Event
) -> None:
    url = f"/kegiatan/{event.id}/hadir/jumlah"
    assert client.post(url, data={"people_f_adult": "12", "people_m_youth": "5", "total": "20"}).status_code == 303
    session.refresh(event)
    assert event.people == 20
    assert {(row.sex, row.age_band): row.people for row in event.headcounts} == {
        ("f", "adult"): 12,
        ("m", "youth"): 5,
        ("u", "u"): 3,
    }
    page = client.get(f"/kegiatan/{event.id}/hadir").text
    assert re.search(r'name="people_f_adult"[^>]*value="12"', page)
    assert re.search(r'name="total"[^>]*value="20"', page)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"people_f_adult": "12", "total": "5"}, "kurang dari jumlah rinciannya"),
        ({"total": "-1"}, "0"),
        ({"total": "99999999999999999999"}, "100000"),
        ({"people_m_u": "banyak"}, "banyak"),
    ],
)
def test_a_wrong_count_stays_in_its_field(
    client: FlaskClient, session: Session, staff: Any, event: Event, typed: dict[str, str], sentence: str
) -> None:
    answer = client.post(f"/kegiatan/{event.id}/hadir/jumlah", data=typed)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert all(f'value="{value}"' in answer.text for value in typed.values())
    session.refresh(event)
    assert event.people is None


def test_the_day_before_the_list_opens_and_not_earlier(
    client: FlaskClient, world: World, staff: Any, rows: Rows
) -> None:
    event = world.event(status=EventStatus.ANNOUNCED, starts_in=timedelta(days=3))
    registration = world.registration(event, "Siti")
    page = client.get(f"/kegiatan/{event.id}/hadir")
    assert page.status_code == 200
    assert "mulai sehari sebelum" in page.text
    assert "/hadir/catat/" not in page.text
    assert "daftar-hadir.pdf" in page.text, "the sheet is printed before the day"
    assert client.post(f"/kegiatan/{event.id}/hadir/catat/{registration.id}").status_code == 409
    assert rows() == []


def test_another_organisation_finds_nothing(client: FlaskClient, world: World, event: Event) -> None:
    sign_in(client, world.user(Role.COMMUNITY, organisation=world.kim()))
    for path in ("hadir", "hadir/lembar", "hadir.xlsx", "daftar-hadir.pdf", "qr-pintu", "qr-pintu.pdf"):
        assert client.get(f"/kegiatan/{event.id}/{path}").status_code == 404, path


def test_more_names_than_counted_give_one_number_and_no_table(
    client: FlaskClient, world: World, staff: Any, event: Event
) -> None:
    client.post(f"/kegiatan/{event.id}/hadir/jumlah", data={"people_f_elder": "1"})
    for _ in range(2):
        client.post(f"/kegiatan/{event.id}/hadir/catat/{world.registration(event, sex='m').id}")
    shown = words(client.get(f"/kegiatan/{event.id}"))
    assert "2 orang hadir, menurut daftar nama" in shown
    assert "Hitungan peserta" not in shown
    assert "hitungan orang" not in words(client.get(f"/kegiatan/{event.id}/hadir"))


def test_a_total_alone_has_no_table_of_dashes(client: FlaskClient, staff: Any, event: Event) -> None:
    client.post(f"/kegiatan/{event.id}/hadir/jumlah", data={"total": "9"})
    shown = words(client.get(f"/kegiatan/{event.id}"))
    assert "9 orang hadir, menurut hitungan" in shown
    assert "Hitungan peserta" not in shown


def test_who_verifies_in_the_office_reads_the_list_and_changes_nothing(
    client: FlaskClient, world: World, session: Session, event: Event
) -> None:
    siti = world.registration(event, "Siti Aminah")
    session.add(Attendance(event_id=event.id, name="Budi", method="list", at=world.clock.now()))
    session.commit()
    sign_in(client, world.user(Role.APPROVER))
    shown = client.get(f"/kegiatan/{event.id}/hadir").text
    assert "Siti Aminah" in shown
    assert "tidak mengubahnya" in shown
    assert not re.findall(r'<form method="post" action="/kegiatan/', shown)
    assert f"/kegiatan/{event.id}/hadir/lembar" not in shown
    assert client.post(f"/kegiatan/{event.id}/hadir/catat/{siti.id}").status_code == 403
    assert f"/kegiatan/{event.id}/hadir" in client.get(f"/kegiatan/{event.id}").text


def test_the_page_of_the_event_shows_who_came(client: FlaskClient, world: World, staff: Any, event: Event) -> None:
    assert "Yang hadir belum dicatat" in client.get(f"/kegiatan/{event.id}").text
    client.post(f"/kegiatan/{event.id}/hadir/jumlah", data={"people_f_elder": "7"})
    client.post(f"/kegiatan/{event.id}/hadir/catat/{world.registration(event, sex='m').id}")
    page = words(client.get(f"/kegiatan/{event.id}"))
    assert "7 orang hadir" in page
    assert "Lansia (60 tahun ke atas) 7 –" in page
    assert "1 nama tercatat" in page


# --- tickets ---


def test_a_ticket_is_confirmed_by_whoever_keeps_the_list(
    client: FlaskClient, world: World, clock: FrozenClock, staff: Any, event: Event, tokens: Tokens, rows: Rows
) -> None:
    siti = world.registration(event, "Siti Aminah")
    path = f"/hadir/{tokens.ticket(siti)}"
    page = client.get(path)
    assert page.status_code == 200
    assert "Siti Aminah" in page.text
    assert "Sosialisasi Posyandu" in page.text
    action = re.search(r'<form method="post" action="([^"]+/catat/[^"]+)"', page.text)
    assert action
    done = client.post(action[1], data={"cara": "qr", "next": path})
    assert done.location.startswith(path)
    clock.advance(minutes=5)
    again = client.get(path)
    assert "Sudah dicatat hadir sejak Sel, 24 Nov 2026 08.00 WITA" in words(again)
    assert "/hadir/catat/" not in again.text
    assert [row.method for row in rows()] == ["qr"]


def test_the_registrant_sees_a_ticket_without_a_button_and_without_a_name(
    client: FlaskClient, world: World, event: Event, tokens: Tokens
) -> None:
    siti = world.registration(event, "Siti Aminah")
    for person in (None, world.user(Role.COMMUNITY, organisation=world.kim()), world.user(Role.VIEWER)):
        if person:
            sign_in(client, person)
        page = client.get(f"/hadir/{tokens.ticket(siti)}")
        assert "Tunjukkan halaman ini kepada panitia" in page.text
        assert "<form" not in page.text
        assert "Siti" not in page.text
        client.post("/keluar")


def test_a_ticket_of_another_event_is_warned_about_with_both_names(
    client: FlaskClient, world: World, staff: Any, event: Event, tokens: Tokens, rows: Rows
) -> None:
    other = world.event(title="Bimtek Perangkat Desa", status=EventStatus.ANNOUNCED, starts_in=NOW)
    path = f"/hadir/{tokens.ticket(world.registration(event))}"
    client.post(f"/kegiatan/{other.id}/hadir/mulai")
    page = client.get(path)
    assert "Tiket ini untuk kegiatan lain" in page.text
    assert "Sosialisasi Posyandu" in page.text
    assert "Bimtek Perangkat Desa" in page.text
    assert "/hadir/catat/" not in page.text
    assert f"/kegiatan/{other.id}/hadir" in page.text
    switched = client.post(f"/kegiatan/{event.id}/hadir/mulai", data={"next": path})
    assert "Catat hadir" in client.get(switched.location).text
    assert "/hadir/catat/" in client.get(path).text
    assert rows() == []


def test_a_ticket_of_another_organisation_is_warned_about_without_a_way_in(
    client: FlaskClient, world: World, event: Event, tokens: Tokens, rows: Rows
) -> None:
    kim = world.kim()
    own = world.event(title="Pelatihan KIM", organisation_id=kim.id, status=EventStatus.ANNOUNCED, starts_in=NOW)
    sign_in(client, world.user(Role.COMMUNITY, organisation=kim))
    path = f"/hadir/{tokens.ticket(world.registration(event, 'Siti'))}"
    assert "diadakan organisasi lain" in client.get(path).text
    client.post(f"/kegiatan/{own.id}/hadir/mulai")
    page = client.get(path)
    assert page.headers["Cache-Control"] == "private, no-store"
    assert "Tiket ini untuk kegiatan lain" in page.text
    assert "Pelatihan KIM" in page.text
    assert f"/kegiatan/{event.id}/" not in page.text
    assert "Siti" not in page.text


def test_a_desk_that_was_left_or_is_long_over_warns_no_more(
    client: FlaskClient, world: World, clock: FrozenClock, staff: Any, event: Event, tokens: Tokens
) -> None:
    other = world.event(status=EventStatus.ANNOUNCED, starts_in=NOW, hours=2)
    path = f"/hadir/{tokens.ticket(world.registration(event))}"
    client.post(f"/kegiatan/{other.id}/hadir/mulai")
    client.post(f"/kegiatan/{other.id}/hadir/selesai")
    assert "kegiatan lain" not in client.get(path).text
    client.post(f"/kegiatan/{other.id}/hadir/mulai")
    clock.advance(hours=15)
    sign_in(client, world.user(Role.EDITOR))
    assert "kegiatan lain" not in client.get(path).text


@pytest.mark.parametrize("token", ["abc", "WzEsMV0.salah", "%00", "../masuk", "a" * 3000])
def test_a_forged_ticket_is_a_clear_page_that_is_not_found(client: FlaskClient, event: Event, token: str) -> None:
    for path in (f"/hadir/{token}", f"/hadir/pintu/{token}"):
        answer = client.get(path)
        assert answer.status_code in {400, 404}
        assert "Kembali" in answer.text or "Tiket tidak dikenal" in answer.text


def test_an_unknown_ticket_leads_back_to_where_people_are_ticked(
    client: FlaskClient, world: World, event: Event
) -> None:
    page = client.get("/hadir/abc")
    assert page.status_code == 404
    assert "<h1>Tiket tidak dikenal</h1>" in page.text
    assert 'href="/agenda"' in page.text
    assert "catat sebagai tamu" not in page.text, "that is for those who keep the list"
    sign_in(client, world.user(Role.EDITOR))
    assert 'href="/kegiatan"' in client.get("/hadir/abc").text
    client.post(f"/kegiatan/{event.id}/hadir/mulai")
    assert f'href="/kegiatan/{event.id}/hadir"' in client.get("/hadir/abc").text


def test_one_kind_of_token_does_not_open_the_other(
    client: FlaskClient, world: World, event: Event, tokens: Tokens
) -> None:
    registration = world.registration(event)
    assert client.get(f"/hadir/{tokens.door(event)}").status_code == 404
    assert client.get(f"/hadir/{tokens.registration(registration)}").status_code == 404
    assert client.get(f"/hadir/pintu/{tokens.ticket(registration)}").status_code == 404


def test_a_ticket_that_does_not_count_any_more_says_why(
    client: FlaskClient, world: World, staff: Any, event: Event, tokens: Tokens
) -> None:
    gone = f"/hadir/{tokens.ticket(world.registration(event, status='cancelled'))}"
    off = world.event(status=EventStatus.CANCELLED, starts_in=NOW, reason="Banjir")
    cancelled = f"/hadir/{tokens.ticket(world.registration(off))}"
    assert "Pendaftaran ini sudah dibatalkan" in client.get(gone).text
    assert "Kegiatan ini dibatalkan" in client.get(cancelled).text
    for path in (gone, cancelled):
        assert "/hadir/catat/" not in client.get(path).text
    client.post("/keluar")
    assert "Pendaftaran ini sudah dibatalkan" in client.get(gone).text
    assert "Banjir" in client.get(cancelled).text


# --- the door ---


@pytest.fixture
def door(event: Event, tokens: Tokens) -> str:
    return f"/hadir/pintu/{tokens.door(event)}"


def test_somebody_checks_in_alone_with_the_phone_used_to_register(
    client: FlaskClient, world: World, event: Event, door: str, rows: Rows
) -> None:
    world.registration(event, "Siti Aminah", phone="+6281234567890")
    assert client.get(door).status_code == 200
    found = client.post(door, data={"contact": "0812 3456 7890"})
    assert "S•••" not in found.text  # no initials: whoever types a foreign number learns no name
    assert "Siti" not in found.text
    assert rows() == []
    contact = re.search(r'name="contact" value="([^"]+)"', found.text)
    assert contact
    done = client.post(door, data={"contact": contact[1], "langkah": "hadir"}, follow_redirects=True)
    assert "kehadiran Anda tercatat" in done.text
    assert "Siti" not in done.text
    again = client.post(door, data={"contact": contact[1], "langkah": "hadir"}, follow_redirects=True)
    assert "sudah tercatat sebelumnya" in again.text
    assert [(row.method, row.recorded_by_id) for row in rows()] == [("self", None)]


def test_who_is_on_the_waiting_list_is_told_so_at_the_door(
    client: FlaskClient, world: World, event: Event, door: str
) -> None:
    world.registration(event, phone="+6281234567890")
    world.registration(event, phone="+6281234567891", status="waiting")
    assert "daftar tunggu" not in client.post(door, data={"contact": "0812 3456 7890"}).text
    assert "Anda masih di daftar tunggu." in client.post(door, data={"contact": "0812 3456 7891"}).text


def test_a_script_at_the_door_is_told_to_wait_and_a_full_hall_is_not(
    client: FlaskClient, event: Event, door: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert routes_checkin.A_ROOM >= 2 * 100, "a hundred people behind one address, two steps each"
    monkeypatch.setattr(routes_checkin, "A_ROOM", 3)
    answers = [client.post(door, data={"contact": f"08120000{number:04}"}) for number in range(5)]
    assert [one.status_code for one in answers] == [200, 200, 200, 429, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_who_had_not_registered_writes_the_own_name_with_consent(
    client: FlaskClient, world: World, event: Event, door: str, rows: Rows
) -> None:
    page = client.post(door, data={"contact": "081200001111"})
    assert "belum terdaftar" in page.text
    assert "dihapus 365 hari" in words(page)
    filled = {"langkah": "tamu", "name": "Joko", "organisation": "Desa B", "sex": "m", "age_band": "youth"}
    refused = client.post(door, data=filled)
    assert refused.status_code == 422
    assert "Centang persetujuannya" in refused.text
    assert 'value="Joko"' in refused.text
    assert rows() == []
    done = client.post(door, data={**filled, "consent": "y"}, follow_redirects=True)
    assert "kehadiran Anda tercatat" in done.text
    assert [(row.name, row.organisation, row.method) for row in rows()] == [("Joko", "Desa B", "self")]
    assert "Isi nama saya" in client.get(door).text
    assert 'name="consent"' in client.get(f"{door}?tamu=1").text


@pytest.mark.parametrize("contact", ["", "Siti", "x" * 300])
def test_a_contact_that_is_none_is_told_beside_its_field(client: FlaskClient, door: str, contact: str) -> None:
    answer = client.post(door, data={"contact": contact})
    assert answer.status_code == 422
    assert 'href="#contact"' in answer.text


@pytest.mark.parametrize(
    ("starts_in", "hours", "open_"),
    [
        (timedelta(hours=15), 2, True),  # tonight, 23.00
        (timedelta(hours=17), 2, False),  # tomorrow, 01.00
        (timedelta(hours=-7), 2, True),  # over since 03.00, today still
        (timedelta(hours=-11), 2, False),  # yesterday night
        (timedelta(hours=-11), 5, True),  # began yesterday, ended today
    ],
)
def test_the_code_at_the_door_serves_on_the_days_of_the_event_in_local_time(
    client: FlaskClient, world: World, tokens: Tokens, rows: Rows, starts_in: timedelta, hours: int, open_: bool
) -> None:
    event = world.event(status=EventStatus.ANNOUNCED, starts_in=starts_in, hours=hours)
    path = f"/hadir/pintu/{tokens.door(event)}"
    assert ('name="contact"' in client.get(path).text) == open_
    guest = {"langkah": "tamu", "name": "Joko", "sex": "u", "age_band": "u", "consent": "y"}
    assert client.post(path, data=guest).status_code == (303 if open_ else 409)
    assert len(rows()) == (1 if open_ else 0)


def test_a_camera_reads_the_printed_code_and_it_opens_the_door(
    app: Flask, client: FlaskClient, session: Session, staff: Any, event: Event, door: str
) -> None:
    page = client.get(f"/kegiatan/{event.id}/qr-pintu")
    assert f"http://localhost{door}" in page.text
    document = client.get(f"/kegiatan/{event.id}/qr-pintu.pdf")
    assert document.mimetype == "application/pdf"
    printed = PdfReader(io.BytesIO(document.data))
    assert len(printed.pages) == 1
    text = " ".join(printed.pages[0].extract_text().split())
    assert "Sosialisasi Posyandu" in text
    assert "Arahkan kamera HP ke kode ini" in text
    picture = renderer("").png("door_qr", poster_data(session, event, f"http://localhost{door}"), ppi=100)
    [code] = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))
    assert code.text == f"http://localhost{door}"
    public = app.test_client()
    assert "Nomor HP atau surel" in public.get(code.text.removeprefix("http://localhost")).text


# --- the paper sheet ---


def test_the_box_that_is_wrong_is_marked(client: FlaskClient, staff: Any, event: Event) -> None:
    typed = {"nama": ["Siti", ""], "asal": ["Desa A", "Desa B"], "jk": ["X", "P"], "role": "participant"}
    answer = client.post(f"/kegiatan/{event.id}/hadir/lembar", data=typed)
    assert answer.status_code == 422
    boxes = re.findall(r'<input class="form-control( is-invalid)?" name="(nama|asal|jk)"', answer.text)
    assert [name for wrong, name in boxes if wrong] == ["jk", "nama"]


def test_a_sheet_is_keyed_in_rows_and_pasted(client: FlaskClient, staff: Any, event: Event, rows: Rows) -> None:
    url = f"/kegiatan/{event.id}/hadir/lembar"
    assert client.get(url).text.count('name="nama"') == 10
    typed = {"nama": ["Siti", "", "Joko"], "asal": ["Desa A", "", ""], "jk": ["P", "", "l"],
             "text": "Ani; Desa C; P\nBudi", "role": "participant"}  # fmt: skip
    done = client.post(url, data=typed, follow_redirects=True)
    assert "4 orang dicatat hadir." in words(done)
    assert [(row.name, row.organisation, row.sex) for row in rows()] == [
        ("Siti", "Desa A", "f"),
        ("Joko", "", "m"),
        ("Ani", "Desa C", "f"),
        ("Budi", "", "u"),
    ]


def test_bad_lines_are_told_by_number_and_nothing_is_lost_or_stored(
    client: FlaskClient, staff: Any, event: Event, rows: Rows
) -> None:
    typed = {"nama": ["Siti", "Joko"], "asal": ["Desa A", "Desa B"], "jk": ["P", "X"],
             "text": "Ani; Desa C; P\n; Desa D", "role": "speaker"}  # fmt: skip
    answer = client.post(f"/kegiatan/{event.id}/hadir/lembar", data=typed)
    assert answer.status_code == 422
    page = words(answer)
    assert "Baris 2 : “X” bukan L atau P" in page
    assert "Tempelan, baris 2 : namanya kosong" in page
    assert rows() == []
    for kept in ('value="Siti"', 'value="Desa B"', "Ani; Desa C; P\n; Desa D", '<option selected value="speaker">'):
        assert kept in answer.text


def test_a_line_that_comes_twice_is_asked_about(client: FlaskClient, staff: Any, event: Event, rows: Rows) -> None:
    url = f"/kegiatan/{event.id}/hadir/lembar"
    typed = {"text": "Siti; Desa A; P\nJoko\nsiti; desa a; P", "role": "participant"}
    answer = client.post(url, data=typed)
    assert answer.status_code == 422
    assert "Apakah ini orang yang sama?" in words(answer)
    assert "Tempelan, baris 3" in words(answer)
    assert rows() == []
    assert client.post(url, data={**typed, "ganda": "once"}).status_code == 303
    assert [row.name for row in rows()] == ["Siti", "Joko"]


@pytest.mark.parametrize("text", ["", "\n;\n", "x" * 100_001, "Siti;" + "y" * 300])
def test_a_sheet_that_cannot_be_taken_is_shown_again(
    client: FlaskClient, staff: Any, event: Event, rows: Rows, text: str
) -> None:
    answer = client.post(f"/kegiatan/{event.id}/hadir/lembar", data={"text": text, "role": "participant"})
    assert answer.status_code == 422
    assert rows() == []


# --- papers and files ---


def pdf_text(answer: Any) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages).split())


def test_the_printed_sheet_carries_who_registered(client: FlaskClient, world: World, staff: Any, event: Event) -> None:
    world.registration(event, "Siti #panic() Aminah", sex="f")
    world.registration(event, "Menunggu", status="waiting")
    answer = client.get(f"/kegiatan/{event.id}/daftar-hadir.pdf")
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Cache-Control"] == "private, no-store"
    text = pdf_text(answer)
    assert "Siti #panic() Aminah" in text
    assert "Menunggu" not in text
    assert "DAFTAR HADIR PESERTA" in text
    assert "Selasa, 24 November 2026" in text


def test_speakers_and_committee_have_sheets_of_their_own(client: FlaskClient, world: World, staff: Any) -> None:
    event = world.event(status=EventStatus.ANNOUNCED, starts_in=NOW, speakers=["dr. Rina"])
    world.registration(event, "Siti")
    guest = {"name": "Panitia Satu", "sex": "u", "age_band": "u", "role": "committee"}
    client.post(f"/kegiatan/{event.id}/hadir/langsung", data=guest)
    speakers = pdf_text(client.get(f"/kegiatan/{event.id}/daftar-hadir.pdf?untuk=narasumber"))
    committee = pdf_text(client.get(f"/kegiatan/{event.id}/daftar-hadir.pdf?untuk=panitia"))
    assert "dr. Rina" in speakers
    assert "Panitia Satu" in committee
    assert "Siti" not in speakers + committee


def sheet(answer: Any) -> list[list[Any]]:
    return [list(row) for row in load_workbook(io.BytesIO(answer.data)).active.iter_rows(values_only=True)]


def test_the_file_has_names_only_on_purpose_and_then_it_is_noted(
    client: FlaskClient, session: Session, world: World, staff: Any, event: Event
) -> None:
    world.registration(event, '=HYPERLINK("http://x")\x07', sex="f", village_code=world.village())
    guest = {"name": "Joko", "organisation": "+62", "sex": "m", "age_band": "adult", "role": "participant"}
    client.post(f"/kegiatan/{event.id}/hadir/langsung", data=guest)
    plain = sheet(client.get(f"/kegiatan/{event.id}/hadir.xlsx"))
    assert "Joko" not in str(plain)
    assert plain[1][1:3] == ["L/P", "Kelompok umur"]
    assert session.scalar(select(AuditEntry).where(AuditEntry.action == "event.attendance_exported")) is None
    answer = client.post(f"/kegiatan/{event.id}/hadir.xlsx")
    full = sheet(answer)
    assert [row[1] for row in full[2:]] == ['=HYPERLINK("http://x")', "Joko"]
    cells = load_workbook(io.BytesIO(answer.data)).active
    assert {cell.data_type for cell in cells["B"][2:]} == {"s"}, "a name is no formula"
    session.rollback()
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "event.attendance_exported")).one()
    assert entry.actor_id == staff.id


def test_registrations_are_untouched_by_a_check_in(
    client: FlaskClient, session: Session, world: World, staff: Any, event: Event
) -> None:
    waiting = world.registration(event, status="waiting")
    client.post(f"/kegiatan/{event.id}/hadir/catat/{waiting.id}")
    session.rollback()
    assert session.get_one(Registration, waiting.id, populate_existing=True).status == "waiting"
