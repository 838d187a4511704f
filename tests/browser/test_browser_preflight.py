"""A dead token is found before its posts are due, told once with its button, and mended, in Chromium."""

import re
import sqlite3
import time

import httpx
import pytest
from playwright.sync_api import Page, expect

from app.practice.accounts import PAGE_TOKEN
from tests.browser.conftest import Live
from tests.browser.test_browser_journey import sign_in

pytestmark = pytest.mark.browser

ACCOUNT = "Facebook"
CHECKED_WITHIN = 120  # seconds; the worker looks twice a minute
REFUSED = "Masa berlaku sambungan akun ini habis"


def token_is_dead(live: Live, *, dead: bool) -> None:
    trouble = {"platform": "facebook", "kind": "kedaluwarsa", "times": None if dead else 0}
    httpx.post(f"{live.wall}/api/faults", json=trouble, timeout=10).raise_for_status()


def let_a_morning_come(live: Live) -> None:
    """Let what was checked be of yesterday: the next look is the check of this morning."""
    with sqlite3.connect(live.folder / "gaung.sqlite", timeout=20) as database:
        database.execute("UPDATE inspections SET checked_at = datetime(checked_at, '-1 day')")


def checks_until(page: Page, live: Live, words: str | re.Pattern[str]) -> None:
    """Open the page of checks until the row of the account says so."""
    until = time.monotonic() + CHECKED_WITHIN
    while time.monotonic() < until:
        page.goto(f"{live.address}/tayang/pemeriksaan")
        if page.locator("tr", has_text=ACCOUNT).filter(has_text=words).count():
            return
        time.sleep(2)
    pytest.fail(f"the page of checks never said {words!r} of {ACCOUNT}")


def test_a_dead_token_is_found_told_once_and_mended(page: Page, live: Live) -> None:
    sign_in(page, live, "editor")
    checks_until(page, live, "Beres")
    token_is_dead(live, dead=True)
    try:
        let_a_morning_come(live)
        checks_until(page, live, REFUSED)
        page.goto(f"{live.address}/pemberitahuan")
        told = page.get_by_text(re.compile(f"Akun perlu dihubungkan ulang: .*{ACCOUNT}"))
        expect(told).to_have_count(1)
    finally:
        token_is_dead(live, dead=False)
    page.goto(f"{live.address}/tayang/pemeriksaan")
    page.locator("tr", has_text=ACCOUNT).get_by_role("link", name="Hubungkan ulang").click()
    page.get_by_label(re.compile("Token akses Halaman|Token")).first.fill(PAGE_TOKEN)
    page.get_by_role("button", name="Uji sambungan dan simpan").click()
    expect(page.get_by_text("Terhubung sebagai")).to_be_visible()
    checks_until(page, live, "Beres")
    page.goto(f"{live.address}/pemberitahuan")
    expect(page.get_by_text(re.compile(f"Akun perlu dihubungkan ulang: .*{ACCOUNT}"))).to_have_count(1)
