"""Catat Kegiatan in Chromium at phone size: without a line, with a lost reply, with two tabs, with a new version."""

import json
import re
import shutil
import sqlite3
import time
import uuid
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, BrowserType, Page, Route, expect
from sqlalchemy.orm import Session

from app.kernel.clock import Clock
from app.kernel.db import make_engine
from app.reports.contacts import contacts
from tests.browser.conftest import PASSWORD, Live
from tests.browser.line import Line

pytestmark = pytest.mark.browser

PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 720}, "locale": "id-ID", "timezone_id": "Asia/Makassar", "has_touch": True,
}  # fmt: skip
SENT = re.compile(r"Terkirim \(kode terima [2-9A-Z]{4}-[2-9A-Z]{4}\)")
SAVED = "Tersimpan di perangkat"
CHECK = "Perlu diperiksa"


WITA = ZoneInfo("Asia/Makassar")
OWN_VILLAGE, OTHER_VILLAGE = VILLAGES = ("64.02.12.2002", "64.02.12.2003")  # in Tabang


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "foto.jpg"
    Image.effect_noise((2400, 1800), 60).convert("RGB").save(path, quality=90)
    return path


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    """A phone of its own, whose requests can be stopped: the page sends, not its service worker."""
    context = browser.new_context(**PHONE, service_workers="block")
    context.set_default_timeout(20_000)
    yield context
    context.close()


def rows(live: Live, query: str, *values: Any) -> list[tuple[Any, ...]]:
    with sqlite3.connect(live.folder / "gaung.sqlite", timeout=20) as connection:
        return connection.execute(query, values).fetchall()


def last_contact(live: Live, village: str) -> date | None:
    """As the list of villages without a contact counts it."""
    engine = make_engine(f"sqlite:///{live.folder / 'gaung.sqlite'}")
    with Session(engine) as session:
        found = contacts(session, WITA, Clock().now()).get(village)
    engine.dispose()
    return found.on if found else None


def sign_in(context: BrowserContext, live: Live | Line, username: str = "kim") -> Page:
    page = context.new_page()
    page.goto(f"{live.address}/masuk")
    page.fill("[name=identity]", username)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: "/masuk" not in url)
    return page


def open_field(page: Page, live: Live | Line) -> Page:
    page.goto(f"{live.address}/catat/")
    page.wait_for_selector("html[data-ready]")
    return page


def record(page: Page, title: str, *pictures: Path, people: int = 12) -> None:
    page.fill("#title", title)
    page.fill("#start", "09:00")
    page.fill("[name='people.f.adult']", str(people))
    for number, one in enumerate(pictures, 1):
        page.set_input_files("#photos", one)
        expect(page.locator(".thumb")).to_have_count(number)
    if pictures:
        page.check("[name=consent]")
    page.click(".save button")


def item(page: Page, title: str) -> Any:
    return page.locator(".item", has_text=title)


def test_two_activities_without_a_line_survive_the_browser_and_arrive_once(
    live: Live, browser_type: BrowserType, browser_type_launch_args: dict[str, Any], tmp_path: Path, picture: Path
) -> None:
    """An officer of the KIM in Tabang: visits once, has no line, closes the browser, opens it again, has a line."""
    titles = [f"Jaga sungai {uuid.uuid4().hex[:6]}", f"Kerja bakti {uuid.uuid4().hex[:6]}"]
    assert last_contact(live, OTHER_VILLAGE) is None
    line = Line(int(live.address.rpartition(":")[2]))

    def browser() -> BrowserContext:
        context = browser_type.launch_persistent_context(tmp_path / "hp", **browser_type_launch_args, **PHONE)
        context.set_default_timeout(20_000)
        return context

    context = browser()
    page = open_field(sign_in(context, line), line)
    page.evaluate("navigator.serviceWorker.ready.then((ready) => ready.active.state)")
    expect(page.locator("#keadaan")).to_contain_text("Ada sinyal")
    context.set_offline(True)
    line.cut()  # for the service worker too, which sends by itself
    expect(page.locator("#keadaan")).to_contain_text("Tanpa sinyal")
    for title, village in zip(titles, VILLAGES, strict=True):
        page.select_option("#village_code", village)
        record(page, title, picture)
        expect(item(page, title)).to_contain_text(SAVED)
    context.close()

    context = browser()
    context.set_offline(True)
    page = open_field(context.new_page(), line)
    for title in titles:
        expect(item(page, title)).to_contain_text(SAVED)
        expect(item(page, title)).to_contain_text("Menunggu sinyal")
        assert rows(live, "SELECT COUNT(*) FROM events WHERE title = ?", title) == [(0,)]
    line.mend()
    context.set_offline(False)
    for title in titles:
        expect(item(page, title)).to_contain_text(SENT, timeout=40_000)
    context.close()
    line.close()

    for title, village in zip(titles, VILLAGES, strict=True):
        found = rows(
            live,
            "SELECT e.village_code, e.status, e.people, (SELECT COUNT(*) FROM event_photos p WHERE p.event_id = e.id), "
            "r.receipt FROM events e JOIN reports r ON r.event_id = e.id WHERE title = ?",
            title,
        )
        assert len(found) == 1
        assert found[0][:4] == (village, "reported", 12, 1)
    assert last_contact(live, OTHER_VILLAGE) == Clock().now().astimezone(WITA).date()


def test_photos_are_made_small_on_the_phone(live: Live, phone: BrowserContext, picture: Path) -> None:
    page = open_field(sign_in(phone, live), live)
    title = f"Foto {uuid.uuid4().hex[:6]}"
    with page.expect_request("**/catat/foto") as sent:
        record(page, title, picture)
    assert len(sent.value.post_data_buffer or b"") < picture.stat().st_size / 1.5
    expect(item(page, title)).to_contain_text(SENT)
    size = (
        "SELECT f.width, f.height FROM stored_files f JOIN event_photos p ON p.file_id = f.id "
        "JOIN events e ON e.id = p.event_id WHERE e.title = ?"
    )
    assert rows(live, size, title) == [(1600, 1200)]


def test_a_lost_reply_is_sent_again_and_counted_once(live: Live, phone: BrowserContext) -> None:
    page = open_field(sign_in(phone, live), live)
    title, lost = f"Hilang {uuid.uuid4().hex[:6]}", []

    def lose(route: Route) -> None:
        route.fetch()  # the server has stored it
        lost.append(1)
        route.abort()

    page.route("**/catat/kirim", lose)
    record(page, title)
    expect(item(page, title)).to_contain_text("Menunggu sinyal")
    assert lost
    assert rows(live, "SELECT COUNT(*) FROM events WHERE title = ?", title) == [(1,)]
    page.unroute("**/catat/kirim")
    page.click("[data-send]")
    expect(item(page, title)).to_contain_text(SENT)
    found = rows(
        live, "SELECT f.repeats FROM field_records f JOIN events e ON e.id = f.subject_id WHERE e.title = ?", title
    )
    assert [row[0] >= 1 for row in found] == [True]


def test_a_line_that_breaks_in_the_middle_of_the_pictures_loses_nothing(
    live: Live, phone: BrowserContext, picture: Path
) -> None:
    page = open_field(sign_in(phone, live), live)
    title, seen = f"Putus {uuid.uuid4().hex[:6]}", []

    def second_breaks(route: Route) -> None:
        seen.append(1)
        route.abort() if len(seen) == 2 else route.continue_()

    page.route("**/catat/foto", second_breaks)
    record(page, title, picture, picture)
    expect(item(page, title)).to_contain_text("Menunggu sinyal")
    page.unroute("**/catat/foto")
    page.click("[data-send]")
    expect(item(page, title)).to_contain_text(SENT)
    photos = "SELECT COUNT(*) FROM event_photos p JOIN events e ON e.id = p.event_id WHERE e.title = ?"
    assert rows(live, photos, title) == [(2,)]


def _conflict(page: Page, live: Live, title: str) -> None:
    """The reply is lost, and the record is changed before it goes again."""

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/catat/kirim", lose)
    record(page, title)
    expect(item(page, title)).to_contain_text("Menunggu sinyal")
    item(page, title).get_by_role("button", name="Lihat atau perbaiki").click()
    expect(page.locator("#title")).to_have_value(title)
    page.fill("[name='people.f.adult']", "20")
    page.unroute("**/catat/kirim")
    page.click(".save button")
    expect(item(page, title)).to_contain_text(CHECK)
    expect(item(page, title)).to_contain_text("12 orang")
    expect(item(page, title)).to_contain_text("20 orang")


PEOPLE = "SELECT people FROM events WHERE title = ?"


def test_a_conflict_is_shown_with_both_and_mine_can_be_sent(live: Live, phone: BrowserContext) -> None:
    page = open_field(sign_in(phone, live), live)
    title = f"Beda {uuid.uuid4().hex[:6]}"
    _conflict(page, live, title)
    page.reload()
    page.wait_for_selector("html[data-ready]")
    expect(item(page, title)).to_contain_text(CHECK)  # not sent again by itself
    assert rows(live, PEOPLE, title) == [(12,)]
    item(page, title).get_by_role("button", name="Kirim perubahan saya").click()
    expect(item(page, title)).to_contain_text(SENT)
    assert rows(live, PEOPLE, title) == [(20,)]


def test_a_conflict_can_be_settled_with_what_was_sent(live: Live, phone: BrowserContext) -> None:
    page = open_field(sign_in(phone, live), live)
    title = f"Beda {uuid.uuid4().hex[:6]}"
    _conflict(page, live, title)
    item(page, title).get_by_role("button", name="Pakai yang sudah terkirim").click()
    expect(item(page, title)).to_contain_text(SENT)
    expect(item(page, title).locator("[data-when]")).to_contain_text("12 orang")
    assert rows(live, PEOPLE, title) == [(12,)]


def test_what_arrived_can_be_changed_from_the_phone(live: Live, phone: BrowserContext) -> None:
    page = open_field(sign_in(phone, live), live)
    title = f"Ubah {uuid.uuid4().hex[:6]}"
    record(page, title)
    expect(item(page, title)).to_contain_text(SENT)
    item(page, title).get_by_role("button", name="Lihat atau perbaiki").click()
    expect(page.locator("#mengubah")).to_contain_text(title)
    page.fill("[name='people.f.adult']", "30")
    page.click(".save button")
    expect(item(page, title)).to_contain_text("30 orang")
    expect(item(page, title)).to_contain_text(SENT)
    assert rows(live, PEOPLE, title) == [(30,)]


def test_two_tabs_never_share_a_number_nor_send_twice(live: Live, phone: BrowserContext) -> None:
    one = open_field(sign_in(phone, live), live)
    one.fill("#title", "Sama")
    one.wait_for_timeout(100)
    with phone.expect_page() as opened:
        one.evaluate("window.open('/catat/')")  # takes the session storage along, as a duplicated tab does
    two = opened.value
    two.wait_for_selector("html[data-ready]")
    expect(two.locator("#title")).to_have_value("Sama")
    drafts = [page.evaluate("JSON.parse(sessionStorage.getItem('gaung-draf')).id") for page in (one, two)]
    assert drafts[0] != drafts[1]
    titles = [f"Tab {uuid.uuid4().hex[:6]}" for _ in range(2)]
    phone.set_offline(True)
    record(one, titles[0])
    record(two, titles[1])
    for page in (one, two):
        for title in titles:
            expect(item(page, title)).to_contain_text(SAVED)
    numbers = one.locator(".item").evaluate_all("(items) => items.map((item) => item.dataset.uuid)")
    assert len(set(numbers)) == len(numbers)
    posted: list[str] = []
    phone.on(
        "request", lambda request: posted.append(request.post_data or "") if "/catat/kirim" in request.url else None
    )
    phone.set_offline(False)
    for page in (one, two):
        for title in titles:
            expect(item(page, title)).to_contain_text(SENT, timeout=30_000)
    sent = [row["uuid"] for body in posted for row in json.loads(body)["records"]]
    assert len(sent) == len(set(sent))


def test_a_session_that_ended_leaves_the_queue_and_asks_to_sign_in(live: Live, phone: BrowserContext) -> None:
    page = open_field(sign_in(phone, live), live)
    cookies = phone.cookies()
    phone.clear_cookies()
    title = f"Sesi {uuid.uuid4().hex[:6]}"
    record(page, title)
    expect(item(page, title)).to_contain_text("Masuk lagi untuk mengirim")
    expect(item(page, title).get_by_role("link", name="Masuk lagi")).to_have_attribute("href", "/masuk?next=/catat/")
    assert rows(live, "SELECT COUNT(*) FROM events WHERE title = ?", title) == [(0,)]
    phone.add_cookies(cookies)  # signed in again, in another tab
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(item(page, title)).to_contain_text(SENT)


def test_the_page_opens_for_somebody_whose_session_ended(live: Live, browser: Browser) -> None:
    context = browser.new_context(**PHONE)
    page = open_field(sign_in(context, live), live)
    page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    page.reload()
    context.clear_cookies()
    page.goto(f"{live.address}/catat/")
    expect(page.locator("#keadaan")).to_contain_text("Anda belum masuk")
    assert page.title().startswith("Catat Kegiatan")
    context.close()


def test_anothers_records_on_a_shared_phone_are_neither_shown_nor_sent(live: Live, phone: BrowserContext) -> None:
    page = open_field(sign_in(phone, live), live)
    phone.set_offline(True)
    title = f"Rahasia {uuid.uuid4().hex[:6]}"
    record(page, title)
    expect(item(page, title)).to_contain_text(SAVED)
    phone.set_offline(False)
    phone.clear_cookies()
    rows_before = rows(live, "SELECT COUNT(*) FROM field_records")
    page = open_field(sign_in(phone, live, "pelatih"), live)
    expect(page.locator(".item").first).to_contain_text("Milik orang lain")
    expect(page.locator(".items")).not_to_contain_text(title)
    assert rows(live, "SELECT COUNT(*) FROM field_records") == rows_before


OLD_QUEUE = """(person) => new Promise((done, failed) => {
  const asked = indexedDB.open('gaung-catat', 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore('records', { keyPath: 'uuid' });
  asked.onerror = failed;
  asked.onsuccess = () => {
    const uuid = crypto.randomUUID();
    const blob = new Blob([Uint8Array.from(atob(person.photo), (sign) => sign.charCodeAt(0))], { type: 'image/png' });
    const record = { uuid, user: person.user, saved_at: new Date().toISOString(), organisation_id: person.organisation,
      content: person.content, photos: [{ uuid: crypto.randomUUID(), blob }] };
    const writing = asked.result.transaction('records', 'readwrite');
    writing.objectStore('records').put(record);
    writing.oncomplete = () => { asked.result.close(); done(uuid); };
  };
})"""
DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="


def test_a_queue_of_an_older_version_is_sent_by_the_new_one(live: Live, phone: BrowserContext) -> None:
    page = sign_in(phone, live)
    ((user, organisation),) = rows(live, "SELECT id, organisation_id FROM users WHERE username = 'kim'")
    title = f"Versi lama {uuid.uuid4().hex[:6]}"
    content = {
        "event_id": None, "title": title, "event_kind": "kim_activity", "date": "2026-11-01", "start": "10:00",
        "end": "", "village_code": "64.02.12.2002", "place": "", "counts": {}, "total": 9, "materials": [],
        "questions": [], "tags": [], "campaign_id": None, "told": "",
    }  # fmt: skip
    page.evaluate(OLD_QUEUE, {"user": user, "organisation": organisation, "content": content, "photo": DOT})
    open_field(page, live)
    expect(item(page, title)).to_contain_text(SENT)
    photos = "SELECT COUNT(*) FROM event_photos p JOIN events e ON e.id = p.event_id WHERE e.title = ?"
    assert rows(live, photos, title) == [(1,)]


def test_a_new_version_of_the_application_keeps_the_queue_and_drops_the_old_cache(live: Live, browser: Browser) -> None:
    context = browser.new_context(**PHONE)
    line = Line(int(live.address.rpartition(":")[2]))
    page = open_field(sign_in(context, line), line)
    page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    line.cut()
    title = f"Pembaruan {uuid.uuid4().hex[:6]}"
    record(page, title)
    expect(item(page, title)).to_contain_text(SAVED)
    page.evaluate("caches.open('gaung-catat-lama').then((cache) => cache.put('/catat/x', new Response('x')))")
    page.evaluate("navigator.serviceWorker.getRegistration('/catat/').then((found) => found.unregister())")
    line.mend()
    page.reload()
    page.wait_for_selector("html[data-ready]")
    expect(item(page, title)).to_contain_text(SENT, timeout=30_000)
    page.wait_for_function("caches.keys().then((names) => names.length === 1 && names[0] !== 'gaung-catat-lama')")
    context.close()
    line.close()


FULL = """const put = IDBObjectStore.prototype.put;
IDBObjectStore.prototype.put = function (value, ...more) {
  if (window.fullFor?.includes(this.name)) throw new DOMException('full', 'QuotaExceededError');
  return put.call(this, value, ...more);
};"""


def test_a_full_phone_keeps_the_text_without_the_photos(live: Live, phone: BrowserContext, picture: Path) -> None:
    phone.add_init_script(FULL)
    page = open_field(sign_in(phone, live), live)
    phone.set_offline(True)
    page.evaluate("window.fullFor = ['photos']")
    title = f"Penuh {uuid.uuid4().hex[:6]}"
    record(page, title, picture)
    expect(page.locator("#penuh")).to_contain_text("fotonya tidak")
    expect(item(page, title)).to_contain_text(SAVED)


def test_a_phone_without_any_room_offers_export_and_sending_at_once(
    live: Live, phone: BrowserContext, picture: Path
) -> None:
    phone.add_init_script(FULL)
    page = open_field(sign_in(phone, live), live)
    page.evaluate("window.fullFor = ['photos', 'records']")
    title = f"Penuh {uuid.uuid4().hex[:6]}"
    record(page, title, picture)
    expect(page.locator("#penuh")).to_contain_text("belum tersimpan")
    expect(page.locator("#title")).to_have_value(title)  # nothing typed is lost
    with page.expect_download() as saved:
        page.get_by_role("button", name="Ekspor ke berkas").click()
    file = json.loads(Path(saved.value.path()).read_text())
    assert (file["records"][0]["content"]["title"], len(file["photos"])) == (title, 1)
    page.get_by_role("button", name="Kirim langsung").click()
    expect(page.get_by_text("Kode terima").first).to_be_visible()
    photos = "SELECT COUNT(*) FROM event_photos p JOIN events e ON e.id = p.event_id WHERE e.title = ?"
    assert rows(live, photos, title) == [(1,)]


def test_a_stuck_record_is_exported_read_in_by_the_office_and_deleted(
    live: Live, phone: BrowserContext, picture: Path, tmp_path: Path
) -> None:
    page = open_field(sign_in(phone, live), live)
    phone.set_offline(True)
    title = f"Berkas {uuid.uuid4().hex[:6]}"
    record(page, title, picture)
    with page.expect_download() as saved:
        item(page, title).get_by_role("button", name="Ekspor ke berkas").click()
    file = tmp_path / "catatan.json"
    shutil.copy(saved.value.path(), file)
    item(page, title).get_by_role("button", name="Hapus").click()
    page.locator("#yakin").get_by_role("button", name="Tidak jadi").click()
    expect(item(page, title)).to_have_count(1)
    item(page, title).get_by_role("button", name="Hapus").click()
    page.locator("#yakin").get_by_role("button", name="Hapus").click()
    expect(item(page, title)).to_have_count(0)
    phone.set_offline(False)
    phone.clear_cookies()
    office = sign_in(phone, live, "editor")
    office.goto(f"{live.address}/catat/berkas")
    office.set_input_files("#file", file)
    office.get_by_role("button", name="Masukkan").click()
    expect(office.get_by_text("Diterima", exact=True)).to_be_visible()
    assert rows(live, PEOPLE, title) == [(12,)]


def test_a_photo_that_the_server_refuses_can_be_left_out(live: Live, phone: BrowserContext, tmp_path: Path) -> None:
    broken = tmp_path / "rusak.jpg"
    broken.write_bytes(b"\xff\xd8\xff\xe0 bukan foto")
    page = open_field(sign_in(phone, live), live)
    title = f"Rusak {uuid.uuid4().hex[:6]}"
    record(page, title, broken)
    expect(item(page, title)).to_contain_text(CHECK)
    item(page, title).get_by_role("button", name="Kirim tanpa foto itu").click()
    expect(item(page, title)).to_contain_text(SENT)


def test_what_is_being_typed_outlives_a_reload_with_its_photo(live: Live, phone: BrowserContext, picture: Path) -> None:
    page = open_field(sign_in(phone, live), live)
    page.fill("#title", "Belum selesai")
    page.set_input_files("#photos", picture)
    expect(page.locator(".thumb")).to_have_count(1)
    page.reload()
    page.wait_for_selector("html[data-ready]")
    expect(page.locator("#title")).to_have_value("Belum selesai")
    expect(page.locator(".thumb")).to_have_count(1)


def test_the_page_stays_within_a_narrow_phone_and_says_what_is_missing(live: Live, phone: BrowserContext) -> None:
    heard: list[str] = []
    page = sign_in(phone, live)
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("console", lambda said: heard.append(said.text) if "Content Security Policy" in said.text else None)
    open_field(page, live)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    expect(page.locator(".save button")).to_be_in_viewport()
    page.click(".save button")
    expect(page.locator("#title-salah")).to_be_visible()
    expect(page.locator("#title")).to_be_focused()
    page.fill("#title", "Tanpa jam")
    page.click(".save button")
    expect(page.locator("#start-salah")).to_be_visible()
    page.get_by_role("button", name="Jumlah saja").click()
    expect(page.locator("[name='people.f.adult']")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert heard == []


def test_a_plan_is_reported_instead_of_a_new_activity_and_not_offered_twice(live: Live, phone: BrowserContext) -> None:
    (village, organisation), code = ("64.02.12.2002", *rows(live, ORGANISATION)[0]), uuid.uuid4().hex[:8]
    title = f"Rencana {code}"
    with sqlite3.connect(live.folder / "gaung.sqlite", timeout=20) as connection:
        connection.execute(PLANNED, {"code": code, "title": title, "organisation": organisation, "village": village})
    page = open_field(sign_in(phone, live), live)
    page.get_by_role("radio", name=re.compile(title)).check()
    expect(page.locator("#title")).to_be_hidden()
    page.fill("[name='people.m.youth']", "8")
    page.click(".save button")
    expect(item(page, title)).to_contain_text(SENT)
    expect(page.get_by_role("radio", name=re.compile(title))).to_have_count(0)
    assert rows(live, "SELECT people, status FROM events WHERE title = ?", title) == [(8, "reported")]


ORGANISATION = "SELECT organisation_id FROM users WHERE username = 'kim'"
PLANNED = """INSERT INTO events (uid, code, kind, title, description, agenda, organisation_id, village_code, place,
starts_at, ends_at, registration, waiting_list, contact, status, sequence, created_at, updated_at, version)
VALUES (:code, :code, 'meeting', :title, '', '', :organisation, :village, 'Balai desa', datetime('now', '-1 day'),
datetime('now', '-1 day'), 0, 1, '', 'planned', 0, datetime('now'), datetime('now'), 1)"""


def test_a_number_that_is_somebody_elses_can_be_sent_as_a_new_record(live: Live, phone: BrowserContext) -> None:
    page = open_field(sign_in(phone, live), live)
    phone.set_offline(True)
    title = f"Nomor {uuid.uuid4().hex[:6]}"
    record(page, title)
    expect(item(page, title)).to_contain_text(SAVED)
    number = item(page, title).get_attribute("data-uuid")
    with sqlite3.connect(live.folder / "gaung.sqlite", timeout=20) as connection:
        connection.execute(TAKEN, {"uuid": number})
    phone.set_offline(False)
    expect(item(page, title)).to_contain_text("sudah dipakai catatan orang lain")
    item(page, title).get_by_role("button", name="Kirim sebagai catatan baru").click()
    expect(item(page, title)).to_contain_text(SENT)
    assert item(page, title).get_attribute("data-uuid") != number


TAKEN = """INSERT INTO field_records (uuid, kind, user_id, organisation_id, content_hash, payload, receipt, received_at,
repeats) SELECT :uuid, 'activity', id, organisation_id, 'x', '{}', 'XXXX-XXXX', datetime('now'), 0 FROM users
WHERE username = 'opd'"""


def test_a_browser_that_keeps_nothing_sends_the_form_itself(live: Live, phone: BrowserContext, picture: Path) -> None:
    phone.add_init_script("IDBFactory.prototype.open = () => { throw new DOMException('no', 'InvalidStateError'); };")
    page = open_field(sign_in(phone, live), live)
    expect(page.locator("#keadaan")).to_contain_text("dikirim langsung")
    title = f"Langsung {uuid.uuid4().hex[:6]}"
    page.fill("#title", title)
    page.fill("#start", "09:00")
    page.set_input_files("#photos", picture)
    page.check("[name=consent]")
    page.click(".save button")
    expect(page.get_by_text("Kode terima").first).to_be_visible()
    photos = "SELECT COUNT(*) FROM event_photos p JOIN events e ON e.id = p.event_id WHERE e.title = ?"
    assert rows(live, photos, title) == [(1,)]


def test_what_waits_is_sent_in_the_background_after_the_page_was_closed(live: Live, browser: Browser) -> None:
    context = browser.new_context(**PHONE)
    line = Line(int(live.address.rpartition(":")[2]))
    page = open_field(sign_in(context, line), line)
    page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    other = context.new_page()
    other.goto(f"{line.address}/masuk")
    browser_itself, registered = context.new_cdp_session(other), []
    browser_itself.on("ServiceWorker.workerRegistrationUpdated", lambda told: registered.extend(told["registrations"]))
    browser_itself.send("ServiceWorker.enable")
    line.cut()
    title = f"Latar {uuid.uuid4().hex[:6]}"
    record(page, title)
    expect(item(page, title)).to_contain_text("Menunggu sinyal")
    page.close()
    line.mend()
    number = next(one["registrationId"] for one in registered if one["scopeURL"].startswith(line.address))
    event = {"origin": line.address, "registrationId": number, "tag": "gaung-kirim", "lastChance": False}
    browser_itself.send("ServiceWorker.dispatchSyncEvent", event)
    until = time.monotonic() + 20
    while not rows(live, PEOPLE, title) and time.monotonic() < until:
        other.wait_for_timeout(200)
    assert rows(live, PEOPLE, title) == [(12,)]
    context.close()
    line.close()
