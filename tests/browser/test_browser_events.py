"""An event from its plan to its verified report, as the office and residents do it, on what `make run` starts."""

import math
import re
import sqlite3
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import icalendar
import pytest
from playwright.sync_api import Browser, Page, expect

from app.kernel.clock import Clock
from tests.browser.conftest import Live
from tests.browser.test_browser_journey import sign_in

WITA = ZoneInfo("Asia/Makassar")
TITLE = "Sosialisasi layanan digital Long Lalang"
WISH = "Kapan jalan ke dermaga diperbaiki?"

pytestmark = pytest.mark.browser


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A resident's phone, where nobody signs in."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="id-ID")
    yield context.new_page()
    context.close()


def plan(page: Page, live: Live, title: str, starts_at: datetime) -> None:
    page.goto(f"{live.address}/kegiatan/baru?desa=64.02.12.2002")
    page.get_by_label("Nama kegiatan").fill(title)
    page.get_by_label("Mulai", exact=True).fill(starts_at.strftime("%Y-%m-%dT%H:%M"))
    page.get_by_label("Selesai", exact=True).fill((starts_at + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M"))
    page.locator("summary", has_text="Pendaftaran").click()
    page.get_by_label("Buka pendaftaran di halaman publik").check()
    page.locator("#capacity").fill("2")
    page.get_by_role("button", name="Simpan rencana").click()
    expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()


def announce(page: Page) -> str:
    """The public address."""
    page.get_by_role("button", name="Umumkan").first.click()
    page.locator("dialog").get_by_role("button", name="Umumkan").click()
    expect(page.get_by_text("Halaman publiknya sudah bisa dibagikan")).to_be_visible()
    return str(page.locator("#alamat-publik").get_attribute("href"))


def register(phone: Page, address: str, name: str) -> str:
    """The address of the own page."""
    phone.goto(address)
    phone.get_by_role("link", name=re.compile("Daftar sekarang|Masuk daftar tunggu")).click()
    phone.locator("#name").fill(name)
    phone.locator("#email").fill(f"{name.lower()}@contoh.example")
    phone.locator("#consent").check()
    phone.get_by_role("button", name=re.compile("Daftar|Masuk daftar tunggu")).click()
    expect(phone.get_by_text("Data Anda")).to_be_visible()
    return phone.url


def in_feed(live: Live, title: str) -> icalendar.Event:
    calendar = icalendar.Calendar.from_ical(httpx.get(f"{live.address}/agenda.ics", timeout=10).text)
    (found,) = [one for one in calendar.walk("VEVENT") if title in str(one["SUMMARY"])]
    return found


def begin(live: Live, title: str) -> None:
    """The day has come: the times of the event move to now, instead of a test that waits for a minute to begin."""
    with sqlite3.connect(live.folder / "gaung.sqlite", timeout=20) as database:
        times = "starts_at = datetime('now', '-1 minute'), ends_at = datetime('now', '+2 hours')"
        database.execute(f"UPDATE events SET {times} WHERE title = ?", (title,))


def test_from_the_plan_to_the_verified_report(page: Page, phone: Page, live: Live) -> None:
    starts_at = datetime.fromtimestamp(math.ceil(Clock().now().timestamp() / 60) * 60, WITA) + timedelta(days=1)
    sign_in(page, live, "editor")
    plan(page, live, TITLE, starts_at)
    event_page = page.url
    assert TITLE not in httpx.get(f"{live.address}/agenda", timeout=10).text, "a plan is not public"
    address = announce(page)
    assert TITLE in httpx.get(f"{live.address}/agenda", timeout=10).text
    assert in_feed(live, TITLE)["DTSTART"].dt == starts_at

    ayu = register(phone, address, "Ayu")
    expect(phone.get_by_text("Anda terdaftar").first).to_be_visible()
    register(phone, address, "Budi")
    candra = register(phone, address, "Candra")
    expect(phone.get_by_text("Daftar tunggu, urutan ke-1")).to_be_visible()
    phone.goto(ayu)
    phone.get_by_role("link", name="Batal ikut").click()
    phone.get_by_role("button", name="Ya, batalkan pendaftaran saya").click()
    expect(phone.get_by_text("Pendaftaran dibatalkan")).to_be_visible()
    phone.goto(candra)
    expect(phone.get_by_text("Anda terdaftar").first).to_be_visible()

    begin(live, TITLE)
    page.goto(event_page)
    page.get_by_role("link", name="Catat hadir").first.click()
    page.locator("li", has_text="Candra").get_by_role("button", name="Hadir").click()
    expect(page.locator("li", has_text="Candra")).to_contain_text(re.compile("Hadir .*WITA"))
    page.goto(event_page)
    page.get_by_role("button", name="Tandai terlaksana").click()

    page.get_by_role("link", name="Buat laporan").first.click()
    page.get_by_label(re.compile("Apa yang disampaikan")).fill("Cara memakai layanan digital pemerintah.")
    page.get_by_label("Pertanyaan atau harapan").first.fill(WISH)
    page.get_by_label("Apa", exact=True).first.fill("Menempel poster di balai desa")
    page.get_by_label("Siapa yang mengerjakan").first.fill("Ketua RT 01")
    page.get_by_label("Berapa orang yang datang?").fill("23")
    page.get_by_role("button", name="Serahkan laporan").click()
    expect(page.get_by_text("menunggu diperiksa").first).to_be_visible()
    report_page = page.url
    pdf = page.request.get(f"{event_page}/laporan.pdf")
    assert pdf.body().startswith(b"%PDF-")

    sign_in(page, live, "kabid")
    page.goto(report_page)
    with page.expect_navigation():
        page.get_by_role("button", name="Tandai sudah diperiksa").click()
    page.goto(report_page)
    expect(page.get_by_text("sudah diperiksa").first).to_be_visible()
    page.goto(f"{live.address}/aspirasi")
    expect(page.get_by_text(WISH)).to_be_visible()
    page.goto(f"{live.address}/wilayah/desa/64.02.12.2002")
    expect(page.get_by_text(TITLE).first).to_be_visible()


def test_a_moved_and_a_cancelled_event_reach_calendars_and_people(page: Page, phone: Page, live: Live) -> None:
    title = "Diskusi layanan digital Long Lalang"
    starts_at = datetime.fromtimestamp(math.ceil(Clock().now().timestamp() / 60) * 60, WITA) + timedelta(days=9)
    later = starts_at + timedelta(days=2)
    sign_in(page, live, "editor")
    plan(page, live, title, starts_at)
    event_page = page.url
    address = announce(page)
    own = register(phone, address, "Dewi")
    before = in_feed(live, title)

    page.goto(event_page)
    page.get_by_role("link", name="Pindahkan").click()
    page.get_by_label("Mulai", exact=True).fill(later.strftime("%Y-%m-%dT%H:%M"))
    page.get_by_label("Selesai", exact=True).fill((later + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M"))
    page.get_by_label("Alasan").fill("Sungai sedang surut")
    page.get_by_role("button", name="Pindahkan").click()
    expect(page.get_by_text("Sungai sedang surut").first).to_be_visible()
    moved = in_feed(live, title)
    assert moved["UID"] == before["UID"]
    assert moved["SEQUENCE"] > before["SEQUENCE"]
    assert moved["DTSTART"].dt == later
    phone.goto(own)
    expect(phone.get_by_text("Sungai sedang surut")).to_be_visible()

    page.goto(event_page)
    page.get_by_role("link", name="Batalkan kegiatan").click()
    page.get_by_label("Alasan").fill("Banjir di Tabang")
    page.get_by_role("button", name="Batalkan kegiatan").click()
    page.locator("dialog").get_by_role("button", name="Batalkan kegiatan").click()
    expect(page.get_by_text("Banjir di Tabang").first).to_be_visible()
    cancelled = in_feed(live, title)
    assert cancelled["UID"] == before["UID"]
    assert cancelled["SEQUENCE"] > moved["SEQUENCE"]
    assert cancelled["STATUS"] == "CANCELLED"
    phone.goto(address)
    expect(phone.get_by_text("Kegiatan ini dibatalkan")).to_be_visible()

    until = Clock().now() + timedelta(seconds=40)
    told: list[str] = []
    while Clock().now() < until and len(told) < 3:
        told = [mail["subject"] for mail in live.mails() if "dewi@contoh.example" in mail["recipients"]]
        time.sleep(1)
    assert len(told) == 3, f"registered, moved, cancelled: {told}"
