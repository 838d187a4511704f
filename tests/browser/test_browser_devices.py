"""HP dan komputer saya in Chromium: one device is ended by its own button, and an admin ends all of a person."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import PASSWORD, PHONE, Live

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(locale="id-ID", viewport={"width": 1280, "height": 800})
    yield context
    context.close()


@pytest.fixture
def handheld(browser: Browser) -> Iterator[BrowserContext]:
    agent = "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/125.0 Mobile Safari/537.36"
    context = browser.new_context(**PHONE, user_agent=agent)
    yield context
    context.close()


def enter(context: BrowserContext, live: Live, username: str) -> Page:
    page = context.new_page()
    page.goto(f"{live.address}/masuk")
    page.fill("[name=identity]", username)
    page.fill("[name=password]", PASSWORD)
    page.check("[name=remember]")
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: "/masuk" not in url)
    return page


def test_a_phone_is_ended_from_the_desk(live: Live, desk: BrowserContext, handheld: BrowserContext) -> None:
    phone, page = enter(handheld, live, "kontributor"), enter(desk, live, "kontributor")
    page.goto(f"{live.address}/akun/perangkat")
    row = page.get_by_role("listitem").filter(has_text="Chrome di Android")
    expect(row).to_contain_text("Masuk dengan kata sandi sejak")
    row.get_by_role("button", name="Keluarkan").click()
    page.get_by_role("dialog").get_by_role("button", name="Keluarkan").click()
    expect(page.get_by_text("Akun Anda sudah dikeluarkan dari Chrome di Android")).to_be_visible()
    phone.goto(f"{live.address}/akun")
    expect(phone.get_by_text("lewat perangkat lain")).to_be_visible()
    page.goto(f"{live.address}/akun")
    expect(page.get_by_role("heading", name="Akun saya")).to_be_visible()


def test_an_admin_ends_all_devices_of_a_person(live: Live, desk: BrowserContext, handheld: BrowserContext) -> None:
    phone, page = enter(handheld, live, "kontributor"), enter(desk, live, "admin")
    page.goto(f"{live.address}/pengguna?q=kontributor")
    page.locator("a[href*='/pengguna/']").filter(has_text=re.compile(r"\w")).locator(
        "xpath=self::*[number(substring-after(@href, '/pengguna/')) > 0]"
    ).first.click()
    expect(page.get_by_text(re.compile(r"HP atau komputer: .*Chrome di Android"))).to_be_visible()
    page.get_by_role("button", name="Keluarkan dari semua perangkat").click()
    page.get_by_role("dialog").get_by_role("button", name="Keluarkan dari semua perangkat").click()
    expect(page.get_by_text("Ia diberi tahu.")).to_be_visible()
    phone.goto(f"{live.address}/akun")
    expect(phone.get_by_text("Admin kantor mengeluarkan akun ini")).to_be_visible()
