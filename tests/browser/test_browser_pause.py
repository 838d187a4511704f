"""Somebody stops everything on a phone in two taps, and an approver lets it go on with a decision."""

import sqlite3
import time

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import Live
from tests.browser.phone import rows, sign_in

pytestmark = pytest.mark.browser
POST = """SELECT d.id, p.id FROM deliveries d JOIN posts p ON p.id = d.post_id JOIN outlets o ON o.id = d.outlet_id
WHERE d.status = 'sent' AND o.kind = 'facebook' AND p.status = 'approved'
AND p.content_hash = d.content_hash AND p.approved_hash = d.content_hash ORDER BY d.id DESC"""
DUE = """UPDATE deliveries SET status = 'queued', remote_id = NULL, remote_url = NULL, sent_at = NULL,
due_at = datetime('now', '-2 hours'), wake_at = datetime('now', '-1 second'),
useful_until = datetime('now', '+2 days') WHERE id = ?"""
PLANNED = """UPDATE posts SET planned_hash = content_hash, scheduled_at = datetime('now', '-2 hours'),
useful_until = datetime('now', '+2 days'), window_start = datetime('now', '-3 hours'),
window_end = datetime('now', '+2 days') WHERE id = ?"""
LONG_AGO = "UPDATE pauses SET started_at = datetime('now', '-2 hours') WHERE lifted_at IS NULL"
STATE = "SELECT status, due_at > datetime('now') FROM deliveries WHERE id = ?"


def write(live: Live, statement: str, *values: object) -> None:
    with sqlite3.connect(live.folder / "gaung.sqlite", timeout=20) as connection:
        connection.execute(statement, values)


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_two_taps_stop_everything_and_an_approver_decides_what_waited(
    live: Live, context: BrowserContext, phone: BrowserContext
) -> None:
    page = sign_in(phone, live, "editor")
    page.goto(f"{live.address}/materi")
    page.get_by_role("link", name="Hentikan sementara").tap()
    button = page.get_by_role("button", name="Bencana")
    expect(button).to_be_in_viewport(ratio=1)
    assert fits(page), "nothing is wider than the phone"
    button.tap()
    expect(page.get_by_text("Dihentikan sementara: Semua penayangan.")).to_be_visible()
    assert fits(page)

    delivery, post = rows(live, POST)[0]
    write(live, PLANNED, post)
    write(live, DUE, delivery)
    write(live, LONG_AGO)
    time.sleep(5)  # the worker has looked at it several times
    assert rows(live, STATE, delivery) == [("queued", 0)]
    page.goto(f"{live.address}/")
    expect(page.get_by_text("1 materi menunggu.")).to_be_visible()

    desk = sign_in(context, live, "kadis")
    desk.get_by_role("link", name="Lanjutkan atau putuskan").click()
    expect(desk.get_by_role("radio", name="Waktu baru, satu per satu")).to_be_checked()
    desk.get_by_role("button", name="Lanjutkan penayangan").click()
    expect(desk.get_by_text("Dilanjutkan:").first).to_be_visible()
    expect(desk.get_by_text("Dihentikan sementara: Semua penayangan.")).to_have_count(0)
    assert rows(live, "SELECT count(*) FROM pauses WHERE lifted_at IS NULL") == [(0,)]
    time.sleep(3)
    assert rows(live, STATE, delivery) == [("queued", 1)], "it waits for its new time"
