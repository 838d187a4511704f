"""Catat Kegiatan as an application: its service worker, a new version of it, and what an older one left behind."""

import time
import uuid

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.conftest import PHONE, Live
from tests.browser.line import Line
from tests.browser.phone import PEOPLE, SAVED, SENT, item, open_field, record, rows, sign_in

pytestmark = pytest.mark.browser

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


def test_a_new_version_of_the_application_keeps_the_queue_and_drops_the_old_cache(live: Live, browser: Browser) -> None:
    context = browser.new_context(**PHONE)
    line = Line(int(live.address.rpartition(":")[2]))
    page = open_field(sign_in(context, line), line)
    page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    line.cut()
    title = f"Pembaruan {uuid.uuid4().hex[:6]}"
    record(page, title)
    expect(item(page, title)).to_contain_text(SAVED)
    page.evaluate("caches.open('gaung-catat-lama').then((cache) => cache.put('/catat/x', new Response('x')))")
    page.evaluate("navigator.serviceWorker.getRegistration('/catat/').then((found) => found.unregister())")
    line.mend()
    page.reload()
    page.wait_for_selector("html[data-ready]")
    expect(item(page, title)).to_contain_text(SENT, timeout=30_000)
    page.wait_for_function("caches.keys().then((names) => names.length === 1 && names[0] !== 'gaung-catat-lama')")
    context.close()
    line.close()


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
