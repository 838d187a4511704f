"""Catat Kegiatan in Chromium when something is wrong: lost replies, two versions, a full phone, what cannot be sent."""

import json
import re
import shutil
import sqlite3
import uuid
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.browser.conftest import PHONE, Live
from tests.browser.phone import (
    CHECK,
    ORGANISATION,
    PEOPLE,
    PLANNED,
    SAVED,
    SENT,
    item,
    open_field,
    record,
    rows,
    send,
    sign_in,
)

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
    send(page)
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
    send(page)
    expect(item(page, title)).to_contain_text(SENT)
    photos = "SELECT COUNT(*) FROM event_photos p JOIN events e ON e.id = p.event_id WHERE e.title = ?"
    assert rows(live, photos, title) == [(2,)]


def test_a_picture_that_does_not_get_through_holds_up_only_its_own_record(
    live: Live, phone: BrowserContext, picture: Path
) -> None:
    page = open_field(sign_in(phone, live), live)
    first, second, third = (f"Antre {uuid.uuid4().hex[:6]}" for _ in range(3))
    phone.set_offline(True)
    for title, pictures in ((first, [picture]), (second, [picture]), (third, [])):
        record(page, title, *pictures)
        expect(item(page, title)).to_contain_text(SAVED)
    number = str(item(page, first).get_attribute("data-uuid")).encode()

    def breaks_off(route: Route) -> None:
        route.abort() if number in (route.request.post_data_buffer or b"") else route.continue_()

    page.route("**/catat/foto", breaks_off)
    phone.set_offline(False)
    expect(item(page, third)).to_contain_text(SENT)
    expect(item(page, second)).to_contain_text(SENT)
    expect(item(page, first)).to_contain_text("Menunggu sinyal")
    page.unroute("**/catat/foto")
    send(page)
    expect(item(page, first)).to_contain_text(SENT)


HURRY = """const wait = AbortSignal.timeout.bind(AbortSignal);
window.waits = [];
AbortSignal.timeout = (time) => { window.waits.push(time); return wait(time > 65_000 ? 1500 : time); };"""


def test_a_picture_has_time_on_a_slow_line_and_goes_smaller_after_it_did_not_get_through(
    live: Live, phone: BrowserContext, picture: Path
) -> None:
    phone.add_init_script(HURRY)
    page = open_field(sign_in(phone, live), live)
    sizes: list[int] = []

    def hangs_once(route: Route) -> None:
        sizes.append(len(route.request.post_data_buffer or b""))
        if len(sizes) > 1:
            route.continue_()

    page.route("**/catat/foto", hangs_once)
    title = f"Lambat {uuid.uuid4().hex[:6]}"
    record(page, title, picture)
    expect(item(page, title)).to_contain_text("Sinyal lemah")
    assert page.evaluate("Math.max(...window.waits)") >= 60_000 + sizes[0] / 3
    send(page)
    expect(item(page, title)).to_contain_text(SENT)
    assert sizes[1] < sizes[0] * 0.7
    width = (
        "SELECT f.width FROM stored_files f JOIN event_photos p ON p.file_id = f.id JOIN events e ON e.id = p.event_id"
    )
    assert rows(live, f"{width} WHERE e.title = ?", title) == [(1120,)]


def _conflict(page: Page, live: Live, title: str, *added: Path, without_content: bool = False) -> None:
    """The reply is lost, and the record is changed, with pictures added, before it goes again."""

    def shorten(route: Route) -> None:
        answer = route.fetch()
        said = answer.json()
        for one in said["records"]:
            one.get("theirs", {}).pop("content", None)
        route.fulfill(response=answer, json=said)

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/catat/kirim", lose)
    record(page, title)
    expect(item(page, title)).to_contain_text("Menunggu sinyal")
    item(page, title).get_by_role("button", name="Lihat atau perbaiki").click()
    expect(page.locator("#title")).to_have_value(title)
    page.fill("[name='people.f.adult']", "20")
    for picture in added:
        page.set_input_files("#photos", picture)
        page.check("[name=consent]")
    page.unroute("**/catat/kirim")
    if without_content:
        page.route("**/catat/kirim", shorten)
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


def test_a_conflict_can_be_settled_with_what_was_sent(live: Live, phone: BrowserContext, picture: Path) -> None:
    page = open_field(sign_in(phone, live), live)
    title = f"Beda {uuid.uuid4().hex[:6]}"
    _conflict(page, live, title, picture)
    item(page, title).get_by_role("button", name="Pakai yang sudah terkirim").click()
    expect(item(page, title)).to_contain_text(SENT)
    expect(item(page, title).locator("[data-when]")).to_contain_text("12 orang")
    item(page, title).get_by_role("button", name="Lihat atau perbaiki").click()
    expect(page.locator("[name='people.f.adult']")).to_have_value("12")  # and not what was given up
    expect(page.locator(".thumb")).to_have_count(0)
    page.fill("[name='people.m.adult']", "1")
    page.click(".save button")
    expect(item(page, title).locator("[data-when]")).to_contain_text("13 orang")
    expect(item(page, title)).to_contain_text(SENT)
    assert rows(live, PEOPLE, title) == [(13,)]


def test_what_was_given_up_is_not_opened_where_the_office_did_not_say_its_own_content(
    live: Live, phone: BrowserContext
) -> None:
    page = open_field(sign_in(phone, live), live)
    title = f"Beda {uuid.uuid4().hex[:6]}"
    _conflict(page, live, title, without_content=True)
    item(page, title).get_by_role("button", name="Pakai yang sudah terkirim").click()
    expect(item(page, title)).to_contain_text(SENT)
    expect(item(page, title).get_by_role("button", name="Lihat atau perbaiki")).to_be_hidden()
    expect(item(page, title).get_by_role("button", name="Ekspor ke berkas")).to_be_hidden()


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
    numbers = "SELECT f.uuid FROM field_records f JOIN events e ON e.id = f.subject_id WHERE e.title = ?"
    assert rows(live, numbers, title) == [(file["records"][0]["uuid"],)]  # the file read in later is the same record
    page.wait_for_function("JSON.parse(sessionStorage.getItem('gaung-draf')).item === null")
    open_field(page, live)
    expect(page.locator("#title")).to_have_value("")  # it is not saved once more
    expect(page.locator(".thumb")).to_have_count(0)


def test_on_a_full_phone_a_change_of_what_was_sent_makes_no_second_record(live: Live, phone: BrowserContext) -> None:
    phone.add_init_script(FULL)
    page = open_field(sign_in(phone, live), live)
    title = f"Penuh {uuid.uuid4().hex[:6]}"
    record(page, title)
    expect(item(page, title)).to_contain_text(SENT)
    item(page, title).get_by_role("button", name="Lihat atau perbaiki").click()
    expect(page.locator("#mengubah")).to_contain_text(title)
    page.evaluate("window.fullFor = ['photos', 'records']")
    page.fill("[name='people.f.adult']", "31")
    page.click(".save button")
    page.get_by_role("button", name="Kirim langsung").click()
    expect(page.locator("#penuh")).to_contain_text("hanya bisa disimpan dulu di HP")
    assert rows(live, PEOPLE, title) == [(12,)]


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


def test_a_photo_that_the_server_refuses_can_be_left_out(live: Live, phone: BrowserContext, picture: Path) -> None:
    page = open_field(sign_in(phone, live), live)
    title = f"Rusak {uuid.uuid4().hex[:6]}"
    page.route("**/catat/foto", lambda route: route.fulfill(status=422, json={"state": "invalid", "message": "Bukan."}))
    record(page, title, picture)
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


def test_a_sent_record_under_a_new_number_says_that_its_photos_are_gone(
    live: Live, phone: BrowserContext, picture: Path
) -> None:
    page = open_field(sign_in(phone, live), live)
    title = f"Nomor {uuid.uuid4().hex[:6]}"
    record(page, title, picture)
    expect(item(page, title)).to_contain_text(SENT)
    number = item(page, title).get_attribute("data-uuid")
    with sqlite3.connect(live.folder / "gaung.sqlite", timeout=20) as connection:
        connection.execute(GIVEN_AWAY, {"uuid": number})
    item(page, title).get_by_role("button", name="Lihat atau perbaiki").click()
    expect(page.locator("#mengubah")).to_contain_text(title)
    page.fill("[name='people.f.adult']", "30")
    page.click(".save button")
    expect(item(page, title)).to_contain_text("sudah dipakai catatan orang lain")
    item(page, title).get_by_role("button", name="Kirim sebagai catatan baru").click()
    expect(item(page, title)).to_contain_text("tidak ada lagi di perangkat ini")
    item(page, title).get_by_role("button", name="Kirim tanpa foto itu").click()
    expect(item(page, title)).to_contain_text(SENT)
    assert sorted(rows(live, PEOPLE, title)) == [(12,), (30,)]


GIVEN_AWAY = """UPDATE field_records SET user_id = (SELECT id FROM users WHERE username = 'opd'),
organisation_id = (SELECT organisation_id FROM users WHERE username = 'opd') WHERE uuid = :uuid"""
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


def test_a_kept_page_in_a_browser_that_keeps_nothing_sends_two_activities(live: Live, phone: BrowserContext) -> None:
    phone.add_init_script("IDBFactory.prototype.open = () => { throw new DOMException('no', 'InvalidStateError'); };")
    page = sign_in(phone, live)
    kept = page.request.get(f"{live.address}/catat/").body()
    page.route("**/catat/", lambda route: route.fulfill(body=kept, content_type="text/html"), times=2)
    for title in (titles := [f"Langsung {uuid.uuid4().hex[:6]}" for _ in range(2)]):
        open_field(page, live)
        page.unroute("**/catat/")
        record(page, title)
        expect(page.get_by_text("Kode terima").first).to_be_visible()
        page.route("**/catat/", lambda route: route.fulfill(body=kept, content_type="text/html"), times=1)
    assert [rows(live, PEOPLE, title) for title in titles] == [[(12,)], [(12,)]]


def test_a_record_of_a_plan_that_was_reported_meanwhile_becomes_an_activity_of_its_own(
    live: Live, phone: BrowserContext, browser: Browser
) -> None:
    ((organisation,),), title = rows(live, ORGANISATION), f"Rencana {uuid.uuid4().hex[:6]}"
    with sqlite3.connect(live.folder / "gaung.sqlite", timeout=20) as connection:
        values = {"code": title[-6:], "title": title, "organisation": organisation, "village": "64.02.12.2002"}
        connection.execute(PLANNED, values)
    page = open_field(sign_in(phone, live), live)
    phone.set_offline(True)
    report(page, title, "8")
    expect(item(page, title)).to_contain_text(SAVED)
    second = browser.new_context(**PHONE, service_workers="block")
    other = open_field(sign_in(second, live), live)
    report(other, title, "9")
    expect(item(other, title)).to_contain_text(SENT)
    second.close()
    phone.set_offline(False)
    expect(item(page, title)).to_contain_text("sudah dilaporkan")
    page.reload()  # the plan is offered no more
    page.wait_for_selector("html[data-ready]")
    item(page, title).get_by_role("button", name="Lihat atau perbaiki").click()
    expect(page.get_by_role("radio", name=re.compile(title))).to_be_checked()
    page.get_by_role("radio", name="Kegiatan lain").check()
    expect(page.locator("#title")).to_have_value(title)
    page.fill("#title", f"{title} sendiri")
    page.click(".save button")
    expect(item(page, f"{title} sendiri")).to_contain_text(SENT)
    assert rows(live, PEOPLE, title) == [(9,)]
    assert rows(live, PEOPLE, f"{title} sendiri") == [(8,)]


def report(page: Page, plan: str, people: str) -> None:
    page.get_by_role("radio", name=re.compile(plan)).check()
    page.fill("[name='people.m.youth']", people)
    page.click(".save button")
