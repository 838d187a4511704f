"""After an outage the worker spaces what is late, and a person changes the plan on a phone."""

import time
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from config import ROOT
from tests.browser.conftest import Live
from tests.browser.phone import rows, sign_in
from tests.browser.test_browser_pause import fits, write

pytestmark = pytest.mark.browser
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
SERIOUS = """async () => (await axe.run(document, { resultTypes: ['violations'] })).violations
  .filter((one) => ['serious', 'critical'].includes(one.impact)).map((one) => [one.id, one.nodes[0].html])"""
SENT = """SELECT d.id, d.outlet_id, p.id FROM deliveries d JOIN posts p ON p.id = d.post_id
JOIN outlets o ON o.id = d.outlet_id WHERE d.status = 'sent' AND p.status = 'approved' AND o.status = 'connected'
AND p.content_hash = d.content_hash AND p.approved_hash = d.content_hash AND o.kind IN ('x', 'facebook')
AND o.id = (SELECT d2.outlet_id FROM deliveries d2 JOIN outlets o2 ON o2.id = d2.outlet_id WHERE d2.status = 'sent'
AND o2.kind IN ('x', 'facebook') GROUP BY d2.outlet_id ORDER BY count(*) DESC LIMIT 1) ORDER BY d.id DESC LIMIT 6"""
LATE = """UPDATE deliveries SET status = 'queued', remote_id = NULL, remote_url = NULL, sent_at = NULL, tries = 0,
first_tried_at = NULL, started_at = NULL, token = NULL, settled_by_id = NULL, spaced_at = NULL,
due_at = datetime('now', '-2 hours'), wake_at = datetime('now', '-2 hours'), useful_until = datetime('now', '+2 days')
WHERE id IN (%s)"""
PLANNED = "UPDATE posts SET planned_hash = content_hash WHERE id IN (%s)"
GONE = """UPDATE deliveries SET status = 'cancelled', hold_reason = 'person'
WHERE spaced_at IS NOT NULL AND status = 'queued'"""
WAITING = "SELECT count(*) FROM deliveries WHERE spaced_at IS NOT NULL AND status = 'queued'"


def serious(page: Page) -> Any:
    page.evaluate(Path(AXE).read_text(encoding="utf-8") + "; window.axe = axe;")
    return page.evaluate(SERIOUS)


@pytest.fixture
def outage(live: Live) -> Any:
    """Six deliveries of one account are two hours late; one leaves, five wait for their turn."""
    found = rows(live, SENT)
    assert len(found) == 6, "the practice year has an account with so many posts"
    marks = ",".join("?" * len(found))
    write(live, PLANNED % marks, *(post for _, _, post in found))
    write(live, LATE % marks, *(delivery for delivery, _, _ in found))
    until = time.monotonic() + 60
    while rows(live, WAITING) != [(5,)]:
        assert time.monotonic() < until, rows(live, WAITING)
        time.sleep(0.5)
    yield
    write(live, GONE)


@pytest.mark.usefixtures("outage")
def test_a_plan_is_read_and_changed_on_a_phone(live: Live, context: BrowserContext, phone: BrowserContext) -> None:
    page = sign_in(phone, live, "editor")
    page.goto(f"{live.address}/tayang")
    page.get_by_role("link", name="5 kiriman tertunda keluar menurut rencana").tap()
    expect(page.get_by_role("heading", name="Rencana kiriman tertunda")).to_be_visible()
    row = page.locator(".resume-rows > li")
    expect(row).to_have_count(5)
    assert fits(page), "nothing is wider than the phone"
    row.nth(0).locator("summary").tap()
    expect(row.nth(0).get_by_role("button", name="Pindahkan")).to_be_visible()
    assert fits(page)
    assert serious(page) == []
    row.nth(0).get_by_role("button", name="Tahan").tap()
    expect(page.get_by_role("button", name="Lepas")).to_be_visible()
    page.get_by_role("button", name="Lepas").tap()
    expect(page.get_by_role("button", name="Lepas")).to_have_count(0)

    desk = sign_in(context, live, "editor")
    desk.goto(f"{live.address}/tayang/rencana")
    assert serious(desk) == []
    desk.get_by_label("Jarak antarkiriman").select_option("30")
    desk.get_by_role("button", name="Ubah jarak").click()
    expect(desk.get_by_text("5 mendapat waktu baru.")).to_be_visible()
    desk.get_by_role("button", name="Kirim semua sekarang").click()
    dialog = desk.get_by_role("dialog")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Kembali").click()
    assert rows(live, WAITING) == [(5,)]
