"""What is planted in the practice year is what a manager reads from the pages, in Chromium, and axe finds nothing
serious on them."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from app.demo import planted
from config import ROOT
from tests.browser.conftest import Live
from tests.browser.phone import rows, sign_in

pytestmark = pytest.mark.browser
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
CHECK = """async () => (await axe.run(document, { resultTypes: ['violations'] })).violations
  .filter((one) => ['serious', 'critical'].includes(one.impact))
  .map((one) => [one.id, one.nodes.length, one.nodes[0].html.slice(0, 200)])"""


@pytest.fixture
def page(context: BrowserContext, live: Live) -> Page:
    return sign_in(context, live, "manajer")


def serious(page: Page) -> Any:
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(Path(AXE).read_text(encoding="utf-8") + "; window.axe = axe;")
    return page.evaluate(CHECK)


def campaign(live: Live, name: str) -> int:
    return int(rows(live, "SELECT id FROM campaigns WHERE name = ?", name)[0][0])


def test_the_home_page_of_a_manager_opens_with_three_sentences(page: Page, live: Live) -> None:
    page.goto(f"{live.address}/")
    brief = page.locator(".brief")
    expect(brief.locator("li")).to_have_count(3)
    expect(brief.locator("li").nth(0)).to_contain_text("Pengenalan naik pada 1 dari 6 dimensi yang diukur")
    expect(brief.locator("li").nth(0)).to_contain_text("Smart Environment")
    expect(brief.locator("li").nth(0)).to_contain_text("Simulasi")
    expect(brief.locator("li").nth(1)).to_contain_text("3 dari 237 desa/kelurahan belum terjangkau")
    expect(brief.locator("li").nth(2)).to_contain_text(re.compile(r"\d+ hal terlambat: "))
    assert serious(page) == []


def test_ikhtisar_says_which_dimension_rose_and_that_the_other_did_not(page: Page, live: Live) -> None:
    page.goto(f"{live.address}/ikhtisar")
    names = dict(rows(live, "SELECT key, name FROM dimensions"))
    risen = page.locator(".overview-table tbody tr", has_text=names[planted.RISES])
    steady = page.locator(".overview-table tbody tr", has_text=names[planted.STEADY])
    expect(risen.locator("td").first).to_have_text(re.compile(r"^\s*naik\s*$"))
    expect(steady.locator("td").first).to_contain_text("belum dapat dipastikan")
    told = re.search(r"95\s%: \+([\d,]+) sampai \+([\d,]+)", risen.inner_text())
    assert told
    low, high = (float(one.replace(",", ".")) / 100 for one in told.groups())
    assert low <= planted.RISE <= high
    expect(page.locator(".statement").nth(1)).to_contain_text("3 dari 237 desa/kelurahan belum terjangkau")
    assert serious(page) == []


def test_the_three_villages_that_were_never_reached_stand_by_name(page: Page, live: Live) -> None:
    page.goto(f"{live.address}/ikhtisar")
    page.get_by_role("link", name="3 belum pernah terjangkau sama sekali").click()
    page.wait_for_url("**/peta-desa?**")
    names = dict(rows(live, "SELECT code, name FROM villages"))
    listed = page.locator("main table tbody tr")
    expect(listed).to_have_count(3)
    told = listed.all_inner_texts()
    assert all(any(names[code] in row for row in told) for code in planted.NEVER_REACHED)
    assert serious(page) == []


def test_the_mosaic_has_a_square_for_every_village_and_moves_by_keys(page: Page, live: Live) -> None:
    page.goto(f"{live.address}/peta-desa")
    squares = page.locator(".sq")
    expect(squares).to_have_count(237)
    focusable = page.locator(".sq[tabindex='0']")
    expect(focusable).to_have_count(1)
    focusable.focus()
    before = page.evaluate("document.activeElement.getAttribute('aria-label') || document.activeElement.textContent")
    page.keyboard.press("ArrowRight")
    after = page.evaluate("document.activeElement.getAttribute('aria-label') || document.activeElement.textContent")
    assert before != after
    assert serious(page) == []


def test_a_district_of_four_answers_has_a_figure_nowhere(page: Page, live: Live) -> None:
    name = rows(live, "SELECT name FROM districts WHERE code = ?", planted.FEW_DISTRICT)[0][0]
    page.goto(f"{live.address}/pengenalan?dimensi={planted.RISES}#kecamatan")
    few = page.locator(".aw-districts tbody tr", has=page.get_by_role("rowheader", name=name, exact=True))
    expect(few).to_have_count(1)
    newest = few.locator("td").first
    expect(newest).to_have_text(re.compile(r"^\s*belum cukup \(kurang dari 5 dari 30\)\s*$"))
    assert "%" not in newest.inner_html(), "nor in what a reader hears or a pointer shows"
    assert serious(page) == []


def test_what_is_late_is_the_same_number_on_ikhtisar_and_on_its_list(page: Page, live: Live) -> None:
    page.goto(f"{live.address}/ikhtisar")
    said = re.search(r"(\d+) hal terlambat", page.locator(".statement").nth(2).inner_text())
    assert said
    page.get_by_role("link", name="Buka Perlu Dikejar").click()
    page.wait_for_url("**/perlu-dikejar")
    expect(page.locator(".reach-count").first.locator("dd").first).to_have_text(said[1])
    assert serious(page) == []


def test_the_chain_of_a_campaign_reads_from_goals_to_learning(page: Page, live: Live) -> None:
    page.goto(f"{live.address}/program/{campaign(live, planted.KAMPUNG)}/rantai")
    titles = page.locator("main h2").all_inner_texts()
    order = [titles.index(one) for one in ("Sasaran", "Masukan", "Keluaran", "Tanggapan", "Hasil", "Pembelajaran")]
    assert order == sorted(order)
    expect(page.locator("main")).to_contain_text("tidak tersedia")
    assert serious(page) == []


@pytest.mark.parametrize("address", ["/rapor", "/komitmen", "/laporan-berkala", "/pengenalan/program"])
def test_the_other_pages_of_managers_have_no_serious_fault(page: Page, live: Live, address: str) -> None:
    answer = page.goto(f"{live.address}{address}")
    assert answer
    assert answer.status == 200
    assert serious(page) == []


@pytest.mark.parametrize("address", ["/ikhtisar", "/peta-desa", "/pengenalan", "/perlu-dikejar", "/rapor", "/komitmen",
                                     "/laporan-berkala"])  # fmt: skip
def test_a_phone_shows_them_without_pushing_sideways(page: Page, live: Live, address: str) -> None:
    page.set_viewport_size({"width": 360, "height": 720})
    page.goto(f"{live.address}{address}")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
