"""Catat Kegiatan in Chromium at phone size: without a line, with pictures, with two tabs, on a shared phone."""

import json
import re
import sqlite3
import uuid
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import BrowserContext, BrowserType, Route, expect
from sqlalchemy.orm import Session

from app.gatherings.reports.contacts import contacts
from app.kernel.clock import Clock
from app.kernel.db import make_engine
from tests.browser.conftest import PHONE, Live
from tests.browser.line import Line
from tests.browser.phone import (
    ORGANISATION,
    PEOPLE,
    PLANNED,
    SAVED,
    SENT,
    item,
    only_the_page_sends,
    open_field,
    record,
    rows,
    send,
    sign_in,
)

pytestmark = pytest.mark.browser

WITA = ZoneInfo("Asia/Makassar")
OWN_VILLAGE, OTHER_VILLAGE = VILLAGES = ("64.02.12.2002", "64.02.12.2003")  # in Tabang


def last_contact(live: Live, village: str) -> date | None:
    """As the list of villages without a contact counts it."""
    engine = make_engine(f"sqlite:///{live.folder / 'gaung.sqlite'}")
    with Session(engine) as session:
        found = contacts(session, WITA, Clock().now()).get(village)
    engine.dispose()
    return found.on if found else None


def test_two_activities_without_a_line_survive_the_browser_and_arrive_once(
    live: Live, browser_type: BrowserType, browser_type_launch_args: dict[str, Any], tmp_path: Path, picture: Path
) -> None:
    """An officer of the KIM in Tabang: visits once, has no line, closes the browser, opens it again, has a line."""
    titles = [f"Jaga sungai {uuid.uuid4().hex[:6]}", f"Kerja bakti {uuid.uuid4().hex[:6]}"]
    today = Clock().now().astimezone(WITA).date()
    assert (last_contact(live, OTHER_VILLAGE) or date.min) < today
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


def test_anothers_records_on_a_shared_phone_are_neither_shown_nor_sent(live: Live, phone: BrowserContext) -> None:
    page = open_field(sign_in(phone, live), live)
    phone.set_offline(True)
    title = f"Rahasia {uuid.uuid4().hex[:6]}"
    record(page, title)
    expect(item(page, title)).to_contain_text(SAVED)
    page.close()  # its requests would come back with the first one's cookie, and the other could not sign in
    phone.clear_cookies()  # before the line comes back, or it is sent at once
    phone.set_offline(False)
    rows_before = rows(live, "SELECT COUNT(*) FROM field_records")
    page = open_field(sign_in(phone, live, "pelatih"), live)
    expect(page.locator(".item").first).to_contain_text("Milik orang lain")
    expect(page.locator(".items")).not_to_contain_text(title)
    assert rows(live, "SELECT COUNT(*) FROM field_records") == rows_before


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


def test_an_evening_that_ends_after_midnight_is_kept(live: Live, phone: BrowserContext) -> None:
    page = open_field(sign_in(phone, live), live)
    title = f"Malam {uuid.uuid4().hex[:6]}"
    page.fill("#date", "2026-11-20")
    page.fill("#end", "23:30")
    record(page, title, start="22:00")
    expect(item(page, title)).to_contain_text(SENT)
    late = page.get_by_text("Selesai lewat tengah malam")
    title = f"Malam {uuid.uuid4().hex[:6]}"
    page.fill("#date", "2026-11-20")
    page.fill("#end", "01:00")
    expect(late).to_be_hidden()
    page.fill("#start", "12:00")
    expect(late).to_be_hidden()
    page.fill("#title", title)
    page.click(".save button")
    expect(page.locator("#end-salah")).to_be_visible()  # a whole day is no evening
    page.fill("#start", "20:00")
    expect(late).to_be_visible()
    record(page, title, start="20:00")
    expect(item(page, title)).to_contain_text(SENT)
    assert rows(live, "SELECT starts_at, ends_at FROM events WHERE title = ?", title) == [
        ("2026-11-20 12:00:00.000000", "2026-11-20 17:00:00.000000")
    ]


@pytest.mark.parametrize("data", [b"%PDF-1.4 sebuah surat", b"\xff\xd8\xff\xe0 rusak"])
def test_a_file_that_is_no_picture_is_refused_as_it_is_chosen(
    live: Live, phone: BrowserContext, tmp_path: Path, data: bytes
) -> None:
    (tmp_path / "surat.jpg").write_bytes(data)
    page = open_field(sign_in(phone, live), live)
    page.set_input_files("#photos", tmp_path / "surat.jpg")
    expect(page.locator("#photos-salah")).to_have_text(
        "Berkas ini tidak bisa dibuka sebagai foto. Pilih foto JPG atau PNG."
    )
    expect(page.locator(".thumb")).to_have_count(0)


def test_a_day_that_has_not_come_is_asked_about_once_and_noted_on_the_card(live: Live, phone: BrowserContext) -> None:
    page = open_field(sign_in(phone, live), live)
    only_the_page_sends(page)
    title, question = f"Esok {uuid.uuid4().hex[:6]}", page.get_by_text("Tanggalnya belum tiba: ")
    page.route("**/catat/sesi", lambda route: route.abort())
    page.fill("#date", (Clock().now().astimezone(WITA).date() + timedelta(days=2)).isoformat())
    record(page, title)
    expect(question).to_be_visible()
    page.get_by_role("button", name="Tidak jadi").click()
    expect(page.locator("#date-salah")).to_have_text("Tanggalnya belum tiba. Periksa tanggalnya.")
    expect(page.locator(".item", has_text=title)).to_have_count(0)
    page.click(".save button")
    page.get_by_role("button", name="Benar, simpan").click()
    expect(item(page, title)).to_contain_text("Tanggalnya belum tiba menurut HP ini.")
    item(page, title).get_by_role("button", name="Lihat atau perbaiki").click()
    expect(page.locator("#mengubah")).to_contain_text(title)
    page.fill("[name='people.f.adult']", "30")
    page.click(".save button")
    expect(question).to_be_hidden()
    expect(item(page, title)).to_contain_text("30 orang")
    page.unroute("**/catat/sesi")
    send(page)
    expect(item(page, title)).to_contain_text(SENT)
    expect(item(page, title)).to_contain_text("Tanggal kegiatan ini belum tiba waktu kantor menerimanya.")


def test_reading_a_file_in_waits_for_a_line(live: Live, phone: BrowserContext) -> None:
    page = open_field(sign_in(phone, live), live)
    link, needs = page.get_by_role("link", name="Masukkan catatan dari berkas"), page.get_by_text("(perlu sinyal)")
    expect(needs).to_be_hidden()
    phone.set_offline(True)
    expect(needs).to_be_visible()
    link.click(force=True)
    page.wait_for_timeout(300)
    assert page.url.endswith("/catat/")
    phone.set_offline(False)
    expect(needs).to_be_hidden()
    link.click()
    page.wait_for_url("**/catat/berkas")


def test_what_was_missing_is_no_longer_missed_once_it_is_typed(live: Live, phone: BrowserContext) -> None:
    page = open_field(sign_in(phone, live), live)
    page.click(".save button")
    expect(page.locator("#title-salah")).to_be_visible()
    page.fill("#place", "Balai desa")
    expect(page.locator("#title-salah")).to_be_visible()
    page.fill("#title", "Susur sungai")
    expect(page.locator("#title-salah")).to_be_hidden()
    expect(page.locator("#salah")).to_be_hidden()
    expect(page.locator("[aria-invalid]")).to_have_count(0)


def test_nothing_is_said_to_be_on_its_way_before_the_office_answers(live: Live, phone: BrowserContext) -> None:
    page = open_field(sign_in(phone, live), live)
    only_the_page_sends(page)
    title = f"Sunyi {uuid.uuid4().hex[:6]}"
    page.route("**/catat/sesi", lambda route: route.abort())
    record(page, title)
    expect(item(page, title)).to_contain_text("Menunggu sinyal")
    page.unroute("**/catat/sesi")

    def hold(_route: Route) -> None:
        """The office has not answered yet."""

    page.route("**/catat/sesi", hold)
    page.reload()
    expect(item(page, title)).to_contain_text("Mencari sinyal")
    expect(page.locator("#keadaan")).to_contain_text("Mencari sinyal")
    expect(page.locator("#tanya textarea").first).to_be_visible()
    page.unroute("**/catat/sesi")
    page.reload()
    expect(item(page, title)).to_contain_text(SENT)
    first = item(page, title).locator(".item-buttons > :not([hidden])").first
    expect(first).to_have_class("btn")
    expect(first).to_have_text("Lihat laporannya")
