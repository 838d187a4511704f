"""The page of the state in Chromium: it says what changed by itself, fits a phone, and axe finds nothing."""

import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from config import ROOT
from tests.browser.conftest import Live
from tests.browser.phone import sign_in

pytestmark = pytest.mark.browser
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
CHECK = """async () => (await axe.run(document.querySelector('main'), { resultTypes: ['violations'] })).violations
  .map((one) => [one.id, one.nodes[0].html.slice(0, 200)])"""
KEYS = "UPDATE outlets SET status = ? WHERE kind = 'facebook' AND status = ?"


def violations(page: Page) -> list[Any]:
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(Path(AXE).read_text(encoding="utf-8") + "; window.axe = axe;")
    return list(page.evaluate(CHECK))


def change(live: Live, *values: str) -> None:
    with sqlite3.connect(live.folder / "gaung.sqlite", timeout=20) as connection:
        connection.execute(KEYS, values)


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_it_says_by_itself_that_an_account_was_closed_and_leads_to_where_it_is_mended(
    live: Live, context: BrowserContext, phone: BrowserContext
) -> None:
    page = sign_in(context, live, "editor")
    page.get_by_role("link", name="Keadaan pengiriman").first.click()
    sentence = page.locator(".state-sentence")
    expect(sentence).to_be_in_viewport(ratio=1)
    expect(sentence).not_to_contain_text("perlu dihubungkan ulang")
    expect(page.get_by_text(re.compile("Hidup, tanda terakhir"))).to_be_visible()
    assert violations(page) == []
    following = page.locator(".state-rows a").first
    following.focus()
    change(live, "needs_sign_in", "connected")
    try:
        expect(sentence).to_contain_text("1 akun perlu dihubungkan ulang.", timeout=40_000)
        assert page.evaluate("document.activeElement.matches('.state-rows a')"), "who reads on is not thrown back"
        small = sign_in(phone, live, "editor")
        small.goto(f"{live.address}/tayang/keadaan")
        expect(small.locator(".state-sentence")).to_be_in_viewport(ratio=1)
        assert fits(small)
        assert violations(small) == []
        page.get_by_role("link", name="Hubungkan ulang").click()
        page.wait_for_url("**/saluran/*/hubungkan")
    finally:
        change(live, "connected", "needs_sign_in")
