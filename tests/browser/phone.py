"""What a person does with Catat Kegiatan on a phone, and what the office's database then holds."""

import re
import sqlite3
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import PASSWORD, Live
from tests.browser.line import Line

SENT = re.compile(r"Terkirim \(kode terima [2-9A-Z]{4}-[2-9A-Z]{4}\)")
SAVED = "Tersimpan di perangkat"
CHECK = "Perlu diperiksa"
PEOPLE = "SELECT people FROM events WHERE title = ?"
ORGANISATION = "SELECT organisation_id FROM users WHERE username = 'kim'"
PLANNED = """INSERT INTO events (uid, code, kind, title, description, agenda, organisation_id, village_code, place,
starts_at, ends_at, registration, waiting_list, contact, status, sequence, created_at, updated_at, version)
VALUES (:code, :code, 'meeting', :title, '', '', :organisation, :village, 'Balai desa', datetime('now', '-1 day'),
datetime('now', '-1 day'), 0, 1, '', 'planned', 0, datetime('now'), datetime('now'), 1)"""


def rows(live: Live, query: str, *values: Any) -> list[tuple[Any, ...]]:
    with sqlite3.connect(live.folder / "gaung.sqlite", timeout=20) as connection:
        return connection.execute(query, values).fetchall()


def sign_in(context: BrowserContext, live: Live | Line, username: str = "kim", password: str = PASSWORD) -> Page:
    page = context.new_page()
    page.goto(f"{live.address}/masuk")
    page.fill("[name=identity]", username)
    page.fill("[name=password]", password)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: "/masuk" not in url)
    return page


def open_field(page: Page, live: Live | Line) -> Page:
    page.goto(f"{live.address}/catat/")
    page.wait_for_selector("html[data-ready]")
    return page


def become(page: Page, promised: str) -> None:
    """Waits until a promise, made again and again, says yes."""
    until = time.monotonic() + 20
    while not page.evaluate(promised):
        assert time.monotonic() < until, promised
        page.wait_for_timeout(100)


def only_the_page_sends(page: Page) -> None:
    """Nothing in the background: a page's own routes cannot hold back what its service worker asks for."""
    page.evaluate("() => { SyncManager.prototype.register = () => Promise.reject(new Error('not here')); }")


def record(page: Page, title: str, *pictures: Path, people: int = 12, start: str = "00:00") -> None:
    page.fill("#title", title)
    page.fill("#start", start)  # midnight has been, whatever the hour is
    page.fill("[name='people.f.adult']", str(people))
    for number, one in enumerate(pictures, 1):
        page.set_input_files("#photos", one)
        expect(page.locator(".thumb")).to_have_count(number)
    if pictures:
        page.check("[name=consent]")
    page.click(".save button")


def send(page: Page) -> None:
    """“Kirim sekarang”; the page may be sending by itself already, and its button is then hidden."""
    page.locator("[data-send]").dispatch_event("click")


def item(page: Page, title: str) -> Any:
    return page.locator(".item", has_text=title)
