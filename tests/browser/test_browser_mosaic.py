"""The mosaic of villages: with a keyboard, with a finger, without scripts, and as axe sees it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from config import ROOT
from tests.browser.conftest import PHONE, Live
from tests.browser.test_browser_results import sign_in

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
SQUARES = ".mosaic a.sq"
SERIOUS = {"serious", "critical"}


def serious(page: Page) -> list[str]:
    """What axe finds that keeps people out."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found if one["impact"] in SERIOUS]


@pytest.fixture
def office(page: Page, live: Live) -> Page:
    sign_in(page, live)
    page.goto(f"{live.address}/peta-desa")
    return page


def in_focus(page: Page) -> str:
    return str(page.evaluate("document.activeElement.getAttribute('aria-label')"))


def test_arrows_move_from_square_to_square_and_the_strip_says_which(office: Page, live: Live) -> None:
    expect(office.locator(SQUARES)).to_have_count(237)
    assert office.locator(f"{SQUARES}[tabindex='0']").count() == 1, "one stop for Tab"
    office.locator("[role=row]", has_text="Muara Wis").locator("a.sq").first.focus()
    first = in_focus(office)
    strip = office.locator("[data-mosaic-strip]")
    expect(strip).to_contain_text(first.partition(":")[0])
    office.keyboard.press("ArrowRight")
    assert in_focus(office) != first
    assert ", Muara Wis:" in in_focus(office)
    office.keyboard.press("ArrowLeft")
    assert in_focus(office) == first
    office.keyboard.press("ArrowUp")
    assert ", Kenohan:" in in_focus(office), "the district above on the map"
    office.keyboard.press("PageDown")
    office.keyboard.press("Control+Home")
    assert ", Tabang:" in in_focus(office)
    office.keyboard.press("Tab")
    office.keyboard.press("Enter")
    office.wait_for_url(f"{live.address}/wilayah/desa/64.02.12.*")


@pytest.mark.parametrize("query", ["", "?ukuran=unggahan", "?tampilan=tabel"])
def test_axe_finds_nothing_serious(office: Page, live: Live, query: str) -> None:
    office.goto(f"{live.address}/peta-desa{query}")
    assert serious(office) == []


@pytest.fixture
def plain(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 720})
    yield context
    context.close()


def test_without_scripts_each_square_is_a_link(plain: BrowserContext, live: Live) -> None:
    page = plain.new_page()
    sign_in(page, live)
    page.goto(f"{live.address}/peta-desa")
    page.get_by_role("link", name="Muara Enggelam, Muara Wis:").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Muara Enggelam")


def test_on_a_phone_a_touch_tells_and_a_second_one_opens(browser: Browser, live: Live) -> None:
    context = browser.new_context(**PHONE)
    page = context.new_page()
    sign_in(page, live)
    page.goto(f"{live.address}/peta-desa")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    square = page.get_by_role("link", name="Muara Enggelam, Muara Wis:")
    assert (square.bounding_box() or {})["width"] >= 44
    square.tap()
    expect(page.locator("[data-mosaic-strip]")).to_contain_text("Muara Enggelam, Muara Wis")
    assert page.url.endswith("/peta-desa")
    square.tap()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Muara Enggelam")
    context.close()
