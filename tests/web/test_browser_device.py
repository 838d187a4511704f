"""What pages do on the device, in a real browser: keep what was typed, ask first, send once, open the menu."""

import queue
import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from werkzeug.serving import BaseWSGIServer, make_server

from app.kernel.clock import FrozenClock
from app.kernel.roles import Role
from config import Settings
from tests.browser.conftest import browser_context_args, browser_type_launch_args  # noqa: F401 (fixtures)
from tests.web.conftest import build, saved
from tests.world import PASSWORD, World

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("built")]

Posted = list[dict[str, object]]
SAVE = "main button[type=submit]"
OFFER = "Isian yang belum terkirim ditemukan"
WAITING = "Tersimpan di perangkat, belum terkirim."
SCREENS = [(1366, 768), (1280, 720), (360, 640)]


@pytest.fixture
def address(settings: Settings, clock: FrozenClock) -> Iterator[str]:
    """The application in a thread of its own: the thread of the tests belongs to Playwright's event loop."""
    ready: queue.Queue[BaseWSGIServer] = queue.Queue()
    saved.clear()

    def serve() -> None:
        app = build(settings, clock, WTF_CSRF_ENABLED=True, PROPAGATE_EXCEPTIONS=False)
        server = make_server("127.0.0.1", 0, app, threaded=True)
        ready.put(server)
        server.serve_forever(0.02)
        with app.app_context():
            app.extensions["sqlalchemy"].engine.dispose()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    server = ready.get(timeout=30)
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture(autouse=True)
def complaints(page: Page) -> Iterator[list[str]]:
    """Nothing in these pages may offend the content policy or fail in a script."""
    heard: list[str] = []
    page.set_default_timeout(15_000)
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("console", lambda said: heard.append(said.text) if "Content Security Policy" in said.text else None)
    yield heard
    assert heard == []


def sign_in(page: Page, address: str, world: World, *roles: Role) -> None:
    user = world.user(*roles)
    page.goto(f"{address}/masuk")
    page.fill("[name=identity]", user.username)
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: "/masuk" not in url)


def test_without_a_line_the_form_waits_and_goes_by_itself(
    page: Page, context: BrowserContext, address: str, posted: Posted
) -> None:
    page.goto(f"{address}/coba")
    page.fill("[name=name]", "Dari sungai")
    context.set_offline(True)
    expect(page.get_by_text("Jaringan terputus.")).to_be_visible()
    page.click(SAVE)
    expect(page.get_by_text(WAITING)).to_be_visible()
    assert posted == []
    context.set_offline(False)
    expect(page.locator("[name=name]")).to_have_value("", timeout=15_000)
    assert [entry["name"] for entry in posted] == ["Dari sungai"]
    expect(page.get_by_text(OFFER)).to_have_count(0)


def test_what_was_typed_is_offered_again_after_the_page_was_lost(
    page: Page, context: BrowserContext, address: str
) -> None:
    page.goto(f"{address}/coba")
    page.fill("[name=name]", "Belum selesai")
    page.fill("[name=text]", "Dua\nbaris")
    page.check("[name=kind][value=b]")
    page.check("[name=agreed]")
    page.goto(f"{address}/tanya")
    page.goto(f"{address}/coba")
    expect(page.locator("[name=name]")).to_have_value("")
    expect(page.get_by_text(OFFER)).to_be_visible()
    page.click("text=Pulihkan")
    expect(page.locator("[name=name]")).to_have_value("Belum selesai")
    expect(page.locator("[name=text]")).to_have_value("Dua\nbaris")
    expect(page.locator("[name=kind][value=b]")).to_be_checked()
    expect(page.locator("[name=agreed]")).to_be_checked()


def test_what_was_dropped_is_gone(page: Page, address: str) -> None:
    page.goto(f"{address}/coba")
    page.fill("[name=name]", "Buang saja")
    page.goto(f"{address}/tanya")
    page.goto(f"{address}/coba")
    page.click("text=Buang")
    page.reload()
    expect(page.get_by_text(OFFER)).to_have_count(0)


def test_a_refused_form_comes_back_filled_and_is_forgotten_once_taken(page: Page, address: str, posted: Posted) -> None:
    page.goto(f"{address}/coba")
    page.fill("[name=name]", "refused")
    page.click(SAVE)
    expect(page.locator("#ringkasan-kesalahan")).to_be_focused()
    expect(page.locator("[name=name]")).to_have_value("refused")
    page.fill("[name=name]", "Sudah benar")
    page.click(SAVE)
    expect(page.locator("[name=name]")).to_have_value("")
    assert [entry["name"] for entry in posted] == ["Sudah benar"]
    expect(page.get_by_text(OFFER)).to_have_count(0)
    assert page.evaluate("Object.keys(localStorage)") == []


def test_what_comes_back_for_mending_is_not_offered_beside_itself(page: Page, address: str, posted: Posted) -> None:
    page.goto(f"{address}/coba")
    page.fill("[name=name]", "refused")
    page.fill("[name=budget]", "1,5 juta")
    page.eval_on_selector("[name=place]", "field => field.append(new Option('Sana', 'y', true, true))")
    page.click(SAVE)
    expect(page.locator("#ringkasan-kesalahan")).to_be_visible()
    expect(page.locator("[name=budget]")).to_have_value("1,5 juta")
    expect(page.get_by_text(OFFER)).to_have_count(0)
    page.goto(f"{address}/coba")
    expect(page.get_by_text(OFFER)).to_be_visible()
    assert posted == []


def test_a_page_that_was_only_looked_at_keeps_nothing(page: Page, context: BrowserContext, address: str) -> None:
    page.goto(f"{address}/coba")
    context.set_offline(True)
    expect(page.get_by_text("Jaringan terputus.")).to_be_visible()
    page.wait_for_timeout(600)
    context.set_offline(False)
    page.fill("[name=name]", "x")
    page.fill("[name=name]", "")
    page.wait_for_timeout(600)
    assert page.evaluate("Object.keys(localStorage)") == []


def test_a_slow_answer_still_takes_what_was_kept(page: Page, address: str, posted: Posted) -> None:
    page.goto(f"{address}/coba")
    page.fill("[name=name]", "sangat pelan")
    page.evaluate(
        "() => { const later = setTimeout; window.setTimeout = (act, ms) => later(act, Math.min(ms ?? 0, 400)); }"
    )
    page.click(SAVE)
    expect(page.locator("[name=name]")).to_have_value("")
    assert len(posted) == 1
    expect(page.get_by_text(OFFER)).to_have_count(0)
    assert page.evaluate("Object.keys(localStorage)") == []


def test_signing_out_leaves_nothing_typed_on_the_device(page: Page, address: str, world: World) -> None:
    sign_in(page, address, world, Role.EDITOR)
    page.goto(f"{address}/coba")
    page.fill("[name=name]", "Rahasia")
    page.wait_for_timeout(600)
    assert len(page.evaluate("Object.keys(localStorage)")) == 1
    page.click("details.person summary")
    page.click("text=Keluar")
    page.wait_for_url(f"{address}/masuk*")
    assert page.evaluate("Object.keys(localStorage)") == []


def test_a_fault_of_the_server_loses_nothing(page: Page, context: BrowserContext, address: str) -> None:
    page.goto(f"{address}/coba")
    page.fill("[name=name]", "Jangan hilang")
    context.clear_cookies()  # the session has ended meanwhile
    with page.expect_navigation():
        page.click(SAVE)
    page.goto(f"{address}/coba")
    page.click("text=Pulihkan")
    expect(page.locator("[name=name]")).to_have_value("Jangan hilang")


def test_a_chosen_time_is_read_back_as_the_office_writes_it(page: Page, address: str) -> None:
    page.goto(f"{address}/coba")
    page.fill("[name=at]", "2026-11-30T13:05")
    expect(page.locator(".when-note")).to_have_text("Sen, 30 Nov 2026 13.05 WITA")
    page.fill("[name=at]", "")
    expect(page.locator(".when-note")).to_be_hidden()


def test_a_double_click_sends_once(page: Page, address: str, posted: Posted) -> None:
    page.goto(f"{address}/coba")
    page.fill("[name=name]", "pelan")
    page.dblclick(SAVE)
    expect(page.locator("[name=name]")).to_have_value("")
    assert len(posted) == 1


def test_a_question_is_asked_in_the_page(page: Page, address: str, posted: Posted) -> None:
    page.goto(f"{address}/tanya")
    page.click("main >> text=Hapus")
    dialog = page.get_by_role("dialog", name="Yakin dihapus?")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_text("Kembali")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert posted == []
    page.click("main >> text=Hapus")
    dialog.get_by_role("button", name="Hapus").click()
    page.wait_for_url(f"{address}/coba")
    assert posted == [{"removed": "7"}]


def test_the_menu_of_a_phone_opens_closes_and_gives_the_focus_back(page: Page, address: str, world: World) -> None:
    page.set_viewport_size({"width": 360, "height": 640})
    sign_in(page, address, world, Role.EDITOR)
    opener = page.get_by_role("button", name="Buka menu")
    calendar = page.get_by_role("link", name="Kalender", exact=True)
    expect(calendar).to_be_hidden()
    assert page.locator("details.person summary").inner_text().strip().startswith("Orang"), "the button has a name"
    opener.focus()
    page.keyboard.press("Enter")
    expect(calendar).to_be_visible()
    page.keyboard.press("Escape")
    expect(calendar).to_be_hidden()
    expect(opener).to_be_focused()


def test_without_scripts_the_menu_still_opens(
    browser: Any,
    address: str,
    world: World,
    browser_context_args: dict[str, Any],  # noqa: F811
) -> None:
    arguments = {**browser_context_args, "java_script_enabled": False, "viewport": {"width": 360, "height": 640}}
    plain = browser.new_context(**arguments).new_page()
    sign_in(plain, address, world, Role.EDITOR)
    plain.click("[data-menu-open]")
    expect(plain.locator("#menu")).to_be_visible()
    plain.context.close()


@pytest.mark.parametrize(("width", "height"), SCREENS)
@pytest.mark.parametrize("path", ["/", "/kalender", "/kalender?tampilan=daftar", "/kalender?hari=2026-11-24"])
def test_the_primary_action_is_whole_on_the_first_screen(
    page: Page, address: str, world: World, path: str, width: int, height: int
) -> None:
    campaign = world.campaign(name="Kenal Smart City dan layanan unggulan di seluruh kecamatan")
    for _ in range(4):
        world.post(world.outlet(), campaign=campaign, title="Jadwal layanan keliling Disdukcapil Kecamatan Loa Kulu")
    page.set_viewport_size({"width": width, "height": height})
    sign_in(page, address, world, Role.EDITOR)
    page.goto(address + path)
    box = page.locator("main .btn-primary").bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["y"] >= 0
    assert box["x"] + box["width"] <= width
    assert box["y"] + box["height"] <= height
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(("width", "height"), SCREENS)
def test_today_is_on_the_first_screen_of_the_calendar(
    page: Page, address: str, world: World, width: int, height: int
) -> None:
    campaign = world.campaign()
    for _ in range(6):
        world.post(campaign=campaign)
    page.set_viewport_size({"width": width, "height": height})
    sign_in(page, address, world, Role.EDITOR)
    page.goto(f"{address}/kalender")
    box = page.locator("#hari-ini").bounding_box()
    assert box
    assert box["y"] + 60 <= height
    expect(page.locator("#hari-ini")).to_contain_text(re.compile("Hari ini"))


@pytest.mark.parametrize("path", ["/kegiatan", "/komunitas", "/jangkauan", "/aspirasi", "/materi"])
def test_on_a_phone_filters_fold_and_the_search_stays(page: Page, address: str, world: World, path: str) -> None:
    world.campaign()
    page.set_viewport_size({"width": 360, "height": 640})
    sign_in(page, address, world, Role.EDITOR)
    page.goto(address + path)
    first = page.locator(".filters .form-select").first
    expect(page.get_by_role("searchbox")).to_be_visible()
    expect(first).to_be_hidden()
    box = page.locator(".filters").bounding_box()
    assert box
    assert box["height"] < 160
    page.get_by_text("Saring", exact=True).click()
    expect(first).to_be_visible()
    page.set_viewport_size({"width": 1280, "height": 720})
    page.reload()
    expect(first).to_be_visible()
    expect(page.get_by_text("Saring", exact=True)).to_be_hidden()


def test_a_filter_in_use_is_told_while_it_is_folded(page: Page, address: str, world: World) -> None:
    page.set_viewport_size({"width": 360, "height": 640})
    sign_in(page, address, world, Role.EDITOR)
    page.goto(f"{address}/kegiatan?waktu=lewat&q=rapat&hal=1")
    expect(page.locator(".filters-count")).to_have_text("1")


@pytest.mark.parametrize("width", [360, 1280])
def test_a_word_without_an_end_widens_no_page(page: Page, address: str, world: World, width: int) -> None:
    event = world.event(title="Sosialisasi" * 16, status="announced")
    page.set_viewport_size({"width": width, "height": 720})
    sign_in(page, address, world, Role.EDITOR)
    wide = "(one) => one.scrollWidth > innerWidth && !one.closest('thead')"
    for path in (
        f"/kegiatan/{event.id}",
        "/kegiatan",
        "/kalender?bulan=2026-11",
        "/kalender?bulan=2026-11&tampilan=daftar",
        "/",
    ):
        page.goto(address + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert page.evaluate(f"[...document.querySelectorAll('main *')].filter({wide}).length") == 0, path
