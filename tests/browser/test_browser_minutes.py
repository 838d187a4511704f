"""The minutes on a phone: one row more without asking the server, and what was typed comes back after a reload."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from app.kernel.clock import Clock
from tests.browser.conftest import Live
from tests.browser.test_browser_journey import sign_in

WITA = ZoneInfo("Asia/Makassar")

pytestmark = pytest.mark.browser


def over(page: Page, live: Live, title: str) -> str:
    """The page of an event that ended yesterday."""
    starts_at = datetime.fromtimestamp(Clock().now().timestamp(), WITA) - timedelta(days=1)
    page.goto(f"{live.address}/kegiatan/baru?desa=64.02.12.2002")
    page.get_by_label("Nama kegiatan").fill(title)
    page.get_by_label("Mulai", exact=True).fill(starts_at.strftime("%Y-%m-%dT%H:%M"))
    page.get_by_label("Selesai", exact=True).fill((starts_at + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M"))
    page.get_by_role("button", name="Simpan rencana").click()
    expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()
    return page.url


def test_rows_are_added_kept_and_handed_in(page: Page, live: Live) -> None:
    sign_in(page, live, "editor")
    page.set_viewport_size({"width": 360, "height": 740})
    event_page = over(page, live, "Rembuk warga Long Lalang")
    page.goto(f"{event_page}/laporan/ubah")
    page.get_by_label("Apa yang disampaikan?").fill("Rencana dermaga.")
    for number, words in enumerate(("Kapan?", "Di mana?", "Siapa?")):
        page.get_by_label("Pertanyaan atau harapan").nth(number).fill(words)
        page.get_by_role("button", name="Tambah pertanyaan").click()
        expect(page.get_by_label("Pertanyaan atau harapan")).to_have_count(number + 2)
    page.wait_for_timeout(600)  # the copy on the device is written when the typing rests

    page.reload()
    expect(page.get_by_label("Pertanyaan atau harapan")).to_have_count(1)
    page.locator("[data-restore]").click()
    typed = [field.input_value() for field in page.get_by_label("Pertanyaan atau harapan").all()]
    assert typed[:3] == ["Kapan?", "Di mana?", "Siapa?"]
    page.get_by_role("button", name="Serahkan laporan").click()
    expect(page.get_by_text("Kode terima").first).to_be_visible()
    expect(page.locator(".asked li")).to_have_count(3)
