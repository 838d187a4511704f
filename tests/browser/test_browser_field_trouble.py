"""Catat Kegiatan in Chromium when something is wrong: lost replies, two versions, a full phone, what cannot be sent."""

import json
import shutil
import sqlite3
import uuid
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.conftest import Live
from tests.browser.phone import CHECK, PEOPLE, SAVED, SENT, item, open_field, record, rows, sign_in

pytestmark = pytest.mark.browser


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
