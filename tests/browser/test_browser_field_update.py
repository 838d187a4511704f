"""Catat Kegiatan as an application: its service worker, a new version of it, and what an older one left behind."""

import json
import shutil
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from werkzeug.serving import make_server

from app import create_app
from app.base.web import assets
from app.gatherings.field import routes_app
from app.kernel.clock import FrozenClock
from app.kernel.roles import Role
from config import Settings
from tests.browser.conftest import PHONE, Live
from tests.browser.line import Line
from tests.browser.phone import PEOPLE, SAVED, SENT, become, item, open_field, record, rows, send, sign_in
from tests.field.build import LONG_LALANG
from tests.web.conftest import built  # noqa: F401 (fixture)
from tests.world import PASSWORD as WORLD_PASSWORD
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("built")]

OLD_QUEUE = """(person) => new Promise((done, failed) => {
  const asked = indexedDB.open('gaung-catat', 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore('records', { keyPath: 'uuid' });
  asked.onerror = failed;
  asked.onsuccess = () => {
    const uuid = crypto.randomUUID();
    const blob = new Blob([Uint8Array.from(atob(person.photo), (sign) => sign.charCodeAt(0))], { type: 'image/png' });
    const record = { uuid, user: person.user, saved_at: new Date().toISOString(), organisation_id: person.organisation,
      content: person.content, photos: [{ uuid: crypto.randomUUID(), blob }] };
    const writing = asked.result.transaction('records', 'readwrite');
    writing.objectStore('records').put(record);
    writing.oncomplete = () => { asked.result.close(); done(uuid); };
  };
})"""
DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="


def test_a_queue_of_an_older_version_is_sent_by_the_new_one(live: Live, phone: BrowserContext) -> None:
    page = sign_in(phone, live)
    ((user, organisation),) = rows(live, "SELECT id, organisation_id FROM users WHERE username = 'kim'")
    title = f"Versi lama {uuid.uuid4().hex[:6]}"
    content = {
        "event_id": None, "title": title, "event_kind": "kim_activity", "date": "2026-11-01", "start": "10:00",
        "end": "", "village_code": "64.02.12.2002", "place": "", "counts": {}, "total": 9, "materials": [],
        "questions": [], "tags": [], "campaign_id": None, "told": "",
    }  # fmt: skip
    page.evaluate(OLD_QUEUE, {"user": user, "organisation": organisation, "content": content, "photo": DOT})
    open_field(page, live)
    expect(item(page, title)).to_contain_text(SENT)
    photos = "SELECT COUNT(*) FROM event_photos p JOIN events e ON e.id = p.event_id WHERE e.title = ?"
    assert rows(live, photos, title) == [(1,)]


@dataclass
class Installation:
    """An application in this process, reached by a line that can be cut, with a front end of its own."""

    line: Line
    username: str
    folder: Path

    def bring_a_new_build(self) -> None:
        """Other contents under other names; the old files are gone."""
        names = json.loads((self.folder / "manifest.json").read_text())
        for name in ("field.js", "field.css", "public.css"):
            old = self.folder / names[name]
            names[name] = f"baru-{old.name}"
            (self.folder / names[name]).write_bytes(old.read_bytes() + b"/* baru */")
            for gone in (old, *(old.with_name(old.name + suffix) for suffix in (".br", ".gz"))):
                gone.unlink()
        (self.folder / "manifest.json").write_text(json.dumps(names))


@pytest.fixture
def installation(
    settings: Settings, clock: FrozenClock, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Installation]:
    kim = world.organisation("kim", village_code=LONG_LALANG)
    member = world.user(Role.COMMUNITY, organisation=kim)
    static = tmp_path / "static"
    shutil.copytree(assets.FOLDER / "build", static / "build")
    for module in (assets, routes_app):
        monkeypatch.setattr(module, "FOLDER", static)
    monkeypatch.setattr(assets.manifest, "_path", static / "build" / "manifest.json")
    app = create_app(settings, clock=clock)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    line = Line(server.server_port)
    yield Installation(line, member.username, static / "build")
    line.close()
    server.shutdown()
    thread.join()
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


SCRIPT = "document.querySelector('script[src*=field-]').src"
CACHES = "caches.keys().then((names) => names.filter((name) => name.startsWith('gaung-catat-')))"


def opened(context: BrowserContext, installation: Installation) -> Page:
    """The page, with its worker in charge."""
    page = sign_in(context, installation.line, installation.username, WORLD_PASSWORD)
    open_field(page, installation.line)
    page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    become(page, "navigator.serviceWorker.controller !== null")
    return page


def test_a_new_version_that_waits_leaves_the_page_open_without_a_line_and_its_queue(
    installation: Installation, browser: Browser
) -> None:
    context = browser.new_context(**PHONE)
    context.set_default_timeout(20_000)
    page = opened(context, installation)
    page.fill("#title", "Belum selesai")  # a new version takes nothing away from who is typing
    installation.bring_a_new_build()
    page.reload()
    page.wait_for_selector("html[data-ready]")
    become(page, "navigator.serviceWorker.getRegistration('/catat/').then((found) => Boolean(found.waiting))")

    installation.line.cut()
    context.new_cdp_session(page).send("Network.clearBrowserCache")  # a phone keeps only what the worker keeps
    page.reload()
    page.wait_for_selector("html[data-ready]")
    expect(page.locator("#title")).to_have_value("Belum selesai")
    title = f"Pembaruan {uuid.uuid4().hex[:6]}"
    record(page, title)
    expect(item(page, title)).to_contain_text(SAVED)

    other = context.new_page()
    page.close()
    other.wait_for_timeout(500)  # the last tab of the old version is gone: the new one begins, still without a line
    open_field(other, installation.line)
    assert "baru-" in other.evaluate(SCRIPT)
    expect(item(other, title)).to_contain_text(SAVED)
    become(other, f"{CACHES}.then((names) => names.length === 1)")
    installation.line.mend()
    send(other)
    expect(item(other, title)).to_contain_text(SENT, timeout=30_000)
    context.close()


def test_a_new_version_takes_over_at_once_while_nothing_is_typed(installation: Installation, browser: Browser) -> None:
    context = browser.new_context(**PHONE)
    context.set_default_timeout(20_000)
    page = opened(context, installation)
    before = page.evaluate(CACHES)
    installation.bring_a_new_build()
    page.reload()
    page.wait_for_selector("html[data-ready]")
    become(page, f"{CACHES}.then((names) => names.length === 1 && names[0] !== '{before[0]}')")
    installation.line.cut()
    page.reload()
    page.wait_for_selector("html[data-ready]")
    assert "baru-" in page.evaluate(SCRIPT)
    context.close()


def test_a_new_version_shows_nobody_the_page_of_another(
    installation: Installation, browser: Browser, world: World
) -> None:
    context = browser.new_context(**PHONE)
    context.set_default_timeout(20_000)
    page = opened(context, installation)
    installation.bring_a_new_build()
    context.clear_cookies()
    other = world.user(Role.EDITOR, name="Nama Lain")
    page = sign_in(context, installation.line, other.username, WORLD_PASSWORD)
    open_field(page, installation.line)
    expect(page.get_by_text("Dicatat oleh Nama Lain")).to_be_visible()
    context.close()


def test_the_page_opens_for_somebody_whose_session_ended(live: Live, browser: Browser) -> None:
    context = browser.new_context(**PHONE)
    page = open_field(sign_in(context, live), live)
    page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    page.reload()
    context.clear_cookies()
    page.goto(f"{live.address}/catat/")
    expect(page.locator("#keadaan")).to_contain_text("Anda belum masuk")
    assert page.title().startswith("Catat Kegiatan")
    context.close()


def test_what_waits_is_sent_in_the_background_after_the_page_was_closed(live: Live, browser: Browser) -> None:
    context = browser.new_context(**PHONE)
    line = Line(int(live.address.rpartition(":")[2]))
    page = open_field(sign_in(context, line), line)
    page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    other = context.new_page()
    other.goto(f"{line.address}/masuk")
    browser_itself, registered = context.new_cdp_session(other), []
    browser_itself.on("ServiceWorker.workerRegistrationUpdated", lambda told: registered.extend(told["registrations"]))
    browser_itself.send("ServiceWorker.enable")
    line.cut()
    title = f"Latar {uuid.uuid4().hex[:6]}"
    record(page, title)
    expect(item(page, title)).to_contain_text("Menunggu sinyal")
    page.close()
    line.mend()
    number = next(one["registrationId"] for one in registered if one["scopeURL"].startswith(line.address))
    event = {"origin": line.address, "registrationId": number, "tag": "gaung-kirim", "lastChance": False}
    browser_itself.send("ServiceWorker.dispatchSyncEvent", event)
    until = time.monotonic() + 20
    while not rows(live, PEOPLE, title) and time.monotonic() < until:
        other.wait_for_timeout(200)
    assert rows(live, PEOPLE, title) == [(12,)]
    context.close()
    line.close()
