"""Charts of results: drawn from their tables, light, and not needed."""

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.orm import sessionmaker

from app.evidence.surveys.models import Wave
from app.kernel.clock import Clock
from app.kernel.db import make_engine, writing
from tests.browser.conftest import PASSWORD, Live
from tests.results.build import drawn, planted, villages
from tests.world import World

HEAVIEST = 300_000


@pytest.fixture(scope="module")
def waves(live: Live) -> tuple[Wave, Wave]:
    engine = make_engine(f"sqlite:///{live.folder / 'gaung.sqlite'}")
    with writing(), sessionmaker(engine, expire_on_commit=False)() as session:
        world = World(session, Clock())
        places, instrument = villages(world, 8), world.instrument(key="grafik")
        before = drawn(world, places, instrument=instrument, code="grafiksatu", stage="baseline")
        after = drawn(world, places, instrument=instrument, code="grafikdua", before_id=before.id, stage="after")
        planted(world, before, places, 120, 0.2)
        planted(world, after, places, 120, 0.7)
    engine.dispose()
    return before, after


def sign_in(page: Page, live: Live) -> None:
    page.goto(f"{live.address}/masuk")
    page.get_by_label("Nama pengguna").fill("editor")
    page.get_by_label("Kata sandi", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Masuk").click()
    page.wait_for_url(lambda url: not url.endswith("/masuk"))


def drawn_pixels(page: Page, number: int) -> int:
    """How many pixels of a chart are not empty."""
    return int(
        page.evaluate(
            """number => { const canvas = document.querySelectorAll("figure[data-chart] canvas")[number];
            const dots = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
            let count = 0; for (let at = 3; at < dots.length; at += 4) count += dots[at] > 0; return count; }""",
            number,
        )
    )


def test_charts_are_drawn_and_have_words_and_a_table(page: Page, live: Live, waves: tuple[Wave, Wave]) -> None:
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    sign_in(page, live)
    for address, charts in (
        (f"/survei/{waves[1].id}/hasil", 2),
        (f"/survei/banding?sebelum={waves[0].id}&sesudah={waves[1].id}", 1),
        ("/survei/tren?ukuran=istilah", 1),
    ):
        page.goto(f"{live.address}{address}")
        expect(page.locator("figure[data-chart] canvas")).to_have_count(charts)
        for number in range(charts):
            assert drawn_pixels(page, number) > 500, address
            figure = page.locator("figure[data-chart]").nth(number)
            expect(figure.locator("figcaption")).not_to_be_empty()
            expect(page.locator(f"table#{figure.get_attribute('data-table')}")).to_be_visible()
            assert "tabel" in (figure.get_by_role("img").get_attribute("aria-label") or "")
    assert not faults


def test_a_chart_fits_a_narrow_phone(page: Page, live: Live, waves: tuple[Wave, Wave]) -> None:
    sign_in(page, live)
    page.set_viewport_size({"width": 360, "height": 740})
    for address in (f"/survei/{waves[1].id}/hasil", f"/survei/banding?sebelum={waves[0].id}&sesudah={waves[1].id}"):
        page.goto(f"{live.address}{address}")
        expect(page.locator("canvas").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_sentence_is_copied(page: Page, live: Live, waves: tuple[Wave, Wave]) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    sign_in(page, live)
    page.goto(f"{live.address}/survei/banding?sebelum={waves[0].id}&sesudah={waves[1].id}")
    page.get_by_role("button", name="Salin kalimat ini").click()
    expect(page.get_by_role("button", name="Tersalin")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(page.locator("#kutipan p").first.inner_text())
    assert " naik " in copied


def test_without_a_script_the_tables_stand(browser: Browser, live: Live, waves: tuple[Wave, Wave]) -> None:
    context = browser.new_context(java_script_enabled=False, locale="id-ID")
    page = context.new_page()
    sign_in(page, live)
    page.goto(f"{live.address}/survei/{waves[1].id}/hasil")
    expect(page.locator("#tabel-ukuran")).to_contain_text("Mengenal istilah")
    expect(page.locator("figure[data-chart]").first).to_be_hidden()
    context.close()


def test_a_page_is_light_on_a_cold_cache(browser: Browser, live: Live, waves: tuple[Wave, Wave]) -> None:
    context = browser.new_context(locale="id-ID")
    page = context.new_page()
    sign_in(page, live)
    line = context.new_cdp_session(page)
    sizes: list[int] = []
    line.send("Network.enable")
    line.send("Network.clearBrowserCache")
    line.on("Network.loadingFinished", lambda done: sizes.append(int(done["encodedDataLength"])))
    page.goto(f"{live.address}/survei/{waves[1].id}/hasil")
    page.wait_for_load_state("networkidle")
    assert len(sizes) > 4
    print("BYTES", sum(sizes))
    assert sum(sizes) <= HEAVIEST, sum(sizes)
    context.close()
