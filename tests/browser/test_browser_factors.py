"""The second factor in Chromium: its virtual authenticator stands for a phone's finger or PIN (WebAuthn by CDP)."""

import re
import sqlite3
import time
from collections.abc import Iterator

import pytest
from passlib.totp import TOTP
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import PASSWORD, Live

PAGE = "/akun/langkah-kedua"


@pytest.fixture(autouse=True)
def nobody_has_a_factor_afterwards(live: Live) -> Iterator[None]:
    """The people of the practice year are those of other tests too, which sign in with a password alone."""
    yield
    connection = sqlite3.connect(live.folder / "gaung.sqlite", timeout=20)
    with connection:
        for table in ("second_factors", "passkeys", "backup_codes"):
            connection.execute(f"DELETE FROM {table}")
    connection.close()


@pytest.fixture
def own(browser: Browser, live: Live) -> Iterator[BrowserContext]:
    """A browser at localhost: WebAuthn keeps no keys for a number."""
    context = browser.new_context(base_url=live.address.replace("127.0.0.1", "localhost"), locale="id-ID")
    context.set_default_timeout(20_000)
    yield context
    context.close()


def with_finger(page: Page) -> None:
    """Give this page's device a sensor whose finger is always right."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def type_password(page: Page, who: str) -> None:
    page.goto("/masuk")
    page.get_by_label("Nama pengguna, nomor telepon, atau surel").fill(who)
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.get_by_role("button", name="Masuk", exact=True).click()


def leave(page: Page) -> None:
    page.locator("details.person summary").click()
    page.get_by_role("button", name="Keluar").click()
    expect(page.get_by_role("heading", name="Masuk")).to_be_visible()


def sign_out(page: Page) -> None:
    """And let the browser forget who was in it."""
    leave(page)
    page.context.clear_cookies()


def is_in(page: Page) -> None:
    expect(page.locator("details.person")).to_be_visible()


def test_a_passkey_is_set_up_and_signs_in_first_and_second(own: BrowserContext) -> None:
    page = own.new_page()
    with_finger(page)
    type_password(page, "opd")
    is_in(page)
    page.goto(PAGE)
    page.get_by_role("link", name="Pasang di perangkat ini").click()
    page.get_by_label("Nama perangkat ini").fill("HP Narahubung")
    page.get_by_role("button", name="Pasang di perangkat ini").click()
    expect(page.get_by_role("heading", name="Kode cadangan Anda")).to_be_visible()
    assert len(page.locator(".backup-codes li").all()) == 10
    page.get_by_role("button", name="Sudah saya simpan").click()
    expect(page.get_by_text("HP Narahubung")).to_be_visible()

    sign_out(page)
    page.goto("/masuk")
    page.get_by_role("button", name="Masuk dengan sidik jari/PIN HP").click()
    is_in(page)

    sign_out(page)
    type_password(page, "opd")
    expect(page.get_by_role("heading", name="Langkah kedua")).to_be_visible()
    page.get_by_role("button", name="Pakai sidik jari/PIN HP").click()
    is_in(page)

    page.goto(PAGE)
    page.get_by_role("button", name="Lepas").click()
    page.locator("#dialog-yakin [data-yes]").click()
    expect(page.get_by_text("Perangkat dilepas")).to_be_visible()


def test_at_a_number_the_page_names_the_address_that_works(browser: Browser, live: Live) -> None:
    context = browser.new_context(base_url=live.address, locale="id-ID")
    page = context.new_page()
    page.goto("/masuk")
    expect(page.get_by_role("button", name="Masuk dengan sidik jari/PIN HP")).to_be_hidden()
    expect(page.locator("[data-passkey-elsewhere] a")).to_be_visible()
    expect(page.locator("[data-passkey-elsewhere] a")).to_have_attribute("href", re.compile("^http://localhost:"))
    remember, shared = page.get_by_label("Ingat saya"), page.get_by_label("Ini komputer bersama", exact=True)
    remember.check()
    shared.check()
    expect(remember).not_to_be_checked()
    shared.uncheck()
    type_password(page, "opd")
    is_in(page)
    page.goto(PAGE)
    expect(page.get_by_role("link", name="Pasang di perangkat ini")).to_be_hidden()
    expect(page.locator("[data-passkey-elsewhere] a")).to_be_visible()
    page.goto(f"{PAGE}/sidik-jari")
    expect(page.get_by_label("Nama perangkat ini")).to_be_hidden()
    context.close()


def test_code_from_the_phone_lost_phone_and_the_device_that_is_ones_own(own: BrowserContext) -> None:
    page = own.new_page()
    type_password(page, "manajer")
    page.goto(PAGE)
    page.get_by_role("link", name="Pasang kode dari HP").click()
    page.get_by_text("Gambar tidak terbaca?").click()
    phone = TOTP(key=page.locator("#kunci").inner_text().replace(" ", ""))
    page.get_by_label("Kode 6 angka dari HP").fill(phone.generate(time=int(time.time()) - 60).token)
    page.get_by_role("button", name="Pasang", exact=True).click()
    expect(page.get_by_role("heading", name="Kode cadangan Anda")).to_be_visible()
    paper = page.locator(".backup-codes li").first.inner_text()

    sign_out(page)
    type_password(page, "manajer")
    page.get_by_text("HP hilang atau tidak dibawa?").click()
    page.get_by_label("Kode cadangan").fill(paper)
    page.get_by_role("button", name="Pakai Kode cadangan").click()
    is_in(page)

    sign_out(page)
    type_password(page, "manajer")
    page.get_by_label("Kode 6 angka dari HP").fill(phone.generate(time=int(time.time())).token)
    page.get_by_label("Ini HP atau komputer saya sendiri").check()
    page.get_by_role("button", name="Masuk", exact=True).click()
    is_in(page)
    page.locator("details.person summary").click()
    page.get_by_role("button", name="Keluar").click()
    type_password(page, "manajer")
    is_in(page)


def test_a_risky_act_asks_and_goes_on_with_a_press(own: BrowserContext) -> None:
    page = own.new_page()
    type_password(page, "admin")
    page.goto(f"{PAGE}/kode-hp")
    page.get_by_text("Gambar tidak terbaca?").click()
    phone = TOTP(key=page.locator("#kunci").inner_text().replace(" ", ""))
    page.get_by_label("Kode 6 angka dari HP").fill(phone.generate(time=int(time.time()) - 60).token)
    page.get_by_role("button", name="Pasang", exact=True).click()
    expect(page.get_by_role("heading", name="Kode cadangan Anda")).to_be_visible()
    page.get_by_role("button", name="Sudah saya simpan").click()
    leave(page)
    type_password(page, "admin")
    page.get_by_label("Kode 6 angka dari HP").fill(phone.generate(time=int(time.time()) - 30).token)
    page.get_by_label("Ini HP atau komputer saya sendiri").check()
    page.get_by_role("button", name="Masuk", exact=True).click()
    is_in(page)
    leave(page)
    type_password(page, "admin")
    is_in(page)

    page.goto("/pengguna?q=kadis")
    page.get_by_role("button", name="Unduh dengan nama dan kontak").click()
    page.locator("#dialog-yakin [data-yes]").click()
    expect(page.get_by_role("heading", name="Pastikan ini Anda")).to_be_visible()
    page.get_by_label("Kode 6 angka dari HP").fill(phone.generate(time=int(time.time())).token)
    page.get_by_role("button", name="Lanjut", exact=True).click()
    expect(page.get_by_role("heading", name="Terima kasih, ini memang Anda")).to_be_visible()
    with page.expect_download() as file:
        page.get_by_role("button", name="Lanjutkan").click()
    assert "kadis" in file.value.path().read_text(encoding="utf-8-sig")
