"""Where one is signed in, in Chromium: ending the other device, being remembered after a restart, a shared computer."""

import re
import sqlite3
import uuid
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import PASSWORD, PHONE, Live
from tests.browser.phone import SENT, item, open_field, record, rows, sign_in

pytestmark = pytest.mark.browser


@pytest.fixture
def office(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(locale="id-ID", viewport={"width": 1280, "height": 720})
    yield context
    context.close()


@pytest.fixture
def handheld(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(**PHONE)
    yield context
    context.close()


def change(live: Live, statement: str, *values: object) -> None:
    with sqlite3.connect(live.folder / "gaung.sqlite", timeout=20) as connection:
        connection.execute(statement, values)
    connection.close()


def sleep_over(live: Live, username: str) -> None:
    """As if nobody had used the person's sessions since yesterday."""
    change(
        live,
        "UPDATE sign_ins SET last_used_at = datetime('now', '-1 day') WHERE user_id = "
        "(SELECT id FROM users WHERE username = ?)",
        username,
    )


def test_the_other_device_is_ended_and_says_so(live: Live, office: BrowserContext, handheld: BrowserContext) -> None:
    phone = open_field(sign_in(handheld, live), live)
    page = sign_in(office, live, "kim")
    page.goto(f"{live.address}/akun/perangkat")
    expect(page.get_by_text("Perangkat ini", exact=True)).to_be_visible()
    page.get_by_role("button", name="Keluarkan dari semua perangkat lain").click()
    page.get_by_role("dialog").get_by_role("button", name="Keluarkan dari semua perangkat lain").click()
    expect(page.get_by_text("Akun Anda sudah dikeluarkan dari")).to_be_visible()
    expect(page.get_by_text("hanya masuk di perangkat ini")).to_be_visible()
    title = f"Sesudah keluar {uuid.uuid4().hex[:6]}"
    record(phone, title)  # recording goes on
    expect(item(phone, title)).to_contain_text("Masuk lagi untuk mengirim")
    item(phone, title).get_by_role("link", name="Masuk lagi").click()
    expect(phone.get_by_text("lewat perangkat lain")).to_be_visible()
    phone.fill("[name=identity]", "kim")
    phone.fill("[name=password]", PASSWORD)
    phone.click("main button[type=submit]")
    phone.wait_for_url(re.compile("/catat/"))
    expect(item(phone, title)).to_contain_text(SENT, timeout=30_000)
    assert rows(live, "SELECT COUNT(*) FROM events WHERE title = ?", title) == [(1,)]


def test_a_remembered_browser_is_in_again_after_a_restart(live: Live, browser: Browser, office: BrowserContext) -> None:
    page = office.new_page()
    enter(page, live, "editor", "remember")
    sleep_over(live, "editor")
    kept = [one for one in office.cookies() if one["expires"] > 0]  # what a browser keeps over its end
    again = browser.new_context(locale="id-ID")
    again.add_cookies(kept)
    page = again.new_page()
    page.goto(f"{live.address}/akun/perangkat")
    expect(page.get_by_role("heading", name="HP dan komputer saya")).to_be_visible()
    page.goto(f"{live.address}/akun")
    expect(page.get_by_role("heading", name="Akun saya")).to_be_visible()
    again.close()


def test_a_shared_computer_keeps_what_was_typed_for_its_own_account(
    live: Live, browser: Browser, office: BrowserContext
) -> None:
    page = office.new_page()
    enter(page, live, "editor", "shared")
    assert [one["name"] for one in office.cookies() if one["expires"] > 0 and one["name"] != "gaung"] == []
    assert [one["expires"] for one in office.cookies() if one["name"] == "gaung"] == [-1], "gone with the browser"
    typed = f"Rahasia editor {uuid.uuid4().hex[:6]}"
    page.goto(f"{live.address}/materi/baru")
    page.locator("form[data-keep] [name=title]").fill(typed)
    page.wait_for_timeout(700)  # a moment after the last key it is kept
    sleep_over(live, "editor")
    page.goto(f"{live.address}/materi/baru")
    expect(page.get_by_text("Anda dikeluarkan karena komputer bersama")).to_be_visible()
    enter(page, live, "kontributor", "shared", opened=True)
    page.goto(f"{live.address}/materi/baru")
    expect(page.locator("form[data-keep]")).to_be_visible()
    assert typed not in page.content()
    expect(page.get_by_text("Isian yang belum terkirim ditemukan")).to_have_count(0)
    sleep_over(live, "kontributor")
    page.goto(f"{live.address}/materi/baru")
    enter(page, live, "editor", "shared", opened=True)
    page.goto(f"{live.address}/materi/baru")
    page.get_by_role("button", name="Pulihkan").click()
    expect(page.locator("form[data-keep] [name=title]")).to_have_value(typed)


def idle_in(live: Live, seconds: int) -> None:
    change(live, "UPDATE sign_ins SET idle_seconds = ? WHERE shared AND ended_at IS NULL", seconds)


def test_a_shared_computer_says_a_minute_before_that_it_will_sign_out_and_hides_the_screen(
    live: Live, office: BrowserContext
) -> None:
    page = office.new_page()
    enter(page, live, "editor", "shared")
    idle_in(live, 61)
    page.reload()
    note = page.get_by_text("Anda akan dikeluarkan dalam")
    expect(note).to_be_visible()
    page.get_by_role("button", name="Tetap masuk").click()
    expect(note).to_have_count(0)
    idle_in(live, 3)
    page.reload()
    expect(page.get_by_text("Anda dikeluarkan karena komputer bersama")).to_be_visible(timeout=15_000)
    expect(page.get_by_role("navigation", name="Menu")).to_have_count(0)


def enter(page: Page, live: Live, username: str, tick: str, *, opened: bool = False) -> None:
    if not opened:
        page.goto(f"{live.address}/masuk")
    page.fill("[name=identity]", username)
    page.fill("[name=password]", PASSWORD)
    page.check(f"[name={tick}]")
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: "/masuk" not in url)
